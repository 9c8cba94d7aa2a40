"""Which notebooks a student means, from what stands on disk."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from autograder.errors import AutograderError
from autograder.guide import GUIDE, Guide, QuestionGuide, guide_in
from autograder.learner.assignments import OwnAssignment, assignment_in, assignments_below, chosen
from autograder.learner.cells import cells_of, heading_above, is_check
from tests.minicourse import CHECKS

ROOT = Path(__file__).parents[2]
CHECK = {"cell_type": "code", "source": ['check("double")']}


def write(folder: Path, *notebooks: str, guide: Guide | None = None, cells: object = (CHECK,)) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "checks.py").write_text(CHECKS)
    for name in notebooks:
        (folder / name).write_text(json.dumps({"cells": cells}))
    if guide:
        (folder / GUIDE).write_bytes(msgspec.json.encode(guide))
    return folder


def test_assignments_come_in_the_order_of_the_course(tmp_path: Path) -> None:
    """The guide knows the order, the alphabet does not."""
    write(tmp_path / "a", "a.ipynb", guide=Guide(assignment="gates", title="Backpropagation", place=2))
    write(tmp_path / "b", "b.ipynb", guide=Guide(assignment="neuron", place=1))
    (tmp_path / "notes").mkdir()
    assert [own.name for own in assignments_below(tmp_path)] == ["neuron", "gates"]
    assert assignments_below(tmp_path)[1].title == "gates: Backpropagation"
    assert assignments_below(tmp_path / "a")[0].questions == ["double", "square"]


@pytest.mark.parametrize("place", ["", "assignments", "release"])
def test_assignments_are_found_where_they_usually_are(tmp_path: Path, place: str) -> None:
    """In the folder itself, in a clone of a course, in a release."""
    write(tmp_path / place / "mini", "mini.ipynb")
    assert [own.name for own in assignments_below(tmp_path)] == ["mini"]


@pytest.mark.parametrize(
    ("names", "taken"), [(("mini.ipynb", "copy.ipynb"), "mini.ipynb"), (("homework.ipynb",), "homework.ipynb")]
)
def test_the_notebook_of_a_folder(tmp_path: Path, names: tuple[str, ...], taken: str) -> None:
    """The one that is called like the folder, or the only one."""
    assert assignment_in(write(tmp_path / "mini", *names)).notebook.name == taken


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), r"there is no notebook with check cells; save your notebook"),
        (("one.ipynb", "two.ipynb"), r"there are 2 notebooks \(one.ipynb, two.ipynb\); name the one to check"),
    ],
)
def test_a_folder_without_one_notebook_says_so(tmp_path: Path, names: tuple[str, ...], words: str) -> None:
    """None or several: the message says what to do."""
    with pytest.raises(AutograderError, match=words):
        assignment_in(write(tmp_path / "mini", *names))


@pytest.mark.parametrize(
    ("cells", "guide", "questions"),
    [
        ([], None, ["double", "square"]),
        (["square", "double"], None, ["square", "double"]),
        (["square"], None, ["square", "double"]),
        (["double", "dubble", "double", "square"], None, ["double", "square"]),
        (["square"], Guide(questions={"double": QuestionGuide(1), "square": QuestionGuide(1)}), ["square", "double"]),
        (["square"], Guide(questions={"double": QuestionGuide(1)}), ["double"]),
    ],
)
def test_each_question_is_asked_once_in_the_order_of_the_notebook(
    tmp_path: Path, cells: list[str], guide: Guide | None, questions: list[str]
) -> None:
    """Which questions there are is for guide and checks to say: cells of a student's own add and hide none."""
    write(tmp_path, "mini.ipynb", guide=guide, cells=[{"cell_type": "code", "source": f'check("{q}")'} for q in cells])
    assert OwnAssignment(tmp_path / "mini.ipynb", guide_in(tmp_path)).questions == questions


def test_without_any_list_the_cells_say_which_questions_there_are(tmp_path: Path) -> None:
    """Checks that cannot be read hide no question, so that somebody is told."""
    write(tmp_path, "mini.ipynb")
    (tmp_path / "checks.py").write_text("def test_(:")
    assert assignment_in(tmp_path).questions == ["double"]


def test_a_folder_that_cannot_be_used_leaves_the_others(tmp_path: Path) -> None:
    """Each folder with a problem is told of, and the rest is there."""
    write(tmp_path / "good", "good.ipynb", guide=Guide(place=1))
    write(tmp_path / "none")
    write(tmp_path / "two", "a.ipynb", "b.ipynb")
    write(tmp_path / "guide", "guide.ipynb")
    (tmp_path / "guide" / GUIDE).write_text("{")
    write(tmp_path / "torn", "torn.ipynb", "copy.ipynb")
    (tmp_path / "torn" / "torn.ipynb").write_text('{"cells": [')
    found = {own.name: own for own in assignments_below(tmp_path)}
    words = {"none": "no notebook", "two": "2 notebooks", "guide": "guide.json cannot", "torn": "save it again"}
    assert found.pop("good").questions == ["double", "square"]
    assert found.keys() == words.keys()
    for name, own in found.items():
        assert words[name] in own.problem
        assert own.questions == []
        with pytest.raises(AutograderError, match=words[name]):
            chosen([name], tmp_path)


def test_in_the_course_itself_the_copies_are_meant(tmp_path: Path) -> None:
    """Nobody answers the notebooks under assignments/, which would all be not attempted."""
    (tmp_path / "course.yml").write_text("name: mini\n")
    write(tmp_path / "assignments" / "mini", "mini.ipynb")
    with pytest.raises(AutograderError, match=r"make copies with `autograder init`"):
        chosen([], tmp_path)
    write(tmp_path / "mine" / "mini", "mini.ipynb")
    assert [own.folder for own in chosen(["mine"], tmp_path)[0]] == [tmp_path / "mine" / "mini"]
    assert [own.folder for own in chosen(["mine", "square"], tmp_path)[0]] == [tmp_path / "mine" / "mini"]
    write(tmp_path / "my-course" / "mini", "mini.ipynb")
    assert [own.folder for own in chosen([], tmp_path)[0]] == [tmp_path / "my-course" / "mini"]


def test_no_assignment_at_all(tmp_path: Path) -> None:
    """Outside of a course the message says where to go."""
    with pytest.raises(AutograderError, match=r"there is no assignment in .* go to the course's folder"):
        assignments_below(tmp_path)


@pytest.mark.parametrize(
    ("words", "names", "questions"),
    [
        ([], ["mini", "other"], []),
        (["mini"], ["mini"], []),
        (["mini/mini.ipynb"], ["mini"], []),
        (["mini", "double"], ["mini"], ["double"]),
        (["double"], ["mini", "other"], ["double"]),
        (["./mini/", "double"], ["mini"], ["double"]),
    ],
)
def test_words_name_notebooks_and_questions(
    tmp_path: Path, words: list[str], names: list[str], questions: list[str]
) -> None:
    """A file, a folder, an assignment, a question: whatever a student types is understood."""
    write(tmp_path / "mini", "mini.ipynb")
    write(tmp_path / "other", "other.ipynb")
    found, asked = chosen(words, tmp_path)
    assert ([own.name for own in found], asked) == (names, questions)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["dubble"], "no question, notebook or assignment 'dubble'; did you mean double"),
        (["mini", "dubble"], "'dubble'; did you mean double"),
        (["gone.ipynb"], r"gone.ipynb: there is no such file; save the notebook first"),
        (["loose.ipynb"], r"loose.ipynb: there is no checks.py beside it"),
    ],
)
def test_words_that_name_nothing(tmp_path: Path, words: list[str], message: str) -> None:
    """The nearest names are listed, and files that are missing are named."""
    write(tmp_path / "mini", "mini.ipynb")
    (tmp_path / "loose.ipynb").write_text("{}")
    with pytest.raises(AutograderError, match=message):
        chosen(words, tmp_path)


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("submitted/ada/mini/mini.ipynb", "autograder grade mini submitted/ada/mini/mini.ipynb"),
        ("submitted/ada/mini/my answers.ipynb", "autograder grade mini 'submitted/ada/mini/my answers.ipynb'"),
        ("submitted/ada/mini", "autograder grade mini submitted/ada/mini/*.ipynb"),
        ("submitted", "autograder grade ASSIGNMENT submitted"),
    ],
)
def test_what_students_handed_in_is_graded_and_not_checked(tmp_path: Path, word: str, advice: str) -> None:
    """Whoever tries `check` on it would run it without protection; the message says so, and what to do."""
    (tmp_path / "course.yml").touch()
    write(tmp_path / "assignments" / "mini", "mini.ipynb")
    handed_in = tmp_path / "submitted" / "ada" / "mini"
    handed_in.mkdir(parents=True)
    for name in ("mini.ipynb", "my answers.ipynb"):
        (handed_in / name).write_text(json.dumps({"cells": (CHECK,)}))
    with pytest.raises(AutograderError) as refused:
        chosen([word], tmp_path)
    words = f"{word} seems to be handed in by somebody else, and `check` runs code without protection"
    assert str(refused.value).startswith(words)
    assert f"`{advice}`" in str(refused.value)


@pytest.mark.parametrize("word", ["submitted/ada/mini/mini.ipynb", "submitted/ada/mini", "submitted/ada"])
def test_what_was_collected_with_its_checks_is_not_run_either(tmp_path: Path, word: str) -> None:
    """nbgrader collects all that lies beside a notebook, so the checks are no sign of whose it is."""
    (tmp_path / "course.yml").touch()
    for folder in ("assignments/mini", "my-course/mini", "submitted/ada/mini"):
        write(tmp_path / folder, "mini.ipynb")
    with pytest.raises(AutograderError, match="seems to be handed in by somebody else"):
        chosen([word], tmp_path)
    with pytest.raises(AutograderError, match="seems to be handed in by somebody else"):
        chosen([], tmp_path / "submitted" / "ada" / "mini")
    assert [own.name for own in chosen([], tmp_path)[0]] == ["mini"]


def test_what_lies_in_no_course_is_ones_own(tmp_path: Path) -> None:
    """A student who has moved a notebook is told where it belongs, whatever the folders are called."""
    folder = tmp_path / "submitted" / "ada" / "mini"
    folder.mkdir(parents=True)
    (folder / "mini.ipynb").write_text(json.dumps({"cells": (CHECK,)}))
    with pytest.raises(AutograderError, match="put the notebook into the folder that it was released in"):
        chosen(["submitted/ada/mini/mini.ipynb"], tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"cells": [1, null]}', '{"metadata": {}}', "\x00"])
def test_what_is_no_notebook_has_no_cells(tmp_path: Path, text: str) -> None:
    """A file that was cut off while it was saved is empty, not an error."""
    (tmp_path / "x.ipynb").write_text(text)
    assert cells_of(tmp_path / "x.ipynb") == []


@pytest.mark.parametrize(
    ("source", "question"),
    [
        ('check("double")', "double"),
        ("check('double')\n", "double"),
        ('# check("double")', None),
        ('# my notes\ncheck("double")  # again', "double"),
        ('check(\n    "double",\n)', "double"),
        ('check("double" if True else "x")', None),
        ('check("double", 1)', None),
        ('check("dou', None),
        ('check("double"); x = 1', None),
        ("check(name)", None),
    ],
)
def test_check_cells(source: str, question: str | None) -> None:
    """A check cell is a call of check and nothing else; comments make no difference."""
    assert is_check({"cell_type": "code", "source": source}) == question
    assert is_check({"cell_type": "markdown", "source": source}) is None


def test_a_heading_of_the_exercise_itself_is_no_chapter(tmp_path: Path) -> None:
    """To be sent to the heading right above the stub helps nobody."""
    texts = ("## Two", "### Exercise 7 · `double` · 2 points", "### `double`, again", "### Exercise 8")
    cells = [{"cell_type": "markdown", "source": text} for text in texts]
    cells.append({"cell_type": "code", "source": "def double(x):\n    pass"})
    write(tmp_path, "mini.ipynb", cells=cells)
    assert heading_above("double", tmp_path) == "Two"


@pytest.mark.parametrize("name", ["neuron", "gates", "losses", "network", "mnist"])
def test_every_question_of_the_course_has_a_chapter(name: str) -> None:
    """In the course's own notebooks the last step of hints names a section with something to read."""
    folder = ROOT / "assignments" / name
    headings = {question: heading_above(question, folder) for question in assignment_in(folder).questions}
    assert headings
    assert {question for question, heading in headings.items() if not heading or "Exercise" in heading} == set()


def test_the_heading_above_a_question(tmp_path: Path) -> None:
    """The chapter of a question is the last heading above its stub."""
    cells = [
        {"cell_type": "markdown", "source": "# One\n## Two ##\ntext # no heading"},
        {"cell_type": "code", "source": ["def double(x):\n", "    pass"]},
        {"cell_type": "markdown", "source": "## Three"},
        {"cell_type": "code", "source": "class Square:\n    pass"},
    ]
    write(tmp_path, "mini.ipynb", cells=cells)
    assert [heading_above(name, tmp_path) for name in ("double", "Square", "gone")] == ["Two", "Three", None]
