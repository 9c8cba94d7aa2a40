"""Right solutions in other styles, a package an assignment and a module a style: all of them get full marks."""
