"""The netmodel command."""


def main() -> None:
    """Run."""
