"""Regrading where something goes wrong on the way, and who is asked what."""

from __future__ import annotations

import errno
import io
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from autograder import record
from autograder.cli import main
from autograder.course import Course
from autograder.diagnosis import DATA_MISSING
from autograder.errors import AutograderError, SuiteError
from autograder.graded import Graded
from autograder.instructor import agreement, regrade
from autograder.instructor.moves import Move, compare
from autograder.instructor.regrade import Options
from autograder.instructor.submissions import handed_in
from autograder.instructor.undo import undo
from autograder.record import Grade, QuestionResult
from tests.minicourse import answered, write_course
from tests.unit.test_record import a_grade

STUDENTS = "ada", "ben", "cleo"


class Terminal(io.StringIO):
    """A keyboard at which somebody types this."""

    def isatty(self) -> bool:
        return True


class FakeGraders:
    """Gives everybody the score of `scores`; where that is an exception it is raised."""

    def __init__(self, scores: dict[str, float | Exception], *, broken: Exception | None = None) -> None:
        self._scores = scores
        self._broken = broken

    def __call__(self, *_: object, **__: object) -> FakeGraders:
        return self

    def __enter__(self) -> FakeGraders:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def prepare(self) -> str:
        if self._broken is not None:
            raise self._broken
        return "full"

    def grade_file(self, _: Path, student: str) -> Graded:
        score = self._scores[student]
        if isinstance(score, Exception):
            raise score
        return Graded(a_mini_grade(student, score), b"")

    def submit(self, work: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work())
        except Exception as error:
            future.set_exception(error)
        return future


def a_mini_grade(student: str, score: float, **changes: Any) -> Grade:
    question = QuestionResult(name="double", score=score, max_score=5, outcome="wrong", **changes)
    return a_grade(course="mini", assignment="mini", student=student, score=score, max_score=5, questions=(question,))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with three submissions and a record of three points for each of them."""
    write_course(tmp_path)
    for student in STUDENTS:
        path = tmp_path / f"submitted/{student}/mini/mini.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(answered())
        record.write(a_mini_grade(student, 3.0), folder(tmp_path) / f"{student}.json")
    return Course.load(tmp_path)


def folder(root: Path) -> Path:
    return root / "grades" / "mini"


def scores(course: Course) -> list[float]:
    return [record.read(folder(course.root) / f"{student}.json").score for student in STUDENTS]


def run(course: Course, monkeypatch: pytest.MonkeyPatch, *args: float | Exception, broken: Any = None) -> bool:
    graders = FakeGraders(dict(zip(STUDENTS, args, strict=True)), broken=broken)
    monkeypatch.setattr(regrade, "Graders", graders)
    return regrade.regrade(course, "mini", [], Options(out=folder(course.root), yes=True))


def test_a_suite_that_breaks_on_one_submission(course: Course, monkeypatch: Any, capsys: Any) -> None:
    """That one keeps the earlier record and is named; the others get theirs."""
    assert not run(course, monkeypatch, 4.0, SuiteError("the inputs suit no judgement"), 2.0)
    assert scores(course) == [4.0, 3.0, 2.0]
    said = capsys.readouterr().err
    assert "not gradable: ben: the earlier record, if any, stays: the inputs suit no judgement\n" in said


def test_a_suite_that_breaks_on_all(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no submission's affair stops everything, and nothing is written."""
    with pytest.raises(SuiteError, match="it is broken"):
        run(course, monkeypatch, 4.0, 4.0, 4.0, broken=SuiteError("it is broken"))
    assert scores(course) == [3.0] * 3
    assert sorted(path.name for path in folder(course.root).iterdir()) == [f"{name}.json" for name in STUDENTS]


@pytest.mark.parametrize("again", [False, True])
def test_again_is_handed_on(course: Course, monkeypatch: pytest.MonkeyPatch, again: bool) -> None:
    """What is remembered is judged anew where that is wished, and only there."""
    asked: list[Any] = []
    graders = FakeGraders(dict.fromkeys(STUDENTS, 3.0))

    def made(*_: object, **options: object) -> FakeGraders:
        asked.append(options["again"])
        return graders

    monkeypatch.setattr(regrade, "Graders", made)
    monkeypatch.chdir(course.root)
    assert main(["regrade", "mini", *(["--again"] if again else [])]) == 0
    assert asked == [again]


def test_questions_without_their_data(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Whoever has no grade for a question because digits are missing here is named, as `grade` does."""
    monkeypatch.setattr(
        FakeGraders,
        "grade_file",
        lambda _, __, student: Graded(a_mini_grade(student, 3.0, diagnosis=DATA_MISSING, message="No digits."), b""),
    )
    assert not run(course, monkeypatch, 3.0, 3.0, 3.0)
    assert "not gradable: cleo: No digits." in capsys.readouterr().err


@pytest.mark.parametrize("stop", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_stopped_while_it_writes(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: Any, stop: BaseException
) -> None:
    """It is said how far it came and what can be done; taking it back brings the earlier bytes."""
    before = {path.name: path.read_bytes() for path in folder(course.root).iterdir()}
    write = record.write_file

    def full(content: bytes, path: Path) -> None:
        if path == folder(course.root) / "cleo.json":
            raise stop
        write(content, path)

    monkeypatch.setattr(record, "write_file", full)
    with pytest.raises((AutograderError, KeyboardInterrupt)) as caught:
        run(course, monkeypatch, 4.0, 2.0, 1.0)
    monkeypatch.setattr(record, "write_file", write)
    said = str(caught.value) + capsys.readouterr().err
    assert "2 of 3 records are written; run this again, or put them back: autograder regrade mini --undo" in said
    assert scores(course) == [4.0, 2.0, 3.0]
    assert undo("mini", Options(out=folder(course.root), yes=True))
    assert {path.name: path.read_bytes() for path in folder(course.root).iterdir()} == before


def test_no_room_for_the_earlier_records(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they cannot be kept nothing is replaced, and nothing is left behind."""

    def full(content: bytes, path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(record, "write_file", full)
    with pytest.raises(
        AutograderError, match="No space left on device: the earlier records could not be kept, so none"
    ):
        run(course, monkeypatch, 4.0, 2.0, 1.0)
    assert scores(course) == [3.0] * 3
    assert sorted(path.name for path in folder(course.root).iterdir()) == [f"{name}.json" for name in STUDENTS]


def test_what_counts_as_handed_in(course: Course) -> None:
    """The assignment's own name where there are several, any one name else; nothing that is hidden, nobody twice."""
    place = course.root / "submitted"
    for name in (".trash/mini/mini.ipynb", "ada/mini/draft.ipynb", "dora/mini/final.ipynb", "dora/mini/._final.ipynb"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(b"")
    (place / "ben/mini/mini.ipynb").unlink()
    (place / "ben/mini/mini.ipynb").symlink_to("nowhere")
    found = [str(path.relative_to(place)) for path in handed_in(place, "mini").values()]
    assert found == [*(f"{name}/mini/mini.ipynb" for name in STUDENTS), "dora/mini/final.ipynb"]


def unclear(course: Course, *students: str) -> None:
    for student in students:
        place = course.root / f"submitted/{student}/mini"
        (place / "mini.ipynb").rename(place / "mini.py")


@pytest.mark.parametrize("named", [[], ["submitted"]])
def test_records_that_stay_are_named_with_what_is_lacking(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: Any, named: list[str]
) -> None:
    """Something unclear is no missing submission, also where folders are named; only a whole class has others."""
    monkeypatch.setattr(regrade, "Graders", FakeGraders({"ada": 3.0}))
    record.write(a_mini_grade("zoe", 1.0), folder(course.root) / "zoe.json")
    unclear(course, "ben")
    (course.root / "submitted/cleo/mini/mini.ipynb").unlink()
    (course.root / "submitted/dora").mkdir()
    notebooks = [course.root / name for name in named]
    assert not regrade.regrade(course, "mini", notebooks, Options(out=folder(course.root), yes=True))
    said = capsys.readouterr().err.splitlines()
    absent = "cleo" if named else "cleo, zoe"
    assert [line for line in said if line.startswith("without")] == [
        f"without a submission, and left as they are: {absent}",
        "without a clear notebook, and left as they are: ben",
    ]
    why = f"{course.root}/submitted/ben/mini holds no mini.ipynb and no other notebook"
    assert f"not gradable: ben: the earlier record, if any, stays: {why}" in said
    assert scores(course) == [3.0, 3.0, 3.0]


@pytest.mark.parametrize("dry_run", [False, True])
def test_no_clear_notebook_at_all(course: Course, capsys: Any, dry_run: bool) -> None:
    """All are named, no grader is started for nobody, and no record is touched."""
    unclear(course, *STUDENTS)
    before = {path.name: path.read_bytes() for path in folder(course.root).iterdir()}
    options = Options(out=folder(course.root), jobs=2, dry_run=dry_run)
    assert not regrade.regrade(course, "mini", [], options)
    said = capsys.readouterr().err
    assert "without a clear notebook, and left as they are: ada, ben, cleo\n" in said
    assert "without a submission" not in said
    assert [line.split(":")[1] for line in said.splitlines() if line.startswith("not gradable")] == [
        f" {name}" for name in STUDENTS
    ]
    assert ("there is no notebook that could be graded; nothing is written\n" in said) is not dry_run
    after = {path.name: path.read_bytes() for path in folder(course.root).glob("*.json")}
    assert after == {name: content for name, content in before.items() if name.endswith(".json")}


def loser() -> Move:
    return compare(a_mini_grade("ada", 3.0), a_mini_grade("ada", 2.0))


def test_nobody_is_asked_where_nobody_loses(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Gains, new students and other texts need no consent."""
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    gains = compare(a_mini_grade("ada", 2.0), a_mini_grade("ada", 3.0))
    agreement.require([gains, compare(None, a_mini_grade("ben", 0.0))], "Write?", yes=False)
    agreement.require([loser()], "Write?", yes=True)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("answer", ["y\n", "Y\n", " yes \n"])
def test_a_yes(monkeypatch: pytest.MonkeyPatch, capsys: Any, answer: str) -> None:
    """It is read in any case, and the question says how many lose."""
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    agreement.require([loser()] * 2, "Write?", yes=False)
    assert capsys.readouterr() == ("", "2 students lose points. Write? [y/N] ")


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "no\n", "yesterday\n", "j\n"])
def test_anything_else(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """No answer is no consent."""
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    with pytest.raises(AutograderError, match="nothing is written"):
        agreement.require([loser()], "Write?", yes=False)


@pytest.mark.parametrize("stdin", [io.StringIO("y\n"), None])
def test_no_terminal(monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO | None) -> None:
    """A program's standard input consents to nothing."""
    monkeypatch.setattr("sys.stdin", stdin)
    with pytest.raises(AutograderError, match=r"1 student loses points, and nobody is there to ask.* Give --yes"):
        agreement.require([loser()], "Write?", yes=False)
