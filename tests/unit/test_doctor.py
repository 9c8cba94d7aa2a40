"""What `autograder doctor` says of the digits, without fetching any."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import mnist_files
from autograder.datasets import FOLDER
from autograder.instructor import checkup


def test_a_folder(mnist_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The digits that are there are counted, and the folder is named."""
    monkeypatch.setenv(FOLDER, str(mnist_folder))
    line = checkup.digits()
    assert (line.name, line.active) == ("MNIST", True)
    assert line.detail.endswith(f"0,000 training and 10,000 test digits in {mnist_folder}")


@pytest.mark.parametrize("there", [False, True])
def test_a_folder_that_will_not_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    """A folder that is missing or empty is named, with a remedy."""
    folder = tmp_path if there else tmp_path / "nowhere"
    monkeypatch.setenv(FOLDER, str(folder))
    line = checkup.digits()
    assert not line.active
    assert str(folder) in line.detail
    assert "accuracy cannot be graded" in line.remedy


def test_nothing_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without folder and cache the line says what will happen, and nothing is fetched for it."""
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.setattr(mnist_files, "_cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(mnist_files, "_fetch", lambda *_: pytest.fail("something was fetched"))
    line = checkup.digits()
    assert (line.active, "scikit-learn's digits" in line.detail, FOLDER in line.remedy) == (False, True, True)
    assert not (tmp_path / "cache").exists()
