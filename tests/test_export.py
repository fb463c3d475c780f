"""The static export: the same as is served, made and written only where it changed, whole at any moment, and never
outside its folder."""

import json
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from config import ConfigError
from publish.export import Report, export
from publish.folder import MANIFEST, Folder
from storage.decisions import decide
from storage.edits import edit
from storage.entries import NoDatabaseError
from storage.filters import Filters
from storage.log import Field, Verb
from storage.searches import save
from storage.ties import merge
from storage.undo import undo
from tests.builders import NOW
from tests.published import FORMATS, Published

ELSEWHERE = "https://elsewhere.example"
STORIES = 105  # a full page of the archive, four of older stories
FEW_BYTES = 900  # less than any page has
ROOT = Path(__file__).parent.parent
TRY = """
import sys
from datetime import datetime
from pathlib import Path
from config import Settings
from publish.export import export
data, site, folder, now = sys.argv[1:]
export(Settings(data=Path(data), site=site, feed_entries=3), Path(folder), datetime.fromisoformat(now))
"""


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    made = Published(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def many(published: Published) -> Published:
    """More stories than stand on one page of anything."""
    published.tell(*(f"s{number:03}" for number in range(STORIES)), language="da")
    save(published.db, "Hotels", Filters(sector=("hotel",)), who="Ada", at=NOW, public=True)
    return published


def write(published: Published, folder: Path, now: datetime = NOW, **changed: str) -> Report:
    return export(published.settings.model_copy(update=changed), folder, now)


def files(folder: Path) -> dict[str, bytes]:
    """All files but the manifest."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def times(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_mtime_ns for name in files(folder)}


def test_the_files_are_what_is_served(many: Published, tmp_path: Path) -> None:
    decide(many.db, "s003", Verb.REOPEN, who="Ada", at=NOW)
    report = write(many, tmp_path / "site")
    found = files(tmp_path / "site")
    assert (report.written, report.removed) == (len(found), 0)
    for name in ("/feed.atom", "/feed.json", "/page/1", "/page/4", "/story/s000", "/sitemap.xml", "/robots.txt", "/"):
        file = f"{name.strip('/') or 'index'}" + ("" if "." in name else ".html")
        assert found[file] == many.get(name).content, name
    for name in ("embed", "embed.da"):
        assert found[f"{name}.html"] == many.get(f"/{name}").content
    assert found["widget.js"] == many.get("/widget.js").content
    assert found["gone.html"] == many.get("/story/s003").content and "story/s003.gone" in found
    assert b"before=" not in found["feed.da.json"] + found["feeds/hotels.json"], "a file does not go on"
    assert b"sector=" not in found["feeds.html"], "nor can it be asked"
    assert len([name for name in found if name.startswith("archive/")]) == len(FORMATS)


def test_where_nothing_changed_nothing_is_touched_and_else_only_what_did(many: Published, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    write(many, folder)
    before = times(folder)
    assert write(many, folder) == Report(written=0, removed=0) and times(folder) == before
    edit(many.db, "s050", Field.TITLE, "Another title", who="Ada", at=NOW)
    write(many, folder)
    changed = {name for name, at in times(folder).items() if at != before.get(name)}
    assert {name for name in changed if name.startswith(("story", "page"))} == {"story/s050.html", "page/3.html"}
    assert "feed.atom" in changed and "index.html" not in changed and "embed.html" not in changed
    old = {name for name in before if name.startswith("archive/")}
    assert not old & times(folder).keys(), "the archive's page has another address"
    before = times(folder)
    write(many, folder, NOW + timedelta(days=1))
    assert times(folder) == before, "a day later all is made anew, and nothing is written"


def test_what_was_taken_back_leaves_every_file(many: Published, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    edit(many.db, "s050", Field.TITLE, "Quillon", who="Ada", at=NOW)
    write(many, folder)
    assert sum(b"Quillon" in body for body in files(folder).values()) > 3
    decide(many.db, "s050", Verb.REOPEN, who="Ada", at=NOW)
    write(many, folder)
    found = files(folder)
    assert not [name for name, body in found.items() if b"Quillon" in body]
    assert "story/s050.gone" in found and "story/s050.html" not in found
    decide(many.db, "s050", Verb.APPROVE, who="Ada", at=NOW)
    write(many, folder)
    assert "story/s050.html" in files(folder) and "story/s050.gone" not in files(folder)


def test_what_became_part_of_another_story_leads_on_to_it_for_as_long_as_that_is_shown(
    published: Published, tmp_path: Path
) -> None:
    folder, page = tmp_path / "site", "story/b.html"
    published.tell("a", "b")
    write(published, folder)
    merged = merge(published.db, "a", "b", who="Ada", at=NOW)
    write(published, folder)
    assert b'content="0; url=/story/a"' in files(folder)[page] and "story/b.gone" not in files(folder)
    decide(published.db, "a", Verb.HOLD, who="Ada", at=NOW)
    write(published, folder)
    assert {"story/a.gone", "story/b.gone"} < files(folder).keys() and page not in files(folder)
    decide(published.db, "a", Verb.APPROVE, who="Ada", at=NOW)
    undo(published.db, merged.number, who="Ada", at=NOW)
    write(published, folder)
    assert files(folder)[page] == published.get("/story/b").content


def test_a_disk_that_is_full_is_named_and_nothing_half_is_left(published: Published, tmp_path: Path) -> None:
    published.tell("a")
    folder = tmp_path / "site"
    limits = f"import resource, signal; resource.setrlimit(resource.RLIMIT_FSIZE, ({FEW_BYTES}, {FEW_BYTES}))"
    said = (str(published.settings.data), ELSEWHERE, str(folder), NOW.isoformat())
    command = [sys.executable, "-B", "-c", limits + TRY, *said]  # -B: it would cut bytecode short, too
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert re.search(rf"cannot write to {folder}: File too large \(a.html\)", done.stderr)
    assert not list(folder.rglob("*.part"))


def test_one_export_at_a_time_writes_to_a_folder(published: Published, tmp_path: Path) -> None:
    published.tell("a")
    with Folder(tmp_path / "site"), pytest.raises(ConfigError, match="another export is writing to"):
        write(published, tmp_path / "site")
    assert write(published, tmp_path / "site").written


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(None, id="lost"),
        pytest.param("", id="empty"),
        pytest.param('{"whole": "', id="cut off"),
        pytest.param("[" * 100_000, id="nested"),
        pytest.param('{"whole": 1, "units": {"story/s000": 5}}', id="of other types"),
        pytest.param('{"whole": "", "units": {"x": ["", "../../outside"]}}', id="leading out"),
    ],
)
def test_a_manifest_that_is_lost_or_damaged_costs_time_and_nothing_else(
    published: Published, tmp_path: Path, damage: str | None
) -> None:
    folder, outside = tmp_path / "site", tmp_path / "outside"
    outside.write_text("stays")
    published.tell("a", "b")
    write(published, folder)
    before = times(folder)
    (folder / "story" / "old.html").write_text("of a story that was")
    if damage is None:
        (folder / MANIFEST).unlink()
    else:
        (folder / MANIFEST).write_text(damage)
    assert write(published, folder) == Report(written=0, removed=1)
    assert times(folder) == before and outside.read_text() == "stays"
    assert json.loads((folder / MANIFEST).read_text())["whole"]


def test_a_file_that_somebody_removed_is_there_again(published: Published, tmp_path: Path) -> None:
    published.tell("a", "b")
    write(published, tmp_path / "site")
    for name in ("story/a.html", "feed.rss"):
        (tmp_path / "site" / name).unlink()
    assert write(published, tmp_path / "site").written == 2


def test_files_of_others_are_left_alone_and_a_folder_of_others_is_refused(published: Published, tmp_path: Path) -> None:
    published.tell("a")
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "index.html").write_text("<h1>Our hotel</h1>")
    with pytest.raises(ConfigError, match=r"has files that are not ours \(index.html\)"):
        write(published, theirs)
    assert list(files(theirs)) == ["index.html"]
    ours = tmp_path / "ours"
    write(published, ours)
    (ours / "favicon.ico").write_bytes(b"icon")
    (ours / "story" / "notes").mkdir()
    edit(published.db, "a", Field.TITLE, "Another", who="Ada", at=NOW)
    assert write(published, ours).removed == 0
    assert (ours / "favicon.ico").read_bytes() == b"icon" and (ours / "story" / "notes").is_dir()
    (ours / "story" / "b.html").mkdir()
    published.tell("b")
    with pytest.raises(ConfigError, match=r"cannot write to .*: Is a directory \(.*b.html"):
        write(published, ours)
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot write to"):
        write(published, tmp_path / "file")


def test_no_link_leads_out_of_the_folder(published: Published, tmp_path: Path) -> None:
    published.tell("a")
    folder, outside = tmp_path / "site", tmp_path / "outside"
    write(published, folder)
    outside.mkdir()
    (outside / "a.html").write_text("stays")
    (folder / "feed.rss").unlink()
    (folder / "feed.rss").symlink_to(outside / "a.html")
    (folder / ".index.html.part").symlink_to(outside / "a.html")
    edit(published.db, "a", Field.TITLE, "Another", who="Ada", at=NOW)
    write(published, folder)
    assert not (folder / "feed.rss").is_symlink() and "Another" in (folder / "feed.rss").read_text()
    shutil.rmtree(folder / "story")
    (folder / "story").symlink_to(outside)
    with pytest.raises(ConfigError, match="links are not followed"):
        write(published, folder)
    assert [path.name for path in outside.iterdir()] == ["a.html"] and (outside / "a.html").read_text() == "stays"


def test_without_a_database_no_folder_is_made(tmp_path: Path) -> None:
    published = Published(tmp_path / "data")
    published.settings.database.rename(tmp_path / "away")
    with pytest.raises(NoDatabaseError):
        write(published, tmp_path / "site")
    assert not (tmp_path / "site").exists()
    published.close()


def test_a_kill_leaves_whole_files_and_the_next_export_mends(many: Published, tmp_path: Path) -> None:
    good, folder, dice = tmp_path / "good", tmp_path / "site", random.Random(5)
    write(many, good, site=ELSEWHERE)  # so that every file is another
    write(many, folder)
    known = [files(good), files(folder)]
    for _ in range(2):
        _write_and_kill(many, folder, dice.random() * 0.05)
        for name, body in files(folder).items():
            assert name.endswith(".part") or body in [each.get(name) for each in known], name
    write(many, folder)
    assert files(folder) == known[1]
    write(many, folder, site=ELSEWHERE)
    assert files(folder) == known[0]
    assert write(many, folder, site=ELSEWHERE) == Report(written=0, removed=0)


def _write_and_kill(published: Published, folder: Path, seconds: float) -> None:
    """Start an export, and kill it so long after it has written a first file."""
    first, before = folder / "story" / "s000.html", times(folder)
    said = (published.settings.data, ELSEWHERE, folder, NOW.isoformat())
    process = subprocess.Popen([sys.executable, "-c", TRY, *map(str, said)], cwd=ROOT)
    while process.poll() is None and first.stat().st_mtime_ns == before["story/s000.html"]:
        time.sleep(0.002)
    time.sleep(seconds)
    process.kill()
    process.wait()


def test_the_verb_says_what_it_did(published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cli import main  # noqa: PLC0415  # after the settings are in the environment
    from config import settings  # noqa: PLC0415

    published.tell("a")
    monkeypatch.setenv("GOODTURN_DATA", str(published.settings.data))
    settings.cache_clear()
    said = [CliRunner().invoke(main, ["publish", "--to", str(tmp_path / "site")]) for _ in range(2)]
    settings.cache_clear()
    assert said[0].exit_code == 0 and re.search(r"\d+ files written, 0 removed", said[0].output)
    assert "0 files written, 0 removed" in said[1].output
