"""How far long work has come: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Advance = Callable[[int, int], None]
"""Called with how many are done and how many there are; 0 for unknown."""

PLAIN_EVERY = 100  # things between two plain lines: a log file wants to be read


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """Show how far `what` has come, on standard error, so that standard output stays the answer."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, total: _plain(what, done, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total or None)


def _plain(what: str, done: int, total: int) -> None:
    if done and (done % PLAIN_EVERY == 0 or done == total):
        print(f"{what}: {done}" + (f" of {total}" if total else ""), file=sys.stderr, flush=True)
