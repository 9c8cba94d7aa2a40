"""The real MNIST for tests: where its files are on this machine, if anywhere. A pytest plugin.

A folder named by AUTOGRADER_DATA is taken, or `shared/mnist` beside the repository. Without either, tests of accuracy
are skipped; nothing is downloaded.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from autograder.datasets import FOLDER as ENVIRONMENT
from autograder.errors import DataMissingError

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "mnist"


def folder() -> Path | None:
    """Return the folder with MNIST's files, or None."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    return BESIDE if BESIDE.is_dir() else None


def pytest_configure() -> None:
    """Let everything that the tests start find the data."""
    if found := folder():
        os.environ[ENVIRONMENT] = str(found)


@pytest.fixture(scope="session")
def mnist_folder() -> Path:
    """Return the folder with MNIST's files; skip the test where there is none."""
    found = folder()
    if found is None:
        pytest.skip(f"MNIST is not here: set {ENVIRONMENT} to a folder with its files")
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None]:
    """Skip a test of the hidden suite that asks for digits which are not here."""
    try:
        return (yield)
    except DataMissingError as error:
        pytest.skip(str(error))
