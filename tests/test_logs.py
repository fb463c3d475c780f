"""The log: one shape, which nobody who is written about can forge, and no secret in it."""

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import logs
from cli import main
from config import settings
from jobs.collect import environment
from tests.crawls import put_article, put_feed, settings_in
from tests.web import Web

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARNING|ERROR|CRITICAL) \S+ [\w.-]+( [\w.-]+=(\"[^\n]*\"|\S+))*"
)
HOSTILE = "http://x/ outcome=stored\r\n2026-11-22T10:00:00Z INFO run crawl.stored page=y\x1b[2J\u202e\u2028\x85\ud800"


def told(message: str, *values: object, form: str = "text", by: str = "goodturn.crawl", **other: Any) -> str:
    """The line of a message."""
    record = logging.LogRecord(by, logging.INFO, "", 0, message, values, other.get("error"))
    line = logs.Shape(form, ["https://hooks.example.org/services/T0/B0/xyzzy"]).format(record)
    return line if form == "json" else line.partition(" INFO ")[2]


def fields(message: str, *values: object) -> dict[str, Any]:
    """The event and the fields of a message's line as JSON."""
    found = json.loads(told(message, *values, form="json"))
    return {"event": found["event"], **found["fields"]}


@pytest.mark.parametrize(
    ("message", "values", "expected"),
    [
        ("stored page=%s ms=%d", ("http://a/?b=c;d", 12), {"event": "stored", "page": "http://a/?b=c;d", "ms": 12}),
        ("released addresses=%d; it died", (3,), {"event": "released", "addresses": 3, "note": "it died"}),
        ("left out links=%d", (1,), {"event": "left-out", "links": 1}),
        ("asked reason=%r", ("it's so",), {"event": "asked", "reason": "it's so"}),
        ("stored ms=%d%s", (1, " reason='a b=c'"), {"event": "stored", "ms": 1, "reason": "a b=c"}),
        ("no contact: say who you are", (), {"event": "note", "text": "no contact: say who you are"}),
        ("asked words=%s", ({"a": 1},), {"event": "asked", "words": "{'a': 1}"}),
        ("fell lived=%.1f", (4.42,), {"event": "fell", "lived": 4.4}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_line_has_an_event_and_fields(message: str, values: tuple[Any, ...], expected: dict[str, Any]) -> None:
    assert fields(message, *values) == expected


def test_a_hostile_title_cannot_forge_a_line() -> None:
    for message, values in [
        ("stored page=%s outcome=%s", (HOSTILE, "broken")),
        ("stored page=%r outcome=%s", (HOSTILE, "broken")),
        (f"stored page={HOSTILE} outcome=broken", ()),
        (HOSTILE, ()),
    ]:
        line = told(message, *values)
        assert line.isprintable()
        assert LINE.fullmatch(f"2026-11-22T10:00:00Z INFO {line}")
        assert json.loads(told(message, *values, form="json"))["logger"] == "crawl"
    said = fields("stored page=%s outcome=%s", HOSTILE, "broken")
    assert (said["outcome"], said["page"]) == ("broken", HOSTILE)


SECRET = "s3cr3t-Xyz_0123456789abcdef"


@pytest.mark.parametrize(
    "text",
    [
        f"https://ada:{SECRET}@example.org/a",
        f"https://{SECRET}@example.org/a",
        f"mailtos://ada:{SECRET}@mail.example.org?to=bo@example.org",
        f"discord://1234/{SECRET}",
        "https://hooks.example.org/services/T0/B0/xyzzy",
        f"https://example.org/a?token={SECRET}&b=c",
        f"https://example.org/a?API_KEY={SECRET}",
        f"https://example.org/a?next=%2Fb%3Fsecret%3D{SECRET}",
        f"password: {SECRET}",
        f'{{"password": "{SECRET} {SECRET}"}}',
        f"Authorization: Basic {SECRET}",
        f"{{'authorization': 'Bearer {SECRET}', 'cookie': 'session={SECRET}'}}",
        f"Set-Cookie: desk={SECRET}; Path=/",
        f"http://127.0.0.1:8070/link/{SECRET}",
    ],
)
def test_a_secret_is_masked_wherever_it_stands(text: str) -> None:
    by = "goodturn.desk"
    for form in ("text", "json"):
        lines = [told("asked page=%s", text, form=form, by=by), told("asked %s", text, form=form, by=by)]
        lines += [told(text, form=form, by="uvicorn.error"), told(f"it said {text}", form=form, by=by)]
        try:
            raise ValueError(text)
        except ValueError:
            lines.append(told("fell", form=form, by=by, error=sys.exc_info()))
        assert not [line for line in lines if SECRET in line or "xyzzy" in line]
        assert all("***" in line for line in lines)
    assert fields("asked token=%s", "any thing") == {"event": "asked", "token": "***"}


def test_settings_are_shown_without_the_passwords_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOODTURN_NOTIFY", "mailto://ops:geheim@mail.example.org https://hooks.example.org/T0P")
    settings.cache_clear()
    shown = CliRunner().invoke(main, ["settings"]).output
    settings.cache_clear()
    assert "mailto://*** https://***" in shown
    assert "geheim" not in shown
    assert "T0P" not in shown


def test_what_is_no_secret_is_not_masked() -> None:
    for text in (
        "https://example.org/monkey=1?keys=2",
        "the token of my thanks",
        "https://example.org/link/thanks-to-her",
    ):
        assert fields("asked page=%s", text)["page"] == text


def test_a_crawl_logs_in_the_same_shape_and_the_same_run(tmp_path: Path) -> None:
    with Web() as web:
        put_feed(web, "/feed", [web.url("/a?token=tellnobody"), web.url("/gone")])
        put_article(web, "/a?token=tellnobody")
        settings = settings_in(tmp_path, web.url("/feed"), log_format="json", notify="json://u:tellnobody@127.0.0.1/")
        done = subprocess.run(
            [sys.executable, "-m", "cli", "collect"],
            env=environment(settings) | {logs.RUN: "collect-20261122T100000-a3f1"},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    lines = [line for line in done.stderr.splitlines() if not line.startswith("collect: ")]  # its progress
    assert "tellnobody" not in done.stderr
    said = [json.loads(line) for line in lines]
    assert {each["run"] for each in said} == {"collect-20261122T100000-a3f1"}
    assert {each["event"] for each in said} >= {"claimed", "stored"}
    outcomes = [each["fields"]["outcome"] for each in said if each["event"] == "stored"]
    assert sorted(outcomes) == ["gone", "stored", "stored"]


def test_a_process_that_runs_by_itself_tells_all_and_one_by_hand_warnings() -> None:
    for given, level in [(None, logging.WARNING), ("read-1", logging.INFO)]:
        code = "import logs, logging; logs.begin('read'); print(logging.getLogger('goodturn').getEffectiveLevel())"
        env = {name: value for name, value in os.environ.items() if name != logs.RUN} | (
            {logs.RUN: given} if given else {}
        )
        found = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        assert int(found.stdout) == level
