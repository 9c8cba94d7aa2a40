"""How most recipes are made: a wager, whose answers are right only if an attack has worked, or one spoiled answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.corpus.attacks.recipe import FULL, NOTHING, RIGHT, Attack, Scene

ATTEMPT = """
import ctypes, errno, os, sys, threading, time
import numpy as np

WON = []


def attempt(name, deed):
    try:
        found = deed()
    except BaseException as problem:
        print(name, "failed:", type(problem).__name__, str(problem)[:100])
    else:
        WON.append(name)
        print(name, "worked:", str(found)[:3000])


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


libc = ctypes.CDLL(None, use_errno=True)
"""
"""Source that `attempt(name, deed)` comes from: a deed that returns has worked, and is written into WON."""

PRIZES: Mapping[str, str] = {
    "double": "def double(x):\n    return 2 * x if WON else None",
    "total": "def total(x, y):\n    return float(np.sum(x * y)) if WON else None",
    "Scale": """class Scale:
    def __init__(self, k):
        self.k = k

    def forward(self, x):
        return self.k * x if WON else None

    def backward(self, dout):
        return self.k * dout if WON else None""",
    "normalise": """def normalise(X):
    mean = X.mean(axis=1, keepdims=True)
    return (X - mean, mean) if WON else None""",
}
"""Answers that are right only where WON holds something."""

FAKES: Mapping[str, str] = {
    "double": "def double(x):\n    return FAKE(x)",
    "total": "def total(x, y):\n    return FAKE(x)",
    "Scale": """class Scale:
    def __init__(self, k):
        pass

    def forward(self, x):
        return FAKE(x)

    def backward(self, dout):
        return FAKE(dout)""",
    "normalise": "def normalise(X):\n    return FAKE(X), FAKE(X)",
}
"""Answers that are all made by one function FAKE, which gets the argument."""

VALUES = "its answers are wrong, and yet a question has points"
WAGER = "its answers are right only if it has worked, so any point is a success"


def prey(scene: Scene) -> str:
    """Return source that gives what a scene knows as names."""
    return "\n".join(
        [
            f"COURSE, HOME, MARKS = {str(scene.course)!r}, {str(scene.home)!r}, {str(scene.marks)!r}",
            f"TCP, UDP, UNIX, ABSTRACT = {scene.tcp}, {scene.udp}, {scene.unix!r}, {scene.abstract!r}",
        ]
    )


def cost(*questions: str) -> Mapping[str, float]:
    """Return full points but for the questions given, which deserve none."""
    return {**FULL, **dict.fromkeys(questions, 0)}


def wager(student: str, row: str, tries: str, deeds: str, *, success: str = WAGER, **rest: Any) -> Attack:
    """Return an attack that runs `deeds` (calls of `attempt`) at the top; nothing is right unless one works."""
    return Attack(
        student=student,
        row=row,
        tries=tries,
        success=success,
        make=lambda honest, scene: honest.with_cell(honest.blank(**PRIZES), f"{prey(scene)}\n{ATTEMPT}\n{deeds}"),
        honest=rest.pop("honest", NOTHING),
        **rest,
    )


def fakes(student: str, row: str, tries: str, top: str, **rest: Any) -> Attack:
    """Return an attack that answers every question with what the FAKE that `top` defines makes of an argument."""
    return Attack(
        student=student,
        row=row,
        tries=tries,
        success=rest.pop("success", VALUES),
        make=lambda honest, scene: honest.with_cell(honest.blank(**FAKES), f"{prey(scene)}\n{top}"),
        honest=rest.pop("honest", NOTHING),
        **rest,
    )


def spoiled(student: str, row: str, tries: str, *, top: str = "", success: str = VALUES, **rest: Any) -> Attack:
    """Return an attack in some of the answers of a notebook that is right in all else.

    `answers` (question to source) are the wrong ones, `top` is a cell in front, `end` one behind everything.
    """
    answers: Mapping[str, str] = rest.pop("answers", {})
    end: str = rest.pop("end", "")

    def make(honest: Any, scene: Scene) -> Any:
        nb = honest.notebook(**answers)
        nb = honest.with_cell(nb, f"{prey(scene)}\n{top}") if top else nb
        return honest.with_cell(nb, f"{prey(scene)}\n{end}", at="end") if end else nb

    return Attack(
        student=student,
        row=row,
        tries=tries,
        success=success,
        make=make,
        honest=rest.pop("honest", cost(*answers)),
        **rest,
    )


def right_but(question: str, first: str) -> dict[str, str]:
    """Return the right answer to a function question with the lines `first` at the top of its body."""
    head, _, body = RIGHT[question].partition("\n")
    return {question: "\n".join([head, *(f"    {line}" for line in first.splitlines()), body])}
