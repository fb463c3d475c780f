"""What must be set before the public is served: ids are for ever, and addresses must be ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ConfigError, settings

HERS = 'feed_authority = "stories.example,2026"'


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file that says the settings, read anew."""
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield tmp_path / "goodturn.toml"
    settings.cache_clear()


@pytest.mark.parametrize("site", ["https://stories.example", "http://192.168.1.5:8071/stories"])
def test_a_public_site_whose_ids_nobody_owns_is_refused(told: Path, site: str) -> None:
    told.write_text(f'site = "{site}"\nworkers = 2')
    with pytest.raises(ConfigError, match=r"'feed_authority' must be set too, once and for ever") as error:
        settings()
    assert 'feed_authority = "goodturn.invalid,2026"' in str(error.value), "who has published keeps the ids"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("", id="no site"),
        pytest.param('site = "http://127.0.0.1:9000"', id="this machine"),
        pytest.param('site = "http://[::1]:9000"', id="this machine, IPv6"),
        pytest.param('site = "http://localhost:9000"', id="this machine, by name"),
        pytest.param(f'site = "https://stories.example/good/"\n{HERS}', id="a public site with an owner"),
        pytest.param('site = "https://stories.example"\nfeed_authority = "goodturn.invalid,2026"', id="as it was"),
    ],
)
def test_a_site_that_nobody_else_reads_needs_no_owner_of_ids(told: Path, said: str) -> None:
    told.write_text(said)
    assert not settings().site.endswith("/")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(f'site = "stories.example"\n{HERS}', id="a site without https"),
        pytest.param(f'site = ""\n{HERS}', id="an empty site"),
        pytest.param('feed_authority = "Ada Lovelace"', id="a name"),
        pytest.param('feed_authority = "stories.example"', id="no year"),
        pytest.param('feed_authority = "https://stories.example,2026"', id="an address"),
    ],
)
def test_what_is_no_address_or_no_owner_is_refused(told: Path, said: str) -> None:
    told.write_text(said)
    with pytest.raises(ConfigError, match=r"setting '(site|feed_authority)'"):
        settings()
