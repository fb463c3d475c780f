"""`goodturn tidy`, `backup` and `restore`: what is kept, for how long, and how it is had back."""

# ruff: noqa: PLC0415 -- imported when a verb runs: `goodturn --help` does not wait for it to load

from pathlib import Path

import click

import present
from config import settings
from jobs.lock import alone
from jobs.mistakes import ATTENTION, FAILED, end
from jobs.terminal import counts, table

MB = 1e6  # bytes
TELLING = 100  # MB of free pages in a file that are worth a word
COUNTED = {"stories": "goodturn.db", "decisions": "goodturn.db", "users": "private.db"}  # tables, shown of a backup


@click.command()
@click.option("--vacuum", is_flag=True, help="Write the whole file anew too: once, where it says so.")
def tidy(vacuum: bool) -> None:
    """Delete what is kept no longer (settings keep_...), and give the space back to the disk.

    Others may go on meanwhile; with --vacuum whoever writes waits until it is done.
    """
    from jobs.tidy import NoRoomError, write_anew
    from jobs.tidy import tidy as job
    from watch.status import size

    with alone("tidy", settings()):
        done = job(settings(), present.now())
        click.echo(f"{counts('deleted', done.deleted)}; {size(done.given_back)} given back")
        try:
            if vacuum:
                click.echo(f"written anew: {size(write_anew(settings()))} given back")
            elif done.unused > TELLING * MB:
                click.echo(f"{size(done.unused)} of the file are free for new pages; --vacuum gives them back")
        except NoRoomError as error:
            end(str(error), ATTENTION)


@click.command()
@click.option("--forget-older", is_flag=True, help="Delete all others then: they may hold what was taken down.")
def backup(forget_older: bool) -> None:
    """Back up both databases while everything runs, check the copy, and let old backups go.

    Into the folder of the setting `backups`. Exit status 74: none was made; the older ones are still there.
    """
    from jobs.backup import backup as job
    from jobs.backup import rotate
    from storage.backup import BackupError
    from watch.status import size

    with alone("backup", settings()):
        try:
            made = job(settings(), present.now())
        except BackupError as error:
            end(str(error), FAILED)
        gone = rotate(settings().backups, made.at, only=made) if forget_older else []
    click.echo(f"backed up to {made.folder}, {size(made.bytes)}, checked")
    if gone:
        click.echo(f"other backups deleted: {len(gone)}")


@click.command()
@click.argument("which", required=False)
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Another folder, to look at it.")
@click.option("--list", "listing", is_flag=True, help="Show the backups that there are.")
def restore(which: str | None, to: Path | None, listing: bool) -> None:
    """Put the newest backup, or the one called WHICH, in the place of the databases, which go aside.

    Nothing may run meanwhile. Exit status 1: it is not restored, and nothing was changed; or something is left to do.
    """
    from jobs.restore import restore as job
    from storage.backup import BackupError

    if listing:
        return _list()
    with alone("backup", settings()):
        try:
            done = job(settings(), which, to, present.now())
        except BackupError as error:
            end(str(error), ATTENTION)
    name = done.backup.folder.name if done.backup else "the backup that was being restored"
    before = f"; what was there before is in {done.aside}" if done.aside else ""
    click.echo(f"{name} is in {done.folder} now{before}")
    if done.again:
        click.echo(f"pages taken down again, as they were since: {done.again:,}")
    if done.warnings:
        end("\n".join(done.warnings), ATTENTION)
    return None


def _list() -> None:
    from storage.backup import backups
    from watch.status import size

    rows = [
        [one.folder.name, size(one.bytes), one.version]
        + [f"{one.files[of].rows.get(name, 0):,}" if of in one.files else "" for name, of in COUNTED.items()]
        for one in backups(settings().backups)
    ]
    table(["backup", "size", "by version", *COUNTED], rows, empty=f"no backup in {settings().backups}")


VERBS = (tidy, backup, restore)
