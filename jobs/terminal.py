"""What a person at a terminal sees, and a program that reads along: progress, tables, CSV, counts, piped lines."""

import csv
import io
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from os import fstat
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import logs

Advance = Callable[[int, int], None]
"""Called with how many are done and how many there are; 0 for unknown."""

PLAIN_EVERY = 100  # things between two plain lines: a log file wants to be read


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """Show how far `what` has come, on standard error, so that standard output stays the answer.

    A bar on a terminal, plain lines elsewhere, nothing where the log tells of it.
    """
    if logs.RUN in os.environ:
        yield lambda done, total: None
        return
    console = Console(stderr=True)
    if not console.is_terminal:
        said: set[int] = set()
        yield lambda done, total: _plain(what, done, total, said)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total or None)


def counts(what: str, of: Mapping[Any, int]) -> str:
    """`pages: 12 read, 1 empty`."""
    return f"{what}: " + (", ".join(f"{number} {word}" for word, number in of.items() if number) or "none")


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str) -> None:
    """Print rows under column names; `empty` where there is none. On a terminal long cells are folded."""
    if not rows:
        click.echo(empty)
        return
    grid = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*("" if cell is None else str(cell) for cell in row))
    console = Console()
    console.width = console.width if console.is_terminal else 10_000
    if console.is_terminal:
        console.print(grid)
        return
    with console.capture() as captured:
        console.print(grid)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def comma_separated(rows: Sequence[dict[str, Any]]) -> None:
    """Print rows as CSV with a header line; lists become `a; b`."""
    if rows:
        writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: "; ".join(v) if isinstance(v, tuple) else v for k, v in row.items()} for row in rows)


def standard_input() -> Iterator[str] | None:
    """The lines of a pipe or file on standard input; None at a terminal, from /dev/null, or where there is no line."""
    try:
        mode = fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return None
    if not (stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)):
        return None
    lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace", newline="\n")
    first = next(lines, None)
    return chain([first], lines) if first is not None else None


def _plain(what: str, done: int, total: int, said: set[int]) -> None:
    if done and done not in said and (done % PLAIN_EVERY == 0 or done == total):
        said.add(done)
        print(f"{what}: {done}" + (f" of {total}" if total else ""), file=sys.stderr, flush=True)
