"""Any source of a railway into a network, with an account of every feature."""
