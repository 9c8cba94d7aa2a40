"""The student's side: checks in the notebook."""
