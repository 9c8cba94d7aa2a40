"""Numbers on the way are asked for past whatever a submission made of numpy."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.compare import quietly
from autograder.errors import Mismatch
from tests.sandbox.conftest import Load

OVERFLOWS = """
import numpy as np

def f(x):
    return 1 / (1 + np.exp(-x))

def geterr():
    return np.geterr()
"""

NOTHING = """
class Nothing:
    def __init__(self, **settings):
        pass
    def __enter__(self):
        return self
    def __exit__(self, *error):
        pass

"""

REBOUND = {
    "errstate": "np.errstate = Nothing",
    "its methods": "np.errstate.__enter__ = lambda self: None\nnp.errstate.__exit__ = lambda self, *error: None",
    "seterr": "np.seterr = lambda **settings: {}",
    "its code": "np.seterr.__code__ = (lambda all=None, divide=None, over=None, under=None, invalid=None: {}).__code__",
    "what it uses": """
import numpy._core._ufunc_config as settings

usual = settings._make_extobj
settings._make_extobj = lambda **asked: usual(all="ignore")
""",
}

FAR = np.array([-1000.0, 1000.0])


@pytest.mark.parametrize("rebound", REBOUND.values(), ids=REBOUND)
def test_names_of_numpy_do_not_matter(load: Load, rebound: str) -> None:
    """An overflow is seen by whoever asks for it, whatever these names stand for."""
    submission = load(OVERFLOWS + NOTHING + rebound)
    with pytest.raises(Mismatch, match="numpy warns when `f`"):
        quietly(submission, "f", FAR)


def test_other_calls_are_not_strict(load: Load) -> None:
    """Before and after, and where a call has failed, numbers are nobody's affair."""
    submission = load(OVERFLOWS)
    for _ in range(2):
        assert np.array_equal(submission.f(FAR), [0.0, 1.0])
        with pytest.raises(Mismatch):
            quietly(submission, "f", FAR)
    assert set(submission.geterr().values()) == {"ignore"}
    with submission.strict_numbers():
        assert submission.geterr() == {"divide": "raise", "over": "raise", "invalid": "raise", "under": "ignore"}


def test_who_silences_numpy_in_the_function_says_so(load: Load) -> None:
    """To switch the warning off there is the student's own decision, and their code shows it."""
    quiet = "def f(x):\n    with np.errstate(over='ignore'):\n        return 1 / (1 + np.exp(-x))"
    assert np.array_equal(quietly(load(OVERFLOWS, quiet), "f", FAR), [0.0, 1.0])
