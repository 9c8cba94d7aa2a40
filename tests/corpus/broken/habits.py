"""What people do in a notebook, and what a grader has no keyboard, shell or file for."""

from __future__ import annotations

from tests.corpus.broken.recipe import Broken, with_cells

_CIRCUIT = "def circuit(x, y, z):\n    q = x + y\n    return q * z, (z, z, q)"


def _circuit(line: str) -> str:
    """Return the right answer with one line more at its beginning."""
    head, _, body = _CIRCUIT.partition("\n")
    return f"{head}\n    {line}\n{body}"


def _harmless(student: str, about: str, *sources: str, shows: str = "") -> Broken:
    """Return the recipe of a notebook whose own cells cost nothing."""
    return Broken(student=student, about=about, make=with_cells(*sources), shows=shows)


def _costs_circuit(student: str, about: str, source: str, says: str, outcome: str = "", own: str = "") -> Broken:
    """Return the recipe of a notebook in which one answer is odd, which costs its question."""
    return Broken(
        student=student,
        about=about,
        make=with_cells(*([own] if own else []), circuit=source),
        lost={"circuit": 0.0},
        outcomes={"circuit": outcome} if outcome else {},
        says={"circuit": says},
    )


RECIPES = (
    _harmless("input_in_a_cell", "waits for input in a cell", 'name = input("Who are you? ")', shows="nobody to ask"),
    _costs_circuit(
        "input_in_a_function",
        "waits for input in a function",
        _circuit('z = float(input("z? "))'),
        "nobody can be asked for input: write the value into the code",
    ),
    _costs_circuit(
        "input_in_the_answer",
        "waits for input in a solution cell, before the function",
        f'n = int(input("how many? "))\n\n{_CIRCUIT}',
        "nobody can be asked for input: write the value into the code",
    ),
    _harmless("password", "asks for a password", "import getpass\nkey = getpass.getpass()", shows="nobody to ask"),
    _harmless(
        "pip", "installs a package with the shell", "!pip install torch", shows="numpy, matplotlib and Python's own"
    ),
    _harmless(
        "pip_magic", "installs a package with a magic", "%pip install torch", shows="numpy, matplotlib and Python's"
    ),
    _harmless("timeit", "measures a line", "%timeit -n 2 -r 1 np.zeros(3)", shows="loop"),
    _harmless("inline", "asks for figures in the notebook", "%matplotlib inline\nplt.plot([1, 2])\nplt.show()"),
    _harmless("other_backend", "asks for figures in a window", "%matplotlib qt\nplt.plot([1, 2])\nplt.show()"),
    _harmless("timed_cell", "measures a cell", "%%time\nx = np.zeros(3)", shows="Wall time"),
    Broken(
        student="timed_answer",
        about="measures the cell with the answer",
        make=with_cells(circuit=f"%%time\n{_CIRCUIT}"),
    ),
    _costs_circuit(
        "written_to_a_file",
        "writes the answer into a file instead of running it",
        f"%%writefile circuit.py\n{_CIRCUIT}",
        "`%%writefile` puts the cell into a file and does not run it",
        "not gradable",
    ),
    _costs_circuit(
        "answer_in_the_shell",
        "begins the cell of an answer with %%bash",
        f"%%bash\n{_CIRCUIT}",
        "`%%bash`",
        "not gradable",
    ),
    _harmless("own_file", "writes a file in a cell", "%%writefile notes.txt\nReLU is max(0, x)."),
    _harmless("help", "asks for help", "?print", "np.zeros?", shows="Docstring"),
    _harmless("unknown_magic", "uses a magic of an extension that is not there", "%no_such_magic 3", shows="not found"),
    _harmless(
        "missing_file", "reads a file that is not there", "text = open('data.csv').read()", shows="FileNotFoundError"
    ),
    _harmless(
        "missing_array", "loads an array that is not there", "data = np.load('data.npy')", shows="FileNotFoundError"
    ),
    _costs_circuit(
        "missing_file_in_a_function",
        "reads a file that is not there in a function",
        _circuit("scale = np.loadtxt('scale.csv')"),
        "No files can be read here but those of the assignment: write the numbers into the notebook",
    ),
    _harmless("plots", "shows figures", "plt.plot([1, 2])\nplt.show()", "fig, ax = plt.subplots()\nax.plot([1])"),
    Broken(
        student="plots_in_a_function",
        about="shows a figure in a function",
        make=with_cells(circuit=_circuit("plt.plot([x, y]); plt.show()")),
    ),
    Broken(
        student="prints_a_lot",
        about="prints in every call",
        make=with_cells(circuit=_circuit("print('x is', x, 'and y is', y)")),
    ),
    _harmless("checks", "calls the checks in a cell of their own", "check('circuit')\nfor q in ['a', 'b']: check(q)"),
    Broken(
        student="checks_in_a_function",
        about="calls a check inside a function",
        make=with_cells(circuit=_circuit("check('circuit')")),
    ),
    _harmless("exits", "ends a cell with exit()", "exit()", "x = 1"),
    _harmless("quits", "ends a cell with quit", "quit()", "import sys\nsys.exit(0)", "raise SystemExit"),
    _costs_circuit(
        "exits_in_a_function", "calls exit() in a function", _circuit("exit()"), "Leave `exit()` and `quit()` out"
    ),
    _harmless("seeds", "sets the random seeds", "import random\nrandom.seed(0)\nnp.random.seed(0)"),
    _harmless("moves", "changes the folder", "import os\nos.chdir('/')", "os.chdir('data')", shows="FileNotFoundError"),
    _harmless(
        "warnings_as_errors",
        "turns warnings into errors",
        "import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')",
    ),
    Broken(
        student="warns_in_a_function",
        about="turns warnings into errors, and has a function that warns",
        make=with_cells(
            "import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')",
            circuit=_circuit("warnings.warn('careful'); np.log(np.zeros(1))"),
        ),
    ),
    _harmless(
        "recurses", "has a recursion without end in a cell", "def f():\n    return f()", "f()", shows="RecursionError"
    ),
    _costs_circuit(
        "recursion",
        "calls itself without end",
        "def circuit(x, y, z):\n    return circuit(x, y, z)",
        "call itself without end",
    ),
    _harmless("loops_once", "has a cell that divides by zero", "1 / 0", shows="ZeroDivisionError"),
    _harmless("torch", "imports PyTorch in a cell of their own", "import torch", shows="No module named 'torch'"),
    _costs_circuit(
        "torch_in_the_answer",
        "imports PyTorch in the cell of an answer",
        f"import torch\n\n{_CIRCUIT}",
        "only numpy, matplotlib and Python's own modules are there",
    ),
    _costs_circuit(
        "pandas",
        "uses pandas in a function",
        _circuit("import pandas as pd"),
        "only numpy, matplotlib and Python's own modules",
    ),
    _costs_circuit(
        "own_module",
        "imports a module from the folder at home",
        f"from my_layers import helper\n\n{_CIRCUIT}",
        "copy what you need of it into the notebook",
    ),
    _costs_circuit(
        "pandas_above",
        "imports pandas in a cell of their own, and uses it in a function",
        _circuit("x = float(pd.Series([x]).sum())"),
        "`pd` is not there, because the cell that defines it failed",
        own="import pandas as pd",
    ),
    _harmless("from_the_future", "imports from __future__", "from __future__ import annotations, print_function"),
    Broken(
        student="from_the_future_in_the_answer",
        about="imports from __future__ in the cell of an answer",
        make=with_cells(circuit=f"from __future__ import annotations\n\n{_CIRCUIT}"),
    ),
    _harmless("star_import", "imports all of numpy", "from numpy import *"),
)
