"""The command `goodturn`: thin verbs over jobs, storage, desk and publish.

Exit statuses: 0 done; 1 done, and something wants your attention; 2 the command was used wrongly, or a setting or
feeds.txt is wrong (nothing was changed); 75 the same job is already running; 130 stopped by Ctrl-C.
"""

import dataclasses
import json
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from config import Settings, settings
from jobs.lock import alone
from jobs.mistakes import ATTENTION, Verbs
from jobs.terminal import comma_separated, counts, progress, standard_input, table
from stories.languages import LANGUAGES
from stories.story import EVEN, Channel, Sector, Teller
from verbs.explore import explore
from verbs.learning import correct, learn, reread
from verbs.people import people
from verbs.sources import sources
from verbs.submissions import submissions


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("goodturn"), prog_name="goodturn")
def main() -> None:
    """Collect true stories of kind, human customer service from blogs and comment threads.

    The path: feeds.txt, collect, read, desk, publish. `goodturn demo` shows it on a made-up web.

    Exit status: 0 done, 1 done and something wants your attention, 2 used wrongly, 75 already running.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that jobs end their children


for verb in (sources, people, submissions, correct, explore, learn, reread):
    main.add_command(verb)


@main.command()
@click.option("--source", "only", multiple=True, metavar="ADDRESS", help="Only this source of feeds.txt; repeatable.")
@click.option("--all", "every", is_flag=True, help="All sources, due or not.")
def collect(only: Sequence[str], every: bool) -> None:
    """Fetch what is due: poll the sources of feeds.txt, keep their new pages raw."""
    from jobs.collect import collect as job

    with alone("collect", settings()), progress("collect") as advance:
        report = job(settings(), now=datetime.now(UTC), only=only, force=every, advance=advance)
    click.echo(counts("collected", report))


@main.command()
@click.option(
    "--again", is_flag=True, help="All stored pages anew, with today's reader and detector; no request is made."
)
def read(again: bool) -> None:
    """Read what was collected: find the stories, place each in its cluster.

    Given JSON Lines on standard input it is a filter instead: {"id", "url", "text"} or {"id", "url", "path"} in,
    one line of what was read for each out.
    """
    from jobs.lines import read_lines
    from jobs.read import forget_readings, read_unread

    if lines := standard_input():
        for answer in read_lines(lines, settings()):
            click.echo(answer)
        return
    with alone("read", settings()), progress("read") as advance:
        if again:
            forget_readings(settings())
        report = read_unread(settings(), advance=advance)
    click.echo(counts("pages", report.outcomes) + "; " + counts("stories", report.stories))


@main.command()
def cluster() -> None:
    """Compare and group all stories anew. What editors decided, merged and split stands.

    Given JSON Lines on standard input it is a filter instead: {"id", "url", "text"} in, one story each,
    {"id", "cluster", "relation", "because", "maybe"} out.
    """
    from jobs.cluster import cluster_anew
    from jobs.lines import cluster_lines

    if lines := standard_input():
        for answer in cluster_lines(lines):
            click.echo(answer)
        return
    with alone("read", settings()):
        click.echo(counts("clusters", cluster_anew(settings())))


def _choice(words: Any) -> click.Choice[str]:
    return click.Choice([str(word) for word in words])


@main.command()
@click.argument("words", nargs=-1)
@click.option("--language", type=click.Choice(list(LANGUAGES)))
@click.option("--sector", type=_choice(Sector))
@click.option("--channel", type=_choice(Channel))
@click.option("--teller", type=_choice(Teller))
@click.option("--company", help="Part of a company's name.")
@click.option("--state", type=click.Choice(["open", "approved", "rejected"]), help="What editors decided.")
@click.option("--cluster", help="All tellings of one cluster.")
@click.option("--score", type=click.FloatRange(0, 1), help="At least this score.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Found on this day or later.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: a story a line, with all its fields.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a header line.")
def stories(
    words: Sequence[str], limit: int, as_json: bool, as_csv: bool, since: datetime | None, **asked: Any
) -> None:
    """List and search the stories, best first. WORDS must all occur; each finds words that begin with it."""
    from storage.database import connect
    from storage.stories import Filters, search

    day = since.date().isoformat() if since else None
    rows = search(connect(settings().database), Filters(words=" ".join(words), since=day, **asked), limit)
    if as_json:
        for row in rows:
            click.echo(json.dumps(dataclasses.asdict(row), ensure_ascii=False))
    elif as_csv:
        comma_separated([dataclasses.asdict(row) for row in rows])
    else:
        table(
            ["score", "", "story", "company", "state", "source"],
            [
                [f"{r.score:.2f}{'?' * (r.score < EVEN)}", r.language, r.title, ", ".join(r.companies), r.state, r.url]
                for r in rows
            ],
            empty="no story found; 'goodturn collect' and 'goodturn read' look for new ones",
        )


@main.command()
@click.argument("url")
def explain(url: str) -> None:
    """Take one address through the whole path; print each hop's answer and where it stopped, and why."""
    from jobs.explain import explain as job

    hops = job(settings(), url, datetime.now(UTC))
    for hop in hops:
        click.secho(f"{hop.number} {hop.name:9}", bold=True, nl=False)
        click.secho(hop.answer, fg=None if hop.passed else "yellow")
        for line in hop.details:
            click.echo(f"            {line}")
    sys.exit(0 if hops[-1].passed else ATTENTION)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Instead of the setting desk_port.")
def desk(port: int | None) -> None:
    """Serve the editors' desk until Ctrl-C. The first start shows a link that makes the first operator."""
    from desk.serve import serve

    serve(settings(), settings().desk_port if port is None else port)


@main.command()
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write the feeds as files there."
)
@click.option("--port", type=click.IntRange(0, 65535), help="Instead of the setting feed_port.")
def publish(folder: Path | None, port: int | None) -> None:
    """Serve what editors approved as Atom, RSS and JSON Feed on 127.0.0.1 until Ctrl-C, or write it to files."""
    from publish.files import write
    from publish.serve import serve

    if folder:
        for path in write(settings(), folder):
            click.echo(path)
        return
    serve(settings(), settings().feed_port if port is None else port)


@main.command("settings")
def show_settings() -> None:
    """Print every setting with its value and meaning."""
    table(
        ["setting", "value", "meaning"],
        [[name, getattr(settings(), name), about.description] for name, about in Settings.model_fields.items()],
        empty="",
    )


@main.command()
def checkup() -> None:
    """Name what wants an operator: sources that fail or lead nowhere, a damaged database. Status 1 if any."""
    from jobs.checkup import checkup as job

    with alone("checkup", settings()):
        found = job(settings(), datetime.now(UTC))
    click.echo("\n".join(found) or "all is well")
    sys.exit(ATTENTION if found else 0)


@main.command()
def tidy() -> None:
    """Delete old log rows and bodies that no page holds."""
    from jobs.tidy import tidy as job

    with alone("tidy", settings()):
        click.echo(counts("deleted", job(settings())))


@main.command()
@click.option("--once", is_flag=True, help="End after the table instead of serving desk and feeds.")
def demo(once: bool) -> None:
    """Crawl a made-up web on this machine, show what was found and why, then serve desk and feeds until Ctrl-C.

    It works in a throw-away database; yours is not touched.
    """
    from jobs.demo import demo as job

    job(once=once)


if __name__ == "__main__":
    main()
