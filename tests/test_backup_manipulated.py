"""A backup that somebody had in his hands harms nothing, and one that a wrong clock made never counts for more than the
real ones."""

import json
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from config import Settings
from jobs import packing
from jobs.backup import backup, rotate
from jobs.restore import restore
from storage.backup import MANIFEST, Backup, BackupError, backups, newest
from storage.database import connect

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
YEARS = timedelta(days=2_000)
A_DAY = timedelta(days=1)


@pytest.fixture
def at(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path / "data")
    connect(settings.database).close()
    return settings


def manifest(of: Backup) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((of.folder / MANIFEST).read_text())
    return said


def rename(said: dict[str, Any], name: str) -> None:
    said["files"][name] = said["files"].pop("goodturn.db")


def repack(said: dict[str, Any], packed: str) -> None:
    said["files"]["goodturn.db"]["packed"] = packed


@pytest.mark.parametrize(
    ("change", "to"),
    [
        pytest.param(rename, "../hurt", id="a file beside the data folder"),
        pytest.param(rename, "{outside}/hurt", id="a file anywhere"),
        pytest.param(rename, "goodturn.toml", id="a file that is none of a backup"),
        pytest.param(repack, "{outside}/mine.zst", id="packed in a file anywhere"),
        pytest.param(repack, "../../mine.zst", id="packed in a file beside the data folder"),
        pytest.param(lambda said, to: said["files"]["goodturn.db"].update(bytes=to), "many", id="no number"),
    ],
)
def test_a_manifest_that_names_what_is_not_its_own_is_that_of_no_backup(
    at: Settings, tmp_path: Path, change: Any, to: str
) -> None:
    made = backup(at, NOW)
    mine = tmp_path / "mine.zst"
    mine.write_bytes((made.folder / "goodturn.db.zst").read_bytes())
    said = manifest(made)
    change(said, to.format(outside=tmp_path))
    (made.folder / MANIFEST).write_text(json.dumps(said))
    with pytest.raises(BackupError, match="no whole backup"):
        restore(at, None, None, NOW + A_DAY)
    for days in range(1, 12):
        backup(at, NOW + days * A_DAY)
    assert mine.exists()
    assert not list(tmp_path.rglob("hurt"))
    assert not (at.data / "goodturn.toml").exists()


def test_no_more_is_unpacked_than_the_manifest_says(at: Settings) -> None:
    made = backup(at, NOW)
    (made.folder / "goodturn.db.zst").write_bytes(zstd.compress(b"\0" * 50_000_000))
    with pytest.raises(BackupError, match=r"goodturn\.db\.zst is damaged: it holds more than"):
        restore(at, None, None, NOW + A_DAY)


def test_backups_that_a_wrong_clock_made_do_not_take_the_place_of_real_ones(at: Settings) -> None:
    before = [backup(at, NOW + days * A_DAY) for days in range(8)]
    ahead = [backup(at, NOW + YEARS + days * 7 * A_DAY) for days in range(8)]
    after = [backup(at, NOW + days * A_DAY) for days in range(8, 12)]
    kept = {one.at for one in backups(at.backups)}
    assert {one.at for one in (before[-1], *after)} <= kept
    last = newest(at.backups, after[-1].at)
    assert last
    assert last.at == after[-1].at
    assert ahead[-1].at in kept
    ahead_of_all = newest(at.backups, NOW - YEARS)
    assert ahead_of_all, "where the clock is behind by now, all are of later"
    assert ahead_of_all.at == ahead[-1].at


def test_where_older_backups_are_to_go_the_one_just_made_stays_whatever_the_clock_said_before(at: Settings) -> None:
    backup(at, NOW + YEARS)
    made = backup(at, NOW)
    rotate(at.backups, NOW, only=made)
    assert [one.folder for one in backups(at.backups)] == [made.folder]


def test_all_files_of_a_backup_are_their_owners_alone(at: Settings) -> None:
    made = backup(at, NOW)
    assert {path.stat().st_mode & 0o777 for path in made.folder.iterdir()} == {0o600}


def test_a_learned_model_that_would_be_written_elsewhere_is_not_restored(at: Settings, tmp_path: Path) -> None:
    (at.data / "learned").mkdir()
    made = backup(at, NOW)
    (tmp_path / "hurt").write_text("hurt")
    with tarfile.open(tmp_path / "tar", "w") as tar:
        tar.add(tmp_path / "hurt", arcname="../../hurt")
    said = manifest(made)
    (made.folder / "learned.tar.zst").unlink()
    digest = packing.pack(tmp_path / "tar", made.folder / "learned.tar.zst")
    said["files"]["learned"] |= {"sha256": digest, "bytes": (tmp_path / "tar").stat().st_size}
    (made.folder / MANIFEST).write_text(json.dumps(said))
    with pytest.raises(BackupError, match=r"nothing was restored: .*is damaged"):
        restore(at, None, None, NOW + A_DAY)
    assert not (at.data / "hurt").exists()


@pytest.mark.parametrize("spoiled", [b"nonsense", zstd.compress(b'{"kind": "no such"}'), zstd.compress(b"\xff")])
def test_a_list_of_what_was_taken_down_that_is_damaged_is_told_and_keeps_nobody_from_the_rest(
    at: Settings, spoiled: bytes
) -> None:
    made = backup(at, NOW)
    said = manifest(made)
    said["files"]["taken-down.jsonl"]["bytes"] = 100
    (made.folder / MANIFEST).write_text(json.dumps(said))
    (made.folder / "taken-down.jsonl.zst").write_bytes(spoiled)
    at.database.unlink()
    done = restore(at, None, None, NOW + A_DAY)
    assert any("taken-down.jsonl.zst is damaged" in warning for warning in done.warnings)
    assert at.database.exists()
