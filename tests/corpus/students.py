"""The whole class, and how it hands in."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from tests.corpus import hostile, right, slips, unfinished
from tests.corpus.recipes import ASSIGNMENT, Recipe, material

ALL: tuple[Recipe, ...] = (*right.RECIPES, *slips.RECIPES, *unfinished.RECIPES, *hostile.RECIPES)


def write_class(course_root: Path, submitted: Path, names: Collection[str] | None = None) -> list[str]:
    """Write `submitted/STUDENT/gates/gates.ipynb` for each student, or for those named; return the students.

    The notebooks are made from the assignment and the reference in `course_root`. The same files come out every time.
    """
    start = material(course_root)
    chosen = [recipe for recipe in ALL if names is None or recipe.student in names]
    for recipe in chosen:
        folder = submitted / recipe.student / ASSIGNMENT
        folder.mkdir(parents=True, exist_ok=True)
        (folder / recipe.file_name).write_bytes(recipe.data(start))
    return [recipe.student for recipe in chosen]


def by_name(student: str) -> Recipe:
    """Return the recipe of one student."""
    return next(recipe for recipe in ALL if recipe.student == student)
