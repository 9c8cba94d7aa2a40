"""Which files of the installed packages a worker needs: those of numpy, matplotlib and IPython and what they require.

The rest of site-packages is not there for it: other packages would solve the exercises, and files like
`direct_url.json` or a `.pth` say where the course lies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

NEEDED = ("numpy", "matplotlib", "matplotlib-inline", "ipython")
"""The distributions that notebooks are run with."""

_ENTRY_POINTS = "entry_points.txt"  # how matplotlib finds the backend of notebooks
_REQUIRED = re.compile(r"^requires-dist:(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_EXTRA = re.compile(r""";\s*extra\s*==\s*['"][^'"]+['"]\s*$""")
_NO_MODULES = (".dist-info", ".egg-info", ".pth", ".egg-link")
# What distributors' packages hold, which come without a list of their files.
_MODULES = {
    "matplotlib": ("matplotlib", "mpl_toolkits", "pylab"),
    "pillow": ("PIL",),
    "python-dateutil": ("dateutil",),
    "fonttools": ("fontTools",),
    "ipython": ("IPython",),
}


def files(libraries: Sequence[Path], needed: Iterable[str] = NEEDED) -> list[Path]:
    """List the folders and files that the needed distributions, and those they require, have in these folders."""
    found: dict[Path, None] = {}
    for name, distribution in _closure(libraries, needed).items():
        place = Path(str(distribution.locate_file("")))
        found.update(dict.fromkeys(path for path in _own(name, distribution, place) if path.exists()))
    return list(found)


def _closure(libraries: Sequence[Path], needed: Iterable[str]) -> dict[str, Distribution]:
    """Return each distribution that is needed here, directly or by another one, by its normalised name."""
    places = [str(folder) for folder in libraries]
    found: dict[str, Distribution] = {}
    open_names = [*needed]
    while open_names:
        name = _normalised(open_names.pop())
        distribution = None if name in found else next(iter(Distribution.discover(name=name, path=places)), None)
        if distribution is not None:
            found[name] = distribution
            open_names += _required(distribution)
    return found


def _required(distribution: Distribution) -> Iterator[str]:
    for text in _requirements(distribution):
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name


def _requirements(distribution: Distribution) -> Iterable[str]:
    """Return what a distribution requires, as text: without its long description, and without most of its extras."""
    metadata = distribution.read_text("METADATA")
    if metadata is None:
        return distribution.requires or ()
    found = _REQUIRED.findall(metadata.partition("\n\n")[0])
    return [" ".join(text.split()) for text in found if not _EXTRA.search(text)]


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _own(name: str, distribution: Distribution, place: Path) -> Iterator[Path]:
    """Yield the folders and files of a distribution; of its metadata only how plug-ins are found."""
    record = distribution.read_text("RECORD")
    if record is not None:
        yield from (place / path for path in tops(_recorded(record)))
        return
    listed = (distribution.read_text("top_level.txt") or "").split()
    for module in listed or _MODULES.get(name, (name.replace("-", "_"),)):
        yield place / module
        yield from (path for path in place.glob(f"{module}.*") if not path.name.endswith(_NO_MODULES))
    yield from place.glob(f"{name.replace('-', '_')}-*/{_ENTRY_POINTS}")


def _recorded(record: str) -> list[str]:
    """Return the paths of a RECORD, which has a line `path,digest,size` for each file; a path may be quoted."""
    paths = [line.rsplit(",", 2)[0].strip('"') for line in record.splitlines() if line]
    return [path for path in paths if not path.startswith(("/", "../")) and "/../" not in path]


def tops(recorded: Sequence[str]) -> list[str]:
    """Return as few folders and files as cover the recorded modules and cannot hold those of another distribution.

    Such a folder is a regular package, or one whose name cannot be imported (`numpy.libs`). A folder without
    `__init__.py` may be shared by many, so of it only what lies in it counts.
    """
    packages = {path.removesuffix("/__init__.py") for path in recorded if path.endswith("/__init__.py")}
    found: dict[str, None] = {}
    for path in recorded:
        top, _, rest = path.partition("/")
        if top.endswith(_NO_MODULES):
            if rest == _ENTRY_POINTS:
                found[path] = None
        elif top in packages or (rest and not top.isidentifier()):
            found[top] = None
        else:
            found[next((folder for folder in _folders(path) if folder in packages), path)] = None
    return list(found)


def _folders(path: str) -> Iterator[str]:
    """Yield the folders that a path leads through, the outermost first."""
    for position, letter in enumerate(path):
        if letter == "/":
            yield path[:position]
