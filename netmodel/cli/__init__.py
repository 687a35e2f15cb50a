"""The netmodel command."""
