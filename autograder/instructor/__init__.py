"""The instructor's side: the demonstration class."""
