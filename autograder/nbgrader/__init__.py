"""How the grading sits inside nbgrader."""
