"""Least-cost routes: the one door to a solver. Nothing outside this package knows scipy."""
