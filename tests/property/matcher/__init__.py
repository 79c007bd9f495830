"""The engine held to its specification by random cases."""
