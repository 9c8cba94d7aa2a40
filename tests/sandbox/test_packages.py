"""Which files of installed packages are opened to submissions: those of what is needed, by what was installed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy
import pytest

from autograder.sandbox import packages, places
from tests.machines import Machine, bound, container

OPT = Path("/opt/python")
LAYOUT = """
from autograder.sandbox import Cell, Sandbox, places
from tests.sandbox import attacks
assert places.libraries() == [places.Path({libraries!r})], places.libraries()
with Sandbox() as sandbox, sandbox.load([Cell("attacks", attacks.notebook())], seed=0) as submission:
    tried = "list installed packages", "read another package", "read where this was installed from"
    print(sandbox.protection.mode, {{submission.attack(name) for name in tried}} <= set(attacks.REFUSED))
"""


EXAMPLE = "Requires-Dist: solver\n"
OPTIONAL = (
    "ink; extra == 'wet'",
    "ink\n ; extra == 'wet'",
    'ink; python_version >= "3.11" and extra == "wet"',
    "ink; python_version < '3'",
)


def install(
    folder: Path, name: str, modules: Mapping[str, str], *, requires: tuple[str, ...] = (), record: bool = True
) -> None:
    """Write what an installer would: modules and a .dist-info folder with or without a list of files.

    Its description shows a requirement that is none.
    """
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    lines = [f"Requires-Dist: {text}" for text in requires]
    written = {**modules, f"{info}/METADATA": "\n".join([f"Name: {name}", "Version: 1.0", *lines, "", EXAMPLE])}
    for path, text in written.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    if record:
        (folder / info / "RECORD").write_text("".join(f"{path},,\n" for path in [*written, f"{info}/RECORD"]))


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        (["numpy/__init__.py", "numpy/core/a.so", "numpy/core/__init__.py"], ["numpy"]),
        (["numpy.libs/a.so", "numpy.libs/b.so"], ["numpy.libs"]),
        (["six.py", "__pycache__/six.cpython-311.pyc"], ["six.py", "__pycache__/six.cpython-311.pyc"]),
        (["shared/mine/__init__.py", "shared/mine/data.txt"], ["shared/mine"]),
        (["shared/mine.py", "shared/deep/er/__init__.py"], ["shared/mine.py", "shared/deep/er"]),
        (["a-1.0.dist-info/RECORD", "a-1.0.dist-info/direct_url.json"], []),
        (["a-1.0.dist-info/entry_points.txt"], ["a-1.0.dist-info/entry_points.txt"]),
        (["__editable__.a.pth", "_a.pth"], []),
        (["fast.cpython-311.so"], ["fast.cpython-311.so"]),
        ([], []),
    ],
)
def test_tops(recorded: list[str], expected: list[str]) -> None:
    """Whole packages and folders of libraries; single files where a folder may be shared; no metadata."""
    assert packages.tops(recorded) == expected


@pytest.mark.parametrize("record", [True, False])
def test_what_is_required_counts_and_nothing_else(tmp_path: Path, record: bool) -> None:
    """Requirements are followed as installed, optional ones are not, and files outside of the folder are left out."""
    install(tmp_path, "Drawing_Board", {"drawing_board/__init__.py": ""}, requires=("pen>=1",), record=record)
    install(tmp_path, "pen", {"pen.py": ""}, requires=(*OPTIONAL, "drawing-board"), record=record)
    install(tmp_path, "ink", {"ink/__init__.py": ""}, record=record)
    install(tmp_path, "solver", {"solver/__init__.py": ""}, requires=("drawing-board",), record=record)
    found = packages.files([tmp_path], ["drawing.board", "absent"])
    assert sorted(found) == [tmp_path / "drawing_board", tmp_path / "pen.py"]


@pytest.mark.parametrize(
    "header", ["Requires-Dist: pen", "requires-dist:pen>=1", "Requires-Dist: pen\n ; os_name != ''"]
)
def test_a_requirement_is_found_however_it_is_written(tmp_path: Path, header: str) -> None:
    """Installers differ in letters, blanks and line breaks of the header."""
    install(tmp_path, "board", {"board.py": ""})
    install(tmp_path, "pen", {"pen.py": ""})
    metadata = tmp_path / "board-1.0.dist-info" / "METADATA"
    metadata.write_text(f"Name: board\n{header}\nVersion: 1.0\n\nText\n")
    assert packages.files([tmp_path], ["board"]) == [tmp_path / "board.py", tmp_path / "pen.py"]


def test_what_lies_elsewhere_is_not_opened(tmp_path: Path) -> None:
    """A list of files that names places outside of its folder opens nothing there."""
    install(tmp_path / "lib", "pen", {"pen.py": "", "../../secret": "", "../bin/pen": ""})
    with (tmp_path / "lib" / "pen-1.0.dist-info" / "RECORD").open("a") as file:
        file.write(f"{tmp_path}/absolute,,\n")
    (tmp_path / "absolute").touch()
    assert packages.files([tmp_path / "lib"], ["pen"]) == [tmp_path / "lib" / "pen.py"]


def test_here() -> None:
    """Numpy and matplotlib with all that they import are opened here; solvers and the framework are not."""
    folder = Path(numpy.__file__).resolve().parents[1]
    for name in ("numpy", "matplotlib", "PIL", "mpl_toolkits/mplot3d", "IPython", "kiwisolver", "dateutil"):
        assert places.is_readable(folder / name), name
    for name in ("sklearn", "scipy", "scipy.libs", "pytest", "nbgrader", "msgspec", "pip"):
        assert (folder / name).exists(), name
        assert not places.is_readable(folder / name), name
    assert not places.is_readable(folder)
    assert not any(places.is_readable(path) for path in folder.glob("*.pth"))


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("bwrap"), reason="needs root and bubblewrap")
@pytest.mark.parametrize(("path", "mode"), [(os.environ["PATH"], "full"), ("/nonexistent", "one layer")])
def test_where_packages_lie_within_python(path: str, mode: str) -> None:
    """In the layout of official images, with packages in the standard library's folder, they are out of reach, too."""
    library = OPT / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    installed, python = library / "site-packages", OPT / "bin" / places.interpreter().name
    parts = (part for part in Path(os.__file__).parent.iterdir() if part.name not in ("site-packages", "dist-packages"))
    inside = container(
        *("--tmpfs", "/opt", *bound(parts, library)),
        *("--ro-bind", str(places.libraries()[0]), str(installed)),
        *("--ro-bind", str(places.interpreter()), str(python)),
    )
    search = f"{Machine().root}:{installed}"
    machine = Machine(python=str(python), inside=inside, environment={"PYTHONPATH": search, "PATH": path})
    done = machine.run("-c", LAYOUT.format(libraries=str(installed)))
    assert done.stdout.split() == [*mode.split(), "True"], done.stderr
