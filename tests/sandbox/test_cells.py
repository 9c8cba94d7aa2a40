"""The cells of a notebook run as in Jupyter, as far as a graded notebook needs it."""

from __future__ import annotations

import base64
import struct
from typing import Any

import nbformat.v4
import pytest

from tests.sandbox.conftest import Load


def outputs(load: Load, *sources: str, **limits: Any) -> list[dict[str, Any]]:
    """The outputs of the last cell, which did not fail."""
    run = load(*sources, **limits).runs[-1]
    assert run.failure is None, run.failure
    return run.outputs


def text(load: Load, *sources: str, **limits: Any) -> str:
    (only,) = outputs(load, *sources, **limits)
    return str(only["text"])


class TestOutputs:
    def test_streams_in_order(self, load: Load) -> None:
        """What is printed is collected in order, one output for each run of a stream."""
        source = "import sys\nprint('a')\nprint('b', 1)\nprint('c', file=sys.stderr)\nprint('d')"
        kept = [(each["name"], each["text"]) for each in outputs(load, source)]
        assert kept == [("stdout", "a\nb 1\n"), ("stderr", "c\n"), ("stdout", "d\n")]

    def test_the_value_of_the_last_line(self, load: Load) -> None:
        """The last expression is the cell's result, numbered like the cell."""
        (result,) = outputs(load, "x = 1", "x + 1")
        assert result == {
            "output_type": "execute_result",
            "execution_count": 2,
            "data": {"text/plain": "2"},
            "metadata": {},
        }

    @pytest.mark.parametrize("source", ["1;", "None", "x = 3", "# nothing", ""])
    def test_no_result(self, load: Load, source: str) -> None:
        """A semicolon, None, an assignment and an empty cell show nothing."""
        assert outputs(load, source) == []

    def test_display(self, load: Load) -> None:
        """`display` shows the plain text of an object, and no HTML."""
        source = "from IPython.display import HTML, display\ndisplay([1], HTML('<b>x</b>'))"
        shown = [each["data"] for each in outputs(load, source)]
        assert shown == [{"text/plain": "[1]"}, {"text/plain": "<IPython.core.display.HTML object>"}]

    @pytest.mark.parametrize(
        "source",
        [
            "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\nplt.show()",
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
            "import matplotlib.pyplot as plt\n%matplotlib notebook\nplt.plot([1, 2]);",
        ],
        ids=["show", "inline", "other backend"],
    )
    def test_a_figure_is_a_png(self, load: Load, source: str) -> None:
        """A figure arrives as the bytes of a PNG of its size."""
        (figure,) = outputs(load, source)
        raw = base64.b64decode(figure["data"]["image/png"])
        width, height = struct.unpack(">II", raw[16:24])
        assert raw.startswith(b"\x89PNG\r\n\x1a\n")
        assert width > 300
        assert height > 200

    def test_every_output_is_a_notebook_output(self, load: Load) -> None:
        """nbformat accepts what is kept."""
        source = "print(1)\nimport matplotlib.pyplot as plt\nplt.plot([1]); plt.show()\ndisplay(2)\n1/0"
        runs = load(source, "3").runs
        cells = [nbformat.v4.new_code_cell(run.cell.source, outputs=run.outputs) for run in runs]
        nbformat.validate(nbformat.v4.new_notebook(cells=cells))
        assert [len(run.outputs) for run in runs] == [4, 1]

    def test_too_much_text_is_cut_and_counted(self, load: Load) -> None:
        """Text beyond the limit is dropped, and the cell says how much."""
        kept = outputs(load, "print('x' * 5000, end='')", output_kb=2)
        assert [each["text"] for each in kept] == ["x" * 2048, "\n[2952 more bytes of output were dropped]\n"]

    def test_text_written_past_python_is_no_output(self, load: Load) -> None:
        """Bytes written to the descriptor itself go nowhere."""
        assert text(load, "import os\nos.write(1, b'raw'); os.write(2, b'raw'); print('seen')") == "seen\n"

    def test_escape_sequences_are_removed(self, load: Load) -> None:
        """Control characters do not reach the notebook."""
        assert text(load, r"print('\x1b[31mred\x07 \u202egnitirw')") == "[31mred gnitirw\n"

    def test_paths_of_the_grading_machine_are_cut(self, load: Load) -> None:
        """A traceback names files of packages, not where they are installed."""
        run = load("import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))").runs[0]
        trace = "\n".join(run.outputs[0]["traceback"])
        assert "numpy/linalg" in trace
        assert "site-packages" not in trace

    def test_prints_in_a_call_are_no_outputs(self, load: Load) -> None:
        """What a function prints while it is tested is not kept."""
        submission = load("def f():\n    print('x' * 1000)\n    return 1")
        assert submission.f() == 1
        assert submission.runs[0].outputs == []


class TestErrors:
    @pytest.mark.parametrize(
        ("source", "exception", "line"),
        [
            ("x = 1\n\ny = x / 0", "ZeroDivisionError", 3),
            ("\n\n\nundefined", "NameError", 4),
            ("def f(:\n    pass", "SyntaxError", 1),
            ("x = 1\nif x:\nprint(x)", "IndentationError", 3),
            ("import scipy_is_not_here", "ModuleNotFoundError", 1),
            ("open('no such file')", "FileNotFoundError", 1),
            ("raise SystemExit(0)", "SystemExit", 1),
            ("x = 2\nexit()", "SystemExit", 2),
            ("raise KeyboardInterrupt", "KeyboardInterrupt", 1),
            ("class E(ValueError): pass\nraise E('x')", "ValueError", 2),
            ("x = 1\nassert x == 2", "AssertionError", 2),
            ("input('How many layers? ')", "RuntimeError", 1),
            ("import getpass\ngetpass.getpass()", "RuntimeError", 2),
        ],
    )
    def test_a_cell_that_fails(self, load: Load, source: str, exception: str, line: int) -> None:
        """The failure names type and line, the notebook shows the error, and the next cell is run."""
        submission = load("before = 1", source, "def f(): return before")
        failed = submission.runs[1]
        assert failed.failure is not None
        assert (failed.failure.exception, failed.failure.cell, failed.failure.line) == (exception, "cell 2", line)
        assert [each["output_type"] for each in failed.outputs] == ["error"]
        assert submission.f() == 1

    def test_input_says_what_to_do(self, load: Load) -> None:
        """`input` has a message of its own."""
        failure = load("x = input()").runs[0].failure
        assert failure is not None
        assert "write the value into the cell" in failure.detail

    def test_a_deep_recursion_has_a_short_traceback(self, load: Load) -> None:
        """A traceback of thousands of frames is cut in the middle."""
        (error,) = load("def f(): return f()\nf()").runs[0].outputs
        assert error["ename"] == "RecursionError"
        assert len(error["traceback"]) <= 110


class TestJupyterHabits:
    @pytest.mark.parametrize(
        "source",
        [
            "%matplotlib inline",
            "%load_ext autoreload\n%autoreload 2",
            "%config InlineBackend.figure_format = 'retina'",
            "%%capture\nprint('hidden')",
            "\n%%capture\nprint('hidden')",
            "import warnings\nwarnings.filterwarnings('ignore')",
            "import numpy as np\nnp.set_printoptions(precision=3)",
        ],
    )
    def test_magics_that_work(self, load: Load, source: str) -> None:
        """The magics of a course notebook run without a word."""
        assert outputs(load, source) == []

    @pytest.mark.parametrize("source", ["pwd", "whos", "pwd  \n"])
    def test_magics_without_a_sign(self, load: Load, source: str) -> None:
        """A line that is Python, too, is the magic of that name where nothing else has it."""
        assert load(source).runs[0].failure is None

    def test_a_warning_is_told_once(self, load: Load) -> None:
        """To look whether a cell is Python does not repeat what Python says of it."""
        loud, cell = "import warnings\nwarnings.simplefilter('always')", "x = 1\ny = '\\d'"
        as_python, as_ipython = (load(loud, source).runs[1].outputs for source in (cell, f"{cell}\n%matplotlib inline"))
        assert len(as_python) == 1
        assert as_python == as_ipython

    @pytest.mark.parametrize("source", ["%timeit -n 1 -r 1 1 + 1", "%time x = 1", "%%time\nx = 1"])
    def test_timing(self, load: Load, source: str) -> None:
        """Timing works."""
        assert "s" in text(load, source)

    @pytest.mark.parametrize(
        "source", ["!ls", "!pip install torch", "%pip install torch", "files = !ls\nassert len(files) == 0"]
    )
    def test_shell_commands_are_not_run_and_the_cell_goes_on(self, load: Load, source: str) -> None:
        """A shell command costs nothing: the cell says that it was not run, and its other lines are."""
        submission = load(f"before = 1\n{source}\nafter = 2")
        (run,) = submission.runs
        assert run.failure is None
        assert submission.has("after")
        assert run.outputs[0]["name"] == "stderr"
        assert "was not run" in run.outputs[0]["text"]
        assert "numpy, matplotlib and Python's own modules are there" in run.outputs[0]["text"]

    @pytest.mark.parametrize(
        "source",
        [
            "x = 3",
            "In [1]: x = 3",
            "  In [1]: x = 3",
            ">>> x = 3",
            ">>> if True:\n...     x = 3",
            "    x = 3",
            "x = 3\n%matplotlib inline",
            "x = 3\nif x:\n  %matplotlib inline",
            "pass\n>>> x = 3",
            "x = 3\nx?",
            "x = 3  # why?\ny = 4",
            "a = %pwd\nx = 3",
            "x = 3\n",
            "x = 3\n\n\n",
            "\n" * 100_000 + "x = 3",
            "x = 3" + " \n" * 100_000,
            "x = (1 +\n\n2)\n",
            "x = 3\r\ny = 4",
            "a =%pwd\nx = 3",
            "x = 7 %4\ny = 1",
            "x = [\n3\n][0]  # %time",
            "x = 3 if '''\n%time\n''' else 4",
        ],
    )
    def test_cells_are_read_as_in_jupyter(self, load: Load, source: str) -> None:
        """What IPython makes of a cell is made of it, whether or not it is Python already."""
        assert text(load, source, "print(x)") == "3\n"

    @pytest.mark.parametrize("source", ["awaited = 3\nx = awaited", "x = 3\n# await nobody", "x = 3  # async\ny = 4"])
    def test_cells_that_only_speak_of_waiting(self, load: Load, source: str) -> None:
        """The words alone change nothing."""
        assert text(load, source, "print(x)") == "3\n"

    @pytest.mark.parametrize("source", ["import asyncio\nawait asyncio.sleep(0)", "async for x in f():\n    pass"])
    def test_cells_that_wait(self, load: Load, source: str) -> None:
        """Waiting outside of a function is Python here, as in Jupyter, though there is no event loop."""
        failure = load(source).runs[0].failure
        assert failure is not None
        assert failure.exception == "PermissionError"

    def test_an_unknown_magic_costs_its_cell_only(self, load: Load) -> None:
        """A magic that is not there is an error of its cell."""
        submission = load("%no_such_magic", "x = 1")
        assert submission.runs[0].failure is not None
        assert submission.has("x")

    @pytest.mark.parametrize(
        "source",
        [
            "from autograder import check\ncheck('sigmoid')",
            "import autograder\nautograder.progress()\nautograder.hint('x', level=2)",
            "from autograder import anything_else as f\nf(1, 2, x=3)",
            "from autograder.datasets import mnist\nmnist()",
        ],
    )
    def test_the_framework_has_nothing_to_say(self, load: Load, source: str) -> None:
        """What a notebook imports from `autograder` is there and does nothing."""
        assert outputs(load, source) == []

    def test_the_framework_itself_is_not_there(self, load: Load) -> None:
        """None of the names is the real module."""
        submission = load("import autograder, sys\ndef f(): return hasattr(autograder, '__file__'), autograder.grade()")
        assert submission.f() == (False, None)

    def test_help_and_docstrings(self, load: Load) -> None:
        """`help` and `f?` work."""
        assert "Adds one." in text(load, "def f(x):\n    'Adds one.'\nhelp(f)")

    def test_source_of_a_cell_is_there_for_inspect(self, load: Load) -> None:
        """`inspect.getsource` finds the functions of a cell."""
        assert "return 7" in text(load, "import inspect\ndef f():\n    return 7\nprint(inspect.getsource(f))")

    def test_numpy_warnings_are_shown_and_cost_nothing(self, load: Load) -> None:
        """A RuntimeWarning goes to stderr."""
        shown = outputs(load, "import numpy as np\nnp.array([1.0]) / 0")
        assert "RuntimeWarning" in shown[0]["text"]
        assert shown[1]["data"]["text/plain"] == "array([inf])"

    @pytest.mark.parametrize(
        "strict", ["import warnings\nwarnings.simplefilter('error')", "import numpy as np\nnp.seterr(all='raise')"]
    )
    def test_warnings_as_errors_end_with_the_cells(self, load: Load, strict: str) -> None:
        """A call brings its value, also where the notebook has turned warnings into errors."""
        submission = load(strict, "import numpy as np\ndef f(x): return np.log(x)")
        assert submission.f(0.0) == -float("inf")
