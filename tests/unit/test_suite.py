"""The pytest plugin: a suite alone grades the reference, and a suite with a fault judges nobody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder import suite
from autograder.examine import silent_session
from tests.minicourse import HIDDEN, write_course


@pytest.fixture
def course(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder with the tiny course, in which `reference` is that course's."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "reference"]:
        monkeypatch.delitem(sys.modules, name)
    write_course(pytester.path)
    return pytester


def run(course: pytest.Pytester, path: str = "tests/hidden") -> pytest.RunResult:
    return course.runpytest_inprocess("-p", "autograder.suite", "--import-mode=importlib", path)


def test_the_suite_alone_grades_the_reference(course: pytest.Pytester) -> None:
    """With no submission given, every hidden test runs against the reference and passes."""
    run(course).assert_outcomes(passed=3)


def test_the_visible_suite_runs_alone_too(course: pytest.Pytester) -> None:
    """checks.py needs nothing but the plugin."""
    run(course, "assignments/mini/checks.py").assert_outcomes(passed=2)


def test_no_conftest_above_the_course_is_read(tmp_path: Path) -> None:
    """A worker has none, and no digest tells of it: a course in a folder of others is graded as it is alone."""
    root = write_course(tmp_path / "course")
    (tmp_path / "conftest.py").write_text("raise RuntimeError")
    (root / "conftest.py").write_text("import pytest\n\n@pytest.fixture\ndef limit():\n    return 1\n")
    hidden = root / "tests" / "hidden" / "test_mini.py"
    hidden.write_text(hidden.read_text().replace("def test_square(", "def test_square(limit, "))
    command = [sys.executable, "-m", "pytest", *silent_session(root), str(hidden)]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0


def test_a_wrong_reference_fails(course: pytest.Pytester) -> None:
    """The suite can fail: a reference with a slip does not pass the hand-worked values."""
    slip = "def double(x):\n    return 3 * x\n\n\ndef square(x):\n    return x * x\n"
    write_course(course.path, reference=slip)
    run(course, "assignments/mini/checks.py").assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('@pytest.mark.question("square")\n', "", "needs exactly one mark like"),
        ('"square")', '"squared")', "did you mean square"),
        ('question("square")', "question()", "needs exactly one mark like"),
        ('question("square")', 'question("square", 2)', "needs exactly one mark like"),
        ("weight(2)", "weight(0)", "has a weight that is not one number greater than 0"),
        ("weight(2)", "weight(-1)", "has a weight that is not one number greater than 0"),
        ("weight(2)", 'weight("2")', "has a weight that is not one number greater than 0"),
        ("weight(2)", "weight(True)", "has a weight that is not one number greater than 0"),
        ("weight(2)", "weight(float('nan'))", "has a weight that is not one number greater than 0"),
        ("weight(2)", "parts()", "has a mark `parts` that names no argument with cases"),
        ("weight(2)", 'parts("rng")', "has a mark `parts` that names no argument with cases"),
        ("weight(2)", 'parts("size", 5)', "has a mark `parts` that names no argument with cases"),
        ("weight(2)", "wieght(2)", "'wieght' not found in `markers`"),
        ('    """Random numbers are squared."""\n', "", "has no docstring"),
    ],
)
def test_a_mis_marked_test_is_an_error(course: pytest.Pytester, old: str, new: str, message: str) -> None:
    """A test that would silently count for nothing stops the run, and says which one and why."""
    assert old in HIDDEN
    write_course(course.path, hidden=HIDDEN.replace(old, new) + '\nOTHER = pytest.mark.question("square")\n')
    result = course.runpytest_inprocess(
        "-p", "autograder.suite", "--strict-markers", "--import-mode=importlib", "tests/hidden"
    )
    assert result.ret in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERRUPTED)
    assert message in "\n".join(result.outlines + result.errlines)


class Titles:
    """Keeps what students call the tests."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.found = [test.title for test in suite.tests_of(session.config).values()]
        return True


def test_the_title_of_a_part_names_it(course: pytest.Pytester) -> None:
    """A part stands where the docstring has it in braces; other cases have numbers, and other braces stay."""
    parts = '@pytest.mark.parts("part")\n@pytest.mark.parametrize("part", ["sign", "size"])\n'
    test = 'def test_part(submission, part):\n    """The {part} of {0} is right."""\n'
    write_course(course.path, hidden=f'{HIDDEN}\n@pytest.mark.question("square")\n{parts}{test}')
    titles = Titles()
    course.inline_run("-p", "autograder.suite", "--import-mode=importlib", "tests/hidden", plugins=[titles])
    cases = ["Random numbers are doubled. (case 1 of 2)", "Random numbers are doubled. (case 2 of 2)"]
    rest = ["Random numbers are squared.", "The sign of {0} is right.", "The size of {0} is right."]
    assert titles.found == cases + rest


def test_a_suite_of_no_assignment_is_an_error(course: pytest.Pytester) -> None:
    """A file in tests/hidden that belongs to no assignment would never grade anybody, so it is refused."""
    (course.path / "tests/hidden/test_minni.py").write_text(HIDDEN)
    result = run(course)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "no assignment in course.yml has this suite" in "\n".join(result.errlines)


def test_random_inputs_depend_on_the_test_only(course: pytest.Pytester) -> None:
    """Running one test alone draws the same numbers as running it among others."""
    hidden = HIDDEN + (
        '\n@pytest.mark.question("square")\ndef test_draw(rng):\n    """Draw."""\n    print("drew", rng.normal())\n'
    )
    write_course(course.path, hidden=hidden)
    drawn = []
    for extra in ([], ["-k", "test_draw"]):
        result = course.runpytest_inprocess(
            "-p", "autograder.suite", "-s", "--import-mode=importlib", "tests/hidden", *extra
        )
        drawn.append(next(line for line in result.outlines if "drew" in line).split("drew")[1].split()[0])
    assert drawn[0] == drawn[1]


def test_other_tests_are_not_touched(pytester: pytest.Pytester) -> None:
    """Outside of a course the plugin asks nothing of anybody's tests."""
    pytester.makepyfile("def test_plain():\n    assert True\n")
    pytester.runpytest_inprocess("-p", "autograder.suite").assert_outcomes(passed=1)


def test_a_training_of_the_reference_has_no_limit(course: pytest.Pytester) -> None:
    """The mark of a training is known, and changes nothing where no sandbox measures the time."""
    marked = HIDDEN.replace(
        '@pytest.mark.question("square")\n', '@pytest.mark.question("square")\n@pytest.mark.training\n'
    )
    assert marked != HIDDEN
    write_course(course.path, hidden=marked)
    run(course).assert_outcomes(passed=3)


class Draws:
    """Keeps what the random numbers of a test are like."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        one, same, other = (suite.rng_for(session.items[number]) for number in (0, 0, 1))
        self.numbers = [list(rng.random(4000)) for rng in (one, same, other, *one.spawn(2), *one.spawn(1))]
        return True


def test_random_numbers_are_even_and_unlike(course: pytest.Pytester) -> None:
    """They fill the range alike, are the same for the same test only, and whoever spawns others gets others."""
    draws = Draws()
    course.inline_run("-p", "autograder.suite", "--import-mode=importlib", "tests/hidden", plugins=[draws])
    first, same, *others = draws.numbers
    assert first == same
    assert len({tuple(numbers) for numbers in (first, *others)}) == 5
    for numbers in (first, *others):
        counts = [sum(low / 10 <= x < (low + 1) / 10 for x in numbers) for low in range(10)]
        assert all(abs(count - 400) < 5 * 19 for count in counts)  # √(4000 · 0.1 · 0.9) = 19
