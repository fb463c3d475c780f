"""A reading job beside the desk: a process that adds pages with stories, each in a transaction, as fast as it can.

The words are those of `bench.many_texts`; what is compared of them is that of a story nobody told before
(`bench.scale`), as the sentences of the former come again in so many stories that comparing would take seconds.
"""

import multiprocessing
import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from time import perf_counter

from bench.many_texts import Author, Written
from bench.scale import Maker
from reading.document import Document
from reading.page import Outcome, Page, PageKind
from storage import documents, pages
from storage.database import connect, giving_way, identity
from storage.documents import Reading
from stories.story import Story
from stories.telling import Telling

SEED = 23
END_SECONDS = 30


@dataclass(slots=True, kw_only=True)
class Writer:
    """What was added, and the longest that one page took."""

    count: int = 0
    seconds: float = 0
    longest: float = 0

    def said(self) -> str:
        """In a line."""
        rate = self.count / self.seconds if self.seconds else 0
        return (
            f"meanwhile {self.count:,} stories were added, {rate:.0f} a second; the slowest took {self.longest:.2f} s"
        )


@contextmanager
def writing_meanwhile(database: Path) -> Iterator[Writer]:
    """Add stories in another process until the block ends; the figures are there then."""
    method = multiprocessing.get_context("spawn")
    stop, answer = method.Event(), method.Queue()
    process = method.Process(target=_add, args=(database, stop, answer))
    process.start()
    writer = Writer()
    try:
        yield writer
    finally:
        stop.set()
        writer.count, writer.seconds, writer.longest = answer.get(timeout=END_SECONDS)
        process.join(END_SECONDS)


def _add(database: Path, stop: Event, answer: "Queue[tuple[int, float, float]]") -> None:
    author, maker, count, longest, began = Author(random.Random(SEED)), Maker(SEED), 0, 0.0, perf_counter()
    with closing(connect(database)) as db:
        while not stop.is_set():
            written, now = author.new(), datetime.now(UTC)
            url = f"http://added.example/{began}/{count}"
            page = Page(
                requested=url, url=url, kind=PageKind.ARTICLE, outcome=Outcome.STORED, fetched_at=now, body=url.encode()
            )
            started = perf_counter()
            pages.keep(db, page)
            with giving_way():  # as `goodturn read` does
                documents.keep(db, identity(url), _reading(url, written, maker.new()), now)
            longest, count = max(longest, perf_counter() - started), count + 1
    answer.put((count, perf_counter() - began, longest))


def _reading(url: str, written: Written, told: Telling) -> Reading:
    facts = {name: getattr(written, name) for name in ("text", "title", "sector", "channel", "teller")}
    story = Story(
        place=None,
        start=0,
        end=len(written.text),
        score=0.8,
        language=written.told.language,
        companies=(written.named["company"],),
        because=tuple(written.because),
        **facts,
    )
    document = Document(url=url, text=written.text, title=written.title, language=written.told.language)
    return Reading(document=document, stories=((story, told),))
