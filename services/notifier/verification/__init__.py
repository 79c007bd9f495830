"""Before the first alert: whoever reads a destination must say that it is theirs."""
