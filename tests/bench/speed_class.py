"""The class: half of the submissions right, a quarter with one known slip, a quarter with one stub left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import notebook
from autograder.course import Assignment
from tests.bench.speed_course import NAME, QUESTIONS

RIGHT, SLIP, STUB, CRASH = "right", "wrong", "not attempted", "not gradable"
"""What becomes of a question; the words are those of the record."""
SLIPS = {
    "sigmoid_backward": ("(1.0 - out) * out * dout", "out * dout"),
    "two_layer_forward": ('np.maximum(0, X @ params["W1"] + params["b1"])', 'X @ params["W1"] + params["b1"]'),
    "svm_loss_naive": ("dW / len(X) + 2 * reg * W", "dW / len(X) + reg * W"),
    "softmax_loss_naive": ("dW / len(X) + 2 * reg * W", "dW + 2 * reg * W"),
}
"""What each slip has in the place of what the reference has."""
WAY_TO_CRASH = "\n    import os\n    os.abort()\n"
_STUDENT = "STUDENT"

CLASS = (RIGHT, SLIP, RIGHT, STUB)


@dataclass(frozen=True)
class Kind:
    """A submission in which one question is what `outcome` says, and the others are right."""

    question: str
    outcome: str

    def outcomes(self) -> dict[str, str]:
        """Return what each question is expected to be."""
        return {name: self.outcome if name == self.question else RIGHT for name in QUESTIONS}


def kind_of(number: int, mixture: Sequence[str] = CLASS) -> Kind:
    """Return what the submission with this number is like; each slip and each stub comes at every question in turn."""
    names = list(QUESTIONS)
    return Kind(names[number // len(mixture) % len(names)], mixture[number % len(mixture)])


def student_of(number: int) -> str:
    """Return the name of a student, which sorts like the number."""
    return f"student{number:05}"


def hand_in(
    assignment: Assignment,
    sources: Mapping[str, str],
    folder: Path,
    count: int,
    *,
    mixture: Sequence[str] = CLASS,
    changed: Callable[[str], str] = str,
) -> list[Path]:
    """Write `count` submissions into `folder`, no two with the same bytes; return their paths from there.

    `changed` may turn the text of a notebook into that of another one.
    """
    texts: dict[Kind, str] = {}
    paths = []
    for number in range(count):
        kind, student = kind_of(number, mixture), student_of(number)
        if kind not in texts:
            texts[kind] = changed(_text(assignment, sources, kind))
        path = Path("submitted") / student / NAME / f"{NAME}.ipynb"
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text(texts[kind].replace(_STUDENT, student), encoding="utf-8")
        paths.append(path)
    return paths


def _text(assignment: Assignment, sources: Mapping[str, str], kind: Kind) -> str:
    answers = {name: f"# by {_STUDENT}\n{sources[name]}" for name in QUESTIONS}
    if kind.outcome == STUB:
        del answers[kind.question]
    elif kind.outcome == SLIP:
        answers[kind.question] = _with_slip(kind.question, answers[kind.question])
    elif kind.outcome == CRASH:
        head = answers[kind.question].split('"""')[0].rstrip()
        answers[kind.question] = head + WAY_TO_CRASH
    return notebook.write(notebook.solve(assignment.notebook, answers))


def _with_slip(question: str, source: str) -> str:
    right, wrong = SLIPS[question]
    if right not in source:
        msg = f"the reference of {question} has no {right!r} any more; put the slip in another way"
        raise ValueError(msg)
    return source.replace(right, wrong)
