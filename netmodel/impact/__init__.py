"""What it meant: costs in a state, connectivity, rerouting, resilience."""
