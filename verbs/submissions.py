"""The verb that serves the public form for what readers send in."""

# ruff: noqa: PLC0415 -- imported when the verb runs: `goodturn --help` does not wait for a web server to load

import click

from config import settings


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Instead of the setting submit_port.")
def submissions(port: int | None) -> None:
    """Serve the public form for links, videos and stories that readers send in, until Ctrl-C. Off by default."""
    from submissions.serve import serve

    serve(settings(), port)
