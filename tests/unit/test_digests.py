"""What judges a submission, told apart by digests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import autograder
from autograder.course import Course
from autograder.datasets import FOLDER
from autograder.digests import _code_digest, framework_label, question_digests, suite_digest
from tests import minicourse

WITH_DATA = minicourse.COURSE + "    data: mnist\n"


def test_the_digest_tells_what_was_loaded(tmp_path: Path) -> None:
    """A file that changes while a course is in use does not pass for the one that judged."""
    assignment = Course.load(minicourse.write_course(tmp_path)).assignment("mini")
    before = suite_digest(assignment)
    minicourse.write_course(tmp_path, hidden=minicourse.HIDDEN + "\n# changed\n")
    assert suite_digest(assignment) == before
    assert suite_digest(Course.load(tmp_path).assignment("mini")) != before


def test_the_data_judge_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inputs are drawn from the digits: others make another digest, for assignments that use them."""
    monkeypatch.setenv(FOLDER, str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    digests = []
    for content in (b"", b"one", b"two"):
        (tmp_path / "data" / "t10k-images-idx3-ubyte").write_bytes(content)
        (with_data, without) = (
            suite_digest(Course.load(minicourse.write_course(tmp_path, course=text)).assignment("mini"))
            for text in (WITH_DATA, minicourse.COURSE)
        )
        digests.append((with_data, without))
    assert len({with_data for with_data, _ in digests}) == 3
    assert len({without for _, without in digests}) == 1


def test_the_framework_is_named_by_version_and_code(tmp_path: Path) -> None:
    """A clone whose code was changed, or a file renamed, is another framework under the same version."""
    package = Path(autograder.__file__).parent
    version, _, code = framework_label().partition("+")
    assert version == autograder.__version__
    shutil.copytree(package, tmp_path / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
    assert _code_digest(tmp_path / "autograder").startswith(code)
    with (tmp_path / "autograder" / "sandbox" / "wire.py").open("a") as file:
        file.write("\n")
    changed = _code_digest(tmp_path / "autograder")
    (tmp_path / "autograder" / "judge.py").rename(tmp_path / "autograder" / "jury.py")
    assert len({code, changed[: len(code)], _code_digest(tmp_path / "autograder")[: len(code)]}) == 3


SLIPS = {"double": ["added_two"], "square": ["cubed"]}
SUITE, CHECKS = Path("tests/hidden/test_mini.py"), Path("assignments/mini/checks.py")


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        ({}, set()),
        ({"hidden": minicourse.HIDDEN + "\n# changed\n"}, set()),
        ({"hidden": minicourse.HIDDEN + "\nimport math\n"}, {"double", "square"}),
        ({"reference": minicourse.REFERENCE.replace("2 * x", "x + x")}, {"double"}),
        ({"reference": minicourse.REFERENCE.replace("x * x", "x**2")}, {"square"}),
        ({"misconceptions": minicourse.MISCONCEPTIONS.replace("too large", "not small")}, {"square"}),
        ({"course": minicourse.COURSE.replace("call_seconds: 1", "call_seconds: 3")}, {"double", "square"}),
    ],
)
def test_a_change_touches_the_questions_that_rest_on_it(
    tmp_path: Path, change: dict[str, str], touched: set[str]
) -> None:
    """A question that nothing of the change can reach keeps its digest."""
    digests = []
    for changes in ({}, change):
        assignment = Course.load(minicourse.write_course(tmp_path, **changes)).assignment("mini")
        tests = {
            "double": {tmp_path / SUITE: {"test_random"}, tmp_path / CHECKS: {"test_three"}},
            "square": {tmp_path / SUITE: {"test_square"}, tmp_path / CHECKS: {"test_four"}},
        }
        digests.append(question_digests(assignment, tests, SLIPS))
    before, after = digests
    assert {name for name in before if before[name] != after[name]} == touched


def test_tests_from_elsewhere_change_with_everything(tmp_path: Path) -> None:
    """Where a test is not defined in the suite itself, any change of the suite counts."""
    digests = []
    for hidden in (minicourse.HIDDEN, minicourse.HIDDEN + "\n# changed\n"):
        assignment = Course.load(minicourse.write_course(tmp_path, hidden=hidden)).assignment("mini")
        digests.append(question_digests(assignment, {"double": {tmp_path / SUITE: {"test_from_elsewhere"}}}, SLIPS))
    assert digests[0]["double"] != digests[1]["double"]
    assert digests[0]["square"] == digests[1]["square"]


def both(root: Path) -> tuple[str, dict[str, str]]:
    """Return the digests of the suite and of its questions, as a command finds them that starts now."""
    assignment = Course.load(root).assignment("mini")
    tests = {"double": {root / SUITE: {"test_random"}}, "square": {root / SUITE: {"test_square"}}}
    return suite_digest(assignment), question_digests(assignment, tests, SLIPS)


def put(root: Path, file: str, content: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(content)


@pytest.mark.parametrize(
    "file",
    [
        "conftest.py",
        "tests/conftest.py",
        "tests/__init__.py",
        "tests/hidden/conftest.py",
        "tests/hidden/points.csv",
        "tests/hidden/helpers/shapes.py",
        "tests/hidden/data/far/points.npz",
        "assignments/conftest.py",
        "assignments/mini/conftest.py",
        "assignments/mini/points.csv",
        "reference/shared.py",
        "reference/tables/points.csv",
    ],
)
def test_what_is_not_traced_changes_everything(tmp_path: Path, file: str) -> None:
    """A fixture, a helper or a table may decide any test: whether it comes, changes or goes, all digests are others."""
    root = minicourse.write_course(tmp_path)
    without = both(root)
    put(root, file, "LIMIT = 10")
    first = both(root)
    put(root, file, "LIMIT = 20")
    found = [without, first, both(root)]
    assert len({suite for suite, _ in found}) == 3
    for question in ("double", "square"):
        assert len({questions[question] for _, questions in found}) == 3
    (root / file).unlink()
    assert both(root) == without


@pytest.mark.parametrize(
    "file",
    [
        "tests/hidden/test_other.py",
        "tests/hidden/.points.csv.swp",
        "tests/hidden/__pycache__/test_mini.cpython-311.pyc",
        "tests/unit/conftest.py",
        "assignments/other/checks.py",
        "reference/other.py",
        "reference/misconceptions/other.py",
        "reference/variants/mini/loops.py",
        "reference/equivalents/mini.yml",
        "submitted/ada/mini/mini.ipynb",
        "grades/mini/ada.json",
    ],
)
def test_what_judges_nobody_here_changes_nothing(tmp_path: Path, file: str) -> None:
    """Another assignment may change, and a suite may be proved, without a grade that does not stand any more."""
    root = minicourse.write_course(tmp_path)
    put(root, "tests/hidden/test_other.py", "")
    before = both(root)
    put(root, file, "LIMIT = 10")
    assert both(root) == before


@pytest.mark.parametrize(
    ("line", "file"),
    [
        ("from reference import other\n", "reference/other.py"),
        ("from reference import (\n    mini,\n    other,\n)\n", "reference/other.py"),
        ("import reference.other\n", "reference/other.py"),
        ("from reference.misconceptions.other import cubed\n", "reference/misconceptions/other.py"),
        ("from tests.hidden.test_other import test_more\n", "tests/hidden/test_other.py"),
        ("from reference.variants.mini import loops\n", "reference/variants/mini/loops.py"),
    ],
)
@pytest.mark.parametrize("where", ["tests/hidden/test_mini.py", "tests/conftest.py"])
def test_what_is_imported_from_elsewhere_judges_as_well(tmp_path: Path, line: str, file: str, where: str) -> None:
    """Whoever imports it, the suite itself or a conftest.py: a file of another assignment counts then."""
    root = minicourse.write_course(tmp_path)
    put(root, "tests/hidden/test_other.py", "")
    old = (root / where).read_text() if (root / where).exists() else ""
    put(root, where, line + old)
    before = both(root)
    put(root, file, "LIMIT = 10")
    suite, questions = both(root)
    assert suite != before[0]
    assert all(questions[name] != before[1][name] for name in questions)


def test_what_is_imported_by_what_is_imported_judges_as_well(tmp_path: Path) -> None:
    """It counts through any number of steps, and in a circle, too."""
    root = minicourse.write_course(tmp_path)
    for name, imports in (("other", "third"), ("third", "other")):
        put(root, f"tests/hidden/test_{name}.py", "")
        put(root, f"reference/{name}.py", f"from reference import {imports}\n")
    put(root, "reference/mini.py", "from reference import other\n" + minicourse.REFERENCE)
    before = both(root)
    put(root, "reference/third.py", "LIMIT = 10\n")
    suite, questions = both(root)
    assert suite != before[0]
    assert all(questions[name] != before[1][name] for name in questions)


@pytest.mark.parametrize("link", ["../../shared", "../hidden", "..", "../.."])
def test_a_link_to_a_folder_of_the_course_is_followed(tmp_path: Path, link: str) -> None:
    """What lies there counts, and a circle of links has an end."""
    root = minicourse.write_course(tmp_path)
    put(root, "shared/points.txt", "1")
    (root / "tests/hidden/data").symlink_to(link)
    before = both(root)
    assert both(root) == before
    put(root, "shared/points.txt", "2")
    assert (both(root) != before) == (link in ("../../shared", "../.."))


def test_a_link_counts_by_where_it_leads(tmp_path: Path) -> None:
    """The content of a linked file counts; a folder elsewhere, which may be any, is not read."""
    root = minicourse.write_course(tmp_path / "course")
    found = [both(root)]
    for target in ("points", "others", "folder", "nowhere"):
        if target == "folder":
            (tmp_path / target).mkdir()
        elif target != "nowhere":
            (tmp_path / target).write_text(target)
        (root / "tests/hidden/data").unlink(missing_ok=True)
        (root / "tests/hidden/data").symlink_to(tmp_path / target)
        found.append(both(root))
    assert len({suite for suite, _ in found}) == 5


@pytest.mark.parametrize(
    "slip",
    [
        "@of_double\ndef added_two(x):\n    return x + 2\n",
        "added_two = of_double(lambda x: x + 2)\n",
        "def made():\n    @of_double\n    def added_two(x): return x + 2\n    return added_two\nadded_two = made()\n",
    ],
)
def test_a_slip_counts_however_it_is_marked(tmp_path: Path, slip: str) -> None:
    """Its words and what it does decide what a student reads, and nothing else is touched by them."""
    head = (
        "from functools import partial\nfrom autograder.misconceptions import misconception as wrong\n\n"
        "def of_double(slip):\n    return wrong('double', 'You added.')(slip)\n\n"
    )
    digests = []
    for text in (slip, slip.replace("x + 2", "x + 3")):
        minicourse.write_course(tmp_path, misconceptions=head + text)
        assignment = Course.load(tmp_path).assignment("mini")
        digests.append(question_digests(assignment, {}, {"double": ["added_two"]}))
    assert digests[0]["double"] != digests[1]["double"]
    assert digests[0]["square"] == digests[1]["square"]


def test_folders_that_are_links_judge(tmp_path: Path) -> None:
    """Hidden suites and the reference may lie in a checkout of their own, with a link in the course."""
    root, private = minicourse.write_course(tmp_path / "course"), tmp_path / "private"
    private.mkdir()
    put(root, "reference/factors.py", "TWO = 2")
    (root / "reference").rename(private / "reference")
    (root / "reference").symlink_to(private / "reference")
    before = both(root)
    put(root, "reference/factors.py", "TWO = 3")
    assert both(root)[0] != before[0]
