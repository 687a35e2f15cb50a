"""The compiled engine of routes, behind one door."""
