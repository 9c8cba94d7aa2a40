"""The script that the untrusted interpreter is started with: `python … boot.py DESCRIPTOR`.

It is a bare interpreter without site-packages, so the grader names the folders of the libraries over the control
socket. The package `autograder` is set up here as an empty shell around what is needed of it: what its own `__init__`
imports has no place in a sandbox, and is not there.
"""

import gc
import json
import os
import socket
import sys
import tempfile
from pathlib import Path
from types import ModuleType

_MESSAGE = 1 << 18


def _package(name: str, folder: Path) -> None:
    module = ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module


def main() -> None:
    """Become the zygote."""
    gc.disable()  # all that is imported stays
    control = socket.socket(fileno=int(sys.argv[1]))
    message = control.recv(_MESSAGE)
    if not message:
        return  # the grader is gone
    config = json.loads(message)
    sys.path += config["libraries"]
    sys.argv = [""]
    package = Path(__file__).resolve().parents[2]
    _package("autograder", package)
    _package("autograder.sandbox", package / "sandbox")
    with tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True) as folder:
        os.environ.update(MPLCONFIGDIR=folder, IPYTHONDIR=folder)
        from autograder.sandbox.inside import zygote

        zygote.serve(control, config, folder)


main()
