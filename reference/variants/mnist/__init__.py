"""Right solutions of `mnist` in the styles of different people."""
