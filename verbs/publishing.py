"""`goodturn takedown`: take back for good what an author, a person in a story or the owner of a site asks us to; and
`goodturn ping`: tell a hub that the feeds have changed."""

# ruff: noqa: PLC0415 -- imported when the verb runs: `goodturn --help` does not wait for it to load

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

import click

from config import settings
from jobs.mistakes import ATTENTION, WRONG, end
from jobs.terminal import table

if TYPE_CHECKING:
    from storage.database import Database
    from storage.takedown import Taken


@click.command()
@click.argument("target", required=False)
@click.option("--reason", help="Who asked and why, in a few words that tell nothing of the story: this is kept.")
@click.option("--site", is_flag=True, help="TARGET is a host: all that is stored of it, and of the hosts below it.")
@click.option("--copies", is_flag=True, help="What tells it elsewhere in the same words, or nearly, too.")
@click.option("--dry-run", is_flag=True, help="Only say how much it is.")
@click.option("--yes", is_flag=True, help="Do not ask before a site is taken down.")
@click.option("--sweep", "only_sweep", is_flag=True, help="Only sweep the files again.")
@click.option("--list", "listing", is_flag=True, help="Show the list of what must not come back.")
@click.option("--json", "as_json", is_flag=True, help="With --list: JSON Lines, for --replay.")
@click.option("--lift", multiple=True, metavar="HASH", help="Take this off the list, so that it may come back.")
@click.option("--replay", type=click.File(encoding="utf-8"), metavar="FILE", help="Take down all that a list names.")
def takedown(target: str | None, replay: TextIO | None, lift: tuple[str, ...], **asked: Any) -> None:
    """Remove TARGET for good: text, page, names, and all that speaks of it; and let no later crawl bring it back.

    TARGET is the address of a page, or the id of a cluster, of a story or of an entry. Other tellings of the same event
    stay unless a cluster or entry is named.
    """
    from jobs import takedown as job

    ways = [target, replay, lift, asked["only_sweep"], asked["listing"]]
    if sum(map(bool, ways)) != 1:
        end("name one thing to take down, or one of --list, --lift, --replay, --sweep", WRONG)
    db = job.opened(settings())
    if asked["listing"]:
        _show(db, as_json=asked["as_json"])
    elif lift:
        _lift(db, lift)
    elif replay:
        _replay(db, replay, asked["reason"] or "on the list that was replayed")
    elif target is None or _taken(db, target, asked):
        _sweep(db)


def _taken(db: "Database", target: str, asked: dict[str, Any]) -> bool:
    """Take it down; whether there is something to sweep."""
    from desk.app import editor
    from jobs import takedown as job

    try:
        found = job.find(db, target, site=asked["site"], with_copies=asked["copies"])
    except job.UnknownError as error:
        end(str(error), WRONG)
    if not found.pages and not found.site:
        click.echo(f"{target} was taken down before; nothing of it is stored")
        return not asked["dry_run"]
    if found.copies:
        addresses = "\n".join(f"  {address}" for address in sorted(set(found.copies.values())))
        click.echo(f"told elsewhere in the same words, or nearly; this stays, unless you add --copies:\n{addresses}")
    if asked["dry_run"]:
        click.echo(f"would take down: {_much(found.much)}")
        return False
    if not asked["reason"]:
        end("say who asked and why: --reason TEXT", WRONG)
    if found.site and not asked["yes"]:
        click.confirm(f"take down all of {found.site}: {_much(found.much)}?", abort=True)
    taken = job.take(db, found, who=editor(settings()), at=datetime.now(UTC), reason=asked["reason"])
    click.echo(f"taken down: {_much(taken)}")
    return True


def _replay(db: "Database", listed: TextIO, reason: str) -> None:
    from desk.app import editor
    from jobs import takedown as job
    from storage.blocked import Block, Kind

    try:
        rows = [json.loads(line) for line in listed if line.strip()]
        blocks = [Block(**{**row, "kind": Kind(row["kind"])}) for row in rows]
    except (ValueError, TypeError, KeyError) as error:
        end(f"{listed.name}: not what 'goodturn takedown --list --json' writes: {error}", WRONG)
    taken = job.replay(db, blocks, who=editor(settings()), at=datetime.now(UTC), reason=reason)
    click.echo(f"taken down: {_much(taken)}")
    _sweep(db)


def _show(db: "Database", *, as_json: bool) -> None:
    from storage.blocked import blocks

    found = blocks(db)
    if as_json:
        for block in found:
            click.echo(json.dumps(asdict(block), ensure_ascii=False))
        return
    rows = [[block.hash, block.kind, block.at, block.who, block.reason] for block in found]
    table(["hash", "kind", "at", "who", "reason"], rows, empty="nothing was taken down")


def _lift(db: "Database", hashes: tuple[str, ...]) -> None:
    from storage.blocked import lift
    from storage.database import writing
    from storage.sources import heed

    with writing(db):
        gone = [lift(db, hash) for hash in hashes]
        heed(db)
    if missing := [hash for hash, count in zip(hashes, gone, strict=True) if not count]:
        end(f"not on the list: {', '.join(missing)}; 'goodturn takedown --list' shows it", WRONG)
    click.echo(f"lifted: {len(hashes)}")


def _sweep(db: "Database") -> None:
    from jobs import takedown as job

    if held := job.sweep(settings(), db):
        click.echo(
            f"it is taken down, but the file may still hold remains of it: {held}; "
            "run 'goodturn takedown --sweep' when nothing else uses the database",
            err=True,
        )
        sys.exit(ATTENTION)


def _much(taken: "Taken") -> str:
    """How much it is, in a line."""
    counts = {"pages": taken.pages, "stories": taken.stories, "comments": taken.comments, "submissions": taken.sent}
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing that is stored"
    if taken.tellings:
        said += f"; {taken.tellings} other tellings stay, in {taken.left} clusters"
    if taken.held:
        said += f", {taken.held} of which leave the feed until an editor has looked at them again"
    return said


@click.command()
def ping() -> None:
    """Tell the hub (WebSub, setting `hub`) which feeds have changed since it was told last.

    The clock does this every five minutes while a hub is set. Exit status 1: it did not take all.
    """
    from jobs.lock import alone
    from jobs.ping import ping as job
    from jobs.terminal import counts

    with alone("ping", settings()):
        report = job(settings())
    click.echo(counts("feeds", report) if settings().hub else "no hub is set; see the setting 'hub'")
    sys.exit(ATTENTION if report["refused"] else 0)
