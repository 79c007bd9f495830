"""An installation as one stream of documents: backup, restore, and the move from one backend to another."""
