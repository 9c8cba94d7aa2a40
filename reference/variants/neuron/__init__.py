"""Right solutions of `neuron` in other styles."""
