"""What is shared, with files under it."""
