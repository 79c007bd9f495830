"""Maintainers' scripts: how the tables that ship were made."""
