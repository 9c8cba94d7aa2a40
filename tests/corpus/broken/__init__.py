"""Notebooks that are broken by accident: a student each, and what must come of it."""
