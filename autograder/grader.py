"""The program of a trusted grader process: `python -m autograder.grader ROOT ASSIGNMENT SOCKET safe|unsafe`."""

from __future__ import annotations

import gc
import sys


def main(arguments: list[str]) -> int:
    """Serve requests on the socket of the given number; what is imported for it stays, and is never collected."""
    root, name, descriptor, unsafe = arguments
    gc.disable()
    from autograder.grader_start import begin  # after that: half a million objects would be looked through

    connection, opening = begin(int(descriptor), unsafe=unsafe == "unsafe")
    from autograder.grader_session import serve  # while the sandbox starts

    serve(root, name, connection, opening)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
