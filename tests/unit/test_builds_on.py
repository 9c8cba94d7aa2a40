"""Which answers build on which, and the one that is to be mended first."""

from __future__ import annotations

import pytest

from autograder.builds_on import amended, below, culprits, remark
from autograder.diagnosis import ADVICE

CALLS = {
    "train": {"loss", "predict", "np"},
    "loss": {"gate_forward", "gate_backward", "helper"},
    "predict": {"gate_forward"},
    "helper": {"softmax", "helper"},
    "softmax": set(),
    "gate_forward": set(),
    "gate_backward": {"cache"},
    "even": {"odd"},
    "odd": {"even"},
    "relu": set(),
    "relu_forward": set(),
    "neuron": {"relu"},
}


def mentioned(name: str) -> set[str]:
    """Return what the code of a name looks up, of all that is defined."""
    return CALLS.get(name, set()) & CALLS.keys()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("train", {"loss", "predict", "helper", "softmax", "gate_forward", "gate_backward"}),
        ("predict", {"gate_forward"}),
        ("helper", {"softmax"}),
        ("gate_backward", {"gate_forward"}),
        ("gate_forward", set()),
        ("even", {"odd"}),
        ("neuron", {"relu"}),
        ("nobody", set()),
    ],
)
def test_what_lies_below(name: str, expected: set[str]) -> None:
    """Calls lead on through helpers and in circles, to no name that is defined nowhere, and to the pair's forward."""
    assert below(name, mentioned) == expected


@pytest.mark.parametrize(
    ("question", "wrong", "expected"),
    [
        ("train", {"train"}, []),
        ("train", {"train", "loss"}, ["loss"]),
        ("train", {"train", "loss", "gate_forward"}, ["gate_forward"]),
        ("train", {"train", "predict", "softmax"}, ["predict", "softmax"]),
        ("loss", {"loss", "predict", "train"}, []),
        ("gate_backward", {"gate_backward", "gate_forward"}, ["gate_forward"]),
        ("gate_forward", {"gate_backward", "gate_forward"}, []),
        ("even", {"even", "odd"}, ["odd"]),
    ],
)
def test_culprits(question: str, wrong: set[str], expected: list[str]) -> None:
    """They are those that are wrong and build on no other wrong answer."""
    assert culprits(question, mentioned, wrong) == expected


def test_a_long_chain_takes_no_time() -> None:
    """A hundred thousand functions, each of which calls the next, are followed to the end at once."""
    looked: list[str] = []

    def chain(name: str) -> list[str]:
        looked.append(name)
        return [str(int(name) + 1)] if int(name) < 100_000 else []

    assert culprits("0", chain, {"0", "50000", "100000"}) == ["100000"]
    assert len(looked) == 100_001 + 50_001 + 1


def test_remark() -> None:
    """One name or several make a sentence."""
    assert remark("f", ["g"]) == "`f` builds on your `g`, which is not right yet: mend that one first."
    assert remark("f", ["g", "h"]) == "`f` builds on your `g` and `h`, which are not right yet: mend those first."


MENDED = "`f` builds on your `g`, which is not right yet: mend that one first."


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (f"`out` is wrong. {ADVICE}", f"`out` is wrong. {MENDED}"),
        (f"`out` is wrong. {ADVICE} You have 1, expected 2.", f"`out` is wrong. You have 1, expected 2. {MENDED}"),
        ("`out` is NaN.", f"`out` is NaN. {MENDED}"),
        ("", MENDED),
        (
            "`f` raised ValueError in your line 3: `a  = b`.",
            f"`f` raised ValueError in your line 3: `a  = b`. {MENDED}",
        ),
        ("`g` raised ValueError in your line 3: `a  = b`.", "`g` raised ValueError in your line 3: `a  = b`."),
    ],
)
def test_a_message_is_amended(message: str, expected: str) -> None:
    """The advice to search in the wrong place gives way; where the message names the culprit itself all stays."""
    assert amended(message, "f", ["g"]) == expected
    assert amended(message, "f", []) == message
    assert amended(expected, "f", ["g"]) == expected


def test_a_sentence_of_earlier_goes() -> None:
    """Where other answers are wrong by now, the message says so, and what follows stays."""
    earlier = f"`out` is wrong. {MENDED} `f` is defined twice."
    assert amended(earlier, "f", []) == "`out` is wrong. `f` is defined twice."
    assert amended(earlier, "f", ["h"]).count("builds on") == 1
