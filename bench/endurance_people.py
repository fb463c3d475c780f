"""The people of `bench.endurance`: an editor at the desk and a reader of the feeds, by real HTTP, each in a thread.

The editor keeps a journal of her own: what the desk said was done is there with its number. Where the desk did not
answer, because it was just killed, she does not know whether it was.
"""

import json
import random
import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener, urlopen

from desk.csrf import FIELD
from stories.story import WhyNot

TOKEN = re.compile(rf'name="{FIELD}" value="([^"]+)"')
SEEN = re.compile(r'name="seen" value="(\d+)"')
CLUSTER = re.compile(r'href="/cluster/([0-9a-f]{16})')
ACTS = {"approve": 8, "reject": 3, "hold": 1, "note": 2, "merge": 2, "undo": 2, "unpublish": 1}  # how often
TIMEOUT = 40.0  # seconds: more than the desk waits for who writes
AWAY = (URLError, HTTPException, OSError)  # nobody there, or gone in the middle
SEE_OTHER, AHEAD = 303, 410


class _Stay(HTTPRedirectHandler):
    """Redirects are for the editor to see."""

    def redirect_request(self, *_: Any) -> None:
        """Not followed."""


class Person(threading.Thread):
    """Somebody who does something again and again, with pauses, until told to stop."""

    def __init__(self, pause: float) -> None:
        super().__init__(daemon=True)
        self.pause, self.over, self.met = pause, threading.Event(), Counter[str]()

    def run(self) -> None:
        while not self.over.wait(self.pause):
            try:
                self.act()
            except HTTPError as error:
                self.met[f"status {error.code}"] += 1
            except AWAY:
                self.met["nobody there"] += 1

    def act(self) -> None:
        """Do it once."""
        raise NotImplementedError


@dataclass(slots=True)
class Journal:
    """What was done by number: verb and cluster; and how many acts nobody knows of."""

    done: dict[int, tuple[str, str]] = field(default_factory=dict)
    unknown: int = 0


class Editor(Person):
    """Signs in by a one-time link, opens stories and decides."""

    def __init__(self, desk: str, link: str, seed: int, pause: float) -> None:
        super().__init__(pause)
        self.desk, self.journal, self._dice = desk, Journal(), random.Random(seed)
        self._web = build_opener(HTTPCookieProcessor(CookieJar()), _Stay())
        self._enter(link)

    def _enter(self, link: str) -> None:
        path, password = urlsplit(link).path, "quite-a-long-pass-phrase-7"
        page = self._get(path)
        given = {FIELD: _found(TOKEN, page), "password": password, "again": password}
        assert self._post(path, given)[0] == SEE_OTHER, "the link does not let in"

    def act(self) -> None:
        """Open a story of the inbox, and do something."""
        ids = sorted(set(CLUSTER.findall(self._get("/"))))
        if not ids:
            self.met["an empty inbox"] += 1
            return
        verb = self._dice.choices(list(ACTS), list(ACTS.values()))[0]
        if verb in ("unpublish", "undo"):
            ids = sorted({id for _, id in list(self.journal.done.values())[-20:]}) or ids
        id = self._dice.choice(ids)
        page = self._get(f"/cluster/{id}")
        form = {FIELD: _found(TOKEN, page), "seen": _found(SEEN, page)}
        if verb == "undo":
            form["number"] = str(max(self.journal.done, default=0))
        elif verb == "merge":
            form["other"] = self._dice.choice([other for other in ids if other != id] or [id])
        elif verb == "reject":
            form["why"] = self._dice.choice(list(WhyNot)).value
        elif verb == "note":
            form["note"] = f"Looked at it, number {self._dice.randrange(10**9)}."
        self._press("/undo" if verb == "undo" else f"/cluster/{id}/{verb}", form, verb, id)

    def _press(self, path: str, form: dict[str, str], verb: str, id: str) -> None:
        try:
            status, location = self._post(path, form)
        except AWAY:
            self.journal.unknown += 1
            raise
        self.met[f"{verb} {status}"] += 1
        if status != SEE_OTHER:
            return
        for number in parse_qs(urlsplit(location).query).get("done", [""])[0].split(","):
            if number:
                self.journal.done[int(number)] = (verb, id)

    def _get(self, path: str) -> str:
        with self._web.open(f"{self.desk}{path}", timeout=TIMEOUT) as answer:
            return str(answer.read().decode())

    def _post(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """The status, and where it leads."""
        asked = Request(f"{self.desk}{path}", urlencode(form).encode(), {"Origin": self.desk})
        try:
            with self._web.open(asked, timeout=TIMEOUT) as answer:
                return int(answer.status), ""
        except HTTPError as answer:
            return answer.code, answer.headers.get("Location", "")


class Reader(Person):
    """Polls the feed with what it got before, and keeps a copy by the cursor of the API."""

    def __init__(self, site: str, pause: float) -> None:
        super().__init__(pause)
        self.site, self.stories, self.cursor, self._etag = site, dict[str, Any](), "0", ""

    def act(self) -> None:
        """Poll, then follow the changes to their end."""
        asked = Request(f"{self.site}/feed.atom", headers={"If-None-Match": self._etag} if self._etag else {})
        try:
            with urlopen(asked, timeout=TIMEOUT) as answer:
                self._etag, feed = answer.headers["ETag"], answer.read()
                self.met["a feed" if feed.rstrip().endswith(b"</feed>") else "half a feed"] += 1
        except HTTPError as error:
            self.met[f"feed {error.code}"] += 1
        self.follow()

    def follow(self) -> None:
        """Bring the copy up to date."""
        more = True
        while more:
            try:
                with urlopen(f"{self.site}/api/v1/changes?since={self.cursor}", timeout=TIMEOUT) as answer:
                    told = json.load(answer)
            except HTTPError as error:
                if error.code != AHEAD:
                    raise
                self.stories, self.cursor = {}, "0"
                self.met["begun anew"] += 1
                continue
            self.stories |= {story["id"]: story for story in told["stories"]}
            for one in told["removed"]:
                self.stories.pop(one["id"], None)
            self.cursor, more = told["cursor"], told["more"]
            self.met["changes"] += 1


def _found(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    return found[1] if found else ""
