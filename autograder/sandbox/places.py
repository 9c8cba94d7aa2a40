"""The files that a Python with numpy, IPython and matplotlib needs, and not one more."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

_LIBRARY_FOLDERS = ("site-packages", "dist-packages")
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo")
PACKAGE = Path(__file__).resolve().parents[1]
BOOT = PACKAGE / "sandbox" / "inside" / "boot.py"


def interpreter() -> Path:
    """Return the base interpreter: the one that a virtual environment is made from."""
    return Path(getattr(sys, "_base_executable", "") or sys.executable).resolve()


def libraries() -> list[Path]:
    """Return the folders of installed packages that this process imports from."""
    found = [Path(entry).resolve() for entry in sys.path if Path(entry).name in _LIBRARY_FOLDERS]
    return [folder for folder in dict.fromkeys(found) if folder.is_dir()]


def readable() -> list[Path]:
    """List what a worker may read: shared libraries, the standard library, installed packages."""
    base = sysconfig.get_config_var("installed_base") or sys.base_prefix
    standard = sysconfig.get_path("stdlib", vars={"installed_base": base, "base": base})
    return _without_nested([*map(Path, _SYSTEM), Path(sys.base_prefix) / "lib", Path(standard), *libraries()])


def mounted() -> list[Path]:
    """List what the zygote needs under bubblewrap: the readable files, the interpreter, the sandbox's own code."""
    return _without_nested([*readable(), interpreter(), PACKAGE / "sandbox", PACKAGE / "errors.py"])


def is_readable(path: Path) -> bool:
    """Tell whether a worker may read what lies at `path`."""
    real = path.resolve()
    return any(real.is_relative_to(place.resolve()) for place in [*readable(), *mounted()])


def _without_nested(paths: list[Path]) -> list[Path]:
    real = dict.fromkeys(path.resolve() for path in paths if path.exists())
    return [path for path in real if not any(parent in real for parent in path.parents)]
