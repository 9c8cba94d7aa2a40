"""Attacks from beside: files next to the notebook, what lies next to a worker's folder, earlier grades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.corpus.attacks.making import spoiled, wager
from tests.corpus.attacks.recipe import FULL, Attack

if TYPE_CHECKING:
    from tests.attack_table.combinations import Combination

_REMEMBERED = """
import glob, zlib

MEMORY = COURSE + "/.autograder-cache"


def remember(path):
    with open(path, "wb") as file:
        file.write(zlib.compress(b"a grade of full points"))


attempt("list", lambda: os.listdir(MEMORY))
for folder in (MEMORY, MEMORY + "/meadow"):
    attempt("make " + folder, lambda: os.mkdir(folder))
    for name in ("0" * 64, "f" * 64, "meadow", ".tmp"):
        attempt("write " + name, lambda: remember(f"{folder}/{name}"))
for path in glob.glob(MEMORY + "/meadow/*"):
    attempt("replace " + path, lambda: remember(path))
    attempt("remove " + path, lambda: os.unlink(path))
attempt("put a link there", lambda: os.symlink(".", MEMORY + "/meadow/link"))
attempt("take it away", lambda: os.rename(MEMORY, MARKS + "/memory"))
"""

_WALL = """
for place in ("..", "/scratch", "/"):
    name = os.path.join(place, "note")
    attempt("write " + name, lambda: os.close(os.open(name, os.O_CREAT | os.O_WRONLY)))
    attempt("make " + name, lambda: os.mkdir(name + "s"))
    attempt("link " + name, lambda: os.symlink("/", name + ".link"))
if os.getcwd() != "/":
    attempt("list", lambda: os.listdir(".."))
    attempt("move", lambda: os.rename(os.getcwd(), os.getcwd() + ".other"))
"""

_NOTES = """
import os

place = os.path.dirname(os.getcwd())
try:
    if place == "/":
        raise OSError("there is no folder")
    os.mkdir(place + "/notes", 0o300)
    for number in range(3):
        with open(f"{place}/notes/{number}", "wb") as file:
            file.write(bytes(11 << 20))
    os.rename(os.getcwd(), place + "/renamed")
except OSError as problem:
    print(problem)
"""

_COUNTS = """
import os

names = ("notes", "renamed", "note")
FOUND = [name for name in names if os.getcwd() != "/" and os.path.lexists("/scratch/" + name)]
"""

_ALONE = {"double": "def double(x):\n    return None if FOUND else 2 * x"}

_STOLEN = {
    "double": """def double(x):
    for name in ("helper.py", "meadow.py", "secret", "reference.py", "checks.py", "submitted/helper.py"):
        for folder in (".", "..", "/scratch", COURSE + "/submitted/beside_files/meadow"):
            try:
                with open(folder + "/" + name) as file:
                    print(file.read())
                return 2 * x
            except OSError:
                pass
    return None""",
    "total": "def total(x, y):\n    import helper\n\n    return helper.total(x, y)",
}

_NEVER = "def total(x, y):\n    import hidden\n\n    return hidden.ONLY_IN_MEMORY"

_FILES = {
    "helper.py": b"import numpy as np\n\n\ndef total(x, y):\n    return float(np.sum(x * y))\n",
    "conftest.py": b"raise SystemExit('smuggled in')\n",
    "sitecustomize.py": b"raise SystemExit('smuggled in')\n",
    "numpy.py": b"raise SystemExit('smuggled in')\n",
    "checks.py": b"def test_nothing():\n    pass\n",
    "course.yml": b"name: mine\n",
    "nbgrader_config.py": b"raise SystemExit('smuggled in')\n",
    "pytest.ini": b"[pytest]\naddopts = --collect-only\n",
    "beside_files.json": b'{"score": 16}',
    "other.ipynb": b"{}",
    "feedback.html": b"<p>16 of 16</p>",
}

_LINKS = {
    "secret": ".course-secret",
    "helper.py": "reference/meadow.py",
    "hidden.py": "tests/hidden/test_meadow.py",
    "picture.png": "gradebook.db",
    "other.ipynb": "submitted/abel/meadow/meadow.ipynb",
    "whole": ".",
    "timestamp.txt": ".course-secret",
}

_TIME = b"\x1b[31m2001-01-01 00:00:00 UTC\x00\n<b>the day after tomorrow</b>\n" + b"9" * 100_000


def _is_walled(combination: Combination) -> bool:
    """Only Landlock keeps a submission from what lies beside its folder; without it nothing of that may stay."""
    return combination.layers != "no Landlock"


ATTACKS: tuple[Attack, ...] = (
    wager(
        "persist_remembers",
        "persist",
        "It writes grades into what the course remembers of those given before.",
        _REMEMBERED,
        success="points, or a file of the course that the grader has not written",
    ),
    wager("persist_beside", "persist", "It writes beside its own folder.", _WALL, only=_is_walled),
    spoiled(
        "persist_leaves_notes",
        "persist",
        "It leaves notes and a large file beside its own folder, and renames that.",
        success="another submission finds them, or has less space",
        end=_NOTES,
        honest=FULL,
    ),
    spoiled(
        "persist_looks_for_notes",
        "persist",
        "It needs a folder with nothing beside it, as an honest student does who comes after such a one.",
        success="something lies there, and points that are deserved are missing",
        top=_COUNTS,
        answers=_ALONE,
        honest=FULL,
    ),
    spoiled(
        "beside_files",
        "forge",
        "It hands in modules, settings, suites and records beside the notebook, and uses them.",
        success="points, or a command that behaves in another way",
        answers=_STOLEN,
        files=_FILES,
    ),
    spoiled(
        "beside_links",
        "read",
        "It hands in links to the secret, the reference, the gradebook and a submission beside the notebook.",
        success="what they point to is in what comes back, points, or a changed file of the course",
        answers={**_STOLEN, "total": _NEVER},
        links=_LINKS,
    ),
    spoiled(
        "beside_time",
        "grader",
        "It hands in a time that is none, with markup, control characters and a hundred thousand digits.",
        success="points that are deserved are missing, or any fault",
        files={"timestamp.txt": _TIME},
        honest=FULL,
        end="# my notebook is in time",
    ),
)
