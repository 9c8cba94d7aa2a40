"""The sandbox: the only place where a submission's code runs."""

from autograder.limits import Limits
from autograder.sandbox.handle import Handle
from autograder.sandbox.layers import UNSAFE_FLAG, Layer, Protection
from autograder.sandbox.sandbox import Sandbox, harden_grader
from autograder.sandbox.submission import Submission
from autograder.sandbox.untrusted import Cell, CellRun

__all__ = [
    "UNSAFE_FLAG",
    "Cell",
    "CellRun",
    "Handle",
    "Layer",
    "Limits",
    "Protection",
    "Sandbox",
    "Submission",
    "harden_grader",
]
