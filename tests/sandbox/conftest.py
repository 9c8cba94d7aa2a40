"""Sandboxes that the tests of this folder share, and a way to load a submission from source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograder.sandbox import Cell, Limits, Sandbox, Submission

Load = Callable[..., Submission]

SECRET = "a-secret-of-the-course"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The best sandbox that this machine can have."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_SECRET", SECRET)
        best = Sandbox()
    with best:
        yield best


@pytest.fixture(scope="session")
def one_layer() -> Iterator[Sandbox]:
    """A sandbox of a machine that has no bubblewrap."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/nonexistent")
        patch.setenv("COURSE_SECRET", SECRET)
        plain = Sandbox()
    with plain:
        yield plain


@pytest.fixture(params=["best", "one layer"])
def either(request: pytest.FixtureRequest) -> Sandbox:
    """Each of the two."""
    found: Sandbox = request.getfixturevalue("sandbox" if request.param == "best" else "one_layer")
    return found


@pytest.fixture
def load(sandbox: Sandbox) -> Iterator[Load]:
    """Load cells, given as source texts, into the best sandbox; everything is closed after the test."""
    loaded = []

    def _load(*sources: str, seed: int = 0, inside: Sandbox = sandbox, **limits: Any) -> Submission:
        cells = [Cell(f"cell {n}", source) for n, source in enumerate(sources, 1)]
        loaded.append(inside.load(cells, limits=Limits(**limits), seed=seed))
        return loaded[-1]

    yield _load
    for submission in loaded:
        submission.close()
