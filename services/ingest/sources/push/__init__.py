"""What the HTTP push is made of: bodies taken to disk, keys of requests, answers, and their description."""
