"""A released course with canaries in it, and for each combination a copy with the hostile class's hand-ins."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder import notebook
from autograder.cache import FOLDER
from tests.attack_table import canaries, command, meadow
from tests.attack_table.files import Entry, snapshot
from tests.attack_table.listeners import Listeners, listening
from tests.corpus.attacks.recipe import FULL, RIGHT, Attack, Honest, Scene
from tests.machines import ROOT, Machine

CANARY_VARIABLE = "CANARY_OF_THE_INSTRUCTOR"
HOLDER = "abel"
"""The honest student whose submission carries a canary."""


def _bystander(student: str) -> Attack:
    return Attack(
        student=student,
        row="persist",
        tries="nothing: an honest student in the same class",
        success="less than full points, or any other trouble",
        make=lambda honest, _: honest.notebook(),
        honest=FULL,
    )


BYSTANDERS = (_bystander(HOLDER), _bystander("zuse"))
"""Honest students, graded before and after all others."""


@dataclass(frozen=True)
class Workshop:
    """The released course, its canaries by place, and the notebook that students got."""

    course: Path
    canaries: Mapping[str, str]
    released: NotebookNode


@dataclass(frozen=True)
class Stage:
    """One copy of everything: what attacks may know of it, the commands' environment, and all files as they were."""

    scene: Scene
    environment: Mapping[str, str]
    listeners: Listeners
    before: Mapping[str, Entry]

    @property
    def folder(self) -> Path:
        """What is watched: course, home, temporary folder, marks."""
        return self.scene.course.parent


@contextmanager
def workshop() -> Iterator[Workshop]:
    """Write the course, release it with nbgrader, and give it."""
    with tempfile.TemporaryDirectory() as name:
        words, course = canaries.draw(), Path(name) / "course"
        meadow.write(course, words)
        shutil.copy(ROOT / "nbgrader_config.py", course)
        done = command.run(
            Machine(),
            "-m",
            "nbgrader",
            "generate_assignment",
            meadow.ASSIGNMENT,
            cwd=course,
            environment={"HOME": name},
        )
        if done.status != 0:
            raise RuntimeError(done.output)
        with closing(sqlite3.connect(course / "gradebook.db")) as gradebook, gradebook:
            gradebook.execute("INSERT INTO student (id, last_name) VALUES (?, ?)", (HOLDER, words["gradebook"]))
        released = course / "release" / meadow.ASSIGNMENT / f"{meadow.ASSIGNMENT}.ipynb"
        yield Workshop(course, words, notebook.read(released.read_bytes()))


@contextmanager
def stage(shop: Workshop, machine: Machine, attacks: Sequence[Attack]) -> Iterator[Stage]:
    """Set the scene for a class on `machine`, and clear it away at the end."""
    with tempfile.TemporaryDirectory(prefix="attack-table-") as name, listening(Path(name)) as listeners:
        outer = Path(name)
        outer.chmod(0o755)
        folder = outer / "watched"
        home, temporary, marks = (folder / part for part in ("home", "temporary", "marks"))
        course = Path(shutil.copytree(shop.course, folder / "course"))
        for each in (home, temporary, marks):
            each.mkdir()
        (course / FOLDER / meadow.ASSIGNMENT).mkdir(parents=True)
        _furnish(home, temporary, shop.canaries)
        scene = Scene(course, home, marks, listeners.tcp, listeners.udp, listeners.unix, listeners.abstract)
        for attack in (*BYSTANDERS, *attacks):
            hand_in(attack, shop, scene)
        _open_to_all(folder, machine.user)
        environment = {
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "COLUMNS": "200",
            CANARY_VARIABLE: shop.canaries["environment"],
        }
        yield Stage(scene, environment, listeners, snapshot(folder))


def _furnish(home: Path, temporary: Path, words: Mapping[str, str]) -> None:
    (home / ".ssh").mkdir()
    (home / ".ssh" / "id_ed25519").write_text(f"{words['home']}\n")
    (home / ".bashrc").write_text("# nothing\n")
    (home / "exam.txt").write_text(f"{words['home']}\n")
    (temporary / "draft.txt").write_text(f"{words['temporary']}\n")


def hand_in(attack: Attack, shop: Workshop, scene: Scene) -> None:
    """Put the attack's notebook and its other files into the student's submission."""
    made = attack.make(Honest(shop.released), scene)
    if attack.student == HOLDER:
        made = Honest(shop.released).notebook(double=f"{RIGHT['double']}  # {shop.canaries['submission']}")
    folder = scene.course / "submitted" / attack.student / meadow.ASSIGNMENT
    folder.mkdir(parents=True)
    data = made if isinstance(made, bytes) else json.dumps(made).encode()
    for name, content in {f"{meadow.ASSIGNMENT}.ipynb": data, **attack.files}.items():
        (folder / name).write_bytes(content)
    for name, path in attack.links.items():
        (folder / name).symlink_to(scene.course / path)


def _open_to_all(folder: Path, user: int | None) -> None:
    """Let the files' own permissions protect nothing: everybody may read and write, so that the sandbox has to hold."""
    for path in (folder, *(path for path in folder.rglob("*") if not path.is_symlink())):
        if user is not None:
            os.chown(path, user, user)
        path.chmod(0o777 if path.is_dir() else 0o666)
