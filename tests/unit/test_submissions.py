"""Who has handed in what: from notebooks that are named, and from a folder of nbgrader's layout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.errors import AutograderError
from autograder.instructor.submissions import students


def write(root: Path, *files: str) -> Path:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    return root


def names(root: Path, *arguments: str) -> dict[str, str]:
    found = students((root / argument for argument in arguments), "mini")
    return {student: str(path.relative_to(root)) for student, path in found.items()}


def test_a_folder_stands_for_all_below_it(tmp_path: Path) -> None:
    """It is as if each notebook were named, in the order of the students."""
    files = [f"submitted/{student}/mini/mini.ipynb" for student in ("cleo", "ada", "Ben", "a b", "mini", "-x", "Žofie")]
    write(tmp_path, *files, "submitted/ada/other/other.ipynb")
    assert names(tmp_path, "submitted") == names(tmp_path, *files)
    assert list(names(tmp_path, "submitted")) == sorted(["cleo", "ada", "Ben", "a b", "mini", "-x", "Žofie"])


@pytest.mark.parametrize("folder", ["submitted", "submitted/", ".", "../submitted", "submitted/../submitted", "link"])
def test_a_folder_by_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """Where one stands, and how a folder is written, does not matter."""
    write(tmp_path, "submitted/ada/mini/mini.ipynb")
    (tmp_path / "link").symlink_to("submitted")
    monkeypatch.chdir(tmp_path / ("submitted" if folder.startswith(".") else "."))
    found = students([Path(folder)], "mini")
    assert {name: path.resolve() for name, path in found.items()} == {
        "ada": tmp_path.resolve() / "submitted/ada/mini/mini.ipynb"
    }


def test_folders_and_notebooks_together(tmp_path: Path) -> None:
    """Several folders and notebooks make one class."""
    write(tmp_path, "monday/ada/mini/mini.ipynb", "tuesday/ben/mini/mini.ipynb", "tuesday/ada/x.txt", "cleo.ipynb")
    assert list(names(tmp_path, "tuesday", "cleo.ipynb", "monday")) == ["ben", "cleo", "ada"]


def test_more_than_fit_on_a_command_line(tmp_path: Path) -> None:
    """A class whose paths together are longer than a command line may be is seen as a whole."""
    long = "-".join(["long"] * 40)
    expected = [f"{long}{number:05}" for number in range(6000)]
    write(tmp_path, *(f"{long}/{student}/mini/mini.ipynb" for student in expected))
    found = students([tmp_path / long], "mini")
    assert sum(len(os.fsencode(path)) + 1 for path in found.values()) > os.sysconf("SC_ARG_MAX")
    assert list(found) == expected


def test_nobody_twice(tmp_path: Path) -> None:
    """A student in two folders, or in a folder and by name, is a question to whoever grades."""
    write(tmp_path, "monday/ada/mini/mini.ipynb", "tuesday/ada/mini/mini.ipynb")
    for arguments in (("monday", "tuesday"), ("monday", "monday/ada/mini/mini.ipynb"), ("monday", "monday")):
        with pytest.raises(AutograderError, match="are both of student 'ada'; grade one of them at a time"):
            names(tmp_path, *arguments)


def test_one_notebook_of_another_name_will_do(tmp_path: Path) -> None:
    """The assignment's own name counts where there are several; hidden files never do."""
    write(tmp_path, "s/ada/mini/final.ipynb", "s/ada/mini/.mini.ipynb", "s/ben/mini/mini.ipynb", "s/ben/mini/a.ipynb")
    write(tmp_path, "s/ben/mini/.ipynb_checkpoints/mini-checkpoint.ipynb", "s/.trash/mini/mini.ipynb", "s/notes.txt")
    found = students([tmp_path / "s"], "mini")
    assert {name: path.name for name, path in found.items()} == {"ada": "final.ipynb", "ben": "mini.ipynb"}
    assert (found.absent, found.unclear) == ([], {})


def test_whoever_has_handed_in_nothing_is_named(tmp_path: Path) -> None:
    """No folder for the assignment, an empty one, one with hidden files only, and a link that leads nowhere."""
    write(tmp_path, "s/ada/mini/mini.ipynb", "s/ben/other/other.ipynb", "s/dora/mini/.DS_Store", "s/a\nb/other/x")
    (tmp_path / "s/cleo/mini").mkdir(parents=True)
    (tmp_path / "s/emil").symlink_to("nowhere")
    found = students([tmp_path / "s"], "mini")
    assert list(found) == ["ada"]
    assert found.absent == ["'a\\nb'", "ben", "cleo", "dora", "emil"]
    assert found.unclear == {}


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (["mini.py"], "holds no mini.ipynb and no other notebook"),
        (["mini.ipynb.zip"], "holds no mini.ipynb and no other notebook"),
        (["b.ipynb", "a.ipynb"], "holds no mini.ipynb, but a.ipynb, b.ipynb"),
        (["\x1b[31m.ipynb", "a.ipynb"], "holds no mini.ipynb, but '\\x1b[31m.ipynb', a.ipynb"),
        (["mini/mini.ipynb"], "holds no mini.ipynb and no other notebook"),
    ],
)
def test_what_holds_no_notebook_that_could_be_graded(tmp_path: Path, files: list[str], why: str) -> None:
    """Something was handed in: the student is named with the reason, and stops nobody else."""
    write(tmp_path, "s/ada/mini/mini.ipynb", *(f"s/ben/mini/{name}" for name in files))
    found = students([tmp_path / "s"], "mini")
    assert list(found) == ["ada"]
    assert found.unclear == {"ben": f"{tmp_path}/s/ben/mini {why}"}
    assert found.absent == []


def test_what_cannot_be_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the place of a folder, and a folder that may not be read, are named, too."""
    write(tmp_path, "s/ada/mini/mini.ipynb", "s/ben/mini", "s/cleo/mini/mini.ipynb")
    real = os.listdir

    def forbidden(folder: Path) -> list[str]:
        if "cleo" in Path(folder).parts:
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "listdir", forbidden)
    found = students([tmp_path / "s"], "mini")
    assert list(found) == ["ada"]
    assert found.unclear == {
        "ben": f"{tmp_path}/s/ben/mini cannot be read (Not a directory)",
        "cleo": f"{tmp_path}/s/cleo/mini cannot be read (Permission denied)",
    }


@pytest.mark.parametrize("order", [("monday", "tuesday"), ("tuesday", "monday")])
def test_whoever_has_a_notebook_elsewhere_is_not_missed(tmp_path: Path, order: tuple[str, str]) -> None:
    """One clear notebook in any folder will do, and something unclear in one of them is more than nothing."""
    write(tmp_path, "monday/ada/mini/a.ipynb", "monday/ada/mini/b.ipynb", "monday/ben/mini/mini.ipynb")
    write(tmp_path, "tuesday/ada/mini/mini.ipynb", "tuesday/cleo/mini/mini.py")
    for place in ("tuesday/ben", "monday/cleo", "monday/dora", "tuesday/dora"):
        (tmp_path / place).mkdir()
    found = students([tmp_path / folder for folder in order], "mini")
    assert {name: str(path.relative_to(tmp_path)) for name, path in found.items()} == {
        "ada": "tuesday/ada/mini/mini.ipynb",
        "ben": "monday/ben/mini/mini.ipynb",
    }
    assert found.unclear == {"cleo": f"{tmp_path}/tuesday/cleo/mini holds no mini.ipynb and no other notebook"}
    assert found.absent == ["dora"]


def test_where_nobody_has_a_clear_notebook_all_are_named(tmp_path: Path) -> None:
    """Something was handed in, so that names and reasons are not lost in a general message."""
    write(tmp_path, "s/ada/mini/mini.py", "s/ben/mini", "s/cleo/other/x")
    found = students([tmp_path / "s"], "mini")
    assert (list(found), found.absent) == ([], ["cleo"])
    assert found.unclear == {
        "ada": f"{tmp_path}/s/ada/mini holds no mini.ipynb and no other notebook",
        "ben": f"{tmp_path}/s/ben/mini cannot be read (Not a directory)",
    }


def test_links_in_a_circle_stop_nobody_else(tmp_path: Path) -> None:
    """The student whose folder is such a link, or the folder in it, is named."""
    write(tmp_path, "s/ada/mini/mini.ipynb", "s/cleo/x")
    (tmp_path / "s/ben").symlink_to("ben")
    (tmp_path / "s/cleo/mini").symlink_to("mini")
    found = students([tmp_path / "s"], "mini")
    assert (list(found), found.absent) == (["ada"], [])
    assert found.unclear == {
        name: f"{tmp_path}/s/{name}/mini cannot be read (Too many levels of symbolic links)" for name in ("ben", "cleo")
    }


def test_what_stands_in_a_notebooks_place_is_taken(tmp_path: Path) -> None:
    """A folder or a link of a notebook's name was handed in; it is for grading to say that it is no notebook."""
    write(tmp_path, "s/ada/mini/mini.ipynb/x.txt", "s/cleo/mini/mini.ipynb")
    (tmp_path / "s/ben/mini").mkdir(parents=True)
    (tmp_path / "s/ben/mini/mini.ipynb").symlink_to("../../cleo/mini/mini.ipynb")
    expected = {name: f"s/{name}/mini/mini.ipynb" for name in ("ada", "ben", "cleo")}
    assert names(tmp_path, "s") == expected
    assert names(tmp_path, *expected.values()) == expected


@pytest.mark.parametrize(
    ("files", "folder"),
    [
        ([], "s"),
        (["s/ada/other/other.ipynb"], "s"),
        (["s/ada/mini/mini.ipynb"], "s/ada"),
        (["s/ada/mini/mini.ipynb"], "s/ada/mini"),
        (["s/ada.ipynb"], "s"),
        (["s/ada/mini/.mini.ipynb"], "s"),
    ],
)
def test_a_folder_without_submissions(tmp_path: Path, files: list[str], folder: str) -> None:
    """The message says where notebooks are looked for, and what else to name."""
    write(tmp_path, *files)
    (tmp_path / folder).mkdir(exist_ok=True)
    with pytest.raises(AutograderError) as caught:
        names(tmp_path, folder)
    assert str(caught.value) == (
        f"nothing was handed in: there is no notebook in {tmp_path}/{folder}/STUDENT/mini; put them there, or name "
        "them or the folder above those of the students"
    )


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\nb", "a\udcffb"])
def test_a_name_that_cannot_be_printed(tmp_path: Path, name: str) -> None:
    """Below a folder it is refused as it is elsewhere."""
    write(tmp_path, f"s/{name}/mini/mini.ipynb", "s/ada/mini/mini.ipynb")
    with pytest.raises(AutograderError, match="holds characters that cannot be printed"):
        names(tmp_path, "s")
