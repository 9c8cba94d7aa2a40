"""The hostile class in every combination of front door, user and layers, and the table of what came out."""
