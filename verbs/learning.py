"""The verbs that learn from editors: `correct` a passage, `learn` from decisions, `reread` by what was learned."""

# ruff: noqa: PLC0415 -- imported when a verb runs: `goodturn --help` does not wait for a detector to load

import sys
from datetime import UTC, datetime

import click

from config import settings
from jobs.lock import A_TURN, alone
from jobs.mistakes import ATTENTION
from jobs.terminal import progress, table


@click.command()
@click.argument("story")
@click.option("--from", "first", required=True, metavar="WORDS", help="The first words of the passage.")
@click.option("--to", "last", required=True, metavar="WORDS", help="Its last words.")
def correct(story: str, first: str, last: str) -> None:
    """Say where a story begins and ends, for `learn` to learn from. STORY is its id; it is not changed itself."""
    from desk.app import editor
    from storage import corrections
    from storage.database import connect

    db = connect(settings().database)
    made = corrections.correct(db, story, first, last, who=editor(settings()), at=datetime.now(UTC))
    click.echo(f"noted, {len(made.text.split())} words: {made.text}")


@click.command()
@click.option("--measure", is_flag=True, help="Only print the figures; write nothing.")
@click.option("--forget", is_flag=True, help="Throw away what was learned: back to the shipped weights.")
def learn(measure: bool, forget: bool) -> None:
    """Refit from what editors did: what is a story from their decisions, what tells one event from what they merged,
    split and kept apart. Each is used from then on if it is better. Status 1 if neither is.
    """
    from jobs import learn as stories_job
    from jobs import learn_events as events_job

    with alone("read", settings(), seconds=A_TURN):
        if forget and not measure:
            gone = stories_job.forget(settings()) | events_job.forget(settings())
            click.echo("back to the shipped weights" if gone else "nothing was learned yet")
            return
        with progress("learn") as advance:
            found = stories_job.learn(settings(), at=datetime.now(UTC), keep=not measure, advance=advance)
        events = events_job.learn(settings(), keep=not measure)
    for what, report in (("what is a story", found), ("what tells one event", events)):
        click.echo("\n".join([f"{what}: from {report.made_of}", *report.figures, report.outcome]))
    sys.exit(ATTENTION if found.refused and events.refused else 0)


@click.command()
@click.option("--apply", is_flag=True, help="Write it; without, nothing changes.")
def reread(apply: bool) -> None:
    """Judge all documents anew, with today's weights and no request: which stories stay, move, come and go.

    What editors decided on stays as it is.
    """
    from jobs import reread as job

    with alone("read", settings(), seconds=A_TURN), progress("reread") as advance:
        report = job.reread(settings(), apply=apply, advance=advance)
    table(["language", *job.WORDS], report.rows(), empty="no page was read yet; `goodturn read` reads what waits")
    for word, examples in (("new", report.new), ("gone", report.gone)):
        for example in examples:
            click.echo(f"{word:5}{example.score:.2f} {example.opening} ... {example.url}")
    for url, reason in report.failed:
        click.echo(f"not judged: {url}: {reason}", err=True)
    click.echo("written" if apply else "nothing was written; `goodturn reread --apply` writes what changes")
    sys.exit(ATTENTION if report.failed else 0)
