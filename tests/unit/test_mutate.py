"""`autograder mutate` on a tiny course: what it finds, what it says, and that it cannot be fooled."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from autograder.course import Course
from autograder.errors import CourseError, SuiteError
from autograder.instructor.mutate import examine
from autograder.instructor.mutation_report import Report, Verdict
from autograder.instructor.mutation_table import markdown, print_report, rows
from tests.minicourse import HIDDEN, MISCONCEPTIONS, REFERENCE, write_course

WEAK = HIDDEN.replace("x = rng.normal(size=3)", "x = np.abs(rng.normal(size=3))\n    print('mutants are silent')")
WEAK = WEAK.replace("import pytest", "import numpy as np\nimport pytest")
UNKNOWN_SLIPS = """\
from autograder.misconceptions import misconception


@misconception("double", hint="You added a constant.")
def added_two(x):
    return x + 2


@misconception("double", hint="You added a constant, too.")
def added_one_twice(x):
    return x + 1 + 1


@misconception("square", hint="This is no slip at all.")
def harmless(x):
    return x**2
"""
PARTS = (
    HIDDEN.replace("import pytest", "import numpy as np\nimport pytest")
    + '''

@pytest.mark.question("double")
@pytest.mark.parts("part")
@pytest.mark.parametrize("part", ["size", "sign"])
def test_parts(submission, part):
    """The {part} is right."""
    got = submission.double(-4.0)
    if part != "sign":
        agree("size", abs(got), 8.0)
    if part != "size":
        agree("sign", np.sign(got), -1.0)
'''
)
"""Its two parts are judged by one call where it is asked with None."""
EQUIVALENTS = """\
- mutant: "square: x * x → x / x"
  reason: It is not, but somebody says so.
- mutant: "square: x ** 3 → x ** 4"
  reason: There was such a line in former times.
"""


def add(root: Path, **texts: str) -> None:
    """Write further files of the tiny course: right variants by style, or `equivalents`."""
    for name, text in texts.items():
        place = "equivalents/mini.yml" if name == "equivalents" else f"variants/mini/{name}.py"
        path = root / "reference" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    for folder in ("variants", "variants/mini"):
        if (root / "reference" / folder).is_dir():
            (root / "reference" / folder / "__init__.py").touch()


def report_of(root: Path, **options: int | str | None) -> Report:
    """Return what is found out about the course in `root`."""
    return examine(Course.load(root).assignment("mini"), **{"jobs": 1, **options})  # type: ignore[arg-type]


def printed(report: Report) -> str:
    """Return what a person reads."""
    file = io.StringIO()
    print_report(report, Console(width=160, file=file))
    return file.getvalue()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose suite is as good as it must be."""
    root = write_course(tmp_path_factory.mktemp("good"))
    add(
        root,
        plain="def double(x):\n    return x + x\n\n\ndef square(x):\n    return x**2\n\n\ndef helper():\n    pass\n",
    )
    add(root, half="def double(x):\n    return x * 2.0\n")
    return root


@pytest.fixture(scope="module")
def good_report(good: Path) -> Report:
    """What is found out about it."""
    return report_of(good)


@pytest.fixture(scope="module")
def bad_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What is found out about a course in which nothing is as it should be."""
    root = write_course(
        tmp_path_factory.mktemp("bad"),
        misconceptions=UNKNOWN_SLIPS,
        hidden=WEAK,
        reference=REFERENCE.replace("x * x", "abs(x) * x"),
        checks="""\
            import pytest
            from autograder.compare import agree


            @pytest.mark.question("double")
            def test_three(submission):
                \"\"\"Three becomes six.\"\"\"
                agree("out", submission.double(3.0), 6.0)


            @pytest.mark.question("square")
            def test_four(submission):
                \"\"\"Four becomes sixteen.\"\"\"
                agree("out", submission.square(4.0), 16.0)
            """,
    )
    add(root, equivalents=EQUIVALENTS.replace("x * x → x / x", "abs(x) * x → abs(x) / x"))
    add(root, careless="def double(x):\n    return 2.01 * x\n")
    return report_of(root)


def verdict(report: Report, question: str) -> Verdict:
    return next(each for each in report.verdicts if each.question == question)


class TestFine:
    def test_nothing_to_mend(self, good_report: Report) -> None:
        """Slips have their names, mutants die, variants are right."""
        assert good_report.fine
        assert good_report.share == 1.0
        assert [(slip.name, slip.names) for v in good_report.verdicts for slip in v.slips] == [
            ("added_two", ("added_two",) * 3),
            ("cubed", ("cubed",) * 3),
        ]

    def test_a_row_a_question_and_one_for_all(self, good_report: Report) -> None:
        """The table counts slips, mutants and variants; a variant counts where it solves the question."""
        assert rows(good_report) == [
            ("double", "1 of 1", "1 of 1", "5", "0", "0", "2 of 2"),
            ("square", "1 of 1", "1 of 1", "3", "0", "0", "1 of 1"),
            ("together", "2 of 2", "2 of 2", "8", "0", "0", "3 of 3"),
        ]
        assert "mini: 100.0% of the mutants killed, fine" in printed(good_report)

    def test_the_same_whatever_the_number_of_processes(self, good: Path, good_report: Report) -> None:
        """The report says nothing of time or order, so that it can stand in the documentation."""
        again = report_of(good, jobs=2)
        assert again == good_report
        assignment = Course.load(good).assignment("mini")
        assert markdown(assignment, again) == markdown(assignment, good_report)

    def test_one_question(self, good: Path) -> None:
        """Only the named question is looked at."""
        report = report_of(good, question="square", seeds=1)
        assert [row[0] for row in rows(report)] == ["square", "together"]
        assert report.fine

    @pytest.mark.usefixtures("good_report")
    def test_nothing_is_written(self, good: Path) -> None:
        """The files of the course are as they were; mutants live in memory."""
        assert (good / "reference" / "mini.py").read_text() == REFERENCE
        assert sorted(path.name for path in good.iterdir()) == ["assignments", "course.yml", "reference", "tests"]


class TestToMend:
    def test_survivors(self, bad_report: Report) -> None:
        """A mutant that passes every hidden test is named, with its place and the changed line."""
        assert [mutant.id for mutant in verdict(bad_report, "square").survivors] == ["square: abs(x) → x"]
        assert "survived: square: abs(x) → x\n    reference/mini.py:8: return x * x" in printed(bad_report)
        assert bad_report.share < 1
        assert not bad_report.fine

    def test_slips_that_are_not_caught(self, bad_report: Report) -> None:
        """A slip that passes the hidden suite is named with the seeds that caught it."""
        assert "not killed: harmless (square), caught with 0 of 3 seeds" in printed(bad_report)

    def test_slips_that_are_not_told_apart(self, bad_report: Report) -> None:
        """Two slips that behave alike have no name, and are both named as such here."""
        assert "misnamed: added_two (double) is called no name" in printed(bad_report)
        assert "misnamed: added_one_twice (double) is called no name" in printed(bad_report)

    def test_right_variants_that_lose_points(self, bad_report: Report) -> None:
        """A variant without full marks is named with what its author would be told."""
        assert "right and yet not full marks: careless (double): `out` is wrong" in printed(bad_report)

    def test_an_equivalent_mutant_that_is_none(self, bad_report: Report) -> None:
        """An entry that dies was never equivalent."""
        assert [mutant.id for mutant in verdict(bad_report, "square").unlike] == ["square: abs(x) * x → abs(x) / x"]
        assert "not equivalent: square: abs(x) * x → abs(x) / x" in printed(bad_report)

    def test_an_equivalent_mutant_that_is_gone(self, bad_report: Report) -> None:
        """An entry for code that has changed is said to be stale."""
        assert bad_report.gone == ("square: x ** 3 → x ** 4",)
        assert "no such mutant: square: x ** 3 → x ** 4\n    reference/equivalents/mini.yml" in printed(bad_report)

    def test_the_documentation_says_so_as_well(self, bad_report: Report, tmp_path: Path) -> None:
        """The section for the documentation lists what is to be mended instead of leaving it out."""
        text = markdown(Course.load(write_course(tmp_path)).assignment("mini"), bad_report)
        assert "To mend:" in text
        assert "survived: square: abs(x) → x" in text


def test_equivalents(tmp_path: Path) -> None:
    """A listed survivor is not to be mended; its reason is in the documentation, with who catches it elsewhere."""
    root = write_course(tmp_path, hidden=WEAK, reference=REFERENCE.replace("x * x", "abs(x) * x"))
    add(root, equivalents='- mutant: ["square: abs(x) → x"]\n  reason: Only positive numbers are asked for.\n')
    report = report_of(root, seeds=1)
    assert report.fine
    assert verdict(report, "square").equivalent == 1
    section = markdown(Course.load(root).assignment("mini"), report)
    assert "Only positive numbers are asked for.\n\n- `square: abs(x) → x`\n" in section
    add(root, equivalents='- mutant: "square: abs(x) → x"\n  reason: It is caught.\n  caught_by: double\n')
    report = report_of(root, seeds=1, question="square")
    assert "says that the tests of double fail, and they pass" in printed(report)
    assert not report.fine


ENDLESS = """\
import numpy as np


def double(x):
    n = 3
    while n > 0:
        n = n - 1
    return 2 * x


def square(x):
    n, kept = 3, []
    while n > 0:
        n = n - 1
        kept.append(np.zeros(10**8))
    return x * x
"""


@pytest.mark.parametrize("question", ["double", "square"])
def test_mutants_that_do_not_end_or_eat_all_memory(tmp_path: Path, question: str) -> None:
    """A loop without an end is killed, with and without its memory; the process that tries it goes on."""
    report = report_of(write_course(tmp_path, reference=ENDLESS), question=question, seeds=1)
    killed = {mutant.id: mutant.killed for mutant in verdict(report, question).mutants}
    assert killed[f"{question}: n - 1 → n + 1"] == 1
    assert killed[f"{question}: n = n - 1 → pass"] == 1


def test_mutants_are_silent(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing that tests and mutants print or warn of reaches the table."""
    assert "print(" in WEAK
    report_of(write_course(tmp_path, hidden=WEAK), question="square", seeds=1)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("equivalents", "words"),
    [
        ("- mutant: one\n", "Object missing required field `reason`"),
        ("mutant: one\nreason: two\n", "Expected `array`, got `object`"),
        ("- {mutant: one, reason: two}\n", "`one` needs a sentence as its reason"),
        ("- {mutant: one, reason: It is.}\n- {mutant: one, reason: It is.}\n", "`one` stands there twice"),
        ("- {mutant: one, reason: It is., why: not}\n", "unknown field `why`"),
        ("- [", "expected the node content"),
    ],
)
def test_a_list_of_equivalents_that_cannot_be_read(tmp_path: Path, equivalents: str, words: str) -> None:
    """What is wrong with the file is said before anything is tried."""
    root = write_course(tmp_path)
    add(root, equivalents=equivalents)
    with pytest.raises(CourseError, match=r"reference/equivalents/mini\.yml") as raised:
        report_of(root)
    assert words in str(raised.value)


def _without_reference(root: Path) -> None:
    (root / "reference" / "mini.py").unlink()


def _without_solution(root: Path) -> None:
    (root / "reference" / "mini.py").write_text("def double(x):\n    return 2 * x\n")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_without_reference, "reference/mini.py: there is no such file"),
        (_without_solution, "there is no function or class `square`"),
        (lambda root: add(root, empty="x = 1\n"), "empty.py solves no question"),
        (lambda root: add(root, broken="1 +\n"), "broken.py cannot be imported: SyntaxError"),
    ],
)
def test_a_course_that_does_not_fit_together(tmp_path: Path, spoil: Callable[[Path], None], words: str) -> None:
    """A missing solution or a variant that cannot be used ends everything, with what to do."""
    root = write_course(tmp_path)
    spoil(root)
    with pytest.raises(CourseError, match="mini") as raised:
        report_of(root, seeds=1)
    assert words in str(raised.value)


def test_a_suite_that_fails_on_the_reference(tmp_path: Path) -> None:
    """Such a suite kills every mutant, and that says nothing."""
    root = write_course(tmp_path, hidden=HIDDEN.replace("reference.square(x)", "reference.square(x) + 1"))
    with pytest.raises(SuiteError, match="fails on the reference itself"):
        report_of(root)


class TestParts:
    def test_a_whole_that_asks_for_all_parts(self, tmp_path: Path) -> None:
        """There is nothing to mend where None is as good as all parts."""
        assert report_of(write_course(tmp_path, hidden=PARTS), question="double", seeds=1).fine

    @pytest.mark.parametrize("forgetful", ['part == "size"', "part"])
    def test_a_whole_that_passes_what_a_part_fails(self, tmp_path: Path, forgetful: str) -> None:
        """Such a test would give a slip its points, and is named with the slip."""
        root = write_course(tmp_path, hidden=PARTS.replace('part != "sign"', forgetful))
        report = report_of(root, question="double", seeds=1)
        assert not report.fine
        place = "tests/hidden/test_mini.py::test_parts[size] passes it when it is asked with None"
        assert f"passed as a whole: added_two (double)\n    {place}" in printed(report)

    def test_a_slip_that_shows_for_some_inputs_only(self, tmp_path: Path) -> None:
        """A whole is compared with its parts on its own inputs: on those of another test all may be different."""
        changes = {
            "hidden": PARTS.replace("(submission, part)", "(submission, rng, part)")
            .replace("got = submission.double(-4.0)", "x = rng.normal()\n    got = submission.double(x)")
            .replace("8.0", "abs(2 * x)")
            .replace("-1.0", "np.sign(x)"),
            "misconceptions": MISCONCEPTIONS.replace("return x + 2", "return 2 * np.maximum(x, 0.0)").replace(
                "from autograder", "import numpy as np\nfrom autograder", 1
            ),
        }
        for name in ("a", "b", "c", "d"):  # each part draws by the name of its test
            hidden = changes["hidden"].replace("test_parts", f"test_parts_{name}")
            root = write_course(tmp_path / name, **{**changes, "hidden": hidden})
            assert [slip.passed_as_whole for slip in verdict(report_of(root), "double").slips] == [()]

    def test_a_whole_that_nobody_asks_for(self, tmp_path: Path) -> None:
        """A test with limits of its own is run part by part, so that it need not know what None is."""
        limits = PARTS.replace("\n@pytest.mark.parts", "\n@pytest.mark.limits(call_seconds=0.5)\n@pytest.mark.parts")
        root = write_course(tmp_path, hidden=limits.replace("8.0)", '{"size": 8.0, "sign": 8.0}[part])'))
        assert report_of(root, question="double", seeds=1).fine

    def test_a_whole_that_refuses_the_reference(self, tmp_path: Path) -> None:
        """Such a test would have each right submission run twice."""
        root = write_course(tmp_path, hidden=PARTS.replace("8.0)", '{"size": 8.0}[part])'))
        with pytest.raises(SuiteError, match=r"test_parts\[size\] refuses the reference when .* with None"):
            report_of(root, question="double", seeds=1)

    def test_a_part_that_refuses_the_reference(self, tmp_path: Path) -> None:
        """It is named itself, as any test that does."""
        root = write_course(tmp_path, hidden=PARTS.replace("-1.0)", "-1.0 if part is None else 1.0)"))
        with pytest.raises(SuiteError, match=r"test_parts\[sign\] fails on the reference itself"):
            report_of(root, question="double", seeds=1)


def test_an_unknown_question(tmp_path: Path) -> None:
    """The nearest names are offered."""
    with pytest.raises(CourseError, match="mini has no question 'squire'; did you mean square"):
        report_of(write_course(tmp_path), question="squire")
