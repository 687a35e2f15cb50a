"""Scenarios and their runs: what was asked, what came out, and how to get it again."""
