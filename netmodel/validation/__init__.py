"""The model against reports."""
