"""All broken notebooks, and how they are handed in."""

from __future__ import annotations

from pathlib import Path

from tests.corpus.broken import cells, files, functions, habits, names, syntax
from tests.corpus.broken.recipe import ASSIGNMENT, Broken, start

ALL: tuple[Broken, ...] = (
    *files.RECIPES,
    *cells.RECIPES,
    *syntax.RECIPES,
    *functions.RECIPES,
    *names.RECIPES,
    *habits.RECIPES,
)


def hand_in(course_root: Path, submitted: Path, recipes: tuple[Broken, ...] = ALL) -> None:
    """Write `submitted/STUDENT/gates/gates.ipynb` for each student."""
    begin = start(course_root)
    for recipe in recipes:
        path = submitted / recipe.student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        recipe.place(path, recipe.data(begin))
