"""Mutated frames and streams: a value or the declared refusal, and never more memory than is allowed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import WireError
from tests.fuzz import campaigns, judge, memory
from tests.fuzz.frames import Frame, corpus
from tests.fuzz.mutate import DTYPES, NUMBERS, REALS, SHAPES, TEXTS, form_of

MEGABYTE = 1 << 20

leaves = st.sampled_from([*NUMBERS, *REALS, *TEXTS, *DTYPES, None, True]) | st.sampled_from(SHAPES)
tagged = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(st.sampled_from("lt"), st.lists(inner, max_size=3)).map(list)
        | st.tuples(st.just("d"), st.lists(inner, max_size=6)).map(list)
        | st.tuples(st.just("h"), st.integers(0, 9), st.text(max_size=3), inner).map(list)
        | st.tuples(st.just("a"), st.builds(form_of, st.sampled_from(DTYPES), st.sampled_from(SHAPES))).map(list)
        | st.tuples(st.just("z"), st.sampled_from(DTYPES)).map(list)
        | st.tuples(st.just("c"), inner, inner).map(list)
    ),
    max_leaves=8,
)


class TestFrames:
    @pytest.mark.parametrize("frame", corpus())
    def test_the_frames_to_start_from_are_valid(self, frame: Frame) -> None:
        """Each becomes a value that the grader can use, and is the same when it is sent again."""
        value = judge.unpack(*frame)
        judge.use(value)
        assert repr(judge.parts_of(judge.sent_again(value))) == repr(judge.parts_of(value))

    @pytest.mark.parametrize("seed", [1, 2])
    def test_mutated_frames(self, seed: int) -> None:
        """Each of fifty thousand is a plain value or a WireError, for every reason there is; none stays."""
        result = campaigns.frames(50_000, seed=seed)
        assert result.grown_bytes < 32 * MEGABYTE
        assert min(result.outcomes[name] for name in ("value", "refused", "too short")) > 3000
        assert len(result.reasons) >= 18

    @given(tagged, st.integers(0, 4))
    @settings(max_examples=250, deadline=None, database=None)
    def test_nodes_of_any_kind(self, node: Any, blocks: int) -> None:
        """Whatever the nodes are, the outcome is a value that can be used and sent, or a WireError."""
        try:
            value = judge.unpack(json.dumps(node).encode(), bytes(16 * blocks))
        except WireError:
            return
        judge.use(value)
        judge.sent_again(value)

    def test_a_frame_at_an_odd_address(self) -> None:
        """Arrays are aligned wherever their bytes lay."""
        for header, blob in corpus():
            judge.unpack(header, memoryview(b"x" + blob)[1:])


class TestStreams:
    def test_streams_in_odd_pieces(self) -> None:
        """What comes of half, whole, mutated, repeated frames follows from their bytes, however they are cut."""
        outcomes = campaigns.streams(200, seed=3)
        wanted = {"refused", "died", "timeout", "reply, then refused", "reply, then died", "reply, then reply"}
        assert outcomes.keys() == wanted


def measured() -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.fuzz.memory"]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    return map(json.loads, output.splitlines())


class TestMemory:
    def test_of_the_largest_frames(self) -> None:
        """Each stays below its bound: one copy of its bytes, its text as wide as it can be, and some megabytes."""
        rows = {row["name"]: row for row in measured()}
        assert rows.keys() == memory.FRAMES.keys()
        for name, row in rows.items():
            assert row["took"] <= row["bound"], name
            assert (row["outcome"] == "value") == row["allowed"], row
        assert rows["floats"]["took"] > 200 * MEGABYTE  # what is measured is there
