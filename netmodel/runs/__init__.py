"""Runs: what came out."""
