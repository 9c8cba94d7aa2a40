"""What a worker says is checked before anybody looks at it."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from autograder.errors import CallFailed, WireError
from autograder.images import MAX_PIXELS, MAX_SIDE
from autograder.sandbox import Cell, untrusted
from tests.pictures import claiming, picture

CELLS = (Cell("first", "x = 1\ny = 2"), Cell("second", "def f():\n    pass\n\nf()"))
PNG = picture("PNG")


def failed(**changes: Any) -> CallFailed:
    report = {"kind": "raised", "exception": "ValueError", "cell": 1, "line": 2, "text": "ValueError: no", **changes}
    return untrusted.failure("f", report, CELLS)


def shown(*outputs: Any, text_bytes: int = 100, dropped: Any = 0) -> list[dict[str, Any]]:
    room = untrusted.Room(text_bytes=1000)
    return untrusted.outputs({"outputs": list(outputs), "dropped": dropped}, text_bytes=text_bytes, room=room)


def bytes_as_array(data: bytes) -> np.ndarray[Any, Any]:
    return np.frombuffer(data, np.uint8)


class TestFailure:
    def test_says_type_and_place(self) -> None:
        """A known exception in an existing line is named with both."""
        failure = failed()
        assert (failure.kind, failure.exception, failure.cell, failure.line) == ("raised", "ValueError", "second", 2)
        assert str(failure) == "f: raised ValueError in the cell `second`, line 2"

    @pytest.mark.parametrize("name", ["ZeroDivisionError", "SystemExit", "LinAlgError", "AxisError", "RecursionError"])
    def test_well_known_exceptions_keep_their_names(self, name: str) -> None:
        """Types of Python and numpy are named."""
        assert failed(exception=name).exception == name

    @pytest.mark.parametrize(
        "name",
        [
            "dW is 3.25",
            "Exception: 3",
            "<b>",
            "os",
            "print",
            "int",
            "",
            None,
            3,
            ["ValueError"],
            b"ValueError",
            np.zeros(2),
        ],
    )
    def test_other_names_are_dropped(self, name: Any) -> None:
        """A name that a submission made up never appears."""
        failure = failed(exception=name)
        assert failure.exception is None
        assert failure.reason == "raised an exception in the cell `second`, line 2"

    @pytest.mark.parametrize(
        ("cell", "line"),
        [(2, 1), (-1, 1), (0, 3), (0, 0), (1, 10**9), (True, 1), (0, True), ("0", 1), (0, "1"), (None, 1), (0, None)],
    )
    def test_a_place_that_does_not_exist_is_dropped(self, cell: Any, line: Any) -> None:
        """Cell and line are named only where the notebook has such a line."""
        failure = failed(cell=cell, line=line)
        assert (failure.cell, failure.line, failure.reason) == (None, None, "raised ValueError")

    @pytest.mark.parametrize("text", [None, 3, ["x"], {"a": 1}, np.zeros(3)])
    def test_a_detail_that_is_no_text_is_dropped(self, text: Any) -> None:
        """Only text becomes the detail."""
        assert failed(text=text).detail == ""

    def test_a_detail_is_short_and_without_control_characters(self) -> None:
        """Escape sequences, direction marks and endless text are cut."""
        assert failed(text="\x1b[31mred\x00\u202e\ttab\nline").detail == "[31mred\ttab\nline"
        assert len(failed(text="x" * 100_000).detail) <= 4000

    def test_missing_and_refused(self) -> None:
        """The two other kinds have reasons of their own."""
        assert failed(kind="missing").reason == "there is no `f` in the notebook"
        assert failed(kind="no function").reason == "`f` in the notebook is no function"
        assert failed(kind="refused").kind == "refused"

    @pytest.mark.parametrize(
        "report", [None, "x", [], {}, *({"kind": kind} for kind in ("timeout", 3, ["raised"], np.zeros(2)))]
    )
    def test_what_is_no_report_is_refused(self, report: Any) -> None:
        """Anything else is a WireError: a worker cannot claim to have timed out."""
        with pytest.raises(WireError):
            untrusted.failure("f", report, CELLS)


class TestOutputs:
    def test_become_notebook_outputs(self) -> None:
        """Each kind gets the form that nbformat asks for."""
        result = shown(
            {"kind": "stream", "name": "stdout", "text": "hello"},
            {"kind": "execute_result", "count": 3, "text": "array([1])"},
            {"kind": "display_data", "text": "<Figure>", "png": bytes_as_array(PNG)},
            {"kind": "error", "name": "KeyError", "value": "'W'", "traceback": ["one", "two"]},
        )
        assert result == [
            {"output_type": "stream", "name": "stdout", "text": "hello"},
            {
                "output_type": "execute_result",
                "execution_count": 3,
                "data": {"text/plain": "array([1])"},
                "metadata": {},
            },
            {
                "output_type": "display_data",
                "data": {"text/plain": "<Figure>", "image/png": base64.b64encode(PNG).decode()},
                "metadata": {},
            },
            {"output_type": "error", "ename": "KeyError", "evalue": "'W'", "traceback": ["one", "two"]},
        ]

    @pytest.mark.parametrize(
        "image",
        [
            b"",
            "iVBORw0KGgo",
            PNG,
            bytes_as_array(b"GIF89a"),
            bytes_as_array(picture("GIF")),
            bytes_as_array(picture("JPEG")),
            bytes_as_array(PNG[:20]),
            bytes_as_array(b"\x89PNG\r\n\x1a\n" + bytes(40)),
            bytes_as_array(PNG).astype(np.int8),
            bytes_as_array(PNG).reshape(1, -1),
            bytes_as_array(PNG + bytes(untrusted.MAX_IMAGE_BYTES)),
            [137, 80],
        ],
        ids=[
            "bytes",
            "text",
            "png as bytes",
            "head of a gif",
            "gif",
            "jpeg",
            "cut off",
            "no size",
            "other dtype",
            "other shape",
            "huge",
            "list",
        ],
    )
    def test_only_png_bytes_are_a_figure(self, image: Any) -> None:
        """Anything but an array of the bytes of a PNG of sensible size is dropped."""
        assert shown({"kind": "display_data", "text": "t", "png": image})[0]["data"] == {"text/plain": "t"}

    @pytest.mark.parametrize(
        "extra", [{"text/html": "<script>"}, {"html": "<b>"}, {"metadata": {"a": 1}}, {"data": {}}]
    )
    def test_nothing_else_is_kept(self, extra: dict[str, Any]) -> None:
        """Other fields, HTML above all, are not taken over."""
        kept = shown({"kind": "display_data", "text": "t", **extra})
        assert kept == [{"output_type": "display_data", "data": {"text/plain": "t"}, "metadata": {}}]

    @pytest.mark.parametrize(
        "output",
        [
            {},
            {"kind": "new"},
            {"kind": np.zeros(3)},
            {"kind": "stream"},
            {"kind": "stream", "text": 3},
            {"kind": "stream", "name": np.zeros(3), "text": np.zeros(3)},
            {"kind": "display_data", "text": 1},
        ],
    )
    def test_empty_and_unknown_outputs_are_dropped(self, output: dict[str, Any]) -> None:
        """What has nothing to show is left out."""
        assert shown(output) == []

    def test_text_is_capped_over_all_outputs(self) -> None:
        """The bytes of a cell's text are counted together, also where a worker does not cap them."""
        kept = shown(*[{"kind": "stream", "name": "stderr", "text": "é" * 30}] * 4, text_bytes=100)
        assert [len(each["text"]) for each in kept] == [30, 20]
        assert {each["name"] for each in kept} == {"stderr"}

    def test_text_is_capped_over_all_cells(self) -> None:
        """The bytes of all cells are counted together as well."""
        room = untrusted.Room(text_bytes=50)
        report = {"outputs": [{"kind": "stream", "name": "stdout", "text": "x" * 40}]}
        sizes = [
            sum(len(each["text"]) for each in untrusted.outputs(report, text_bytes=100, room=room)) for _ in range(3)
        ]
        assert sizes == [40, 10, 0]

    def test_figures_are_capped_over_all_cells(self) -> None:
        """When the room for figures is used up, only their text is kept."""
        room = untrusted.Room(text_bytes=50, image_bytes=len(PNG))
        report = {"outputs": [{"kind": "display_data", "text": "t", "png": bytes_as_array(PNG)}] * 2}
        kept = untrusted.outputs(report, text_bytes=100, room=room)
        assert ["image/png" in each["data"] for each in kept] == [True, False]

    @pytest.mark.parametrize(
        ("width", "height", "size"),
        [
            (60_000, 50_000, "60,000 × 50,000 pixels"),
            (MAX_SIDE + 1, 1, "16,385 × 1 pixels"),
            (4000, MAX_PIXELS // 4000 + 1, "4,000 × 6,001 pixels"),
            ((1 << 32) - 1, (1 << 32) - 1, "4,294,967,295 × 4,294,967,295 pixels"),
        ],
    )
    def test_a_figure_that_claims_to_be_very_large(self, width: int, height: int, size: str) -> None:
        """A small file that a browser would unfold to gigabytes is left out, with a note beside its text."""
        bomb = bytes_as_array(claiming("PNG", width, height))
        (kept,) = shown({"kind": "display_data", "text": "<Figure>", "png": bomb}, text_bytes=1000)
        assert list(kept["data"]) == ["text/plain"]
        first, note = kept["data"]["text/plain"].splitlines()
        assert first == "<Figure>"
        assert note.startswith(f"[a figure of {size}, {bomb.nbytes} bytes was left out")
        (bare,) = shown({"kind": "display_data", "png": bomb}, text_bytes=1000)
        assert bare["data"] == {"text/plain": note}

    def test_the_largest_figure_is_kept(self) -> None:
        """The bound itself is no more than is allowed."""
        largest = bytes_as_array(claiming("PNG", 4000, MAX_PIXELS // 4000))
        assert list(shown({"kind": "display_data", "png": largest})[0]["data"]) == ["image/png"]

    def test_pixels_are_capped_over_all_cells(self) -> None:
        """Many figures of many pixels are bounded, too, and the notes about them count as text."""
        room = untrusted.Room(text_bytes=150, image_pixels=12)
        report = {"outputs": [{"kind": "display_data", "text": "", "png": bytes_as_array(PNG)}] * 6}
        kept = untrusted.outputs(report, text_bytes=1000, room=room)
        assert ["image/png" in each["data"] for each in kept] == [True, True, False, False, False, False]
        notes = [each["data"]["text/plain"].strip() for each in kept[2:]]
        assert notes[0].startswith("[a figure of 3 × 2 pixels")
        assert sum(len(note.encode()) for note in notes) == 150

    def test_what_was_dropped_is_said(self) -> None:
        """The number of dropped bytes stands after the outputs."""
        assert shown(dropped=12)[-1]["text"] == "\n[12 more bytes of output were dropped]\n"

    @pytest.mark.parametrize("dropped", [None, "12", -3, True, 1.5, [1]])
    def test_a_number_of_dropped_bytes_that_is_none_is_ignored(self, dropped: Any) -> None:
        """Only a number above zero is believed to be one."""
        assert shown(dropped=dropped) == []

    @pytest.mark.parametrize("report", [None, [], {}, {"outputs": None}, {"outputs": [None]}, {"outputs": ["x"]}])
    def test_what_is_no_report_is_refused(self, report: Any) -> None:
        """A report of another form is a WireError."""
        with pytest.raises(WireError):
            untrusted.outputs(report, text_bytes=100, room=untrusted.Room(text_bytes=100))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Gate", "Gate"), ("<img src=x>", "imgsrcx"), ("", "object"), ("é…", "object"), ("a" * 99, "a" * 40)],
)
def test_type_names_are_identifiers(name: str, expected: str) -> None:
    """The name of a type is cut to identifier characters and to forty of them."""
    assert untrusted.type_name(name) == expected
