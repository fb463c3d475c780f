"""Settings: from the environment before the file, all mistakes at once, each with the name that was meant."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ConfigError, settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test runs in a folder of its own, and asks anew."""
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    return tmp_path


def test_the_environment_goes_before_the_file(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "goodturn.toml").write_text('delay = 5.0\ncontact = "mail@example.org"')
    monkeypatch.setenv("GOODTURN_DELAY", "7")
    assert (settings().delay, settings().contact) == (7.0, "mail@example.org")


def test_all_mistakes_are_named_at_once(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "goodturn.toml").write_text("dely = 5.0\nworkers = -1")
    monkeypatch.setenv("GOODTURN_TIMEOT", "7")
    with pytest.raises(ConfigError) as error:
        settings()
    assert str(error.value).splitlines() == [
        "unknown setting GOODTURN_TIMEOT; did you mean 'GOODTURN_TIMEOUT'?",
        "setting 'workers' (goodturn.toml, or GOODTURN_WORKERS): Input should be greater than or equal to 0",
        "goodturn.toml: unknown setting 'dely'; did you mean 'delay'?",
    ]


def test_a_file_that_is_no_toml_is_told_as_such(elsewhere: Path) -> None:
    (elsewhere / "goodturn.toml").write_text("delay is five")
    with pytest.raises(ConfigError, match=r"goodturn\.toml: "):
        settings()


@pytest.fixture(autouse=True, scope="module")
def _as_before() -> Iterator[None]:
    """What these tests asked with their own settings is forgotten after them."""
    yield
    settings.cache_clear()
