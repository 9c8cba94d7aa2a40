"""Tests that run side by side give the grade that the same tests give one by one, whatever a submission is like."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from functools import partial
from unittest.mock import patch

import pytest

from autograder import notebook
from autograder.course import Assignment, Course
from autograder.examine import Examiner
from autograder.grade import Grader
from autograder.record import Grade
from autograder.sandbox import Sandbox
from tests.corpus.session import ROOT, Bench, in_session

SEEDS = ("5eed01", "5eed02", "5eed03")

REMEMBERING = {
    "a cache that is global": {
        "sigmoid_forward": "def sigmoid_forward(x):\n    global last\n    last = 1 / (1 + np.exp(-x))\n"
        "    return last, last",
        "sigmoid_backward": "def sigmoid_backward(dout, cache):\n    return dout * last * (1 - last)",
    },
    "caches on a stack": {
        "sigmoid_forward": "stack = []\ndef sigmoid_forward(x):\n    stack.append(1 / (1 + np.exp(-x)))\n"
        "    return stack[-1], len(stack) - 1",
        "sigmoid_backward": "def sigmoid_backward(dout, cache):\n    s = stack.pop()\n    return dout * s * (1 - s)",
    },
    "one result for all": {
        "sigmoid_forward": "out = np.zeros(0)\ndef sigmoid_forward(x):\n    global out\n"
        "    if out.shape != np.shape(x):\n        out = np.zeros(np.shape(x))\n"
        "    out[...] = 1 / (1 + np.exp(-np.asarray(x)))\n    return out, out",
    },
    "inputs that it knows": {
        "relu_forward": "known = {}\ndef relu_forward(x):\n    key = np.asarray(x).tobytes()\n"
        "    known.setdefault(key, np.maximum(x, 0))\n    return known[key], x",
    },
}
"""What keeps something between calls, and changes a few of the right answers."""

COUNTING = {
    "right for a while": {
        "relu_forward": "calls = []\ndef relu_forward(x):\n    calls.append(1)\n"
        "    return (np.maximum(x, 0) if len(calls) < 6 else x), x",
    },
    "an error at the third call": {
        "relu_backward": "count = 0\ndef relu_backward(dout, cache):\n    global count\n    count += 1\n"
        "    if count == 3: raise ValueError(count)\n    return dout * (np.asarray(cache) > 0)",
    },
    "the end at the third call": {
        "relu_backward": "import os\ncount = 0\ndef relu_backward(dout, cache):\n    global count\n    count += 1\n"
        "    if count == 3: os._exit(1)\n    return dout * (np.asarray(cache) > 0)",
    },
}
"""What answers by the number of the call: which test it fails is chance, and that it fails is not."""


def graded(grader: Grader, sources: Mapping[str, str], *, together: bool) -> Grade:
    """Return the grade of the reference's answers but for these."""
    answers = {
        **dict(notebook.function_sources(grader.assignment.reference_path.read_text(encoding="utf-8"))),
        **sources,
    }
    page = notebook.write(notebook.solve(grader.assignment.notebook, answers)).encode()
    if together:
        return grader.grade(page, "ada", SEEDS).grade
    with patch.object(Examiner, "pass_together", return_value=()):
        return grader.grade(page, "ada", SEEDS).grade


def points(grade: Grade) -> object:
    """Return what each question is worth."""
    return [(q.name, q.score, q.outcome) for q in grade.questions]


def words(grade: Grade) -> object:
    """Return all that a student sees of the questions."""
    return [(q.name, q.score, q.outcome, q.diagnosis, q.message, q.tests) for q in grade.questions]


def differing(bench: Bench, submissions: Mapping[str, Mapping[str, str]], seen: Callable[[Grade], object]) -> list[str]:
    """Return the submissions of whose grade something else is seen side by side than one by one."""
    with Sandbox() as sandbox:
        grader = Grader(Course.load(ROOT), bench.assignment, bench.config, sandbox)
        return [
            name
            for name, sources in submissions.items()
            if seen(graded(grader, sources, together=True)) != seen(graded(grader, sources, together=False))
        ]


def slips(assignment: Assignment) -> dict[str, dict[str, str]]:
    """Return the known slips as sources."""
    found = {}
    for slip in in_session(lambda bench: bench.misconceptions, assignment.name):
        source = textwrap.dedent(inspect.getsource(slip.replacement))
        source = source[re.search(r"^(def|class) ", source, re.M).start() :]
        found[slip.name] = {slip.question: re.sub(rf"\b{slip.name}\b", slip.question, source)}
    return found


def test_known_slips() -> None:
    """Every known slip of an assignment gets the same points and the same words."""
    found = slips(Course.load(ROOT).assignment("gates"))
    assert len(found) > 40
    assert in_session(partial(differing, submissions=found, seen=words)) == []


def test_code_that_remembers() -> None:
    """Code that keeps something between calls is judged by tests that call it in their own order."""
    assert in_session(partial(differing, submissions=REMEMBERING, seen=points)) == []


@pytest.mark.parametrize("name", COUNTING)
def test_code_that_counts(name: str) -> None:
    """It is wrong in both ways, and the questions that it does not touch are right."""

    def outcomes(bench: Bench) -> list[dict[str, str]]:
        with Sandbox() as sandbox:
            grader = Grader(Course.load(ROOT), bench.assignment, bench.config, sandbox)
            grades = [graded(grader, COUNTING[name], together=together) for together in (True, False)]
        return [{q.name: q.outcome for q in grade.questions if q.outcome != "right"} for grade in grades]

    (question,) = COUNTING[name]
    for wrong in in_session(outcomes):
        assert wrong.pop(question) == "wrong"
        assert wrong.keys() <= {"neuron_circuit"}


def test_a_right_submission_needs_no_second_look() -> None:
    """All its tests but the first ones of each question pass side by side."""

    def alone(bench: Bench) -> tuple[int, int]:
        with Sandbox() as sandbox, patch.object(Examiner, "run", autospec=True, side_effect=Examiner.run) as run:
            grader = Grader(Course.load(ROOT), bench.assignment, bench.config, sandbox)
            grade = graded(grader, {}, together=True)
            return run.call_count, sum(len(question.tests) for question in grade.questions)

    one_by_one, tests = in_session(alone)
    assert one_by_one < tests / 3
