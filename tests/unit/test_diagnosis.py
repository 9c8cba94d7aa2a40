"""One message says what happened, where, and what to look at; for a hidden test it gives nothing away."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from autograder.compare import agree, unchanged, unpack
from autograder.diagnosis import Diagnosis, diagnose, is_doubtful
from autograder.errors import CallFailed, Mismatch
from autograder.misconceptions import Misconception

RIGHT = np.array([[0.31415, -2.71828, 1.41421], [1.73205, -0.57721, 1.61803]])
KNOWN = Misconception("relu_backward", "forgot_the_mask", "Which inputs did ReLU let through?", max)
HINTLESS = "Work it out by hand for a small input and follow your code line by line."


def mismatch(got: Any, expected: Any = RIGHT, name: str = "dx", **options: Any) -> Mismatch:
    """Return the mismatch of two values."""
    with pytest.raises(Mismatch) as caught:
        agree(name, got, expected, **options)
    return caught.value


def message(problem: Mismatch | CallFailed, *, hidden: bool = True, **options: Any) -> str:
    """Return the message for a problem in the question `relu_backward`."""
    return diagnose(problem, question="relu_backward", hidden=hidden, **options).message


def failed(kind: Any, reason: str = "ran longer than 5 s", **options: Any) -> CallFailed:
    """Return a failed call of relu_backward."""
    return CallFailed(options.pop("name", "relu_backward"), kind, reason, **options)


@pytest.mark.parametrize(
    ("got", "options", "name", "text"),
    [
        (
            4 * RIGHT,
            {"factors": {"N": 4}},
            "constant factor",
            "`dx` is N times too large: did you forget to divide by N?",
        ),
        (-RIGHT, {}, "sign", "`dx` has the wrong sign."),
        (
            RIGHT * 0,
            {},
            "zero",
            "`dx` is zero everywhere: is it never filled in, or multiplied by something that is 0?",
        ),
        (
            RIGHT.T,
            {},
            None,
            "`dx` has the axes of the expected shape swapped: is there one transpose too many or too few?",
        ),
        (None, {}, None, "`dx` is None: did you forget `return`?"),
        (
            RIGHT > 0,
            {},
            None,
            (
                "`dx` holds True and False where numbers are expected: convert them with `astype`, or multiply by this "
                "mask."
            ),
        ),
        (RIGHT**2, {}, None, f"All entries of `dx` are wrong, most of all `dx[0, 1]`. {HINTLESS}"),
        (
            np.where(RIGHT > 1.5, 0.1, RIGHT),
            {},
            None,
            f"Some entries of `dx` are wrong, most of all `dx[1, 0]`. {HINTLESS}",
        ),
        (
            np.where(RIGHT > 1.7, np.nan, RIGHT),
            {},
            None,
            "`dx[1, 0]` is NaN. Look for 0/0, the log of 0, or an overflow.",
        ),
        (
            np.where(RIGHT > 1.7, np.nan, RIGHT),
            {"inputs": {"x": 1000 * RIGHT}},
            "overflow",
            "`dx` is not finite where `x` is large: does an `exp` overflow there?",
        ),
    ],
)
def test_messages_for_wrong_values(got, options, name, text):
    """A probe that fits gives the message, otherwise what differs first and where."""
    problem = mismatch(got, **options)
    assert diagnose(problem, question="relu_backward", hidden=True) == Diagnosis(name, text)


@pytest.mark.parametrize("hidden", [True, False])
def test_huge_numbers_are_compared_in_silence(hidden):
    """What numpy would warn of, when numbers of opposite sign are as large as can be, is nobody's affair."""
    problem = mismatch(np.full(3, 1e308), np.array([1e308, -1e308, 1e-300]))
    assert message(problem, hidden=hidden).startswith("Some entries of `dx` are wrong")


def test_a_wrong_number():
    """A single number has no entries to speak of."""
    assert message(mismatch(3.0, 2.0, "loss")) == f"`loss` is wrong. {HINTLESS}"
    assert message(mismatch(3.0, 2.0, "loss"), hidden=False).endswith(" You have 3, expected 2.")


def test_a_wrong_entry_in_a_dict():
    """Message and numbers are about the entry that the path leads to."""
    problem = mismatch({"W": RIGHT, "b": [1.0, 5.5]}, {"W": RIGHT, "b": [1.0, 2.0]}, "grads")
    text = message(problem, hidden=False)
    assert text.startswith('Some entries of `grads["b"]` are wrong, most of all `grads["b"][1]`.')
    assert text.endswith("You have 5.5, expected 2.")


def test_a_known_misconception():
    """Where a misconception matches, its name and hint take the place of the probe."""
    found = diagnose(mismatch(4 * RIGHT, factors={"N": 4}), question="relu_backward", hidden=True, misconception=KNOWN)
    assert found == Diagnosis("forgot_the_mask", "`dx[0, 1]` is wrong. Which inputs did ReLU let through?")


@pytest.mark.parametrize("hidden", [True, False])
def test_a_known_misconception_that_raises(hidden):
    """A slip that ends in an exception has a hint, too, and nobody is sent to look for something else."""
    failure = failed("raised", exception="IndexError", reason="", detail="")
    found = diagnose(failure, question="relu_backward", hidden=hidden, misconception=KNOWN)
    assert found == Diagnosis("forgot_the_mask", f"`relu_backward` raised IndexError. {KNOWN.hint}")


@pytest.mark.parametrize(
    ("got", "said"),
    [(RIGHT.T, "`dx` has the axes of the expected shape swapped."), (None, "`dx` is None.")],
)
def test_a_known_misconception_answers_the_question(got, said):
    """What is asked where nothing is known is not asked where the slip is."""
    found = diagnose(mismatch(got), question="relu_backward", hidden=True, misconception=KNOWN)
    assert found.message == f"{said} {KNOWN.hint}"


TWICE, OTHER = mismatch(6.0, 3.0, "loss"), mismatch(3.3, 3.0, "loss")
ROW = mismatch(RIGHT + np.array([[1.0], [0.0]]))


@pytest.mark.parametrize(
    ("error", "errors", "doubtful"),
    [
        (TWICE, [TWICE, OTHER, OTHER, OTHER, OTHER], True),
        (TWICE, [TWICE, OTHER, OTHER, OTHER], False),
        (TWICE, [TWICE, TWICE, OTHER, OTHER, OTHER, OTHER], False),
        (TWICE, [TWICE, OTHER, OTHER], False),
        (TWICE, [TWICE, *[mismatch(3.3, 3.0, "dw")] * 4], False),
        (TWICE, [TWICE, OTHER, OTHER, failed("raised"), mismatch("text", 3.0, "loss")], False),
        (mismatch(-3.0, 3.0, "loss"), [mismatch(-3.0, 3.0, "loss"), TWICE, *[OTHER] * 3], True),
        (ROW, [ROW, *[mismatch(RIGHT**2)] * 4], False),
        (OTHER, [OTHER, *[TWICE] * 4], False),
        (failed("raised"), [failed("raised"), *[TWICE] * 4], False),
    ],
)
def test_what_chance_may_show_has_to_show_again(error, errors, doubtful):
    """Of five wrong losses, two have to be twice the right one before anything is called twice as large."""
    assert is_doubtful(error, errors) is doubtful


def test_a_doubtful_finding_is_left_out():
    """What is not said falls back to what differs."""
    assert message(TWICE, hidden=False).startswith("`loss` is twice as large")
    assert message(TWICE, hidden=False, doubtful=True) == f"`loss` is wrong. {HINTLESS} You have 6, expected 3."


def test_what_shows_nothing_more_names_the_check():
    """In a hidden test nobody can follow the numbers: its title says what does not hold. A probe says more."""
    title = "The slope is right for single numbers."
    assert message(mismatch(3.0, 2.0, "dx"), title=title) == f'`dx` is wrong. This check fails: "{title}"'
    assert message(mismatch(3.0, 2.0, "dx"), title=title, hidden=False).startswith(f"`dx` is wrong. {HINTLESS}")
    assert message(mismatch(-RIGHT), title=title) == "`dx` has the wrong sign."


@pytest.mark.parametrize(
    ("problem", "ending"),
    [
        (mismatch(RIGHT**2), "You have 7.38905, expected -2.71828."),
        (mismatch(RIGHT[:1]), "Its shape is (1, 3), expected (2, 3)."),
        (mismatch("text"), "It is of type `str`."),
        (mismatch(np.where(RIGHT > 1.7, np.nan, RIGHT)), "You have nan, expected 1.73205."),
        (mismatch({}, {"W": 1.0}), 'has no key "W".'),
    ],
)
def test_numbers_are_shown_where_the_test_is_visible(problem, ending):
    """A visible check shows the two numbers, the two shapes or the type."""
    assert message(problem, hidden=False).endswith(ending)


class Secret:
    """A handle whose type name carries something out of a hidden test."""

    is_handle = True
    type_name = "Leaked271828"


def test_type_names_are_shown_in_visible_checks_only():
    """The name of a class is the submission's own text."""
    assert message(mismatch(Secret()), hidden=False).endswith("It is of type `Leaked271828`.")
    assert "271828" not in message(mismatch(Secret()))


@pytest.mark.parametrize("got", [None, RIGHT > 0, True])
def test_a_type_that_is_plain_to_see_is_not_named(got):
    """The sentence says what it is."""
    assert "of type" not in message(mismatch(got), hidden=False)


INDEX_OR_ADVICE = r"dx\[[01], [012]\]|ax[ie]s [012]( and [012])?|0/0|log of 0|length 1|exactly 0|float32|float64"
LEAKY_VALUES = [
    RIGHT**2,
    RIGHT + 0.5,
    -RIGHT,
    RIGHT * 1.37,
    RIGHT[:, :1],
    RIGHT[0],
    RIGHT.ravel(),
    np.zeros((57, 83)),
    57.83,
    "57 and 83",
    None,
    [57.83] * 83,
    {"57": 83},
    Secret(),
    np.full((2, 3), np.nan),
    RIGHT.astype(int),
    RIGHT.astype(np.float32) * (1 + 1e-4),
    RIGHT.astype(complex),
    np.where(RIGHT > 0, 57.83, RIGHT),
]


@pytest.mark.parametrize("got", LEAKY_VALUES)
@pytest.mark.parametrize("misconception", [None, KNOWN])
def test_a_hidden_message_gives_nothing_away(got, misconception):
    """No digit in a hidden message but those of an index or an axis of the expected shape."""
    problem = mismatch(got, inputs={"x": RIGHT, "dout": RIGHT}, factors={"N": 57, "D": 83})
    for text in (problem.summary, message(problem, misconception=misconception)):
        rest = re.sub(
            r"dx\[[01], [012]\]|ax[ie]s [012]( and [012])?|0/0|log of 0|length 1|exactly 0|float32|float64", "", text
        )
        assert not re.search(r"\d", rest), text


@pytest.mark.parametrize("hidden", [True, False])
def test_structure_and_arguments(hidden):
    """What has a sentence of its own keeps it."""
    with pytest.raises(Mismatch) as caught:
        unpack(None, "out", "cache", of="relu_forward")
    assert message(caught.value, hidden=hidden) == (
        "`relu_forward` returned None, expected (out, cache): did you forget `return`?"
    )
    with pytest.raises(Mismatch) as caught:
        unchanged("dout", RIGHT, -RIGHT, of="relu_backward")
    assert message(caught.value, hidden=hidden) == (
        "`relu_backward` changed its argument `dout` in place: work on a copy."
    )


@pytest.mark.parametrize(
    ("got", "expected", "path"),
    [
        (None, None, "relu_backward"),
        ("text", RIGHT, "dx[0, 1]"),
        (RIGHT, None, "dx[0, 1]"),
        (RIGHT, RIGHT[0], "dx[0, 1]"),
        (RIGHT, RIGHT + 1, "dx"),
        (object(), object(), "dx[0, 1]"),
        ([[1.0], 2.0], RIGHT, "dx[0, 1]"),
    ],
)
@pytest.mark.parametrize("kind", ["structure", "type", "shape", "dtype", "nan", "value", "argument"])
@pytest.mark.parametrize("hidden", [True, False])
def test_a_mismatch_of_a_suite_of_its_own(got, expected, path, kind, hidden):
    """Whatever a suite puts into a Mismatch by hand, there is a message."""
    problem = Mismatch("dx", kind, "`dx` does not hold", path=path, got=got, expected=expected)
    assert message(problem, hidden=hidden).startswith(("`dx` ", "All entries", "Some entries"))


@pytest.mark.parametrize(
    ("failure", "options", "text"),
    [
        (
            failed("raised", exception="NotImplementedError", line=3),
            {"line_text": "raise NotImplementedError"},
            "`relu_backward` is not attempted yet: write its body in place of `raise NotImplementedError`.",
        ),
        (
            failed("raised", exception="ValueError", line=7),
            {"line_text": "    out = x @ w  "},
            (
                "`relu_backward` raised ValueError in your line 7: `out = x @ w`. "
                "Print the shapes of the arrays in this line and compare them."
            ),
        ),
        (
            failed("raised", exception="KeyError", line=2, cell="relu_forward"),
            {"line_text": 'out = x @ w["W"]'},
            (
                '`relu_backward` raised KeyError in line 2 of `relu_forward`: `out = x @ w["W"]`. '
                "Is the key spelled as it was when it was stored?"
            ),
        ),
        (
            failed("raised", exception="NameError", line=7),
            {},
            "`relu_backward` raised NameError in your line 7. Is the name spelled as it was defined, in a cell above?",
        ),
        (
            failed("raised"),
            {},
            "`relu_backward` raised an exception. Call it on a small input of your own to see why.",
        ),
        (
            failed("timeout", "the call ran longer than 5 s and was stopped"),
            {},
            (
                "`relu_backward`: the call ran longer than 5 s and was stopped. "
                "Look for a loop that does not end, or for far more work than is needed."
            ),
        ),
        (
            failed("missing"),
            {},
            "There is no function `relu_backward` in your notebook: was it renamed, or did its cell fail?",
        ),
        (
            failed("died", "the process was ended by the memory limit"),
            {},
            (
                "`relu_backward`: the process was ended by the memory limit. "
                "Look for `exit()`, endless recursion, or arrays that fill the memory."
            ),
        ),
        (
            failed("refused", "the answer was refused: the message is larger than allowed"),
            {},
            (
                "`relu_backward`: the answer was refused: the message is larger than allowed. "
                "Return plain numbers, arrays, lists, tuples or dicts of them."
            ),
        ),
        (
            failed("raised", name="relu_forward", exception="NotImplementedError"),
            {},
            (
                "`relu_backward` is checked together with `relu_forward`: `relu_forward` is not attempted yet: "
                "write its body in place of `raise NotImplementedError`."
            ),
        ),
        (
            failed("raised", exception="SyntaxError", line=2, advice="Put a colon at its end."),
            {"line_text": "if x"},
            (
                "The cell of `relu_backward` could not be run, because of a SyntaxError in your line 2: `if x`. "
                "Put a colon at its end."
            ),
        ),
        (
            failed("raised", exception="NameError", cell="cell 12", line=2, advice="`pd` is not there."),
            {},
            "`relu_backward` raised NameError in line 2 of cell 12. `pd` is not there.",
        ),
        (failed("missing", advice="There is `relu_backwards`."), {}, "There is `relu_backwards`."),
        (failed("refused", advice="It has `yield`."), {}, "It has `yield`."),
        (
            failed("raised", exception="NotImplementedError", line=4, advice="Delete the line."),
            {},
            "`relu_backward` raised NotImplementedError in your line 4. Delete the line.",
        ),
        (
            failed("raised", exception="FileNotFoundError"),
            {},
            (
                "`relu_backward` raised FileNotFoundError. No files can be read here but those of the assignment: "
                "write the numbers into the notebook."
            ),
        ),
        (
            failed("raised", name="relu_backward.forward", exception="KeyError"),
            {},
            "`relu_backward.forward` raised KeyError. Is the key spelled as it was when it was stored?",
        ),
    ],
)
def test_messages_for_failed_calls(failure, options, text):
    """Every kind of failure has a sentence that says what happened and what to look at."""
    assert diagnose(failure, question="relu_backward", hidden=True, **options) == Diagnosis(None, text)


@pytest.mark.parametrize("kind", ["raised", "timeout", "died", "refused", "missing"])
def test_text_of_an_exception_is_shown_in_visible_checks_only(kind):
    """What a submission wrote into an exception could be an input of the hidden test."""
    failure = failed(kind, detail="the input is\n2.71828\x1b[31m", exception="RuntimeError")
    assert "2.71828" not in message(failure)
    if kind == "raised":
        assert "It says: the input is 2.71828 [31m." in message(failure, hidden=False)


@pytest.mark.parametrize(
    "failure",
    [
        failed("raised", name="Leaked271828.forward", exception="TypeError"),
        failed("raised", exception="Leaked271828!"),
        failed("died", "the process ended itself with exit code 27"),
        failed("refused", "the answer was refused: too many separate values: 271828 bytes"),
        failed("missing", "there is no `Leaked271828.forward`", name="Leaked271828.forward"),
    ],
)
def test_a_hidden_failure_gives_nothing_away(failure):
    """Names of classes, exit codes and sizes are of the submission's choice and are left out."""
    assert "27" not in message(failure)


def test_long_lines_are_cut():
    """A line of source and a text of an exception are shown up to a length, on one line."""
    failure = failed("raised", exception="ValueError", line=1, detail="d" * 5000)
    text = message(failure, hidden=False, line_text="x" * 5000)
    assert len(text) < 500
    assert "\n" not in text


def test_an_address_is_not_shown() -> None:
    """Where an object lies in memory says nothing, and is something else each time."""
    failure = failed("raised", exception="KeyError", detail="KeyError: <given._Sum object at 0x7f063cb0a5d0>")
    message = diagnose(failure, question="relu_backward", hidden=False).message
    assert "It says: KeyError: <given._Sum object>. " in message


NUMBER = "A single number comes in here: `np.asarray(…)` makes an array of it."
NOTHING = "Something is None here: did a function of yours forget `return`?"


@pytest.mark.parametrize(
    ("exception", "detail", "advice", "otherwise"),
    [
        ("AttributeError", "'float' object has no attribute 'shape'", NUMBER, "Does the object have"),
        ("AttributeError", "'int' object has no attribute 'copy'", NUMBER, "Does the object have"),
        ("TypeError", "'float' object is not iterable", NUMBER, "Are the arguments"),
        ("TypeError", "object of type 'float' has no len()", NUMBER, "Are the arguments"),
        ("AttributeError", "'NoneType' object has no attribute 'T'", NOTHING, "Does the object have"),
        ("TypeError", "unsupported operand type(s) for *: 'NoneType' and 'int'", NOTHING, "Are the arguments"),
        ("AttributeError", "'Gate' object has no attribute 'x'", "Was it stored on the object", "Does the object have"),
        ("TypeError", "Cannot cast ufunc 'add' output from", "An array of integers", "Are the arguments"),
    ],
)
def test_what_other_exceptions_say_is_looked_at_where_it_may_be_shown(
    exception: str, detail: str, advice: str, otherwise: str
) -> None:
    """Their text is Python's or numpy's own; in a hidden test it has no say."""
    failure = failed("raised", exception=exception, detail=detail)
    assert advice in message(failure, hidden=False)
    assert otherwise in message(failure)


@pytest.mark.parametrize("hidden", [True, False])
def test_a_refusal_of_ones_own_is_told_from_one_of_numpy(hidden: bool) -> None:
    """Nobody looks at shapes where the line itself raises."""
    failure = failed("raised", exception="ValueError", cell="relu_backward", line=3, detail="no such label")
    assert "This line refuses what it gets" in message(failure, hidden=hidden, line_text='    raise ValueError("no")')
    assert "Print the shapes" in message(failure, hidden=hidden, line_text="    raised = x @ w")


@pytest.mark.parametrize(
    ("detail", "advice"),
    [
        ("The truth value of an array with more than one element is ambiguous.", "`np.where`, `np.maximum` or a mask."),
        ("not enough values to unpack (expected 2, got 1)", "names on the left as there are values on the right?"),
        ("operands could not be broadcast together", "Print the shapes of the arrays in this line and compare them."),
    ],
)
def test_what_a_value_error_says_is_looked_at_where_it_may_be_shown(detail: str, advice: str) -> None:
    """Where a test is hidden the text has no say in the message: a submission could choose it by what it was given."""
    failure = failed("raised", exception="ValueError", detail=detail)
    assert diagnose(failure, question="relu_backward", hidden=False).message.endswith(advice)
    hidden = diagnose(failure, question="relu_backward", hidden=True).message
    assert hidden.endswith("Print the shapes of the arrays in this line and compare them.")
