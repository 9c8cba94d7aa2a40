"""Known wrong variants of the solutions, one module an assignment."""
