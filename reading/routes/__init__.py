"""Where the rest of a thread is to be had: a small file for each kind of route. Pure."""
