"""The command as its users type it: answers, statuses, and one clear line for a mistake."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from cli import main
from config import Settings, settings
from storage.database import connect
from tests.conftest import Collected
from tests.forked import goodturn

VERBS = sorted(
    {
        "checkup",
        "cluster",
        "collect",
        "correct",
        "demo",
        "desk",
        "explain",
        "explore",
        "learn",
        "people",
        "publish",
        "read",
        "reread",
    }
    | {"settings", "sources", "stories", "submissions", "tidy"}
)


def test_help_names_every_verb() -> None:
    said = subprocess.run([sys.executable, "-m", "cli", "--help"], capture_output=True, text=True, check=True).stdout
    assert [verb for verb in VERBS if f"\n  {verb} " in said] == VERBS


def test_stories_are_listed_as_json_with_every_field(collected: Collected) -> None:
    done = goodturn("stories", "--json", "--limit", "3", of=collected.settings)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 3
    assert rows[0]["score"] >= rows[1]["score"] >= rows[2]["score"]
    assert {"title", "text", "companies", "because", "cluster", "state", "page_url"} <= set(rows[0])


def test_stories_are_listed_as_csv_with_a_header(collected: Collected) -> None:
    lines = goodturn("stories", "--csv", "--limit", "1", of=collected.settings).stdout.splitlines()
    assert lines[0].startswith("number,id,cluster,relation,shared,title,text,language,score")


def test_a_search_is_narrowed_by_filters(collected: Collected) -> None:
    found = goodturn("stories", "--json", "--language", "da", "--score", "0.5", of=collected.settings).stdout
    assert {json.loads(line)["language"] for line in found.splitlines()} == {"da"}


def test_a_search_for_anything_a_person_types_is_no_syntax_error(collected: Collected) -> None:
    done = goodturn("stories", "\"kind's", "a-b", "(NEAR", "*", of=collected.settings)
    assert done.returncode == 0
    assert "no story found" in done.stdout


def test_explain_follows_a_stored_address_through_the_path(collected: Collected) -> None:
    url = json.loads(goodturn("stories", "--json", "--limit", "1", of=collected.settings).stdout)["page_url"]
    done = goodturn("explain", url, of=collected.settings)
    hops = [line.split()[1] for line in done.stdout.splitlines() if line[:1].isdigit()]
    assert hops == ["source", "page", "kept", "document", "stories", "cluster", "decision"]
    assert "waits for an editor" in done.stdout
    assert done.returncode == 1  # it stopped before the feed


def test_explain_says_where_and_why_an_address_stops(collected: Collected) -> None:
    gone = f"{collected.web.addresses[0]}there-is-no-such-page"
    done = goodturn("explain", gone, of=collected.settings)
    assert "2 page     gone, status 404" in done.stdout
    assert "document" not in done.stdout


def test_checkup_of_a_healthy_database_is_content(collected: Collected) -> None:
    done = goodturn("checkup", of=collected.settings)
    assert (done.stdout.strip(), done.returncode) == ("all is well", 0)


def test_the_sources_are_listed_with_what_came_from_them(collected: Collected) -> None:
    rows = [json.loads(line) for line in goodturn("sources", "--json", of=collected.settings).stdout.splitlines()]
    assert {row["address"] for row in rows} == {line.split()[0] for line in collected.web.feeds_txt.splitlines()[1:]}
    assert all(row["pages"] > 1 and row["last_success"] for row in rows)
    assert any(row["stories"] for row in rows)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("verb", ["doctor", "status"])
def test_who_is_another_user_is_told_so_in_a_line(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    with TemporaryDirectory() as folder:
        connect(Path(folder) / "data" / "goodturn.db").close()
        (Path(folder) / "data").chmod(0o700)
        Path(folder).chmod(0o755)
        monkeypatch.setenv("GOODTURN_DATA", f"{folder}/data")
        settings.cache_clear()
        CliRunner().invoke(main, [verb])  # nobody else may be able to load our modules
        if not (child := os.fork()):
            try:
                os.setgid(65534)
                os.setuid(65534)
                os.write(write, CliRunner().invoke(main, [verb]).output.encode())
            finally:
                os._exit(0)
        os.close(write)
        os.waitpid(child, 0)
    settings.cache_clear()
    with os.fdopen(read) as told:
        said = told.read()
    assert "/data/" in said and "this user may not use it; run it as the user" in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "feeds", "variables", "message"),
    [
        (["sources"], "http://a.example/ kind=feed evry=1h\n", {}, "unknown key 'evry'; did you mean 'every'?"),
        (["stories"], "", {"GOODTURN_DELAY": "soon"}, "setting 'delay'"),
        (["stories"], "", {"GOODTURN_DATA": "/proc/nowhere"}, "see the setting 'data'"),
        (["explain", "no address"], "", {}, "is no address of a page"),
        (["collect", "--source", "http://other.example/"], "http://a.example/\n", {}, "http://other.example/"),
    ],
    ids=["feeds.txt", "setting", "database", "address", "source"],
)
def test_a_mistake_is_one_clear_line(
    tmp_path: Path, words: list[str], feeds: str, variables: dict[str, str], message: str
) -> None:
    (tmp_path / "feeds.txt").write_text(feeds)
    settings = Settings(data=tmp_path / "data", feeds=tmp_path / "feeds.txt")
    done = goodturn(*words, of=settings, **variables)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_read_answers_every_line_of_its_input(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html><body><article><h1>Hi</h1><p>The kettle boiled at four.</p></article></body></html>")
    lines = [
        json.dumps({"id": "text", "url": "http://a.example/", "text": "Der Kessel kochte.\nDann war es vier."}),
        json.dumps({"id": "page", "url": "http://a.example/", "path": str(page)}),
        json.dumps({"id": "lost", "url": "http://a.example/", "path": str(tmp_path / "none.html")}),
        json.dumps({"id": "bare"}),
        json.dumps({"id": "half", "url": "http://a.example/", "text": "A cut emoji \ud83d ends here."}),
        "{no json",
    ]
    done = goodturn("read", given="\n".join(lines) + "\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["id"] for a in answers] == ["text", "page", "lost", "bare", "half", None]
    assert answers[0]["text"] == "Der Kessel kochte.\nDann war es vier."
    assert "The kettle boiled at four." in answers[1]["text"]
    assert [a["error"] for a in answers[2:4]] == [
        f"cannot read {tmp_path / 'none.html'}: No such file or directory",
        "'text' or 'path' is missing",
    ]
    assert answers[4]["text"] == "A cut emoji \ufffd ends here."
    assert "line 6 is no JSON" in answers[5]["error"]
    assert done.returncode == 0


def test_cluster_puts_a_copy_with_its_first(tmp_path: Path) -> None:
    told = (
        "The woman at the counter of the Hotel Brambly saw my boots, took them away without a word, and in the morning "
        "they stood dry and stuffed with newspaper outside my door, with a note that said the path would be muddy."
    )
    other = "Our washing machine broke on a Sunday and the plumber lent us his own until the part had come by post."
    given = [{"id": n, "url": f"http://{n}.example/", "text": t} for n, t in enumerate([told, other, told.upper()])]
    done = goodturn("cluster", given="\n".join(map(json.dumps, given)))
    first, stranger, copy = (json.loads(line) for line in done.stdout.splitlines())
    assert first["cluster"] == copy["cluster"] != stranger["cluster"]
    because = {each["relation"]: each["because"] for each in (first, copy)}
    assert because == {"first": [], "copy": ["every word"]}, "without dates either may be the first"
