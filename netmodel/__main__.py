"""``python -m netmodel``: the same as the command ``netmodel``."""

from netmodel.cli.main import main

if __name__ == "__main__":
    main()
