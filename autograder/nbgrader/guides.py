"""`nbgrader generate_assignment` writes guide.json beside the released notebook."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.guide import GUIDE
from autograder.instructor.guides import as_file, guide_of


class WriteGuide(NbGraderPreprocessor):  # type: ignore[misc]
    """Hands the guide to nbgrader as one more file of the release."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook as it is; RuntimeError where the assignment is not in order."""
        try:
            assignment = Course.find().assignment(resources["nbgrader"]["assignment"])
            resources.setdefault("outputs", {})[GUIDE] = as_file(guide_of(assignment))
        except AutograderError as error:
            self.log.error("%s", error)  # noqa: TRY400 - a traceback of ours helps no instructor
            raise RuntimeError(str(error)) from error
        return nb, resources
