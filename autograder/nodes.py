"""nbformat, without the second that one of its imports takes.

nbformat imports jsonschema, which imports a checker of internationalised addresses where one is installed (JupyterLab
brings it), and that builds a grammar. No notebook's schema asks for such an address.
"""

from __future__ import annotations

import sys

_GRAMMAR = "rfc3987_syntax"

if "jsonschema" in sys.modules or _GRAMMAR in sys.modules:
    import nbformat
else:
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # to import it is an ImportError, which jsonschema expects
    try:
        import nbformat
    finally:
        del sys.modules[_GRAMMAR]

NotebookNode = nbformat.NotebookNode
from_dict = nbformat.from_dict

__all__ = ["NotebookNode", "from_dict", "nbformat"]
