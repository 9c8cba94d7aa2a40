"""One class in one combination: the commands, and all that is found wrong afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.record import Grade
from autograder.sandbox import UNSAFE_FLAG
from tests.attack_table import command, files, grades, markup, outputs, remembered
from tests.attack_table.combinations import Combination
from tests.attack_table.command import GRACE, Ended
from tests.attack_table.findings import Finding, attributed
from tests.attack_table.grades import Gradebook
from tests.attack_table.meadow import ASSIGNMENT
from tests.attack_table.stage import BYSTANDERS, Stage, Workshop, stage
from tests.attack_table.verdicts import judged, scored
from tests.corpus.attacks.recipe import POINTS, Attack
from tests.machines import Machine

GRADER_MB = 1024
"""Each process that grades gets along with this, whatever is sent to it: a frame of 256 MB, and what becomes of it."""

_OWN_OUTPUT = {
    "nbgrader": r"course/(gradebook\.db|\.nbgrader\.log|(autograded|feedback)(/({students})(/.*)?)?)",
    "autograder grade": r"course/grades(/meadow(/({students})\.json)?)?",
}


@dataclass(frozen=True)
class Outcome:
    """What a combination came to: all that got through, and what it took: time by the clock and of all processors."""

    combination: Combination
    findings: Sequence[Finding]
    seconds: float
    cpu_seconds: float
    grader_mb: int


def run(
    combination: Combination, attacks: Sequence[Attack], shop: Workshop, *, jobs: int = 2, grace: float = GRACE
) -> Outcome:
    """Grade the hostile class in one combination and return what got through."""
    due = [attack for attack in attacks if attack.only is None or attack.only(combination)]
    with combination.machine() as machine, stage(shop, machine, due) as scenery:
        ended = list(_commands(combination, machine, scenery, jobs, grace))
        found = list(_witnessed(combination, [*BYSTANDERS, *due], shop, scenery, ended))
    mine = attributed(found, [attack.student for attack in due])
    return Outcome(
        combination,
        mine,
        seconds=sum(each.seconds for each in ended),
        cpu_seconds=sum(each.cpu_seconds for each in ended),
        grader_mb=max(each.grader_mb for each in ended),
    )


def _commands(combination: Combination, machine: Machine, scenery: Stage, jobs: int, grace: float) -> Iterator[Ended]:
    course = scenery.scene.course
    unsafe = combination.layers == "none"
    if combination.door == "nbgrader":
        flags = [f"--Grader.jobs={jobs}", f"--Grader.unsafe_no_sandbox={unsafe}"]
        commands = [
            ["-m", "nbgrader", "autograde", ASSIGNMENT, *flags],
            ["-m", "nbgrader", "generate_feedback", ASSIGNMENT],
        ]
    else:
        notebooks = sorted(map(str, course.glob(f"submitted/*/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")))
        flags = ["--jobs", str(jobs), *([UNSAFE_FLAG] if unsafe else [])]
        commands = [["-m", "autograder.cli", "grade", ASSIGNMENT, *notebooks, *flags]]
    for arguments in commands:
        yield command.run(machine, *arguments, cwd=course, environment=scenery.environment, grace=grace)


def _witnessed(
    combination: Combination, attacks: Sequence[Attack], shop: Workshop, scenery: Stage, ended: Sequence[Ended]
) -> Iterator[Finding]:
    """Yield what every witness has seen."""
    course = scenery.scene.course
    students = [attack.student for attack in attacks]
    yield from processes(ended, hopeless=any(attack.grade != "graded" for attack in attacks))
    yield from (Finding("contact", words) for words in scenery.listeners.heard)
    made = grades.records(course, combination.door, students)
    yield from _changed(combination, students, scenery, made)
    for attack in attacks:
        yield from judged(attack, made.get(attack.student), combination.mode)
    book = grades.gradebook(course / "gradebook.db")
    if combination.door == "nbgrader":
        yield from _booked(attacks, book)
    texts = outputs.gathered(course, "\n".join(each.output for each in ended), students, made, book.comments)
    yield from outputs.leaks(texts, shop.canaries)
    yield from markup.working(texts)
    yield from _pages(combination, course, made)


def _changed(
    combination: Combination, students: Sequence[str], scenery: Stage, made: Mapping[str, Grade]
) -> Iterator[Finding]:
    """Yield what is another than it was, but for what the command itself writes."""
    written = re.compile(_OWN_OUTPUT[combination.door].replace("{students}", "|".join(students)))
    course = scenery.scene.course
    memory = remembered.own(course, remembered.handed_in(scenery.before), made)
    kept = {f"{course.name}/{path}" for path in memory}
    yield from files.changes(
        scenery.before,
        files.snapshot(scenery.folder),
        may_change=lambda path: path in kept or written.fullmatch(path) is not None,
    )


def processes(ended: Sequence[Ended], *, hopeless: bool) -> Iterator[Finding]:
    """Yield what is wrong with how the commands ended; the first has status 1 where a submission is not gradable."""
    for expected, each in zip((int(hopeless), 0), ended, strict=False):
        yield from (Finding("survivor", f"a process was left: {what}") for what in each.survivors)
        if each.excess:
            yield Finding("fault", f"the command had to be stopped: {each.excess}")
        elif each.status != expected:
            tail = "\n".join(each.output.splitlines()[-10:])
            yield Finding("fault", f"the command ended with status {each.status}, not {expected}: {tail}")
        if each.grader_mb > GRADER_MB:
            yield Finding("fault", f"a grader used {each.grader_mb} MB, {GRADER_MB} are allowed")


def _booked(attacks: Sequence[Attack], book: Gradebook) -> Iterator[Finding]:
    if book.points != dict(POINTS):
        yield Finding("points", f"the gradebook has questions of {book.points} points")
    for student in sorted(book.scores.keys() - {attack.student for attack in attacks}):
        yield Finding("points", f"the gradebook has a student {student!r}")
    for attack in attacks:
        yield from scored(attack, book.scores.get(attack.student, {}), "the gradebook")


def _pages(combination: Combination, course: Path, made: Mapping[str, Grade]) -> Iterator[Finding]:
    """Yield who has been graded, but has no page to read it on."""
    if combination.door == "nbgrader":
        for student in made:
            if not (course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").is_file():
                yield Finding("fault", "there is no feedback page", student)
