"""Attacks on whoever reads the pages, tables and logs: markup where there should be text."""

from __future__ import annotations

import json

from nbformat import NotebookNode

from autograder import notebook
from tests.corpus.attacks.making import cost, spoiled
from tests.corpus.attacks.recipe import FULL, NOTHING, SMUGGLED, Attack, Honest, Scene

_WORKS = "the word stands inside of a tag, a script or a style on a page, or on a line with control characters"

_HTML = (
    f"<script>{SMUGGLED}()</script><img src={SMUGGLED} onerror={SMUGGLED}()>",
    f"</pre></div><svg/onload={SMUGGLED}()><iframe srcdoc='<b>{SMUGGLED}</b>'></iframe>",
    f"<a href=\"javascript:{SMUGGLED}()\">x</a><style>@import '{SMUGGLED}'</style>",
    f"-->]]><!--<{SMUGGLED}><math><mtext><{SMUGGLED}>",
)
_TERMINAL = f"\x1b]0;{SMUGGLED}\x07\x1b[2J\x1b[31m{SMUGGLED}\x9b31m\r\x08\x7f‮{SMUGGLED}⁦"
_FORMULAS = (f"=cmd|'/c {SMUGGLED}'!A1", f'+HYPERLINK("{SMUGGLED}")', f"@SUM({SMUGGLED})", f"-2+3+{SMUGGLED}")

_OUTPUTS = f"""
import sys
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, Image, display

for text in {(*_HTML, *_FORMULAS)!r}:
    print(text)
    print(text, file=sys.stderr)
    display(HTML(text), Javascript(text), Markdown(text), Latex(text), {{"text/html": text}}, text)
    display({{"text/html": text, "image/svg+xml": text, "application/javascript": text}}, raw=True)
display(Image(data=b"\\x89PNG\\r\\n\\x1a\\n" + text.encode(), format="png"))
print({_TERMINAL!r})
{_HTML[0]!r}
"""

_ERRORS = {
    "double": f"def double(x):\n    raise ValueError({_HTML[0]!r})",
    "total": f"def total(x, y):\n    raise type({_HTML[1]!r}, (ValueError,), {{}})({_TERMINAL!r})",
    "Scale": f"class Scale:\n    def __init__(self, k):\n        raise KeyError({_FORMULAS[0]!r})  # {_HTML[2]}",
    "normalise": f"def normalise(X):\n    assert {_HTML[3]!r} == X, {_FORMULAS[1]!r}",
}

_NAMES = f"""
def made(text):
    def function(*args):
        raise RuntimeError(text)
    function.__name__ = function.__qualname__ = text
    return function


double = made({_HTML[0]!r})
total = type({_HTML[1]!r}, (), {{"__call__": made({_TERMINAL!r})}})()
Scale = type({_HTML[2]!r}, (), {{"__init__": lambda self, k: None, "forward": made("`" + {_FORMULAS[0]!r} + "`")}})
normalise = lambda X: {{text: text for text in {_HTML!r}}}
"""


def _prose(honest: Honest, scene: Scene) -> NotebookNode:
    """Write markup into Markdown and raw cells, in every way that Markdown has for it."""
    nb = honest.notebook()
    texts = [
        *_HTML,
        f"[x](javascript:{SMUGGLED}) ![x](data:text/html,{SMUGGLED}) <javascript:{SMUGGLED}>",
        f"[x]: java&#115;cript:{SMUGGLED}\n\n[x]",
        f"$\\href{{javascript:{SMUGGLED}()}}{{x}}$ $$\\def\\a#1{{\\href{{#1:{SMUGGLED}()}}{{x}}}}\\a{{javascript}}$$",
        f'$\\class{{{SMUGGLED}" onload={SMUGGLED}}}{{x}} \\style{{{SMUGGLED}}}{{x}}$',
        f"`<{SMUGGLED}>` ``</code><{SMUGGLED}>``\n\n```html\n</pre><{SMUGGLED}>\n```\n\n<!--\n\n<{SMUGGLED}>",
        f"<details open ontoggle={SMUGGLED}()>\n\n<div\nonclick={SMUGGLED}()>",
        _TERMINAL,
    ]
    for number, text in enumerate(texts):
        nb.cells.append(notebook.new_cell("markdown", text, {}, f"prose-{number}"))
        nb.cells.append(notebook.new_cell("raw", text, {}, f"raw-{number}"))
    return nb


def _heads(honest: Honest, scene: Scene) -> bytes:
    """Write markup into names, ids, tags, attachments and outputs."""
    content = json.loads(notebook.write(honest.notebook()))
    content["metadata"] = {
        "title": _HTML[0],
        "authors": [{"name": _HTML[1]}],
        "kernelspec": {"name": _HTML[2], "display_name": _HTML[0], "language": _TERMINAL},
        "language_info": {"name": f"'><{SMUGGLED}>", "pygments_lexer": _HTML[1], "mimetype": _HTML[3]},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {_HTML[0]: _HTML[0]}}},
    }
    for cell in content["cells"]:
        cell["metadata"].setdefault("tags", []).append(f"'><{SMUGGLED}>")
        cell["metadata"] |= {"name": _HTML[0], "slideshow": {"slide_type": _HTML[1]}}
        cell["attachments"] = {f"{SMUGGLED}.svg": {"image/svg+xml": _HTML[1]}}
    prose = {
        "cell_type": "markdown",
        "metadata": {},
        "id": f'a" {SMUGGLED}="',
        "source": f"![](attachment:{SMUGGLED}.svg)",
    }
    content["cells"].append(prose | {"attachments": {f"{SMUGGLED}.svg": {"text/html": _HTML[0]}}})
    return json.dumps(content).encode()


_CODE = f"""
# {_HTML[0]}
# {_HTML[1]} {_FORMULAS[0]}
'''{_HTML[2]}'''
f"{{1}}{_HTML[3]}"
"""

ATTACKS: tuple[Attack, ...] = (
    spoiled("markup_outputs", "markup", "It prints and displays scripts.", success=_WORKS, end=_OUTPUTS, honest=FULL),
    spoiled(
        "markup_errors", "markup", "It raises errors whose text and type are markup.", success=_WORKS, answers=_ERRORS
    ),
    spoiled(
        "markup_names",
        "markup",
        "It calls its functions and classes by markup.",
        success=_WORKS,
        end=_NAMES,
        honest=NOTHING,
    ),
    spoiled(
        "markup_code",
        "markup",
        "It writes markup into the code itself, in the line that is shown with an error.",
        success=_WORKS,
        top=_CODE,
        answers={"double": f"def double(x):\n    return x[{_HTML[0]!r}]  # {_HTML[1]}"},
        honest=cost("double"),
    ),
    Attack(
        student="markup_prose",
        row="markup",
        tries="It writes scripts, links and formulas that run into its prose.",
        success=_WORKS,
        make=_prose,
        honest=FULL,
    ),
    Attack(
        student="markup_heads",
        row="markup",
        tries="It writes markup into the names, ids and tags of the notebook.",
        success=_WORKS,
        make=_heads,
        honest=FULL,
    ),
)
