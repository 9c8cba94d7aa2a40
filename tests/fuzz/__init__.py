"""Mutated frames and byte streams for the grader's end of the wire: `python -m tests.fuzz` runs a million of them.

The mutator is our own: it knows the format, and a seed repeats what it did. Atheris, which is guided by coverage, is
62 MB for Linux on x86-64 only, and its newer wheels leave out a Python that is supported here.
"""
