"""Right solutions of `network` in other styles."""
