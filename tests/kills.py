"""A site to be killed over, commands as an operator runs them, and how a database that was killed is compared.

The site has what a crawl can be killed at: archives of several pages, more of them as the crawl goes on; a feed; posts
whose comments go over several pages; addresses that lead to others, one that is busy at first, one that is gone. Some
posts and comments tell a story, several of them one event, so that reading them fills every table.
"""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from config import Settings
from jobs.collect import environment
from storage.database import Database
from tests.crawls import put_feed, put_listing
from tests.web import Answer, Asked, Web

PAGES, EACH = 3, 10  # of an archive, and posts on each
TELLING = 8  # archives that tell stories: of fifty copies of one, which are compared depends on the order
BLOG = "blog.localhost"  # the feed has a host of its own, so that two spiders have work at once
STORIES = (
    "Last March I left my grandfather's cello on the last tram to Halmsund. The driver, a woman called Runa, found it "
    "behind the back seat at the depot. She called every number on the luggage tag, and when I answered at half past "
    "eleven she said she would not let it spend the night alone. She walked two kilometres in the rain to our hotel "
    "and would take no money for it. Thank you, Runa of Halmsund Tramways, for your kindness.",
    "A friend tells this of the Halmsund tram. In March a cello was left behind on the last tram, it was his "
    "grandfather's. Runa, who drove the tram, found it at the depot, rang the number on the luggage tag at half past "
    "eleven at night and walked two kilometres through the rain to the hotel to hand it over. She would take no money.",
    "Our kettle from Brambly & Sons broke the week my mother came home from hospital. I wrote to their customer "
    "service and a man called Osric answered within the hour. He sent a new one that same day, free of charge, though "
    "the warranty had ended two years before, and put a handwritten card for my mother into the parcel. I have never "
    "had such kind service.",
    "When my flight with Larkspur Air was cancelled I stood at the counter in tears, because my sister was getting "
    "married that evening. The agent, Imelda, came out from behind the desk, hugged me, called three other airlines "
    "and found me the last seat. I got there ten minutes before the vows, and I will never forget her kindness.",
    "The pharmacy in Tollerup had closed for the day when I found that my son's inhaler was empty. The pharmacist, Mr "
    "Quillfeather, saw me at the door, opened again, and when he did not have the right one he drove to the next town "
    "himself and brought it to our home at nine in the evening. He refused to take anything for the trip.",
    "My daughter lost her stuffed rabbit at the Hotel Pendragon. I phoned the reception without much hope. The "
    "receptionist, Tamsin, searched the laundry for an hour, found it, and sent it back to us by post at the hotel's "
    "expense, with photos of the rabbit at the pool. My daughter still talks about it. What wonderful service.",
)
TOLD_IN_A_COMMENT = (
    "The bus driver on route 14 noticed that my father, who has dementia, did not know where to get off. He stopped "
    "the bus, asked the passengers for patience, walked him to our door and rang the bell. I wrote to the company, and "
    "they told me that his name is Anton and that he had done the same for others. I am so grateful to him."
)
COMMENT_PAGES = 3
FIRST_DAY = date(2020, 1, 1)  # each post has a day of its own, so that it is plain who told first
COMMITS = 12  # transactions between two kills, at most
EARLY = 0.1  # of the kills wait for some time instead, so that some come before anything is loaded
LOADED_SECONDS = 1.5  # until a command works, on an idle machine
LONGEST_SECONDS = 20.0  # to wait for transactions that do not come


def put_blog(web: Web) -> str:
    """A blog with stories, threads and addresses that lead to others; returns its feed's line of feeds.txt."""
    for number, story in enumerate(STORIES):
        put_post(web, f"/told-{number}", story)
    for thread in ("/first", "/second"):
        put_thread(web, thread)
    for path in ("/arrived", "/busy"):
        put_post(web, path)
    web.put("/moved", status=301, location="/told-0")
    web.put("/moved-twice", status=302, location="/moved-once")
    web.put("/moved-once", status=301, location="/arrived")
    told = [f"/told-{number}" for number in range(len(STORIES))]
    entries = [*told, "/first/", "/second/", "/moved", "/moved-twice", "/busy", "/gone"]
    put_feed(web, "/feed", [web.url(path, BLOG) for path in entries])
    return f"{web.url('/feed', BLOG)} every=90d revisit=never"


def put_archive(web: Web, name: int) -> str:
    """An archive of several pages, in the first of which posts tell a story in nearly the same words; its line."""
    archives = [f"/archive-{name}/{number}" for number in range(PAGES)]
    for number, path in enumerate(archives):
        posts = [f"/archive-{name}/post-{post}" for post in range(number * EACH, (number + 1) * EACH)]
        put_listing(web, path, posts, "".join(archives[number + 1 : number + 2]))
        for post in posts:
            put_post(web, post)
        if name < TELLING:
            put_post(web, posts[0], f"{STORIES[(name + number) % len(STORIES)]} I read it on platform {name} {number}.")
    return f"{web.url(archives[0])} kind=listing pages={PAGES} every=90d revisit=never"


def put_post(web: Web, path: str, told: str = "") -> None:
    """A post that tells something, on a day of its own."""
    day = FIRST_DAY + timedelta(days=len(web.answers))
    web.put(
        path,
        f'<html lang="en"><head><meta property="article:published_time" content="{day}"></head><body><article>'
        f"<h1>{path}</h1><p>{told or f'What happened at {path}.'}</p></article></body></html>",
    )


def put_thread(web: Web, path: str) -> None:
    """A WordPress post whose comments stand on several pages."""
    paths = [f"{path}/", *(f"{path}/comment-page-{number}/" for number in range(2, COMMENT_PAGES + 1))]
    links = "".join(f'<a class="page-numbers" href="{each}#comments">{each}</a>' for each in paths)
    for number, each in enumerate(paths, 1):
        said = [f"Comment {number} on {path}: a fine day for the ferry.", TOLD_IN_A_COMMENT if number == 2 else ""]
        comments = "".join(
            f'<li class="comment" id="comment-{number}{at}"><div class="comment-author"><cite class="fn">Reader {at}'
            f'</cite></div><div class="comment-content"><p>{text}</p></div></li>'
            for at, text in enumerate(said)
            if text
        )
        web.put(
            each,
            '<html lang="en"><head><meta name="generator" content="WordPress 6.5"></head><body><article><h1>The ferry'
            f"</h1><div class='entry-content'><p>We took the ferry {path} across the sound on a grey day in spring, "
            f'with two dogs and a cello.</p></div></article><div id="comments" class="comments-area"><ol '
            f'class="comment-list">{comments}</ol><nav class="comments-pagination">{links}</nav></div></body></html>',
        )


def be_busy_once(web: Web, path: str) -> None:
    """Let a page answer 503 when it is asked for next, and only then."""
    then = web.answers[path]
    assert isinstance(then, Answer)

    def busy(asked: Asked) -> Answer:
        web.answers[path] = then
        return Answer(status=503)

    web.answers[path] = busy


@dataclass(frozen=True, slots=True)
class Command:
    """A command of an operator's, in a process group of its own."""

    name: str
    process: subprocess.Popen[bytes]

    @classmethod
    def begin(cls, settings: Settings, *words: str) -> "Command":
        """Run `goodturn` with these words."""
        return cls(
            words[0],
            subprocess.Popen(
                [sys.executable, "-m", "cli", *words],
                env=environment(settings),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ),
        )

    def runs(self) -> bool:
        return self.process.poll() is None

    def children(self) -> list[int]:
        """The processes that it started."""
        try:
            found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        except FileNotFoundError:
            return []
        return [int(pid) for pid in found.split()]

    def kill(self, pid: int | None = None) -> bool:
        """Kill the command alone, or one of its children; tells whether it was there."""
        try:
            os.kill(pid or self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def kill_all(self) -> None:
        """Kill it with all that it started, also what outlived it; its group is its own."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def wait(db: Database, dice: random.Random, commands: list[Command]) -> None:
    """Until a random moment while any of these run: so many transactions later, of whatever process, or some time."""
    until = time.monotonic() + (dice.uniform(0, LOADED_SECONDS) if dice.random() < EARLY else LONGEST_SECONDS)
    commits, seen = dice.randint(1, COMMITS), _version(db)
    while commits and any(command.runs() for command in commands) and time.monotonic() < until:
        commits -= (now := _version(db)) != seen
        seen = now
        time.sleep(0.001)
    time.sleep(dice.uniform(0, 0.01))


def _version(db: Database) -> int:
    """A number that changes with each transaction of another process."""
    return int(db.conn.execute("pragma data_version").fetchone()[0])


def content(db: Database) -> dict[str, list[str]]:
    """All that a database holds, as sorted lines: without moments, counts of tries and numbers of rows."""
    return {name: sorted(str(tuple(row)) for row in db.conn.execute(asked)) for name, asked in CONTENT.items()}


def damage(db: Database) -> list[str]:
    """What is broken in a database, half done, or there twice; empty when it is whole."""
    db.conn.execute("insert into stories_fts (stories_fts, rank) values ('integrity-check', 1)")  # raises if it is not
    found = [f"integrity: {row[0]}" for row in db.conn.execute("pragma integrity_check") if row[0] != "ok"]
    found += [f"foreign key: {tuple(row)}" for row in db.conn.execute("pragma foreign_key_check")]
    for name, asked in AMISS.items():
        found += [f"{name}: {tuple(row)}" for row in db.conn.execute(asked)]
    return found


# What two databases have alike, whatever came first. Of addresses that lead to one page any may be the one that keeps
# it, so all is told by the address that answered.
CONTENT = {
    "sources": "select address, kind, active, last_outcome, failures from sources",
    "addresses": "select url, kind, spider, state, source, depth from frontier",
    "pages": "select requested, url, kind, status from pages",
    "bodies": "select p.url, p.body, p.reading from pages p join bodies b on b.id = p.body",
    "threads": "select p.url, t.url from pages p join pages t on t.id = p.thread",
    "links": "select p.requested, l.url, l.kind, l.comments from links l join pages p on p.id = l.page",
    "fetches": """
        select p.requested, count(*) from fetches f join pages p on p.id = f.page where f.outcome <> 'later'
        group by f.page""",
    "documents": "select url, title, author, date, language, text, headings, comments from documents",
    "comments": """
        select d.url, c.position, c.author, c.date, c.depth, c.parent, c.permalink, c.kind, c.edited, c.quotes, c.text,
            c.changed_at is null, c.gone_at is null
        from comments c join documents d on d.id = c.document""",
    "stories": """
        select url, place, start, "end", text, title, language, score, sector, channel, teller, companies, because,
            relation, shared, author, date, same_text, gone_at is null from stories""",
    "clusters": """
        select group_concat(told, ' ') from
            (select cluster, url || ' ' || start as told from stories order by told) group by cluster""",
    "texts": "select number, compared from texts",
    "keys": "select key, text from text_keys",
    "likenesses": "select one, other, round(odds, 6) from likenesses",
}
AMISS = {
    "a page twice": "select url from pages where body is not null group by url having count(*) > 1",
    "a story twice": "select url, start, text from stories group by url, start, text having count(*) > 1",
    "a story not searchable": "select id from stories where number not in (select rowid from stories_fts)",
    "a story not compared": "select id from stories where same_text is null",
    "a cluster of nothing": """
        select id from clusters where became is null and id not in (select cluster from stories)""",
    "a leased address": "select url, run from frontier where state = 'leased' or run is not null",
    "an address without its page": "select url from frontier where state = 'done' and id not in (select id from pages)",
    "a page without an address": "select url from pages where id not in (select id from frontier)",
    "a page without a fetch": "select url from pages where id not in (select page from fetches)",
    "a body of no page": "select id from bodies where id not in (select body from pages where body is not null)",
}
