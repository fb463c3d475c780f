"""The log: lines of one shape, as text or as JSON, with the id of the run in each and no secret in any.

    2026-11-22T10:00:00Z INFO read-20261122T100000-a3f1 crawl.stored page=https://example.org/ outcome=stored ms=12

that is when (UTC), how grave, in which run, by whom and what, and then fields. With the setting `log_format = "json"`
each line is one JSON object with the same: time, level, run, logger, event, fields. All of it goes to standard error.

In the code a line is `log.info("stored page=%s outcome=%s ms=%d", ...)`: up to three words for the event, then
fields; a remark may follow. A sentence without fields is the event `note`, as is whatever a library says. What fills a
`page=%s` is one value, whatever it holds: it is never looked into for further fields, and what would end a line or turn
its direction is escaped, so that no page's title can forge a line.

Secrets are masked in each value: user and password in an address; all of an address that is not of the web's kind
(those of Apprise are made of secrets) or that the setting `notify` names; what is called token, key, password, secret
and the like; what stands in an Authorization or Cookie header; the last part of a one-time link of the desk.

A run is one process that does a job, and what it starts. Its id, `read-20261122T100000-a3f1`, comes in the environment
variable RUN_OF_GOODTURN from who started it, else it is made here. What runs by itself tells of everything; what a
person runs by hand tells of warnings, as its answer is on the screen.
"""

import ast
import json
import logging
import os
import re
import secrets
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

RUN = "RUN_OF_GOODTURN"
NONE = "-"
OURS = "goodturn"
SERVERS = frozenset({"run", "clock", "crawl", "desk", "publish", "submissions", "metrics", "read --follow"})
MOST = 8_000  # characters of a value: a traceback is shorter, an address of 8 MB is not
HIDDEN = "***"
SHAPED = re.compile(rb'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [A-Z]+ \S+ \S|\{"time": ").*')

_PUT = re.compile(r"(?P<key>[\w.-]+=)?%(?P<how>[-+ #0]*\d*(?:\.\d+)?[a-zA-Z%])")
_PAIR = re.compile(r"""(?<!\S)([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\S*?)(?=;?(?:\s|$))""")
_EVENT = re.compile(r"[a-z]+(?: [a-z]+){0,2}")
_SECRET = r"(?:[\w-]*[_-])?(?:token|key|apikey|password|passwd|pass|pwd|secret|signature|sig|session|credentials?)"
_NAME = re.compile(rf"(?i:{_SECRET}|authorization|cookie|set-cookie)")
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(['\"]?\s*[:=]\s*).*")
_MASKS = (
    (_HEADER, rf"\1\2{HIDDEN}"),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{6,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)\b(https?://)[^\s/?#]*@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(?i)\b(?!https?:)([a-z][a-z0-9+.-]{1,30}://)\S+"), rf"\1{HIDDEN}"),
    (re.compile(r"(/link/)[\w-]{16,}"), rf"\1{HIDDEN}"),
    (
        re.compile(
            rf"""(?i)(?:(?<![\w-])|(?<=%3F)|(?<=%26))({_SECRET})(['"]?\s*[=:]\s*|%3D)("[^"]*"|'[^']*'|[^\s&"',;#]+)"""
        ),
        rf"\1\2{HIDDEN}",
    ),
)


class Shape(logging.Formatter):
    """Makes the line of a record, as `text` or `json`; `hidden` are addresses of which nothing is shown."""

    def __init__(self, form: str = "text", hidden: Sequence[str] = ()) -> None:
        super().__init__()
        self._json, self._hidden = form == "json", sorted(hidden, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        event, fields = _parts(record)
        fields = {name: self._shown(name, value) for name, value in fields.items()}
        name = record.name.removeprefix(f"{OURS}.")
        time = f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ}"
        if self._json:
            said = {"time": time, "level": record.levelname, "run": run(), "logger": name, "event": event}
            return _printable(json.dumps(said | {"fields": fields}, ensure_ascii=False))
        return " ".join(
            [time, record.levelname, run(), f"{name}.{event}", *(f"{k}={_quoted(v)}" for k, v in fields.items())]
        )

    def _shown(self, name: str, value: Any) -> Any:
        if _NAME.fullmatch(name):
            return HIDDEN
        return value if isinstance(value, int | float) else masked(value, self._hidden)[:MOST]


class _Standard(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # an attribute there
        """Where to."""
        return sys.stderr


def begin(verb: str, form: str = "text", hidden: Sequence[str] = ()) -> None:
    """Let this process, which does `verb`, log in our shape; called again, in the shape that is asked for now."""
    _this.setdefault("run", os.environ.get(RUN) or run_id(verb))
    end()
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    handler = _Standard()
    dress([handler], form, hidden)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    if RUN not in os.environ and verb not in SERVERS:
        ours.setLevel(logging.WARNING)
        return
    ours.setLevel(logging.INFO)
    logging.captureWarnings(True)
    sys.excepthook = _fell
    threading.excepthook = lambda args: _fell(args.exc_type, args.exc_value, args.exc_traceback)


def end() -> None:
    """Write nothing more to standard error."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Standard)]:
        root.removeHandler(handler)


def dress(handlers: Sequence[logging.Handler], form: str = "text", hidden: Sequence[str] = ()) -> None:
    """Let handlers that somebody else made write our shape."""
    for handler in handlers:
        handler.setFormatter(Shape(form, hidden))
        if _is_ours not in handler.filters:
            handler.addFilter(_is_ours)


def hand_on(line: str) -> None:
    """Write what another process logged, got from a pipe. Where it cannot be written, as the disk is full or its reader
    gone, it is lost: a pipe that nobody reads on has the other process wait for ever."""
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)


def run() -> str:
    """The id of this process's run; NONE before it has one."""
    return _this.get("run") or os.environ.get(RUN) or NONE


def run_id(job: str) -> str:
    """A new id for a run of a job: `read-20261122T100000-a3f1`."""
    return f"{job.partition(' ')[0]}-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"


def masked(text: str, hidden: Sequence[str] = ()) -> str:
    """The text without what is secret in it."""
    for address in hidden:
        text = text.replace(address, f"{address.partition('://')[0]}://{HIDDEN}")
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


_this: dict[str, str] = {}


def _is_ours(record: logging.LogRecord) -> bool:
    """Of what libraries say, only warnings, whatever they set their loggers to."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] == OURS


def _fell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        logging.getLogger(OURS).critical("fell", exc_info=(kind, error or kind(), trace))


def _parts(record: logging.LogRecord) -> tuple[str, dict[str, Any]]:
    """What a record says: its event, and its fields."""
    if record.name.partition(".")[0] == OURS:
        event, fields = _said(record)
    else:
        event, fields = "note", {"text": record.getMessage()}
    if record.exc_info and record.exc_info[1]:
        fields["error"] = f"{type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
        fields["trace"] = logging.Formatter().formatException(record.exc_info)
    return event, fields


def _said(record: logging.LogRecord) -> tuple[str, dict[str, Any]]:
    numbers: dict[str, Any] = {}
    message = _filled(record, numbers)
    if _HEADER.search(_PAIR.sub("", message)):  # what follows is part of a header, whatever it looks like
        return "note", {"text": message}
    fields: dict[str, Any] = {name: _plain(value) for name, value in _PAIR.findall(message)} | numbers
    first = next(_PAIR.finditer(message), None)
    head = (message[: first.start()] if first else message).strip(" ;:,")
    note = _PAIR.sub("", message[first.start() :]).strip(" ;:,") if first else ""
    if note:
        fields["note"] = note
    if _EVENT.fullmatch(head):
        return head.replace(" ", "-"), fields
    return "note", {"text": head} | fields


def _filled(record: logging.LogRecord, numbers: dict[str, Any]) -> str:
    """The message with its arguments put in; what is the value of a key is quoted where it needs it."""
    if not record.args or "%(" in str(record.msg):
        return record.getMessage()
    left = iter([record.args] if isinstance(record.args, Mapping) else record.args)

    def put(found: re.Match[str]) -> str:
        key, how = found["key"] or "", found["how"]
        if how == "%":
            return key + "%"
        value = next(left)
        if key and isinstance(value, int | float):
            numbers[key[:-1]] = float(f"%{how}" % value) if how.endswith("f") else value
        shown = str(value) if how in ("r", "s") else f"%{how}" % value
        return key + _quoted(shown) if key else shown

    return _PUT.sub(put, str(record.msg))


def _plain(value: str) -> str:
    """A value without its quotes."""
    try:
        return str(json.loads(value) if value[:1] == '"' else ast.literal_eval(value) if value[:1] == "'" else value)
    except (ValueError, SyntaxError):
        return value


def _quoted(value: Any) -> str:
    """A value as it stands in a line of text: bare, or, where it needs it, as JSON has strings."""
    text = str(value)
    if text and text.isprintable() and not re.search(r"[\s\"'\\]|;$", text):
        return text
    return _printable(json.dumps(text, ensure_ascii=False))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
