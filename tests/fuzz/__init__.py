"""Damaged inputs for every reader, from a seed: `make fuzz MINUTES=10`."""
