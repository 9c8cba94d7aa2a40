"""What `nbgrader_config.py` sets, and which cells `nbgrader generate_assignment` hands out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.converters import Autograde, GenerateAssignment
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from autograder import notebook
from autograder.nbgrader import configure
from autograder.nbgrader.stubs import KeepStubs
from tests import minicourse

STUB = minicourse.STUB.format(name="double")
REGION = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"


def configured(root: Path) -> Config:
    config = Config()
    configure(config, root)
    return config


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("name: nn\ntitle: x", "nn"),
        ("# a course\nname: nn_2   # short\n", "nn_2"),
        ("title: 'name: no'\nname: yes_\n", "yes_"),
        ("name: [", "course"),
        ("", "course"),
    ],
)
def test_the_course_has_the_name_of_course_yml(tmp_path: Path, text: str, name: str) -> None:
    """A course.yml that is wrong does not stop the configuration: nbgrader would go on without any."""
    (tmp_path / "course.yml").write_text(text)
    assert configured(tmp_path).CourseDirectory.course_id == name


def test_the_configuration_works_in_a_folder_without_course(tmp_path: Path) -> None:
    """Only grading needs the course."""
    assert configured(tmp_path).CourseDirectory.course_id == "course"


def test_the_root_is_the_folder_of_the_configuration_file(tmp_path: Path) -> None:
    """Commands may be run from elsewhere with --course-dir."""
    (tmp_path / "course.yml").write_text("name: here\n")
    config = Config()
    names = {"__file__": str(tmp_path / "nbgrader_config.py"), "c": config, "configure": configure}
    exec("configure(c)", names)
    assert config.CourseDirectory.course_id == "here"


def test_every_preprocessor_can_be_imported_and_is_enabled(tmp_path: Path) -> None:
    """nbgrader leaves one out that is not enabled, without a word."""
    config = configured(tmp_path)
    lists = (
        config.GenerateAssignment.preprocessors,
        config.Autograde.sanitize_preprocessors,
        config.Autograde.autograde_preprocessors,
    )
    for name in (name for names in lists for name in names):
        assert import_item(name)().enabled


def test_generate_assignment_differs_from_nbgraders_in_two_steps(tmp_path: Path) -> None:
    """Stubs are kept, and a guide is written in the end; a new step in a later nbgrader is noticed here."""
    usual = [step.__name__ for step in GenerateAssignment.preprocessors.default()]
    ours = [name.rpartition(".")[2] for name in configured(tmp_path).GenerateAssignment.preprocessors]
    assert [name.replace("KeepStubs", "ClearSolutions") for name in ours] == [*usual, "WriteGuide"]


def test_nothing_that_runs_code_is_left(tmp_path: Path) -> None:
    """Of nbgrader's steps for grading all are there but those that run, clear, or repair what came back whole."""
    usual = {step.__name__ for step in Autograde.sanitize_preprocessors.default()}
    usual |= {step.__name__ for step in Autograde.autograde_preprocessors.default()}
    config = configured(tmp_path).Autograde
    ours = {name.rpartition(".")[2] for name in config.sanitize_preprocessors + config.autograde_preprocessors}
    assert usual - ours == {"ClearOutput", "DeduplicateIds", "Execute", "IgnorePattern", "ClearMetadataPreprocessor"}
    assert ours - usual == {"Comments"}


def test_only_feedback_pages_have_our_template(tmp_path: Path) -> None:
    """The formgrader makes its pages with an HTMLExporter, too, and with a template of its own."""
    config = configured(tmp_path)
    assert "HTMLExporter" not in config
    assert Path(config.GenerateFeedback.HTMLExporter.template_file).is_file()


def test_importing_the_configuration_is_light() -> None:
    """Every nbgrader command reads it."""
    code = "import sys, autograder.nbgrader; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"numpy", "pytest", "nbformat", "nbgrader", "autograder.sandbox"}.isdisjoint(loaded)


def released(source: str, kind: str = "code", *, grade: bool = False) -> str:
    role = minicourse.role("double-solution", solution=True, grade=grade)
    cell = notebook.new_cell(kind, source, role)
    return str(KeepStubs().preprocess_cell(cell, {"language": "python"}, 0)[0].source)


def test_a_stub_is_released_as_it_is() -> None:
    """Signature, docstring and `raise` are the exercise."""
    assert released(STUB) == STUB


def test_a_solution_region_is_cleared() -> None:
    """An author may keep answers in the notebook in nbgrader's own way."""
    assert released(REGION) == "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


@pytest.mark.parametrize("answer", ["def double(x):\n    return 2 * x", "", "double = lambda x: 2 * x"])
def test_an_answer_is_not_released(answer: str) -> None:
    """A cell that is no stub stops the command and is named."""
    with pytest.raises(RuntimeError, match="'double-solution' would hand out an answer"):
        released(answer)


def test_a_written_answer_is_cleared() -> None:
    """A text cell that is graded by hand is nbgrader's business as ever."""
    assert released("because it is", "markdown", grade=True) == "YOUR ANSWER HERE"


def test_a_cell_that_is_no_answer_is_left_alone() -> None:
    """Only solution cells are looked at."""
    cell = notebook.new_cell("code", "x = 1", {})
    assert KeepStubs().preprocess_cell(cell, {"language": "python"}, 0)[0].source == "x = 1"
