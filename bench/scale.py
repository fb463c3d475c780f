"""How long it takes to add a story to a large collection, and how large that is.

usage: python -m bench.scale [SIZE ...]     (10000 100000 1000000)

Collections of generated stories are filled in bulk, on disk: motifs and words as often as in the training texts, names
and companies from pools in which few are common and most are rare. Then stories are added as a reading adds them, each
in a transaction: a third are new, a third retell a stored story in another language, keeping two thirds of what
happens, a third are near copies. Printed for each size: milliseconds for one, from its entry to the commit (deriving
what is compared from its text is done before, in a reading's worker process: the last line says how long it takes);
memory of the process that adds; size on disk; how many of the retellings and near copies were put to what they tell.
"""

import argparse
import itertools
import json
import multiprocessing
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from storage.candidates import FULL
from storage.clusters import place
from storage.database import Database, connect, identity, stamp, writing
from stories import rarity
from stories.fingerprint import fingerprint
from stories.keys import keys, number_of
from stories.labelled import read
from stories.languages import LANGUAGES
from stories.mentions import Names
from stories.pairs import TELLINGS
from stories.story import Story
from stories.telling import Telling, pack, telling

SIZES = (10_000, 100_000, 1_000_000)
ADDED, KINDS = 600, ("new", "retelling", "near copy")
MOTIFS, WORDS = (10, 28), (40, 90)  # of one story
NAMES, COMPANIES = 40_000, 8_000  # in the pools, the first ones more often: as one to their place
MOST_NAMES, NAMED = 4, 0.6  # of one story; share of stories whose company is named
KEPT = 2 / 3  # of its motifs, by a retelling
BATCH = 10_000
SEED = 11
AT = stamp(datetime(2026, 1, 1, tzinfo=UTC))


class Maker:
    """Makes stories: what is compared of them, and words that stand for their text."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        counts = rarity.counts()
        self.motifs, self.of_motif = _pool(counts, "motif", rarity.ALL)
        self.stems = {language: _pool(counts, "stem", language) for language in LANGUAGES}
        self.names, self.companies = _called(NAMES, "n"), _called(COMPANIES, "c")
        self.of_name, self.of_company = _falling(NAMES), _falling(COMPANIES)

    def new(self) -> Telling:
        """A story that was never told."""
        named = self.dice.choices(self.names, cum_weights=self.of_name, k=self.dice.randint(0, MOST_NAMES))
        by = self.dice.choices(self.companies, cum_weights=self.of_company, k=1) if self.dice.random() < NAMED else []
        count = self.dice.randint(*MOTIFS)
        happens = tuple(dict.fromkeys(self.dice.choices(self.motifs, cum_weights=self.of_motif, k=count)))
        return self._told(self.dice.choice(list(LANGUAGES)), happens, frozenset(named), frozenset(by))

    def retold(self, told: Telling) -> Telling:
        """The same in another language, from memory."""
        kept = tuple(motif for motif in told.motifs if self.dice.random() < KEPT)
        other = self.dice.choices(self.motifs, cum_weights=self.of_motif, k=len(told.motifs) // 3)
        language = self.dice.choice([each for each in LANGUAGES if each != told.language])
        names = frozenset(name for name in told.names.certain if self.dice.random() < KEPT)
        companies = told.companies if self.dice.random() < KEPT else frozenset[str]()
        return self._told(language, tuple(dict.fromkeys((*kept, *other))), names, companies)

    def copied(self, told: Telling) -> Telling:
        """The same but for a word."""
        text = f"{self.text(told)} via{self.dice.randrange(10**9)}"
        return replace(told, digest=identity(text), wording=identity(text), fingerprint=fingerprint(text))

    def text(self, told: Telling) -> str:
        """Words that stand for a story's text."""
        return " ".join((*told.motifs, *sorted(told.stems), *sorted(told.names.certain)))

    def _told(
        self, language: str, happens: tuple[str, ...], names: frozenset[str], companies: frozenset[str]
    ) -> Telling:
        pool, often = self.stems[language]
        stems = frozenset(self.dice.choices(pool, cum_weights=often, k=self.dice.randint(*WORDS)))
        made = Telling(
            digest="",
            wording="",
            language=language,
            companies=companies,
            fingerprint=b"",
            motifs=happens,
            names=Names(certain=names, possible=frozenset()),
            numbers=frozenset({float(self.dice.randint(4, 400))}),
            stems=stems,
            weight=sum(map(rarity.motif, happens)),
            weight_of_words=sum(rarity.stem(language, stem) for stem in stems),
        )
        text = self.text(made)
        return replace(made, digest=identity(text, language), wording=identity(text), fingerprint=fingerprint(text))


def fill(db: Database, maker: Maker, size: int) -> list[Telling]:
    """Fill a database with new stories; some of them, to be retold."""
    db.conn.execute("create temp table raw (key integer, text integer)")
    known: list[Telling] = []
    for start in range(0, size, BATCH):
        with writing(db):
            for number in range(start, min(start + BATCH, size)):
                told = maker.new()
                _store(db, maker.text(told), told, number)
                text = number_of(told)
                db.conn.execute("insert into texts values (?, ?)", (text, pack(told)))
                db.conn.executemany("insert into raw values (?, ?)", [(key.number, text) for key in keys(told)])
                db.conn.execute("update stories set same_text = ? where number = ?", (text, number + 1))
                db.conn.execute(
                    "insert into clusters (id, made_at) values (?, ?)", (identity("story", str(number)), AT)
                )
                if number % (size // ADDED + 1) == 0:
                    known.append(told)
    with writing(db):
        db.conn.execute(_INDEX, (FULL + 1,))
    db.conn.execute("drop table raw")
    return known


def add(db: Database, maker: Maker, known: Sequence[Telling], size: int) -> Iterator[tuple[str, float, bool]]:
    """Add stories; for each its kind, its milliseconds, and whether it was put to the story that it tells."""
    make = {"new": lambda told: maker.new(), "retelling": maker.retold, "near copy": maker.copied}
    for number, kind in zip(range(ADDED), itertools.cycle(KINDS), strict=False):
        source = known[number % len(known)]
        told = make[kind](source)
        begin = time.perf_counter()
        with writing(db):
            id_ = _store(db, maker.text(told), told, size + number)
            place(db, id_, told)
        took = (time.perf_counter() - begin) * 1000
        yield kind, took, _cluster(db, told) == _cluster(db, source)


def _store(db: Database, text: str, told: Telling, number: int) -> str:
    """A page, a document and a story; the story's id. It is in a cluster of its own until it is placed."""
    page, id_ = identity("page", str(number)), identity("story", str(number))
    db.conn.execute("pragma defer_foreign_keys = on")
    db.conn.execute(_PAGE, (page, page, page, AT, AT))
    db.conn.execute("insert into documents (id, url, text, read_at) values (?, ?, ?, ?)", (page, page, text, AT))
    db.conn.execute(
        _STORY, (id_, page, len(text), text, told.language, json.dumps(sorted(told.companies)), id_, page, AT)
    )
    return id_


def _cluster(db: Database, told: Telling) -> str | None:
    row = db.conn.execute("select cluster from stories where same_text = ?", (number_of(told),)).fetchone()
    return str(row[0]) if row else None


def _pool(counts: Mapping[tuple[str, str, str], int], kind: str, language: str) -> tuple[list[str], list[int]]:
    """What there is of a kind, and how often, added up."""
    found = [(what, count) for (its, of, what), count in sorted(counts.items()) if (its, of) == (kind, language)]
    return [what for what, _ in found], list(itertools.accumulate(count for _, count in found))


def _called(count: int, letter: str) -> list[str]:
    return [
        f"{letter}{identity(letter, str(number))[:7]}".translate(str.maketrans("0123456789", "aeioubdgkl"))
        for number in range(count)
    ]


def _falling(count: int) -> list[float]:
    return list(itertools.accumulate(1 / (place + 10) for place in range(count)))


def measure(size: int, path: Path, known: Sequence[Telling], filled: float) -> str:
    """Add to a filled database, and say how it went."""
    db = connect(path)
    found = list(add(db, Maker(SEED + 1), known, size))
    db.close()
    times = sorted(took for _, took, _ in found)
    share = {kind: statistics.fmean(right for its, _, right in found if its == kind) for kind in KINDS[1:]}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    disk = sum(file.stat().st_size for file in path.parent.iterdir()) / 2**20
    return (
        f"{size:>9,} {statistics.median(times):9.2f} {times[int(len(times) * 0.99)]:6.2f} {memory:10.0f} {disk:8.0f} "
        f"{share['retelling']:11.2f} {share['near copy']:12.2f} {filled:10.0f}"
    )


def deriving() -> float:
    """The median milliseconds of deriving what is compared from a story's text."""
    told = [text for text in read(TELLINGS) if text.language]
    times = []
    for text in told:
        story = Story(
            place=None, start=0, end=len(text.text), text=text.text, score=1, title="", language=text.language
        )
        begin = time.perf_counter()
        telling(story)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    print("  stories  median ms   99th  memory MB  disk MB  retellings  near copies  filled in s")
    apart = multiprocessing.get_context("spawn")
    for size in parser.parse_args().sizes:
        with tempfile.TemporaryDirectory() as folder:
            path, begin = Path(folder, "scale.db"), time.perf_counter()
            known = fill(connect(path), Maker(SEED), size)
            filled = time.perf_counter() - begin
            with apart.Pool(1) as pool:  # so that its memory is that of adding
                print(pool.apply(measure, (size, path, known, filled)), flush=True)
    print(f"deriving what is compared: {deriving():.2f} ms")


_PAGE = """
insert into pages (id, url, requested, kind, outcome, fetched_at, first_fetched_at)
values (?, ?, ?, 'article', 'stored', ?, ?)
"""

_STORY = """
insert into stories (id, document, start, "end", text, title, language, score, sector, channel, teller, companies,
    cluster, relation, url, found_at)
values (?, ?, 0, ?, ?, '', ?, 0.9, 'other', 'unknown', 'customer', ?, ?, 'first', ?, ?)
"""

_INDEX = """
insert into text_keys select key, text from (
    select key, text, row_number() over (partition by key order by text) as place from temp.raw)
where place <= ? order by key, text
"""

if __name__ == "__main__":
    main()
