"""Numerical derivatives, and gradient checks that return evidence: what suites import."""

from __future__ import annotations

from autograder.backward import judge_backward
from autograder.follow_on import agree_or, judge_loss, own_function
from autograder.gradient_checks import GradientEvidence, gradient_agrees
from autograder.slopes import numerical_gradient

__all__ = [
    "GradientEvidence",
    "agree_or",
    "gradient_agrees",
    "judge_backward",
    "judge_loss",
    "numerical_gradient",
    "own_function",
]
