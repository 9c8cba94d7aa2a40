"""course.yml and the folders it speaks of: Course, Assignment, Question."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import msgspec

from autograder import course_file, notebook
from autograder.course_file import COURSE_FILE, HINTS, nearest
from autograder.errors import CourseError, NotebookError
from autograder.limits import Limits
from autograder.nodes import NotebookNode

_HANDED_IN = ("downloaded", "submitted")
"""nbgrader's folders in a course for what students hand in, as it came."""


class Question(msgspec.Struct, frozen=True):
    """One graded exercise: the name of the function or class, and its points."""

    name: str
    points: float


class Assignment:
    """One notebook with its visible checks, hidden suite, reference and limits."""

    def __init__(
        self, root: Path, name: str, title: str, limits: Limits, data: str | None = None, hints: int = HINTS[-1]
    ) -> None:
        self.root = root
        self.name = name
        self.title = title
        self.limits = limits
        self.data = data
        self.hints = hints
        self.notebook_path = root / "assignments" / name / f"{name}.ipynb"
        self.checks_path = root / "assignments" / name / "checks.py"
        self.suite_path = root / "tests" / "hidden" / f"test_{name}.py"
        self.reference_path = root / "reference" / f"{name}.py"
        self.misconceptions_path = root / "reference" / "misconceptions" / f"{name}.py"

    @cached_property
    def notebook(self) -> NotebookNode:
        """The assignment's own notebook, the source of every cell that is not the student's."""
        try:
            return notebook.read(self.notebook_path.read_bytes())
        except FileNotFoundError:
            shown = self._shown(self.notebook_path)
            msg = f"{shown}: there is no such notebook; create it or remove {self.name} from {COURSE_FILE}"
            raise CourseError(msg) from None
        except NotebookError as error:
            msg = f"{self._shown(self.notebook_path)}: {error}"
            raise CourseError(msg) from error

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions in the order of the notebook; CourseError where notebook and suites do not fit together."""
        shown = self._shown(self.notebook_path)
        questions = [Question(name, points) for name, points in notebook.check_cells(self.notebook)]
        if not questions:
            msg = f"{shown}: no check cell; give each question a code cell with nbgrader metadata grade: true"
            raise CourseError(msg)
        for question in questions:
            if not question.points >= 0:
                msg = f"{shown}: check cell {question.name!r} has {question.points:g} points; points cannot be negative"
                raise CourseError(msg)
        for path in (self.suite_path, self.checks_path):
            self._require_same_questions([q.name for q in questions], path)
        return tuple(questions)

    @property
    def max_score(self) -> float:
        """The points of all questions together."""
        return sum(question.points for question in self.questions)

    def _require_same_questions(self, names: list[str], path: Path) -> None:
        tested = dict(_questions_of_suite(path, self._shown(path)))
        for name in names:
            if name not in tested:
                msg = (
                    f"{self._shown(path)}: no test for question {name!r} of {self._shown(self.notebook_path)}; "
                    f'add one marked @pytest.mark.question("{name}")'
                )
                raise CourseError(msg)
        for name, line in tested.items():
            if name not in names:
                msg = (
                    f"{self._shown(path)}:{line}: question {name!r} has no check cell in "
                    f"{self._shown(self.notebook_path)}; {nearest(name, names)}"
                )
                raise CourseError(msg)

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self.root))


class Course:
    """The course folder: its title and its assignments, as course.yml says."""

    def __init__(self, root: Path, name: str, title: str, assignments: Iterable[Assignment]) -> None:
        self.root = root
        self.name = name
        self.title = title
        self.assignments = tuple(assignments)

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """Return the course of the nearest folder with a course.yml, from `start` (default: here) upwards."""
        place = start or _here()
        for way in (place.absolute(), place.resolve()):
            found = [folder for folder in (way, *way.parents) if (folder / COURSE_FILE).is_file()]
            for outer in found[1:]:
                if found[0].relative_to(outer).parts[0] in _HANDED_IN:
                    msg = f"{found[0] / COURSE_FILE} was handed in, and does not grade; run this in {outer}"
                    raise CourseError(msg)
        if not found:
            msg = f"no {COURSE_FILE} in {place.resolve()} or above; run this in a course folder"
            raise CourseError(msg)
        return cls.load(found[0])

    @classmethod
    def load(cls, root: Path) -> Course:
        """Return the course in the folder `root`; CourseError with line and remedy where course.yml is wrong."""
        root = root.resolve()
        entry = course_file.read(root)
        assignments = [
            Assignment(
                root,
                item.name,
                item.title,
                entry.limits_of(item),
                item.data,
                entry.hints if item.hints is None else item.hints,
            )
            for item in entry.assignments
        ]
        return cls(root, entry.name, entry.title, assignments)

    def assignment(self, name: str) -> Assignment:
        """Return the assignment called `name`; CourseError names the nearest one where there is none."""
        for assignment in self.assignments:
            if assignment.name == name:
                return assignment
        names = [assignment.name for assignment in self.assignments]
        msg = f"{COURSE_FILE}: there is no assignment {name!r}; {nearest(name, names)}"
        raise CourseError(msg)

    def validate(self) -> None:
        """Read every assignment's notebook and suites; CourseError at the first thing that does not fit."""
        for assignment in self.assignments:
            assignment.questions  # noqa: B018 - reading it is the check
            for path in (assignment.reference_path, assignment.misconceptions_path):
                if not path.is_file():
                    msg = (
                        f"{path.relative_to(self.root)}: there is no such file; assignment {assignment.name!r} needs it"
                    )
                    raise CourseError(msg)


def _here() -> Path:
    """Return the current folder by the way that led there: a link may lead out of a course."""
    way, here = Path(os.environ.get("PWD", "")), Path.cwd()
    return way if way.is_absolute() and way.exists() and way.samefile(here) else here


def _questions_of_suite(path: Path, shown: str) -> Iterator[tuple[str, int]]:
    """Yield (question, line) for every `question("…")` mark in a suite, without running it."""
    try:
        tree = ast.parse(path.read_bytes(), filename=shown)
    except FileNotFoundError:
        msg = f"{shown}: there is no such suite; create it"
        raise CourseError(msg) from None
    except SyntaxError as error:
        msg = f"{shown}:{error.lineno}: {error.msg}; a suite has to be valid Python"
        raise CourseError(msg) from None
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
        if called == "question" and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            yield node.args[0].value, node.lineno
