"""The command `goodturn`: thin verbs over jobs, storage, desk and publish.

Exit statuses: 0 done; 1 done, and something wants your attention; 2 the command was used wrongly, or a setting or
feeds.txt is wrong (nothing was changed); 74 the database, the disk or a crawl failed, and another try may do (what was
done before is kept); 75 the same job is already running; 130 stopped by Ctrl-C.
"""

import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import click

import logs
import present
from config import ConfigError, Settings, settings
from jobs import lifeline
from jobs.lock import A_TURN, alone
from jobs.mistakes import ATTENTION, Verbs
from jobs.terminal import counts, progress, standard_input, table
from verbs import health, keeping, running
from verbs.explore import explore
from verbs.learning import correct, learn, reread
from verbs.people import people
from verbs.publishing import ping, takedown
from verbs.sources import sources
from verbs.stories import stories
from verbs.submissions import submissions


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("goodturn"), prog_name="goodturn")
@click.pass_context
def main(context: click.Context) -> None:
    """Collect true stories of kind, human customer service from blogs and comment threads.

    The path: feeds.txt, collect, read, desk, publish. `goodturn demo` shows it on a made-up web.

    Exit status: 0 done, 1 done and something wants your attention, 2 used wrongly, 74 failed, 75 already running.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that jobs end their children
    lifeline.watch()
    _log(context.invoked_subcommand or "")


def _log(verb: str) -> None:
    """Let this process log; a setting that is wrong is told of by who needs it."""
    logs.begin(verb)
    with suppress(ConfigError):
        logs.begin(verb, settings().log_format, settings().notify.split())


OTHERS = (sources, stories, people, submissions, correct, explore, learn, reread, takedown, ping)
for verb in (*OTHERS, *running.VERBS, *health.VERBS, *keeping.VERBS):
    main.add_command(verb)


@main.command()
@click.option("--source", "only", multiple=True, metavar="ADDRESS", help="Only this source of feeds.txt; repeatable.")
@click.option("--all", "every", is_flag=True, help="All sources, due or not.")
@click.option("--scheduled", is_flag=True, help="As the clock runs it: a mistake in feeds.txt does not end it.")
def collect(only: Sequence[str], every: bool, scheduled: bool) -> None:
    """Fetch what is due: poll the sources of feeds.txt, keep their new pages raw."""
    from jobs.collect import collect as job
    from jobs.collect import sync_if_sound

    if scheduled and (only or every):
        raise click.UsageError("--scheduled is for all that is due; leave --source and --all out")
    with alone("collect", settings()), progress("collect") as advance:
        wrong = sync_if_sound(settings()) if scheduled else []
        for mistake in wrong[1:]:
            click.echo(mistake, err=True)
        report = job(settings(), now=present.now(), only=only, force=every, advance=advance, scheduled=scheduled)
    click.echo(counts("collected", report) + (f"; {wrong[0]}" if wrong else ""))
    sys.exit(ATTENTION if wrong else 0)


@main.command()
@click.option(
    "--again", is_flag=True, help="All stored pages anew, with today's reader and detector; no request is made."
)
@click.option("--follow", is_flag=True, help="Go on reading what comes, until Ctrl-C.")
def read(again: bool, follow: bool) -> None:
    """Read what was collected: find the stories, place each in its cluster.

    Given JSON Lines on standard input it is a filter instead: {"id", "url", "text"} or {"id", "url", "path"} in,
    one line of what was read for each out.
    """
    from jobs.follow import Stop
    from jobs.follow import follow as go_on
    from jobs.lines import read_lines
    from jobs.read import forget_readings, read_unread

    if follow:
        _log("read --follow")
        signal.signal(signal.SIGTERM, stop := Stop())
        go_on(settings(), stop=stop)
        return
    if lines := standard_input():
        for answer in read_lines(lines, settings()):
            click.echo(answer)
        return
    with alone("read", settings(), seconds=A_TURN if again else 0), progress("read") as advance:
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
    with alone("read", settings(), seconds=A_TURN):
        click.echo(counts("clusters", cluster_anew(settings())))


@main.command()
@click.argument("url")
def explain(url: str) -> None:
    """Take one address through the whole path; print each hop's answer and where it stopped, and why."""
    from jobs.explain import explain as job

    hops = job(settings(), url, present.now())
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
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write it all as files there.")
@click.option("--port", type=click.IntRange(0, 65535), help="Instead of the setting feed_port.")
def publish(folder: Path | None, port: int | None) -> None:
    """Serve what editors approved, as pages and as Atom, RSS and JSON Feed, on 127.0.0.1 until Ctrl-C; or write it to
    files, of which only those that changed are touched."""
    from publish.export import export
    from publish.serve import serve

    if folder:
        with alone("publish", settings()):
            report = export(settings(), folder, present.now())
        click.echo(f"{report.written:,} files written, {report.removed:,} removed in {folder}")
        return
    serve(settings(), settings().feed_port if port is None else port)


@main.command("settings")
def show_settings() -> None:
    """Print every setting with its value and meaning."""
    table(
        ["setting", "value", "meaning"],
        [[name, _shown(getattr(settings(), name)), about.description] for name, about in Settings.model_fields.items()],
        empty="",
    )


def _shown(value: object) -> str:
    """What a setting is, without the passwords in it: what is on a screen goes into a question to others."""
    return logs.masked(str(value), settings().notify.split())


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
