"""What is said of a publication, in words: the same in a message, in a feed and on a page."""
