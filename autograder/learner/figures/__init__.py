"""The drawings of the notebooks, a module for each assignment. matplotlib is imported only when something is drawn."""
