"""`goodturn run`, `clock`, `pause` and `resume`: what runs by itself, and what rests."""

# ruff: noqa: PLC0415 -- imported when a verb runs: `goodturn --help` does not wait for it to load

import sys
from collections.abc import Sequence

import click

import present
from config import settings
from jobs.lock import alone
from jobs.mistakes import ATTENTION

PARTS = click.Choice(["clock", "read", "desk", "publish", "submissions"])  # those of jobs.supervisor, loaded later


@click.command()
@click.option("--without", multiple=True, type=PARTS, help="All parts but this one; repeatable.")
def run(without: Sequence[str]) -> None:
    """Run all of it until Ctrl-C or SIGTERM: the clock, reading, the desk, the feeds, and the public form if it is on.

    A part that ends is started again. SIGHUP reads the settings again and starts the parts anew, one after another.
    """
    from jobs.supervisor import Supervisor

    with alone("run", settings()):
        Supervisor(settings(), frozenset(without)).run()


@click.command()
@click.option("--without", multiple=True, metavar="JOB", help="All jobs but this one; repeatable.")
def clock(without: Sequence[str]) -> None:
    """Run the jobs when they are due, until Ctrl-C or SIGTERM: collect, read, watch, checkup, tidy, backup, ping.

    Two clocks on one database share the work.
    """
    from jobs.clock import Clock
    from jobs.timetable import JOBS

    if unknown := [job for job in without if job not in JOBS]:
        has = ", ".join(JOBS)
        raise click.BadParameter(f"the clock has no job '{unknown[0]}'; it has {has}", param_hint="--without")
    Clock(settings(), without).run()


@click.command()
@click.argument("address", required=False)
@click.option("--until", help="When it goes on by itself: 2d, 12h, or 2026-12-01; UTC.")
@click.option("--note", default="", help="Why; it is shown.")
def pause(address: str | None, until: str | None, note: str) -> None:
    """Ask for nothing more of one source of feeds.txt, or of any. Reading, the desk and the feeds go on."""
    from desk.app import editor
    from jobs.pauses import pause as job

    click.echo(job(settings(), address, present.now(), until=until, who=editor(settings()), note=note))


@click.command()
@click.argument("address", required=False)
def resume(address: str | None) -> None:
    """Let one source, or all, be asked again."""
    from jobs.pauses import resume as job

    was_paused, said = job(settings(), address, present.now())
    click.echo(said)
    sys.exit(0 if was_paused else ATTENTION)


VERBS: tuple[click.Command, ...] = (run, clock, pause, resume)
