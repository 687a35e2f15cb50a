"""Words of the report, in its languages."""
