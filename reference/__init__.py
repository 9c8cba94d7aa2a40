"""The hidden solutions, one module an assignment."""
