"""nbformat, without the second that checkers of formats take to import.

nbformat imports jsonschema, which imports a checker for each format of text that it finds one installed for, and
JupyterLab brings all of them. That of international addresses builds a grammar. No notebook's schema names a format.
"""

from __future__ import annotations

import sys

_CHECKERS = ("fqdn", "isoduration", "jsonpointer", "rfc3986_validator", "rfc3987_syntax", "uri_template", "webcolors")

_hidden = () if "jsonschema" in sys.modules else tuple(name for name in _CHECKERS if name not in sys.modules)
for _name in _hidden:
    sys.modules[_name] = None  # type: ignore[assignment]  # to import it is an ImportError, which jsonschema expects
try:
    import nbformat
finally:
    for _name in _hidden:
        del sys.modules[_name]

__all__ = ["nbformat"]
