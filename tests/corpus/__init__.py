"""The sample class: made-up students, the notebooks that they hand in, and the grades that these must get."""
