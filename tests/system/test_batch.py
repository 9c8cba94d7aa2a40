"""Graders with a real sandbox, on the tiny course: every outcome, and every fault, in its own words."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import msgspec
import pytest

from autograder import batch, notebook, record
from autograder.batch import Graders
from autograder.cache import Cache
from autograder.course import Course
from autograder.errors import AutograderError, CourseError, SandboxError, SuiteError
from autograder.graded import Graded
from autograder.record import Grade, QuestionResult
from tests.minicourse import CHECKS, COURSE, HIDDEN, MISCONCEPTIONS, REFERENCE, RIGHT, answered, write_course


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course.load(write_course(tmp_path_factory.mktemp("course")))


@pytest.fixture(scope="module")
def graders(course: Course) -> Iterator[Graders]:
    with Graders(course, "mini") as pool:
        yield pool


def grade(graders: Graders, **sources: str) -> Grade:
    return graders.grade(answered({**RIGHT, **sources}), "ada").grade


def question(grade: Grade, name: str) -> QuestionResult:
    return next(question for question in grade.questions if question.name == name)


def link(path: Path) -> None:
    path.symlink_to("other.ipynb")


def link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere")


BUILT = {"double": "def double(x):\n    return x + 2", "square": "def square(x):\n    return double(x) * x / 2"}
"""An answer that builds on a wrong one."""


class TestOutcomes:
    def test_a_right_submission_gets_full_points(self, graders: Graders) -> None:
        """Every question is right, and nothing is said."""
        result = grade(graders)
        assert (result.outcome, result.score, result.max_score) == ("graded", 8.0, 8.0)
        assert {(q.outcome, q.message, q.diagnosis) for q in result.questions} == {("right", "", None)}

    def test_a_blank_submission_gets_nothing(self, graders: Graders) -> None:
        """Stubs are not attempted, which is neither wrong nor a fault."""
        result = graders.grade(answered({}), "ada").grade
        assert result.score == 0.0
        assert [q.outcome for q in result.questions] == ["not attempted"] * 2

    @pytest.mark.parametrize(
        ("source", "score", "outcome", "diagnosis", "words"),
        [
            ("def double(x):\n    return x + 2", 0, "wrong", "added_two", "You added a constant"),
            ("def double(x):\n    return x + 2 + 1e-12", 0, "wrong", "added_two", "You added a constant"),
            ("def double(x):\n    return x + 4", 0, "wrong", None, "`out`"),
            ("def double(x):\n    return (x + 2) * (1 if x.ndim else 2)", 0, "wrong", None, "AttributeError"),
            ("def double(x):\n    x + x", 0, "wrong", None, "did you forget `return`"),
            ("def double(x):\n    return 2 * x if np.size(x) == 1 else x", 3, "wrong", "constant factor", "`out`"),
            ("def double(x):\n    pass", 0, "wrong", None, "did you forget `return`"),
            ("def double(x):\n    raise NotImplementedError", 0, "not attempted", None, "not attempted"),
            ("def duoble(x):\n    return 2 * x", 0, "not gradable", None, "there is `duoble`: was it renamed?"),
            ("def double(x):\n    return 2 * x * undefined", 0, "wrong", None, "NameError"),
            ("def double(x:\n    return 2 * x", 0, "not gradable", None, "SyntaxError"),
            ("def double(x):\n    while True: pass", 0, "not gradable", None, "1 s"),
            ("import os\ndef double(x):\n    os._exit(0)", 0, "not gradable", None, "ended itself"),
            ("raise SystemExit\ndef double(x):\n    return 2 * x", 0, "not gradable", None, "double"),
            ("while True: pass", 0, "not gradable", None, "2 s"),
        ],
    )
    def test_a_slip_costs_its_own_question_only(
        self, graders: Graders, source: str, score: float, outcome: str, diagnosis: str | None, words: str
    ) -> None:
        """Whatever happens in one function, the other one is graded as if nothing had happened."""
        result = grade(graders, double=source)
        wrong = question(result, "double")
        assert (wrong.score, wrong.outcome, wrong.diagnosis) == (score, outcome, diagnosis)
        assert words in wrong.message
        assert question(result, "square").score == 3.0

    def test_an_answer_that_builds_on_a_wrong_one_says_so(self, graders: Graders) -> None:
        """The message about it names the answer that is to be mended first, and holds no advice to search elsewhere."""
        result = grade(graders, **BUILT)
        assert question(result, "double").diagnosis == "added_two"
        message = question(result, "square").message
        assert message.endswith("`square` builds on your `double`, which is not right yet: mend that one first.")
        assert "by hand" not in message

    def test_points_are_the_share_of_weight_rounded_down(self, graders: Graders) -> None:
        """Three fifths of the weight pass (1 visible, one case of weight 2 of two): 3 of 5 points."""
        result = grade(graders, double="def double(x):\n    return 2 * x if np.size(x) == 1 else x")
        assert [t.outcome for t in question(result, "double").tests] == ["passed", "passed", "failed"]
        assert question(result, "double").score == 3.0

    def test_after_a_time_out_the_rest_of_the_question_is_skipped(self, graders: Graders) -> None:
        """A loop costs its time limit once, and what was not run is said to be so."""
        result = grade(graders, double="def double(x):\n    while True: pass")
        assert [t.outcome for t in question(result, "double").tests] == ["timeout", "skipped", "skipped"]

    def test_hidden_tests_say_no_numbers(self, graders: Graders) -> None:
        """A message of a hidden test has none of its values; a visible one may have the hand-worked ones."""
        tests = question(grade(graders, double="def double(x):\n    return x + 4"), "double").tests
        assert any(character.isdigit() for character in tests[0].message)
        hidden = [re.sub(r"out\[\d+\]", "", test.message) for test in tests[1:]]
        assert all(hidden)
        assert not any(character.isdigit() for message in hidden for character in message)

    def test_what_cannot_be_read_is_not_gradable(self, graders: Graders) -> None:
        """A file that is no notebook gets a grade of 0 that says why."""
        result = graders.grade(b'{"nbformat": 4, "cells": [', "ada").grade
        assert (result.outcome, result.score, result.max_score) == ("not gradable", 0.0, 8.0)
        assert "not valid JSON" in str(result.reason)

    def test_a_file_that_is_too_large_is_not_read(
        self, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A gigabyte costs no memory and no grader, and its digest is still the file's."""
        path = tmp_path / "ada.ipynb"
        with path.open("wb") as file:
            file.truncate(notebook.MAX_BYTES + 1)
        monkeypatch.setattr(Graders, "grade", None)
        with Graders(course, "mini") as pool:
            result = pool.grade_file(path, "ada").grade
        assert result.outcome == "not gradable"
        assert "at most 20 MB" in str(result.reason)

    @pytest.mark.parametrize("make", [link, link_to_nothing, Path.mkdir, os.mkfifo])
    def test_what_is_no_ordinary_file_is_never_followed(
        self, course: Course, tmp_path: Path, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A link to somebody else's answers, a folder and a pipe that nobody writes to are not gradable."""
        (tmp_path / "other.ipynb").write_bytes(answered(RIGHT))
        make(tmp_path / "ada.ipynb")
        monkeypatch.setattr(Graders, "grade", None)
        with Graders(course, "mini") as pool:
            result = pool.grade_file(tmp_path / "ada.ipynb", "ada").grade
        assert (result.outcome, result.score) == ("not gradable", 0.0)
        assert result.reason == "ada.ipynb is not an ordinary file; hand in the notebook itself"

    def test_outputs_of_cells_are_kept(self, graders: Graders) -> None:
        """The notebook that comes back shows what the student's cells printed, and no output of the checks."""
        graded = graders.grade(answered({**RIGHT, "double": RIGHT["double"] + "\nprint('seen', double(1))"}), "ada")
        outputs = [(notebook.grade_id(cell), cell.outputs) for cell in graded.notebook.cells if cell.get("outputs")]
        assert outputs == [("double-solution", [{"output_type": "stream", "name": "stdout", "text": "seen 2\n"}])]


class TestSeeds:
    def test_the_same_submission_gets_the_same_grade(self, graders: Graders) -> None:
        """Grading again changes nothing but the time of day."""
        one, two = (json.loads(record.to_json(grade(graders, double="def double(x):\n    return x"))) for _ in range(2))
        assert {**one, "graded_at": 0} == {**two, "graded_at": 0}

    def test_another_submission_gets_other_inputs(self, graders: Graders) -> None:
        """One more comment is another seed: nobody can learn the inputs from somebody else."""
        assert grade(graders).seed != grade(graders, double=RIGHT["double"] + "  # mine").seed

    def test_the_record_names_what_it_was_graded_with(self, graders: Graders) -> None:
        """Suite, reference and points together have one digest; so has the submission."""
        result = grade(graders)
        assert result.submission == hashlib.sha256(answered(RIGHT)).hexdigest()
        assert len(result.suite) == 64
        assert result.sandbox in ("full", "one layer")


class TestFaultsOfOurs:
    @pytest.mark.parametrize(
        ("change", "error", "words"),
        [
            (
                {"reference": REFERENCE.replace("2 * x", "3 * x")},
                SuiteError,
                "checks.py::test_three fails on the reference",
            ),
            ({"reference": REFERENCE + "\n1 / 0\n"}, CourseError, "reference/mini.py: cannot be imported"),
            ({"hidden": HIDDEN + "\n1 / 0\n"}, SuiteError, "test_mini.py cannot be collected"),
            ({"hidden": HIDDEN.replace("weight(2)", "weight(0)")}, SuiteError, "has a weight that is not"),
            ({"hidden": HIDDEN.replace("reference, rng)", "reference, rgn)")}, SuiteError, "setup failed"),
            (
                {"hidden": HIDDEN.replace("x = rng", "pytest.skip(); x = rng")},
                SuiteError,
                "a suite's test passes or fails",
            ),
            ({"misconceptions": "1 / 0"}, CourseError, "misconceptions"),
            ({"course": COURSE.replace("mini\n    title", "moni\n    title")}, CourseError, "no assignment 'mini'"),
        ],
    )
    def test_a_broken_suite_judges_nobody(
        self, tmp_path: Path, change: dict[str, str], error: type[Exception], words: str
    ) -> None:
        """Before anything is graded, the fault is said; and grading says the same instead of giving a 0."""
        write_course(tmp_path)
        loaded = Course.load(tmp_path)
        write_course(tmp_path, **change)
        with Graders(loaded, "mini") as pool:
            with pytest.raises(error, match=words):
                pool.prepare()
            with pytest.raises((error, SuiteError)):
                pool.grade(answered({**RIGHT, "double": "def double(x):\n    return 0"}), "ada")

    @pytest.mark.parametrize("part", ["reference", "misconceptions", "hidden"])
    def test_a_module_that_no_digest_tells_of_judges_nobody(self, tmp_path: Path, part: str) -> None:
        """A file beside the folders that judge may change unseen; the same file in one of them is imported."""
        text = {"reference": REFERENCE, "misconceptions": MISCONCEPTIONS, "hidden": HIDDEN}[part]
        write_course(tmp_path)
        if part == "hidden":  # its file is loaded by its path, and the course is not where imports look
            text = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n{text}"
        write_course(tmp_path, **{part: f"import factors\n{text}" if part != "hidden" else f"{text}import factors\n"})
        (tmp_path / "factors.py").write_text("TWO = 2\n")
        course = Course.load(tmp_path)
        with (
            Graders(course, "mini") as pool,
            pytest.raises((SuiteError, CourseError), match=r"factors\.py does not judge"),
        ):
            pool.prepare()
        changed = {part: text + "from reference import factors\n"}
        write_course(tmp_path, **changed)
        (tmp_path / "factors.py").rename(tmp_path / "reference" / "factors.py")
        with Graders(Course.load(tmp_path), "mini") as pool:
            pool.prepare()

    def test_a_test_that_fails_on_the_reference_only_sometimes_stops_the_run(self, tmp_path: Path) -> None:
        """A wrong answer is judged only by a test that the reference passes on the very same inputs."""
        only_at_first = "    assert request.config.stash[TRIAL].seed == REFERENCE_SEED\n    x = rng.normal(size=3)\n"
        hidden = HIDDEN.replace("    x = rng.normal(size=3)\n", only_at_first)
        hidden = hidden.replace(
            "test_square(submission, reference, rng)", "test_square(submission, reference, rng, request)"
        )
        hidden = "from autograder.suite import REFERENCE_SEED, TRIAL\n" + hidden
        write_course(tmp_path, hidden=hidden)
        with Graders(Course.load(tmp_path), "mini") as pool:
            pool.prepare()
            with pytest.raises(SuiteError, match="fails on the reference itself with seed"):
                pool.grade(answered(RIGHT), "ada")

    def test_what_was_graded_is_not_graded_again(self, course: Course) -> None:
        """The same notebook of another student, in another run, has its grade before any grader has started."""
        with Graders(course, "mini") as pool:
            first = pool.grade(answered(RIGHT), "ada")
        with Graders(Course.load(course.root), "mini") as pool:
            again = pool.grade(answered(RIGHT), "ben")
            assert pool._pool.processes[0]._running is None
        assert again.grade == msgspec.structs.replace(first.grade, student="ben")
        assert again.notebook == first.notebook
        with Graders(course, "mini", again=True) as pool:
            pool.grade(answered(RIGHT), "ben")
            assert pool._pool.processes[0]._running is not None

    def test_a_changed_test_is_judged_alone(self, course: Course) -> None:
        """A question whose tests, reference and points are as they were keeps its result, and the other one is new."""
        wrong = answered({**RIGHT, "double": "def double(x):\n    return x"})
        with Graders(course, "mini") as pool:
            before = pool.grade(wrong, "ada").grade
        write_course(course.root, hidden=HIDDEN.replace("size=3", "size=4").replace("are squared", "become squares"))
        with Graders(Course.load(course.root), "mini") as pool:
            graded = pool.grade(wrong, "ada")
        after = graded.grade
        assert after.questions[0] == before.questions[0]
        assert after.questions[1] != before.questions[1]
        assert after.questions[1].tests[-1].name == "Random numbers become squares."
        assert (after.score, after.seed) == (before.score, before.seed)
        assert after.suite != before.suite
        with Graders(Course.load(course.root), "mini", again=True) as pool:
            anew = pool.grade(wrong, "ada")
        assert msgspec.structs.replace(anew.grade, graded_at=after.graded_at) == after
        assert anew.notebook == graded.notebook

    def test_a_message_about_another_answer_is_made_again(self, course: Course) -> None:
        """Where the answer that was to be mended first turns out right, the one that builds on it is not sent there."""
        with Graders(course, "mini") as pool:
            before = question(pool.grade(answered(BUILT), "ada").grade, "square")
        changed = {"reference": REFERENCE.replace("2 * x", "x + 2"), "checks": CHECKS.replace(" 6.0", " 5.0")}
        write_course(course.root, **changed)
        with Graders(Course.load(course.root), "mini") as pool:
            after = pool.grade(answered(BUILT), "ada").grade
        assert question(after, "double").outcome == "right"
        assert "builds on" in before.message
        assert "builds on" not in question(after, "square").message

    def test_what_was_not_gradable_is_judged_again(self, tmp_path: Path) -> None:
        """A function that was too slow once is not so for good, and the question beside it keeps its result."""
        course = Course.load(write_course(tmp_path))
        with Graders(course, "mini") as pool:
            graded = pool.grade(answered(RIGHT), "ada")
        double, square = graded.grade.questions
        slow = msgspec.structs.replace(double, score=0.0, outcome="not gradable", message="it took too long")
        kept = msgspec.structs.replace(square, message="it is the very same")
        earlier = msgspec.structs.replace(graded.grade, score=3.0, questions=(slow, kept))
        Cache(course, course.assignment("mini")).keep(Graded.of(earlier, graded.notebook))
        with Graders(course, "mini") as pool:
            again = pool.grade(answered(RIGHT), "ada").grade
        assert (again.questions, again.score) == ((double, kept), 8.0)

    def test_a_grader_that_dies_is_replaced(self, course: Course) -> None:
        """Killing the grader between two submissions costs nothing but the time to start another."""
        with Graders(course, "mini") as pool:
            pool.prepare()
            process, _ = pool._pool.processes[0]._running  # type: ignore[misc]
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            assert pool.grade(answered(RIGHT), "ada").grade.score == 8.0

    def test_a_submission_that_outlasts_all_patience_is_not_gradable(
        self, course: Course, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where graders give no answer, the submission is not gradable, and the next one is graded."""
        with Graders(course, "mini") as pool:
            pool.prepare()
            monkeypatch.setattr(batch, "MARGIN", -29.99)
            result = pool.grade(answered({"double": "def double(x):\n    while True: pass"}), "ada").grade
            monkeypatch.undo()
            assert (result.outcome, result.score) == ("not gradable", 0.0)
            assert "stopped while it graded" in str(result.reason)
            assert pool.grade(answered(RIGHT), "ben").grade.score == 8.0

    def test_no_process_stays(self, course: Course) -> None:
        """After the pool is closed, no process that it started is left."""
        with Graders(course, "mini", jobs=2) as pool:
            pool.prepare()
            pids = [process._running[0].pid for process in pool._pool.processes if process._running]
        assert pids
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)

    def test_the_course_secret_is_not_on_a_command_line(self, course: Course) -> None:
        """What `ps` shows of a grader has neither the secret nor a path of a hidden suite."""
        with Graders(course, "mini") as pool:
            pool.prepare()
            process, _ = pool._pool.processes[0]._running  # type: ignore[misc]
            shown = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert (course.root / ".course-secret").read_bytes().strip() not in shown
        assert b"hidden" not in shown


def test_no_sandbox_no_grading(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system-call filter cannot be built, grading refuses and names the flag that accepts the risk."""
    code = (
        "import sys; sys.modules['pyseccomp'] = None\n"
        "from pathlib import Path; from autograder.course import Course\n"
        "import autograder.batch as b; import autograder.grader as g\n"
        f"sys.argv = ['x', {str(course.root)!r}]\n"
        "from autograder.sandbox import Sandbox\n"
        "Sandbox()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert SandboxError.__name__ in done.stderr
    assert "--unsafe-no-sandbox" in done.stderr


def test_closing_ends_what_is_at_work(course: Course) -> None:
    """A pool that is closed while a submission loops is gone within seconds, and nobody waits for ever."""
    with Graders(course, "mini", jobs=2) as pool:
        pool.prepare()
        future = pool._threads.submit(pool.grade, answered({"double": "def double(x):\n    while True: pass"}), "ada")
        pids = [process._running[0].pid for process in pool._pool.processes if process._running]
    with pytest.raises((AutograderError, CancelledError)):
        future.result(timeout=10)
    assert all(not Path(f"/proc/{pid}").exists() for pid in pids)
