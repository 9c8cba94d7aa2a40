"""`gates`: what is proved of every assignment, and what is special here."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.course import Assignment
from tests.corpus.recipes import POINTS
from tests.course.notebook_proofs import pictures, printed
from tests.course.proofs import NotebookProofs, SuiteProofs

FIGURES = ["figure-step-error", "figure-circuit", "figure-sigmoid", "figure-neuron", "figure-branch"]


class TestSuite(SuiteProofs):
    """Suites, slips, variants and mutants."""

    assignment = "gates"


class TestNotebook(NotebookProofs):
    """The notebook."""

    assignment = "gates"
    pictures = len(FIGURES)

    def test_points_by_name(self, course_assignment: Assignment) -> None:
        """The check cells hold the points that the course promises."""
        assert {question.name: question.points for question in course_assignment.questions} == POINTS

    def test_figures(self, solved: NotebookNode, blank: NotebookNode) -> None:
        """Every figure shows, whether anything is solved or not."""
        assert pictures(solved) == pictures(blank) == FIGURES

    def test_the_graph_that_students_try(self, solved: NotebookNode) -> None:
        """The weighted sum of the neuron, wired from the student's own gates, is the one that was worked by hand."""
        (last,) = (cell for cell in solved.cells if cell.id == "try-ComputationalGraph")
        assert printed(last, "stdout").startswith("1.0\n")
