"""The verbs for sources: `goodturn sources` lists them, and its own verbs find, try, bring in and hand out lines."""

# ruff: noqa: PLC0415 -- imported when a verb runs: `goodturn --help` does not wait for a crawler to load

import dataclasses
import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

import click

from config import settings
from jobs.lock import alone
from jobs.mistakes import ATTENTION, end
from jobs.terminal import table

if TYPE_CHECKING:
    from jobs.try_source import Article, Found, Trial
    from storage.health import Health

SHOWN = 5  # articles of a source: enough to see what it is
OPENING = 90  # characters of a story


@click.group(invoke_without_command=True)
@click.option("--check", is_flag=True, help="Only check feeds.txt.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: a source a line, with all that is known of it.")
@click.pass_context
def sources(context: click.Context, check: bool, as_json: bool) -> None:
    """List the sources and how they are; find, try, bring in and hand out sources.

    All mistakes of feeds.txt are named at once.
    """
    if context.invoked_subcommand is None:
        _list(check, as_json)


@sources.command()
@click.argument("url")
@click.option("--kind", help="Follow the address as this kind instead of looking for a feed.")
@click.option("--lang", help="Its language, two letters.")
@click.option("--every", help="How often it is asked: 30m, 6h, 2d.")
@click.option("--pages", help="How many pages of its archive are looked at.")
@click.option("--label", help="What people read.")
@click.option("--yes", is_flag=True, help="Write the line without asking.")
def add(url: str, yes: bool, **keys: str | None) -> None:
    """Find what to follow at URL, a feed or any page of a site; show it, and write its line into feeds.txt.

    Takes a few polite requests. Status 1 where nothing was found, or you said no.
    """
    from crawler.lines import append, line
    from jobs.try_source import NothingFoundError, find

    click.echo(f"asking {url} ...", err=True)
    try:
        found = find(settings(), url, keys=keys)
    except NothingFoundError as error:
        end(str(error), ATTENTION)
    new = line(found.source)
    click.echo("\n".join(_found(found)))
    click.echo(f"\n{new}\n")
    if not yes and not click.confirm(f"Write this line into {settings().feeds}?"):
        sys.exit(ATTENTION)
    with alone("sources", settings()):
        append(settings().feeds, [new])
    click.echo(f"written into {settings().feeds}; 'goodturn collect --source {found.source.address}' fetches it now")


@sources.command("test")
@click.argument("words", metavar="URL|LINE", nargs=-1, required=True)
@click.option("--kind", help="Of an address that is not in feeds.txt; else it is told from the answer.")
@click.option("--articles", type=click.IntRange(0, 20), default=2, show_default=True, help="Articles that are read.")
def try_out(words: Sequence[str], kind: str | None, articles: int) -> None:
    """Fetch a source politely and show what would be collected; nothing is stored.

    URL is taken as it is: `goodturn sources add` looks for a feed. Status 1 where nothing would be collected.
    """
    from crawler.lines import line
    from jobs.try_source import source_of, trial

    text = words[0] if len(words) == 1 else " ".join(re.sub(r"^(\w+)=(.* .*)$", r'\1="\2"', word) for word in words)
    meant = source_of(settings(), text, kind)
    click.echo("asking ...", err=True)
    found = trial(settings(), meant, articles=articles, now=datetime.now(UTC))
    click.echo(line(found.source))
    click.echo("\n".join(_tried(found)))
    sys.exit(0 if found.leads_to else ATTENTION)


@sources.command("import")
@click.argument("file", type=click.File("rb"))
def bring_in(file: BinaryIO) -> None:
    """Add all feeds of an OPML file that are not in feeds.txt yet; `-` is standard input.

    Status 1 where some of them cannot be used.
    """
    from jobs.opml import MOST_BYTES, bring_in

    with alone("sources", settings()):
        done = bring_in(settings(), file.read(MOST_BYTES + 1), file.name)
    click.echo("\n".join(f"unusable: {reason}" for reason in done.unusable) + "\n" * bool(done.unusable), nl=False)
    click.echo(f"{len(done.added)} added, {done.known} already there, {len(done.unusable)} unusable")
    sys.exit(ATTENTION if done.unusable else 0)


@sources.command("export")
@click.argument("file", type=click.File("wb", lazy=True, atomic=True), default="-")
def hand_out(file: BinaryIO) -> None:
    """Write all sources as OPML 2.0, to FILE or standard output; importing it gives the same lines."""
    from crawler.sources import read
    from jobs.collect import kinds
    from jobs.opml import opml

    file.write(opml(read(settings().feeds, kinds()), datetime.now(UTC)))


def _list(check: bool, as_json: bool) -> None:
    from jobs.collect import sync
    from storage.database import connect
    from storage.health import health
    from watch.condition import until, words

    known = sync(settings())
    if check:
        click.echo(f"{settings().feeds}: {len(known)} sources, no mistake")
        return
    now = datetime.now(UTC)
    rows = [source for source in health(connect(settings().database)) if source.active]
    if as_json:
        for row in rows:
            more = {"approved_per_100_pages": row.per_hundred, "condition": words(row, now)}
            click.echo(json.dumps(dataclasses.asdict(row) | more, ensure_ascii=False, default=str))
        return
    table(
        ["source", "last well", "due", "pages", "stories", "approved/100"],
        [
            [
                row.address,
                until(row.last_success, now) or "never",
                _due(row, now),
                row.pages,
                row.stories,
                "" if row.per_hundred is None else f"{row.per_hundred:.1f}",
            ]
            for row in rows
        ],
        empty=f"no source; 'goodturn sources add URL' finds one, or add a line to {settings().feeds}",
    )
    for row in rows:
        if said := words(row, now):
            click.echo(f"\n{row.label or row.address}: {said}")


def _due(source: "Health", now: datetime) -> str:
    from watch.condition import until

    if source.stopped or (source.paused and source.paused.holds(now)):
        return "stopped" if source.stopped else "paused"
    return until(source.due, now) or "now"


def _found(found: "Found") -> Iterable[str]:
    source = found.source
    yield f"{source.kind} {source.address}: {found.why}"
    yield f"title     {source.label or 'none'}"
    yield f"language  looks like {found.guess}" if found.guess else "language  unknown"
    yield f"articles  {len(found.listed)} listed" + (", the newest:" if source.kind == "feed" and found.listed else "")
    for each in found.listed[:SHOWN]:
        yield f"  {each.day or ' ' * 10}  {each.title or ''}  {each.url}"
    if source.kind == "feed":
        whole = sum(each.whole for each in found.listed)
        yield f"text      {whole} of {len(found.listed)} entries hold the whole text" + (
            "; content=feed would spare requests, and comments" if whole else ""
        )


def _tried(found: "Trial") -> Iterable[str]:
    yield f"answer    {found.answer}" + (f", led to {found.moved}" if found.moved else "")
    yield f"articles  {len(found.leads_to)} listed: {found.known} known, {len(found.leads_to) - found.known} new"
    yield from (f"  {url}" for url in found.leads_to[:SHOWN])
    for article in found.articles:
        yield from _article(article)


def _article(article: "Article") -> Iterable[str]:
    document = article.document
    if document is None:
        yield f"{article.url}\n          {article.answer}"
        return
    yield f"{document.title or 'no title'}  {article.url}"
    yield "          " + ", ".join(
        [
            f"by {document.author}" if document.author else "no author",
            str(document.date or "no date"),
            f"language {document.language}" if document.language else "language unknown",
            f"{len(document.text.split())} words",
            f"{len(document.comments)} comments",
            f"{len(article.stories)} stories",
        ]
    )
    for score, text in article.stories:
        opening = " ".join(text.split())
        yield f"          {score:.2f} {opening[:OPENING]}" + ("…" if len(opening) > OPENING else "")
