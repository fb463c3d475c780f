"""`goodturn checkup`, `status`, `doctor`, `watch` and `metrics`: how sources, jobs and the machine are."""

# ruff: noqa: PLC0415 -- imported when a verb runs: `goodturn --help` does not wait for it to load

import json
import sys
from typing import NoReturn

import click

import present
from config import settings
from jobs.lock import alone
from jobs.mistakes import ATTENTION, WRONG, end
from jobs.terminal import table


@click.command()
def checkup() -> None:
    """Name what wants an operator: sources that fail or lead nowhere, a damaged database. Status 1 if any."""
    from jobs.checkup import checkup as job

    with alone("checkup", settings()):
        found = job(settings(), present.now())
    click.echo("\n".join(found) or "all is well")
    sys.exit(ATTENTION if found else 0)


@click.command()
@click.option("--test", "only_test", is_flag=True, help="Send a test message to every place of the setting notify.")
def watch(only_test: bool) -> None:
    """Look once for what an operator should be told, as the clock does, and tell it. Status 1 if an alarm is on."""
    from jobs.watch import look

    if only_test:
        _test()
    with alone("watch", settings()):
        on = look(settings(), present.now())
    click.echo("\n".join(f"{alarm.kind}: {alarm.subject} {alarm.said}" for alarm in on) or "all is well")
    sys.exit(ATTENTION if on else 0)


def _test() -> NoReturn:
    from jobs.watch import test
    from watch.notices import PlaceError

    try:
        places = test(settings(), present.now())
    except PlaceError as error:
        end(str(error), WRONG)
    for name, trouble in places.items():
        click.echo(f"{name}: {trouble or 'sent'}")
    if not places:
        end("nobody is told: the setting 'notify' is empty", ATTENTION)
    sys.exit(ATTENTION if any(places.values()) else 0)


@click.command()
@click.option("--all", "every", is_flag=True, help="Those that are over, too.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def alarms(every: bool, as_json: bool) -> None:
    """What is wrong now, as the clock's looks found it, and what to do; with --all a table of what was wrong, too."""
    from storage.alarms import open_alarms, recent
    from storage.database import connect
    from watch.alarms import as_row
    from watch.status import alarm_lines

    db = connect(settings().database)
    rows = [as_row(alarm) for alarm in (recent(db) if every else open_alarms(db))]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not every:
        click.echo("\n".join(alarm_lines(open_alarms(db), present.now())) or "no alarm is on")
        return
    columns = ("kind", "since", "over", "told", "subject", "said")
    table(columns, [[row[name] for name in columns] for row in rows], empty="there was none yet")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs: the same and more.")
def status(as_json: bool) -> None:
    """Whether all is well, and if not what to do; what runs, waits and came. Exit status 1 if anything wants you.

    It only looks, and can be asked at any time, also without a database or with a damaged one.
    """
    from watch.figures import look
    from watch.status import as_json as plain
    from watch.status import lines
    from watch.verdict import wants

    figures = look(settings(), present.now())
    found = wants(figures, settings())
    said = [json.dumps(plain(figures, found), indent=2, ensure_ascii=False)] if as_json else lines(figures, found)
    click.echo("\n".join(said))
    sys.exit(ATTENTION if found else 0)


@click.command()
def metrics() -> None:
    """Print the figures once as Prometheus reads them, for a textfile collector; the clock serves them, too."""
    from watch.metrics import exposition

    click.echo(exposition(settings(), present.now()), nl=False)


@click.command()
@click.option("--thorough", is_flag=True, help="Read the databases and the newest backup whole; takes minutes.")
@click.option("--network", is_flag=True, help="Look up the name of a source's host, too.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is well, too.")
@click.option("--json", "as_json", is_flag=True, help="For programs: all of it.")
def doctor(thorough: bool, network: bool, verbose: bool, as_json: bool) -> None:
    """Look at settings, databases, disk, clock, permissions, ports and programs; say what to do. It changes nothing.

    Exit status 1 if anything must be mended; what is advice alone does not count.
    """
    from config import ConfigError
    from jobs import doctor as job
    from watch.doctor import wrong

    try:
        found = job.doctor(settings(), present.now(), thorough=thorough, network=network)
    except ConfigError as mistakes:
        found = job.unset(mistakes)
    click.echo(job.as_json(found) if as_json else "\n".join(job.lines(found, verbose=verbose)))
    sys.exit(ATTENTION if wrong(found) else 0)


VERBS = (checkup, watch, alarms, status, metrics, doctor)
