"""The command line: every command is one module."""
