"""The verbs of the command `goodturn` that belong together, a module a group; `cli.py` assembles them."""
