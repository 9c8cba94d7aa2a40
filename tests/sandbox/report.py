"""Prints, as JSON, how the sandbox fares in this process: its protection or its refusal, and what each attack achieved.

With the argument `unsafe` the risk is accepted.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import Any

from autograder.errors import SandboxError
from autograder.sandbox import Cell, Sandbox
from tests.sandbox import attacks

_PROGRAM = """
import numpy as np
import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.show()
def double(x): return 2 * x
"""


def report(*, unsafe: bool) -> dict[str, Any]:
    """What happened."""
    try:
        sandbox = Sandbox(unsafe=unsafe)
    except SandboxError as error:
        return {"error": str(error)}
    with sandbox, contextlib.ExitStack() as stack:
        stack.callback(attacks.remove_marks)
        protection = sandbox.protection
        with sandbox.load([Cell("program", _PROGRAM), Cell("attacks", attacks.notebook())], seed=0) as submission:
            return {
                "mode": protection.mode,
                "active": [layer.name for layer in protection.layers if layer.active],
                "missing": {layer.name: f"{layer.detail} | {layer.remedy}" for layer in protection.missing},
                "tries": list(protection.tries),
                "user": os.getuid(),
                "figure": "image/png" in submission.runs[0].outputs[0]["data"],
                "doubled": submission.double(2.5),
                "attacks": {name: submission.attack(name) for name in attacks.ATTACKS},
            }


if __name__ == "__main__":
    print(json.dumps(report(unsafe="unsafe" in sys.argv[1:])))
