"""A small database to show the desk by: the made-up web of `demo/`, collected and read, one event that is told with
pictures and private details, and what editors did in their first week. All people and companies are invented.

Moments are the same each time: stories were found in the days before NOW.
"""

from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from config import Settings
from demo.web import serve
from jobs.collect import collect
from jobs.read import read_unread
from reading.document import Document, Medium, MediumKind
from reading.page import Outcome, Page, PageKind
from reading.sent import Contact, Kind, Sent
from storage import documents, pages, submissions
from storage.database import Database, connect, connect_private, identity, stamp, writing
from storage.decisions import decide
from storage.documents import Reading
from storage.edits import edit, mask
from storage.filters import Filters
from storage.log import Field, Verb
from storage.logins import Origin
from storage.people import Role, add
from storage.searches import save
from storage.undo import undo
from stories import likeness
from stories.story import Channel, Sector, Story, Teller, WhyNot
from stories.telling import telling

ZONE = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=ZONE)
ADA, BIRK = "Ada Holm", "Birk Sandvad"
WEB_PORT = 8099  # of the made-up web, so that its addresses are the same each time
SAFELY = 0.5  # log odds above the least that is suggested
BETWEEN = timedelta(hours=5)  # two finds
TERMINAL = Origin(who="terminal")

BEFORE = "We had three days on Vesterø, two of them in fog, and on the last evening the wind got up."
KIND = """\
My daughter left her hearing aid on the early ferry to Hvidsand, and we noticed it at the hotel, forty \
kilometres on. I rang Kattegat Lines without much hope. A man called Jonas Brandstrup answered. He did not give \
me a form. He walked through the saloon himself with the telephone in his hand, looking under every cushion, and \
I could hear him saying “not here, not here” to nobody.
He found it in the play corner at last. The ship was going back out in ten minutes, so he gave it to the driver \
of the bus to our village, with a note in large letters: “For a girl who wants to hear the gulls.” It was at our \
door before supper. He had written his own number under it, 20 14 55 83, and wanted to know if it still worked.
I asked what we owed. He wrote back from jonas.brandstrup@kattegatlines.example that the gulls had paid."""
AFTER = "The rest of the holiday was rain and cards, and nobody minded."
AGAIN = """\
Auf der Frühfähre nach Hvidsand hat ein Mädchen sein Hörgerät verloren, ich saß am Nebentisch. Der Mann von \
Kattegat Lines suchte mit dem Telefon am Ohr den ganzen Salon ab, unter jedem Kissen, und fand es in der \
Spielecke. Weil das Schiff gleich wieder ablegte, gab er es dem Busfahrer mit, und einen Zettel dazu: für ein \
Mädchen, das die Möwen hören will."""
HEARD = """A bus stopped at our gate last autumn, which it never does. The driver had an envelope from the boat with \
something small in it for the girl next door, and would not take coffee, because he was late already. People are odd \
about lateness and quite right."""
TOLD = (
    ("http://saltandrain.example/the-gulls", "Marian Oakley", "The man who could hear the gulls", "en", KIND),
    ("http://amnebentisch.example/moewen", "Ruth Ahlers", "Für ein Mädchen, das die Möwen hören will", "de", AGAIN),
    ("http://gatepost.example/a-bus-stopped", "Tom Varley", "A bus stopped at our gate", "en", HEARD),
)
SEEN = (
    Medium(kind=MediumKind.PICTURE, url="http://saltandrain.example/gulls.jpg", alt="Gulls over the quay at Hvidsand"),
    Medium(kind=MediumKind.VIDEO, url="https://video.example/watch/ferry", alt="The early ferry coming in"),
)


def fill(settings: Settings) -> str:
    """Fill the databases of the settings; the id of the cluster that has everything."""
    with serve(WEB_PORT) as web:
        settings.feeds.write_text(web.feeds_txt, encoding="utf-8")
        collect(settings, now=NOW, quiet=True)
        read_unread(settings)
    with closing(connect(settings.database)) as db:
        first, second, third = (_tell(db, told, NOW.date() - timedelta(days=30 - n)) for n, told in enumerate(TOLD))
        _perhaps_the_same(db, first, third)
        _perhaps_the_same(db, second, third)
        _date(db)
        (shown,) = db.conn.execute("select cluster from stories where document = ?", (first,)).fetchone()
        _work(db, shown)
        _send_in(db, settings.private)
    return str(shown)


def _tell(db: Database, told: tuple[str, str, str, str, str], day: date) -> str:
    """A page with a story of ours; its id."""
    url, author, title, language, words = told
    text = f"{BEFORE}\n{words}\n{AFTER}" if words == KIND else words
    body = url.encode()  # its own, or it would be the same page as another
    page = Page(requested=url, url=url, kind=PageKind.ARTICLE, outcome=Outcome.STORED, fetched_at=NOW, body=body)
    pages.keep(db, page)
    story = Story(
        place=None,
        start=text.index(words),
        end=text.index(words) + len(words),
        text=words,
        score=0.97 if words == KIND else 0.82,
        title=title,
        language=language,
        companies=("Kattegat Lines",),
        sector=Sector.TRANSPORT,
        channel=Channel.PHONE,
        teller=Teller.CUSTOMER if words == KIND else Teller.THIRD_PARTY,
        because=("somebody searched: “walked through the saloon himself”", "it was more than they had to do"),
    )
    media = SEEN if words == KIND else ()
    document = Document(url=url, text=text, title=title, author=author, date=day, language=language, media=media)
    documents.keep(db, identity(url), Reading(document=document, stories=((story, telling(story)),)), NOW)
    return identity(url)


def _perhaps_the_same(db: Database, *pages: str) -> None:
    """Leave it to an editor whether two pages tell one event."""
    model, texts = likeness.model(), "select same_text from stories where document = ?"
    one, other = (db.conn.execute(texts, (page,)).fetchone()[0] for page in pages)
    odds = model.perhaps + SAFELY
    with writing(db):
        rows = [(one, other, odds), (other, one, odds)]
        db.conn.executemany("insert or replace into likenesses (one, other, odds) values (?, ?, ?)", rows)


def _date(db: Database) -> None:
    """Let the stories be found one after the other, by their ids."""
    ids = [row[0] for row in db.conn.execute("select id from clusters order by id")]
    with writing(db):
        for number, id in enumerate(ids):
            at = stamp(NOW - BETWEEN * (number + 1))
            db.conn.execute("update clusters set made_at = ? where id = ?", (at, id))
            db.conn.execute("update stories set found_at = ? where cluster = ?", (at, id))


def _work(db: Database, shown: str) -> None:
    """What two editors did in a week."""
    best = "select cluster from inbox where cluster <> ? and url not like '%.example/%' order by score desc, cluster"
    others = [row[0] for row in db.conn.execute(best, (shown,))]
    at = NOW - timedelta(days=2)
    for id, verb in zip(others[-7:], (Verb.APPROVE, Verb.APPROVE, Verb.HOLD, Verb.APPROVE), strict=False):
        at += timedelta(minutes=7)
        decide(db, id, verb, who=ADA, at=at)
    for id, why in zip(others[-3:], (WhyNot.PROMO, WhyNot.PRAISE_ONLY, WhyNot.COMPLAINT), strict=True):
        at += timedelta(minutes=3)
        made = decide(db, id, Verb.REJECT, why=why, who=BIRK, at=at)
    undo(db, made.number, who=ADA, at=at + timedelta(hours=1), note="It ends well, read on.")
    edit(db, shown, Field.SUMMARY, "A ferryman, a hearing aid and a note for the bus driver.", who=ADA, at=at)
    mask(db, shown, "20 14 55 83", "[his number]", who=ADA, at=at)
    decide(db, shown, Verb.NOTE, note="Ask Kattegat Lines whether he may be named.", who=BIRK, at=at)
    save(db, "Banks and trains, by phone", Filters(channel=("phone",), sector=("bank", "transport")), who=ADA, at=at)
    save(db, "For the newsletter", Filters(score=0.9, age=30), who=BIRK, at=at, public=True)


def _send_in(db: Database, private: Path) -> None:
    """What readers sent, and who works here."""
    with closing(connect_private(private)) as people:
        add(people, ADA, Role.OPERATOR, at=NOW - timedelta(days=9), origin=TERMINAL)
        add(people, BIRK, Role.EDITOR, at=NOW - timedelta(days=9), origin=TERMINAL)
        add(people, "Clara Oosting", Role.READER, at=NOW - timedelta(days=3), origin=TERMINAL)
        words = "The baker in our street, Korn & Søn, drove after me in her van with my purse."
        consent = "You may print this story, and shorten it."
        contact = Contact(name="Sigrid Lund", mail="sigrid@post.example", consent=consent)
        own = Sent(kind=Kind.TEXT, title="The purse", words=words, language="en", printed="Sigrid")
        submissions.add(db, people, own, contact, NOW - timedelta(hours=20))
        link = Sent(kind=Kind.LINK, url="http://kaffebrev.example/paraplyen", words="About a forgotten umbrella.")
        submissions.add(db, people, link, Contact(), NOW - timedelta(hours=3))
        film = Sent(kind=Kind.VIDEO, url="https://video.example/watch/locksmith", words="A locksmith at two at night.")
        submissions.add(db, people, film, Contact(), NOW - timedelta(hours=1), who=ADA)
