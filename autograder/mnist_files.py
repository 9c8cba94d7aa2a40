"""Where the files of MNIST are: in a folder that the environment names, or fetched once with checksums into a cache."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import DataMissingError

FOLDER = "AUTOGRADER_DATA"
TRAINING, TEST = "train", "t10k"
CHECKSUMS = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
REMEDY = f"connect to the network once, or set {FOLDER} to a folder with MNIST's IDX files"

_IMAGES, _LABELS = "{}-images-idx3-ubyte", "{}-labels-idx1-ubyte"
_CACHE = "nn-autograder"
_TIMEOUT = (3.0, 15.0)  # seconds to connect, seconds between two pieces of an answer


def names(part: str) -> tuple[str, str]:
    """Return the file names of the images and the labels of TRAINING or TEST, without .gz."""
    return _IMAGES.format(part), _LABELS.format(part)


def find(folder: Path, name: str) -> Path | None:
    """Return the file `name` or `name`.gz of the folder, None where neither is there."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def locate() -> Path | None:
    """Return the folder with MNIST, fetched into the cache if need be; None where that cannot be done."""
    return folder() or _fetched(_cache_folder(), MIRRORS, tuple(CHECKSUMS.items()))


def folder() -> Path | None:
    """Return the folder that the environment names; DataMissingError where there is none of that name."""
    named = os.environ.get(FOLDER)
    if not named:
        return None
    path = Path(named).expanduser().absolute()
    if not path.is_dir():
        raise DataMissingError(f"{FOLDER} names {path}, and there is no such folder; correct or unset it")
    return path


def cached() -> Path | None:
    """Return the cache's folder where it holds all of MNIST, without fetching anything."""
    place = _cache_folder()
    return place if place is not None and all((place / name).is_file() for name in CHECKSUMS) else None


def _cache_folder() -> Path | None:
    try:
        import pooch
    except ImportError:
        return None
    return Path(pooch.os_cache(_CACHE))


@functools.lru_cache
def _fetched(place: Path | None, mirrors: Sequence[str], checksums: tuple[tuple[str, str], ...]) -> Path | None:
    """Return the folder with every file of `checksums`, fetched from the first mirror that has it right, or None.

    Tried once a process: a notebook without a network should not wait each time.
    """
    if place is None:
        return None
    right = all(any(_fetch(place, mirror, name, digest) for mirror in mirrors) for name, digest in checksums)
    return place if right else None


def _fetch(place: Path, mirror: str, name: str, digest: str) -> bool:
    """Return whether the file is there with this SHA-256, fetched or from the cache; pooch keeps no other file."""
    import logging

    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)  # it is not a logger that logging knows by name
    downloader = pooch.HTTPDownloader(progressbar=False, timeout=_TIMEOUT)
    try:
        pooch.retrieve(mirror + name, f"sha256:{digest}", fname=name, path=place, downloader=downloader)
    except (OSError, ValueError, requests.RequestException):
        return False
    return True
