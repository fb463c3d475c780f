"""`goodturn tidy`, `backup` and `restore`: what is kept, for how long, and how it is had back."""

# ruff: noqa: PLC0415 -- imported when a verb runs: `goodturn --help` does not wait for it to load

import click

from config import settings
from jobs.lock import alone
from jobs.terminal import counts


@click.command()
def tidy() -> None:
    """Delete old log rows and bodies that no page holds."""
    from jobs.tidy import tidy as job

    with alone("tidy", settings()):
        click.echo(counts("deleted", job(settings())))


VERBS = (tidy,)
