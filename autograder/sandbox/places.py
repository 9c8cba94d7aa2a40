"""The files that a Python with numpy, IPython and matplotlib needs, and not one more."""

from __future__ import annotations

import functools
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autograder.sandbox import packages

_STANDARD = ("stdlib", "platstdlib")
_LIBRARY_FOLDERS = ("site-packages", "dist-packages")
_SHARED_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
_SYSTEM = ("/usr/lib/locale", "/etc/ld.so.cache", "/usr/share/zoneinfo")
PACKAGE = Path(__file__).resolve().parents[1]
BOOT = PACKAGE / "sandbox" / "inside" / "boot.py"
_LOADER = re.compile(rb"\0(/[^\0]+/ld[^/\0]*)\0")
_ELF_START = 4096
"""Bytes at the beginning of a program among which it names its loader."""


def interpreter() -> Path:
    """Return the base interpreter: the one that a virtual environment is made from."""
    return Path(getattr(sys, "_base_executable", "") or sys.executable).resolve()


def libraries() -> list[Path]:
    """Return the folders of installed packages that this process imports from."""
    found = [Path(entry).resolve() for entry in sys.path if Path(entry).name in _LIBRARY_FOLDERS]
    return [folder for folder in dict.fromkeys(found) if folder.is_dir()]


def readable() -> list[Path]:
    """List what a worker may read: shared libraries, the standard library, of installed packages what it needs."""
    python = [place for folder in _python() for place in _around(folder, _package_folders(folder))]
    return _without_nested([*python, *_packages()])


def mounted() -> list[Path]:
    """List what the zygote needs under bubblewrap: the readable files, the interpreter, the sandbox's own code."""
    return _without_nested([*readable(), *_own_code()])


def mounts() -> list[str]:
    """Return the options of bubblewrap that mount all of that, read-only.

    Python's folders are mounted whole. Where they hold folders of packages, an empty one hides each of those first.
    """
    python = _without_nested(_python())
    hidden = [folder for place in python for folder in _package_folders(place)]
    options = [option for place in python for option in _bind(place)]
    options += [option for folder in hidden for option in ("--tmpfs", str(folder))]
    options += [option for place in _without_nested([*_packages(), *_own_code()]) for option in _bind(place)]
    options += [option for name in _loader(python) for option in ("--ro-bind", str(name.resolve()), str(name))]
    return options + [option for folder in hidden for option in ("--remount-ro", str(folder))]


def is_readable(path: Path) -> bool:
    """Tell whether a worker may read what lies at `path`."""
    real = path.resolve()
    return any(real.is_relative_to(place) for place in mounted())


def _python() -> list[Path]:
    """Return the folders of the standard library, and the folders or files of shared libraries."""
    base = sysconfig.get_config_var("installed_base") or sys.base_prefix
    standard = [sysconfig.get_path(name, vars={"installed_base": base, "base": base}) for name in _STANDARD]
    own = [path for name in ("lib", "lib64") for path in (Path(sys.base_prefix) / name).glob("*.so*")]
    return _without_nested([*_system_libraries(), *map(Path, _SYSTEM), *map(Path, standard), *own])


def _system_libraries() -> Iterator[Path]:
    """Yield where the system's shared libraries lie: on Debian a folder of this processor, elsewhere among others."""
    triplet = sysconfig.get_config_var("MULTIARCH") or "nowhere"
    for folder in map(Path, _SHARED_LIBRARIES):
        yield folder / triplet if (folder / triplet).is_dir() else folder


def _loader(mounted_whole: Sequence[Path]) -> Iterator[Path]:
    """Yield the name by which the interpreter asks for its loader, where none of these folders has it.

    On x86-64 that lies in /lib64. On arm64 it is a link in /lib, beside the folder of this processor that it leads to.
    """
    with interpreter().open("rb") as program:
        asked = _LOADER.search(program.read(_ELF_START))
    if asked is not None:
        path = Path(asked[1].decode())
        name = path.parent.resolve() / path.name
        if name.exists() and not any(name.is_relative_to(place) for place in mounted_whole):
            yield name


def _packages() -> list[Path]:
    return _files_of(tuple(libraries()))


@functools.lru_cache(maxsize=4)
def _files_of(folders: tuple[Path, ...]) -> list[Path]:
    return packages.files(folders)


def _own_code() -> list[Path]:
    return [interpreter(), PACKAGE / "sandbox", PACKAGE / "errors.py"]


def _package_folders(place: Path) -> list[Path]:
    """List the folders of installed packages in one of Python's folders: they are no part of Python."""
    below = (found for name in _LIBRARY_FOLDERS for pattern in (name, f"*/{name}") for found in place.glob(pattern))
    return sorted({folder.resolve() for folder in [*below, *libraries()] if folder.resolve().is_relative_to(place)})


def _around(place: Path, without: Sequence[Path]) -> Iterator[Path]:
    """Yield `place`, or, where some of `without` lie in it, everything else that is in it."""
    if place in without:
        return
    if not any(folder.is_relative_to(place) for folder in without):
        yield place
        return
    for child in sorted(place.iterdir()):
        if not child.is_symlink():  # it could lead anywhere; what it leads to in here is listed itself
            yield from _around(child, without)


def _bind(place: Path) -> tuple[str, str, str]:
    return "--ro-bind", str(place), str(place)


def _without_nested(paths: Iterable[Path]) -> list[Path]:
    real = dict.fromkeys(path.resolve() for path in paths if path.exists())
    return [path for path in real if not any(parent in real for parent in path.parents)]
