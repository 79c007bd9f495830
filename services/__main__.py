"""``python -m services`` is the ``zhitui`` command."""

from services.cli.app import main

if __name__ == "__main__":
    main()
