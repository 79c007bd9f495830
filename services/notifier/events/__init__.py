"""What happened to messages is told to the programs of those whose messages they were."""
