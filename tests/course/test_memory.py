"""What a suite worked with is free when it has judged a submission: a class of hundreds goes through one process."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.errors import CallFailed
from autograder.local import LocalSubmission
from tests.corpus.session import Bench, in_session

SEED = "0001"


class _Model:
    """A model that is no plain data."""

    def __init__(self) -> None:
        self.submission: Any = None


ANSWERS = {
    "a model that is an object": {
        "build_classifier": lambda *_: _Model(),
        "train_classifier": lambda model, *_: model,
        "predict_digits": lambda _, X: np.arange(len(X)) % 10,
    },
    "a training that raises": {"train_classifier": lambda *_: 1 / 0},
    "no labels": {"predict_digits": lambda *_: None},
}


def _holding(submission: LocalSubmission, build: Callable[[int], Any]) -> Callable[[int], Any]:
    """Return the function with models that hold their submission, as objects in a sandbox do."""

    def built(seed: int) -> Any:
        model = build(seed)
        if isinstance(model, _Model):
            model.submission = submission
        return model

    return built


@pytest.mark.usefixtures("mnist_folder")
@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS.keys())
def test_no_submission_outlives_its_judgement(answers: dict[str, Any]) -> None:
    """Whatever goes wrong with a model, the suite of mnist keeps no submission, nor the images that it was given."""

    def work(bench: Bench) -> list[int]:
        counts = []
        for _ in range(3):
            own = LocalSubmission({**vars(bench.reference), **answers})
            own._namespace["build_classifier"] = _holding(own, own._namespace["build_classifier"])
            for test in bench.tests("predict_digits"):
                bench._examiner.run(test.item, own, SEED)
            del own
            gc.collect()
            counts.append(sum(type(each) is LocalSubmission for each in gc.get_objects()))
        return counts

    counts = in_session(work, "mnist")
    assert counts == counts[:1] * 3


def test_what_a_test_raised_holds_nothing_else() -> None:
    """An error that is kept keeps no frames, of the error that it came from neither."""

    def fails(x: Any) -> Any:
        raise ValueError(x)

    def work(bench: Bench) -> Exception | None:
        own = LocalSubmission({**vars(bench.reference), "relu_forward": fails})
        (item, *_) = (test.item for test in bench.tests("relu_forward"))
        return bench._examiner.run(item, own, SEED)

    error = in_session(work)
    assert isinstance(error, CallFailed)
    assert isinstance(error.__cause__, ValueError)
    assert (error.__traceback__, error.__cause__.__traceback__) == (None, None)
