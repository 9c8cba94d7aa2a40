"""Students whose solutions are right, each in a style of their own."""

from __future__ import annotations

from nbformat import NotebookNode

from tests.corpus.recipes import FULL, Material, Recipe, added, in_style

_CHATTY_CELLS = (
    'print("it works so far!")\nsigmoid_forward(np.array([1.0, 2.0]))',
    "%timeit -n 3 -r 1 sigmoid_forward(np.linspace(-1, 1, 50))",
    'import warnings\nwarnings.warn("careful")\nnp.log(np.zeros(3))\nnp.array([1.0]) / 0',
    'plt.plot(np.linspace(-5, 5), sigmoid_forward(np.linspace(-5, 5))[0])\nplt.title("my sigmoid")\nplt.show()',
    "!pip install numpy",
    'import sys\nprint("a word on stderr", file=sys.stderr)',
    'answer = input("continue? ")',
    'table = np.loadtxt("my_table.csv")',
    "for step in range(3):\n    print(step, np.random.rand())",
)

_OWN_HELPER = '''def σ(x):
    """my sigmoid"""
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


def through(dout, slope):
    return np.asarray(dout) * slope'''

_WITH_HELPER = {
    "sigmoid_forward": "def sigmoid_forward(x):\n    x = np.asarray(x)\n    return σ(x), x",
    "sigmoid_backward": "def sigmoid_backward(dout, cache):\n    return through(dout, σ(cache) * σ(-cache))",
    "relu_backward": "relu_backward = lambda dout, cache: through(dout, 1.0 * (np.asarray(cache) > 0))",
    "neuron_circuit": '''def neuron_circuit(w, x):
    """f, dw, dx"""
    w, x1 = np.asarray(w, float), np.array([*x, 1.0])
    f = σ(w @ x1)
    both = np.outer(f * σ(-(w @ x1)), [*x1, *w[:2]])[0]
    return f, both[:3], both[3:]''',
}


def _chatty(material: Material) -> NotebookNode:
    return added(material.solved(), *_CHATTY_CELLS, after="sigmoid_forward")


def _with_helper(material: Material) -> NotebookNode:
    nb = added(material.solved(**_WITH_HELPER), _OWN_HELPER)
    nb.cells.append(nb.cells[0].copy())
    nb.cells[-1] |= {"source": "I liked number 14 best.", "id": "own-words"}
    return nb


RECIPES = (
    Recipe(
        student="ada",
        about="solves everything as the reference does",
        make=lambda material: material.solved(),
        scores=FULL,
    ),
    Recipe(
        student="boris",
        about="writes loops over entries and fills arrays",
        make=lambda material: in_style(material, "loops"),
        scores=FULL,
    ),
    Recipe(
        student="carla",
        about="writes terse numpy with einsum, and relu'(0) is 0 here and one half there",
        make=lambda material: in_style(material, "einsum"),
        scores=FULL,
    ),
    Recipe(
        student="dmitri",
        about="keeps caches as dicts, functions and objects of a class of his own",
        make=lambda material: in_style(material, "caches"),
        scores=FULL,
    ),
    Recipe(
        student="elena",
        about="returns Python floats and lists",
        make=lambda material: in_style(material, "lists"),
        scores=FULL,
    ),
    Recipe(
        student="farid",
        about="prints, plots, times, warns, waits for input, installs packages and reads a file that is not there",
        make=_chatty,
        scores=FULL,
        harmless=False,
    ),
    Recipe(
        student="greta",
        about="has helpers of her own in an added cell, one with a Greek name, a lambda, and a closing remark",
        make=_with_helper,
        scores=FULL,
    ),
)
