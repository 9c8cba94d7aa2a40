"""Tuples, lists and dicts of classes of their own: compared by what they hold, handed back as what they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.compare import agree, unpack
from autograder.errors import Mismatch
from autograder.local import LocalSubmission
from tests.sandbox.conftest import Load

SOURCE = """
from collections import OrderedDict, defaultdict, namedtuple
import numpy as np

Cache = namedtuple("Cache", "x w")

class Loud(dict):
    def items(self):
        raise RuntimeError("asked")
    __iter__ = keys = values = __getitem__ = items

class Longer(tuple):
    def __iter__(self):
        return iter((1.0, 2.0, 3.0))

def summed():
    grads = defaultdict(float)
    grads["x"] += np.ones(2)
    return grads

def ordered(): return OrderedDict(x=np.ones(2))
def loud(): return Loud(x=np.ones(2))
def pair(): return Cache(np.ones(2), 3.0)
def longer(): return Longer((1.0, 2.0))
def forward(x): return 2 * x, Cache(x, 5.0)
def backward(dout, cache): return dout * cache.w
def endless():
    grads = defaultdict(float)
    grads["x"] = grads
    return grads
"""


@pytest.fixture(params=["sandbox", "local"])
def submission(request: pytest.FixtureRequest) -> Any:
    """The same code on the far side of the pipe, and in this process."""
    if request.param == "sandbox":
        load: Load = request.getfixturevalue("load")
        return load(SOURCE)
    names: dict[str, Any] = {}
    exec(SOURCE, names)
    return LocalSubmission(names)


@pytest.mark.parametrize("name", ["summed", "ordered", "loud"])
def test_a_dict_of_another_class_counts_as_a_dict(submission: Any, name: str) -> None:
    """What it holds decides, and nothing of its class is asked."""
    agree("gradients", getattr(submission, name)(), {"x": np.ones(2)})
    with pytest.raises(Mismatch, match=r"`gradients\[\"x\"\]\[0\]` is wrong"):
        agree("gradients", getattr(submission, name)(), {"x": np.array([2.0, 1.0])})


def test_a_named_tuple_counts_as_a_tuple(submission: Any) -> None:
    """It can be taken apart and compared."""
    x, w = unpack(submission.pair(), "x", "w", of="pair")
    agree("x", x, np.ones(2))
    agree("pair", (x, w), (np.ones(2), 3.0))


def test_a_class_cannot_change_what_is_in_it(submission: Any) -> None:
    """The items are those of the tuple itself, whatever its class says they are."""
    assert unpack(submission.longer(), "a", "b", of="longer") == (1.0, 2.0)


def test_it_goes_back_as_what_it_was(submission: Any) -> None:
    """A cache of a class of its own still has its names in backward."""
    _, cache = unpack(submission.forward(np.ones(2)), "out", "cache", of="forward")
    agree("dx", submission.backward(np.ones(2), cache), np.full(2, 5.0))


def test_one_that_holds_itself_is_refused(submission: Any) -> None:
    """Nesting without end ends in a reason, not in our memory."""
    with pytest.raises(Exception, match="nested"):
        submission.endless()
