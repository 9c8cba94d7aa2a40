"""Which imports of a grader find a file that no digest tells of."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder import course_imports
from autograder.course import Course
from autograder.course_imports import _Unseen
from tests.minicourse import write_course


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course with modules in many places."""
    root = write_course(tmp_path / "course")
    for name in (
        "factors.py",
        "lib/helpers.py",
        "pack/__init__.py",
        "pack/part.py",
        "tests/support.py",
        "reference/shared.py",
        "tests/hidden/more.py",
        "tests/hidden/parts/one.py",
        ".venv/lib/python3.11/site-packages/installed.py",
        "env/lib/python3.11/late.py",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


@pytest.mark.parametrize(
    ("folder", "name", "is_refused"),
    [
        (".", "factors", True),
        (".", "pack", True),
        ("lib", "helpers", True),
        ("tests", "support", True),
        (".", "no_such_module", False),
        ("reference", "shared", False),
        ("tests/hidden", "more", False),
        ("tests/hidden/parts", "one", False),
        (".venv/lib/python3.11/site-packages", "installed", False),
        ("env/lib/python3.11", "late", False),
    ],
)
@pytest.mark.parametrize("linked", [False, True])
def test_what_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch, folder: str, name: str, is_refused: bool, linked: bool
) -> None:
    """Files of the course that do not judge, wherever imports look; no library, and no Python that lies in it."""
    if linked:
        (root.parent / "link").symlink_to(root)
        root = root.parent / "link"
    monkeypatch.setattr(course_imports, "_PYTHON", ((root / "env").resolve(),))
    monkeypatch.setattr(sys, "path", [str(root / folder), *sys.path])
    finder = _Unseen(Course.load(root).assignment("mini"))
    if not is_refused:
        assert finder.find_spec(name, None) is None
        return
    with pytest.raises(
        ImportError, match=r"does not judge: a change of it would go unseen; put it into tests/hidden or"
    ):
        finder.find_spec(name, None)


def test_parts_of_a_package(root: Path) -> None:
    """A module of a package is looked for in the package's folders."""
    finder = _Unseen(Course.load(root).assignment("mini"))
    with pytest.raises(ImportError, match=r"^pack/part\.py does not judge"):
        finder.find_spec("pack.part", [str(root / "pack")])
    assert finder.find_spec("reference.shared", [str(root / "reference")]) is None


def test_what_is_found_elsewhere_first(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the course that nobody would get does no harm."""
    (root / "numpy.py").touch()
    monkeypatch.setattr(sys, "path", [*sys.path, str(root)])
    assert _Unseen(Course.load(root).assignment("mini")).find_spec("numpy", None) is None
