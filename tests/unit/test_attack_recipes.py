"""The recipes of the hostile class are many, different, and can all be made."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping

import pytest
from nbformat import NotebookNode

from tests.attack_table import meadow
from tests.corpus import attacks
from tests.corpus.attacks.recipe import CONTRABAND, POINTS, ROWS, SMUGGLED, Honest, Scene

LEAST = 75
LEAST_IN_A_ROW = 4


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A machine with nothing on it."""
    root = tmp_path_factory.mktemp("scene")
    places = {name: root / name for name in ("course", "home", "marks")}
    return Scene(**places, tcp=1024, udp=1025, unix=str(root / "socket"), abstract="nobody")


@pytest.fixture(scope="module")
def made(scene: Scene) -> Mapping[str, bytes]:
    """What each recipe makes of the notebook as it was handed out."""
    honest = Honest(meadow.assignment_notebook())
    return {attack.student: content(attack.make(honest, scene)) for attack in attacks.ALL}


def content(notebook: NotebookNode | bytes) -> bytes:
    return notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()


def test_there_are_many() -> None:
    """The class is a large one, and each threat is tried in several ways."""
    rows = Counter(attack.row for attack in attacks.ALL)
    assert len(attacks.ALL) >= LEAST
    assert rows.keys() == ROWS.keys()
    assert min(rows.values()) >= LEAST_IN_A_ROW, rows


def test_names_are_unique() -> None:
    """No two submissions would lie in one folder, and no two look alike in the table."""
    for names in ([attack.student for attack in attacks.ALL], [attack.tries for attack in attacks.ALL]):
        assert [name for name, count in Counter(names).items() if count > 1] == []


def test_form() -> None:
    """Names are those of folders, sentences are sentences, and what is required is so of questions that there are."""
    for attack in attacks.ALL:
        assert re.fullmatch("[a-z0-9_]{4,40}", attack.student)
        assert re.fullmatch(r"It .*\.", attack.tries), attack.student
        assert attack.success, attack.student
        assert {*attack.outcomes, *attack.says, *attack.may_lose} <= set(POINTS), attack.student
        assert all(0 <= attack.honest[question] <= points for question, points in POINTS.items()), attack.student
        assert (attack.grade == "graded") is not bool(attack.reason), attack.student


def test_each_is_another_file(made: Mapping[str, bytes]) -> None:
    """No recipe makes the honest notebook or the blank one, and no two make the same."""
    honest = Honest(meadow.assignment_notebook())
    plain = {content(honest.notebook()), content(honest.blank())}
    assert plain.isdisjoint(made.values())
    assert len(set(made.values())) == len(made)


def test_nothing_else_happens(scene: Scene) -> None:
    """Making the notebooks leaves the one that was handed out as it is, and the machine untouched."""
    released = meadow.assignment_notebook()
    before = content(released)
    for attack in attacks.ALL:
        attack.make(Honest(released), scene)
        assert content(released) == before, attack.student
    assert list(scene.course.parent.iterdir()) == []


def test_words_stand_apart(made: Mapping[str, bytes]) -> None:
    """No source says the word for hidden inputs in one piece, since students see their own code again."""
    assert [student for student, data in made.items() if CONTRABAND.encode() in data] == []


def test_markup_is_marked(made: Mapping[str, bytes]) -> None:
    """The recipes that try markup, and no others, carry the word that the search for it looks for."""
    marked = {student for student, data in made.items() if SMUGGLED.encode() in data}
    assert marked == {attack.student for attack in attacks.ALL if attack.row == "markup"}


def test_points_can_be_lost() -> None:
    """In each row something deserves points: a grader that gives nothing would look safe."""
    for row in ROWS:
        assert any(sum(attack.honest.values()) for attack in attacks.ALL if attack.row == row), row
