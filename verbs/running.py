"""`goodturn run`, `clock`, `pause` and `resume`: what runs by itself, and what rests."""

import click

VERBS: tuple[click.Command, ...] = ()
