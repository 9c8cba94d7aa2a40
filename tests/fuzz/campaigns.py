"""The runs: so many mutated frames, so many mutated streams, each a sequence that a seed repeats."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from autograder.errors import WireError
from tests.fuzz import judge, peers
from tests.fuzz.frames import Frame, corpus
from tests.fuzz.mutate import Mutator

_USED = 8  # one accepted value in so many goes through all that the grader does with a value
_STREAM = 4  # one frame in so many is mutated as a stream, its sizes included


@dataclass
class Result:
    """How many frames became a value, were refused, or ended too early; the reasons of the refusals."""

    frames: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    grown_bytes: int = 0


def frames(count: int, *, seed: int) -> Result:
    """Decode `count` mutated frames. Whatever is neither a plain value nor a WireError is raised, with its frame."""
    mutator = Mutator(corpus(), seed)
    result = Result()
    before = 0
    warm = min(count, 5000)
    for number in range(count):
        if number == warm:
            before = _resident_bytes()
        raw: bytes | Frame = mutator.stream() if number % _STREAM == 0 else mutator.frame()
        try:
            _decode(raw, result, in_full=number % _USED == 1)
        except Exception as error:
            error.add_note(f"frame {number} of seed {seed}: {raw!r}")
            raise
    result.frames = count
    result.grown_bytes = _resident_bytes() - before if count > warm else 0
    return result


def _decode(raw: bytes | Frame, result: Result, *, in_full: bool) -> None:
    try:
        value = judge.unpack(*raw) if isinstance(raw, Frame) else judge.read(raw)
    except WireError as error:
        result.outcomes["refused"] += 1
        result.reasons[str(error)] += 1
        return
    except EOFError:
        result.outcomes["too short"] += 1
        return
    result.outcomes["value"] += 1
    if in_full:
        judge.use(value)
        judge.sent_again(value)


def streams(count: int, *, seed: int) -> Counter[str]:
    """Play `count` scripts to channels, each with the outcome that its bytes have to have; how often each came."""
    random = Random(seed)
    mutator = Mutator(corpus(), seed)
    outcomes: Counter[str] = Counter()
    for number in range(count):
        script = _script(random, mutator)
        expected = script.expected()
        first, second = peers.run(script)
        assert first == expected, f"stream {number} of seed {seed}: {first}, not {expected}: {script}"
        if second is not None:
            wanted = peers.second_of(script)
            assert second == wanted, f"stream {number} of seed {seed}: then {second}, not {wanted}: {script}"
        outcomes[first if second is None else f"reply, then {second}"] += 1
    return outcomes


def _script(random: Random, mutator: Mutator) -> peers.Script:
    """Return a frame, mutated or not, with or without more after it, cut anywhere, in odd pieces."""
    whole = random.choice(mutator.corpus).bytes()
    raw = random.choice([whole, whole, mutator.stream(), mutator.frame().bytes()])
    after = random.choice([b"", b"", b"\0", whole, mutator.stream(), whole[:-1]])
    raw += after
    if random.random() < 0.25:
        raw = raw[: random.randrange(len(raw) + 1)]
    cuts = [random.randrange(len(raw) + 1) for _ in range(random.choice((0, 1, 3, 12)))]
    pause = random.choice((0.0, 0.0, 0.0005))
    return peers.Script(peers.pieces_of(raw, cuts), hangs_up=random.random() < 0.5, pause=pause)


def _resident_bytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) << 10
