"""Numerical derivatives, and gradient checks that return evidence: what suites import."""

from __future__ import annotations

from autograder.backward import judge_backward
from autograder.gradient_checks import GradientEvidence, gradient_agrees
from autograder.slopes import numerical_gradient

__all__ = ["GradientEvidence", "gradient_agrees", "judge_backward", "numerical_gradient"]
