"""Tests of archives: what they hold is read, and nothing they hold does harm."""
