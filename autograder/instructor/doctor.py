"""`autograder doctor`: is this machine ready to grade, and if not, what to do."""

from __future__ import annotations

import importlib.metadata

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder import datasets
from autograder.course import Course
from autograder.errors import AutograderError, DataMissingError, SandboxError
from autograder.instructor.table import wide_console
from autograder.sandbox import Layer, Protection, Sandbox

READY, NOT_READY = 0, 1
PACKAGES = ("nbgrader", "ipython", "matplotlib", "pyseccomp")


def report(console: Console | None = None) -> int:
    """Print each protection, what is missing and the remedy; return 0 where submissions can be graded safely."""
    console = console or wide_console()
    protection = _protection()
    course, packages = _course(), [_package(name) for name in PACKAGES]
    rows = [*protection.layers, course, _digits(), *packages]
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("", "what", "state", "what to do"):
        table.add_column(heading)
    for layer in rows:
        table.add_row(
            "✓" if layer.active else "✗", layer.name, Text(layer.detail), Text("" if layer.active else layer.remedy)
        )
    console.print(table)
    console.print(Text(f"sandbox: {protection.mode}"))
    ready = protection.mode != "none" and all(layer.active for layer in (course, *packages))
    return READY if ready else NOT_READY


def _protection() -> Protection:
    try:
        with Sandbox() as sandbox:
            return sandbox.protection
    except SandboxError as error:
        refused = Layer("sandbox", active=False, detail=str(error), remedy="mend what is missing in the other lines")
        return Protection("none", (*_layers(), refused))


def _layers() -> tuple[Layer, ...]:
    try:
        return Sandbox.probe()
    except SandboxError:  # nothing starts at all, which the refusal has said
        return ()


def _course() -> Layer:
    try:
        course = Course.find()
        course.validate()
    except AutograderError as error:
        return Layer("course", active=False, detail=str(error), remedy="mend the file that is named")
    names = ", ".join(assignment.name for assignment in course.assignments)
    return Layer("course", active=True, detail=f"{course.title}: {names}", remedy="")


def _digits() -> Layer:
    """Say where MNIST is; nothing is fetched for that."""
    try:
        place = datasets.folder() or datasets.cached()
        if place is not None:
            training, test = (datasets.count(place, part) for part in (datasets.TRAINING, datasets.TEST))
            return Layer("MNIST", active=True, detail=f"{training:,} training and {test:,} test digits in {place}")
    except DataMissingError as error:
        return Layer("MNIST", active=False, detail=str(error), remedy=f"accuracy cannot be graded; {datasets.REMEDY}")
    detail = "not here yet: fetched on first use; without a network scikit-learn's digits, and no grade for accuracy"
    return Layer("MNIST", active=False, detail=detail, remedy=datasets.REMEDY)


def _package(name: str) -> Layer:
    try:
        return Layer(name, active=True, detail=importlib.metadata.version(name), remedy="")
    except importlib.metadata.PackageNotFoundError:
        return Layer(name, active=False, detail="not installed", remedy="pip install 'nn-autograder[instructor]'")
