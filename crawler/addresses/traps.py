"""Which addresses lead nowhere: into calendars, round in circles, through every order of a list, or to a button. Pure.

Such addresses are made by a program without end, or change something for a reader who is logged in; none of them is an
article that cannot be reached otherwise. An address is a trap when, in this order:

1. it has more than 500 characters and holds another address;
2. its path has more than 12 parts, the same part three times, or the same pair of parts twice in a row (parts that are
   only digits do not count: dates repeat themselves);
3. it is a page of a calendar: a year later than next year with its month, or after a word like `events`, or as a
   parameter; a year before 1994 after such a word; or a year and a month as its only parameters;
4. it has more than 6 parameters, or one parameter with more than 3 values;
5. one of its parameters has a value like a session's: a name like `token` and 16 letters and digits or more;
6. two or more of its parameters sort or filter a list;
7. it does something: edits, replies, votes, buys, logs in, prints, shares by mail, or goes on to another address.

A trap that is missed costs requests, of which a source has a budget; an article that is taken for a trap is lost. So
only what is clear counts: `?action=` and `?do=` with a word for a deed, for instance, and not with `view`.
"""

import re
from collections import Counter, defaultdict
from datetime import date
from urllib.parse import urlsplit

# Measured on the 7,900 addresses that 49 real pages and what is said of them link to: no article is taken for a trap.
LONGEST = 500  # characters; two of them are longer, both a button's and a frame's
MOST_PARTS = 12  # of a path; none has more than 11
MOST_SAME = 2  # times the same part
MOST_PARAMETERS = 6  # four have more: counters, a search, a form for comments
MOST_VALUES = 3  # of one parameter
MOST_SORTING = 1  # parameters; `?sort=oldest` alone shows a thread
FIRST_YEAR = 1994  # before the first blogs; calendars go back for ever too

HOLDS_ADDRESS = re.compile(r"https?(?::|%3A)(?:/|%2F){2}", re.IGNORECASE)
CALENDAR = re.compile(
    r"/(?:calendars?|kalend[ae]r(?:en)?|calendrier|calendario|agenda|events|evenements|eventos|veranstaltungen|"
    r"arrangementer|evenementen|termine)(?:/[^/]+)??/((?:19|20)\d\d)(?=[/-](?:0?[1-9]|1[0-2])(?:[/-]|$)|/?$)",
    re.IGNORECASE,
)
ARCHIVE = re.compile(r"/(20\d\d)[/-](?:0?[1-9]|1[0-2])(?=[/-]|$)")
DATE = re.compile(r"[^=]*=(20\d\d)-\d\d(?:-|$)|(?:[^=]*[_-])?year=(\d{4})$", re.IGNORECASE)
YEAR = re.compile(r"(?:.*[_-])?(?:year|yr|jahr|annee|aar|ano)$", re.IGNORECASE)
MONTH = re.compile(r"(?:.*[_-])?(?:month|mon|mois|monat|maaned|mes|day|view|week)$", re.IGNORECASE)
SESSION = re.compile(
    r"(?:.*[_-])?(?:sid|s|sess|(?:sess(?:ion)?|auth)_?(?:id|key)?|token|nonce|csrf)=(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{16,}$",
    re.IGNORECASE,
)
SORTING = re.compile(
    r"dir|sk|sd|(?:sort|order)(?:[_-]?(?:by|dir|order|field))?|direction|asc(?:ending)?|desc|"
    r"(?:filter|facet)s?(?:(?:\[|%5B).*|[_-]\w+)?|daysprune|prefix_?id",
    re.IGNORECASE,
)
ACTION = re.compile(
    r"(?:action|do|act|task|cmd|mode|op)=(?:edit|delete|history|diff|raw|log-?in|log-?out|sign-?up|register|lostpassword|"
    r"(?:new)?reply|newthread|quote|vote|rate|like|report|print(?:page|able)?|share|e?mail(?:page)?|sendto\w*|subscribe|"
    r"addsubscription|add(?:_?to)?[_-]?(?:cart|fav\w*|wish\w*)|markread|(?:un)?watch|compare|purge|search|getnew)$|"
    r"add[-_]to[-_](?:cart|wishlist)=|(?:replytocom|like_comment|_wpnonce)=|share=[a-z-]+$|option=com_mailto$|"
    r"(?:print|printable|print_?view)(?:=(?:1|y(?:es)?|true|print)?)?$|(?:format|view|tmpl|layout)=print\w*$|"
    r"(?:next|redirect\w*|return\w*|destination|continue|goto|back(?:url|to)?|referr?er)=(?:/|%2F|https?(?::|%3A))",
    re.IGNORECASE,
)
BUTTON = re.compile(
    r"/[^/]+/(?:print|mailto)/?$|/(?:print(?:thread|view|able|page)?|send(?:message|tofriend)|emailpage|sharer?|mailto|"
    r"newreply|posting|wp-login|log-?in|sign-?in|log-?out|register)\.(?:php|aspx?|cgi|html?)$",
    re.IGNORECASE,
)
BUTTON_IF_ASKED = re.compile(  # words that are a deed only with something to do it to: parameters
    r"/(?:log-?in|sign-?in|sign-?up|log-?out|register|intent/tweet|sharer?|mailto)/?$", re.IGNORECASE
)


def trap(url: str, today: date) -> str | None:
    """Why a canonical address is a trap, as a phrase; None where it is none."""
    parts = urlsplit(url)
    if len(url) > LONGEST and HOLDS_ADDRESS.search(f"{parts.path}?{parts.query}"):
        return "a long address that holds another"
    segments = [part for part in parts.path.split("/") if part]
    parameters = [part for part in parts.query.split("&") if part]
    return (
        _circle(segments)
        or _calendar(parts.path, parameters, today)
        or (_parameters(parameters) if parameters else None)
        or _deed(parts.path, parameters)
    )


def _circle(segments: list[str]) -> str | None:
    if len(segments) > MOST_PARTS:
        return f"a path of {len(segments)} parts"
    words = [part for part in segments if not part.isdigit()]
    if len(words) == len(set(words)):
        return None
    part, times = Counter(words).most_common(1)[0]
    if times > MOST_SAME:
        return f"“{part}” {times} times in the path"
    pairs = zip(segments, segments[1:], segments[2:], segments[3:], strict=False)
    if any(one == third and two == fourth for one, two, third, fourth in pairs):
        return "a path that repeats itself"
    return None


def _calendar(path: str, parameters: list[str], today: date) -> str | None:
    latest = today.year + 1
    if (found := CALENDAR.search(path)) and not FIRST_YEAR <= int(found[1]) <= latest:
        return f"a calendar in the year {found[1]}"
    if (found := ARCHIVE.search(path)) and int(found[1]) > latest:
        return f"an archive of the year {found[1]}"
    for part in parameters:
        if (found := DATE.match(part)) and int(found[1] or found[2]) > latest:
            return f"a calendar in the year {found[1] or found[2]}"
    names = [part.partition("=")[0] for part in parameters]
    years = [name for name in names if YEAR.match(name)]
    others = [name for name in names if name not in years]
    return "a calendar's month" if years and others and all(map(MONTH.match, others)) else None


def _parameters(parameters: list[str]) -> str | None:
    if len(parameters) > MOST_PARAMETERS:
        return f"{len(parameters)} parameters"
    values = defaultdict(set)
    for part in parameters:
        name, _, value = part.partition("=")
        values[name].add(value)
        if SESSION.match(part):
            return f"a session in “{name}”"
    for name, each in values.items():
        if len(each) > MOST_VALUES:
            return f"“{name}” with {len(each)} values"
    if sum(1 for name in values if SORTING.fullmatch(name)) > MOST_SORTING:
        return "a list in another order"
    return None


def _deed(path: str, parameters: list[str]) -> str | None:
    for part in parameters:
        if ACTION.match(part):
            return f"a button: “{part[:40]}”"
    if BUTTON.search(path) or (parameters and BUTTON_IF_ASKED.search(path)):
        return f"a button: “{path.rstrip('/').rpartition('/')[2]}”"
    return None
