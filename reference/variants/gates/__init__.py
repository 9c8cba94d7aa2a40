"""Right solutions of `gates` in the styles of different people."""
