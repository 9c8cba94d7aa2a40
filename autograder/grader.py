"""The program of a trusted grader process.

`python -m autograder.grader ROOT ASSIGNMENT SOCKET safe|unsafe PROCESSOR|any`
"""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn


def main(arguments: list[str]) -> NoReturn:
    """Serve requests on the socket of the given number; what is imported for it stays, and is never taken apart."""
    root, name, descriptor, unsafe, processor = arguments
    gc.disable()
    from autograder.grader_start import begin  # after that: half a million objects would be looked through

    home = None if processor == "any" else int(processor)
    connection, opening = begin(int(descriptor), unsafe=unsafe == "unsafe", processor=home)
    from autograder.grader_session import serve  # while the sandbox starts

    serve(root, name, connection, opening)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
