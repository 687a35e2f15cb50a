"""The netmodel command."""

import os

# Else pydantic reads the entry points of every installed package, to look for plug-ins of its own.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
