"""The verb for questions of one's own: `goodturn explore`."""

import click

from config import settings


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8075, show_default=True, help="0 takes any free one.")
def explore(port: int) -> None:
    """Open the database in Datasette on 127.0.0.1, read only, with questions ready to ask, until Ctrl-C.

    An extra: `make explore` installs what it needs.
    """
    from jobs.explore import explore as job  # noqa: PLC0415 -- `goodturn --help` does not wait for it

    job(settings(), port)
