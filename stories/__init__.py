"""What a story is: which passages of a Document tell one, what it is about, and whether it was told before. Pure."""
