"""Where the commands are measured: a fresh copy of the course and of the class for every run."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from autograder.course import Course
from tests.bench import otter, plain_course, scores, speed_class, speed_course, tree
from tests.bench.speed_course import NAME

T = TypeVar("T")


class Stage(Generic[T]):
    """Both forms of the assignment, ready to be graded; `measure` runs a command in a folder."""

    def __init__(self, course: Course, folder: Path, measure: Callable[[Sequence[str], Path], T]) -> None:
        self._folder = _made(folder)
        self._measure = measure
        self._sources = speed_course.sources(course)
        self.course = speed_course.write(course, _made(folder / "ours"))
        plain_course.write(self.course.root, _made(folder / "plain"))
        for name in ("ours", "plain"):
            tree.cost(tree.python("nbgrader", "generate_assignment", NAME), folder / name)
        self.tests: Counter[str] = Counter()

    def grade(self, count: int, *, jobs: int, again: bool = False) -> list[T]:
        """Measure `autograder grade`, and if `again`, a second run that finds nothing changed."""
        with self._fresh("ours", count) as (folder, paths):
            command = tree.python("autograder.cli", "grade", NAME, "--jobs", str(jobs), *map(str, paths))
            found = []
            for _ in range(1 + again):
                found.append(self._measure(command, folder))
                self.tests = scores.require_records(folder, count)
            return found

    def autograde(self, count: int, *, alone: bool) -> T:
        """Measure `nbgrader autograde`, which has the autograder's plug-in or is `alone`."""
        with self._fresh("plain" if alone else "ours", count) as (folder, _):
            found = self._measure(tree.python("nbgrader", "autograde", NAME), folder)
            scores.require_gradebook(folder, count)
            if alone and self.tests:
                scores.require_same_tests(folder, count, self.tests)
            return found

    def otter(self, count: int) -> list[T]:
        """Measure `otter run` for each of `count` submissions; nothing where Otter is not installed.

        `grade` comes first: it finds out how many tests there are.
        """
        command = otter.installed()
        if command is None:
            return []
        with self._fresh("plain", count) as (folder, paths):
            otter.prepare(command, self.course.root, folder, self.tests)
            return [otter.grade(self._measure, command, folder, path, number) for number, path in enumerate(paths)]

    @contextmanager
    def _fresh(self, form: str, count: int) -> Iterator[tuple[Path, list[Path]]]:
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            folder = Path(name)
            shutil.copytree(self._folder / form, folder, dirs_exist_ok=True)
            folder.chmod(0o755)
            changed = plain_course.with_tests if form == "plain" else str
            assignment = self.course.assignment(NAME)
            yield folder, speed_class.hand_in(assignment, self._sources, folder, count, changed=changed)


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o755)
    return folder
