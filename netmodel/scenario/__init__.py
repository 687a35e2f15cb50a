"""The scenario: what is asked."""
