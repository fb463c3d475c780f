"""`goodturn checkup`, `status`, `doctor`, `watch` and `metrics`: how sources, jobs and the machine are."""

# ruff: noqa: PLC0415 -- imported when a verb runs: `goodturn --help` does not wait for it to load

import sys

import click

import present
from config import settings
from jobs.lock import alone
from jobs.mistakes import ATTENTION


@click.command()
def checkup() -> None:
    """Name what wants an operator: sources that fail or lead nowhere, a damaged database. Status 1 if any."""
    from jobs.checkup import checkup as job

    with alone("checkup", settings()):
        found = job(settings(), present.now())
    click.echo("\n".join(found) or "all is well")
    sys.exit(ATTENTION if found else 0)


VERBS = (checkup,)
