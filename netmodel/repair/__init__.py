"""The order of repair."""
