"""Right solutions of `losses` in other styles."""
