"""The one message of each question, as nbgrader's automatic comment on the student's solution cell."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.notebook import SOLUTION_SUFFIX
from autograder.record import DATA_MISSING

_CODE = re.compile(r"(`[^`]+`)")
_ACTIVE = re.compile(r"([\\*\[\]$|~#]|:(?=//))")


class Comments(NbGraderPreprocessor):  # type: ignore[misc]
    """Write the messages into the gradebook. A comment that a person wrote stays, and is shown instead."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook as it is. What is not gradable is marked for a person to look at."""
        names = resources["nbgrader"]
        place = names["notebook"], names["assignment"], names["student"]
        record = nb.metadata["autograder"]
        with Gradebook(names["db_url"]) as gradebook:
            for number, question in enumerate(record["questions"]):
                comment = _comment(gradebook, question["name"], place)
                if comment is not None and record["outcome"] == "not gradable":
                    comment.auto_comment = markdown(record["reason"]) if number == 0 else None
                elif comment is not None and question["message"]:
                    comment.auto_comment = markdown(question["message"])
            refused = {question["name"] for question in record["questions"] if question["diagnosis"] == DATA_MISSING}
            for grade in gradebook.find_submission_notebook(*place).grades:
                if record["outcome"] == "not gradable" or grade.name in refused:
                    grade.needs_manual_grade = True
            gradebook.db.commit()
        return nb, resources


def _comment(gradebook: Any, question: str, place: tuple[str, str, str]) -> Any:
    try:
        return gradebook.find_comment(question + SOLUTION_SUFFIX, *place)
    except MissingEntry:  # a question need not have a solution cell of its own
        return None


def markdown(message: str) -> str:
    """Return a message as one paragraph of Markdown in which only `code` is marked up, whoever wrote it."""
    text = " ".join(message.split())
    if text.count("`") % 2 or "``" in text:  # not ours: there is no telling what would be code
        text = text.replace("`", "'")
    parts = _CODE.split(text)
    parts[::2] = [_ACTIVE.sub(r"\\\1", part).replace("&", "&amp;").replace("<", "&lt;") for part in parts[::2]]
    return "".join(parts)
