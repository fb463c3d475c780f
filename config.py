"""Every setting once: its name, default, unit and reason.

A setting is read from the environment (`GOODTURN_` and its name in capitals), else from `goodturn.toml` in the
folder the command runs in, else it is the default below. All mistakes are reported at once, as one `ConfigError`.
"""

import difflib
import os
import re
from datetime import datetime
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX = "GOODTURN_"
FILE = "goodturn.toml"
SITE = re.compile(r"https?://([a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(:[1-9][0-9]{0,4})?(/[a-zA-Z0-9_.~-]+)*/?")
AUTHORITY = re.compile(r"([a-z0-9._-]+@)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?,[0-9]{4}(-[0-9]{2}){0,2}", re.I)  # RFC 4151
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


class ConfigError(ValueError):
    """One or more settings are wrong; the message has a line for each."""


class Settings(BaseSettings):
    """All settings of Goodturn, validated."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=FILE, extra="forbid", frozen=True)

    # Where things are
    data: Path = Field(Path("data"), description="folder that holds the database")
    feeds: Path = Field(Path("feeds.txt"), description="the list of sources")

    # How we fetch
    contact: str = Field(
        "",
        description="mail or web address for site owners, named in the user agent; set it before crawling the real web",
    )
    about: str = Field("", description="web page that says who collects and why; named in the user agent")
    delay: float = Field(2.0, ge=0, le=600, description="seconds between two requests to one host, at least")
    concurrency: int = Field(8, ge=1, le=64, description="requests under way at once over all hosts")
    timeout: float = Field(30.0, gt=0, le=300, description="seconds one request may take")
    max_body: int = Field(
        8_388_608,
        ge=10_000,
        le=67_108_864,
        description="bytes of a decoded body, 8 MiB; the largest real thread page seen has 1 MB, a bomb has 1 GB",
    )
    allow_private: bool = Field(
        False, description="fetch from this machine's own loopback addresses too; for the demo and tests only"
    )

    # How we read
    workers: int = Field(0, ge=0, le=64, description="reading processes; 0: one for each core")
    page_seconds: float = Field(20.0, gt=0, le=600, description="seconds after which reading one page is ended")
    worker_pages: int = Field(
        200, ge=1, description="pages after which a reading process is replaced, as its memory grows"
    )
    threshold: float = Field(0.5, ge=0, le=1, description="score from which a passage counts as a story")

    # When the clock strikes
    collect_minutes: int = Field(15, ge=1, description="minutes between two looks for due sources")
    read_minutes: int = Field(5, ge=1, description="minutes between two looks for unread pages")
    checkup_hours: int = Field(24, ge=1, description="hours between two checkups of the sources")
    tidy_hours: int = Field(24, ge=1, description="hours between two clean-ups of the database")
    watch_minutes: int = Field(5, ge=1, description="minutes between two looks for what an operator should be told")
    quiet_hours: str = Field("", description="hours in which no source is asked, UTC, as 22:00-06:00; empty: none")
    clock: str = Field(
        "",
        description="for simulations only: a moment, when that is by this machine's clock, and how much faster it runs",
    )

    # What is kept
    keep_fetches_days: int = Field(90, ge=1, description="days for which the log of fetches is kept")
    keep_pages_days: int = Field(
        0, ge=0, description="days for which the raw bytes of pages that were read are kept; 0: always"
    )
    keep_pages_gb: float = Field(0, ge=0, description="gigabytes of raw pages that are kept, the newest; 0: no limit")
    backups: Path = Field(
        Path("data/backups"), description="folder that holds the backups; by itself in 'data', best on another disk"
    )
    backup_at: str = Field("02:30", description="when a backup is made each day, UTC; empty: never")

    # Who is told
    notify: str = Field(
        "",
        description="where alarms are sent, addresses as Apprise has them with spaces between: mailto://..., json://...",
    )
    low_disk_gb: float = Field(2.0, ge=0, description="gigabytes of free disk below which an alarm is raised")
    backlog_hours: int = Field(24, ge=1, description="hours that a page may wait to be read before an alarm is raised")
    metrics_port: int = Field(
        8073, ge=0, le=65535, description="port of the figures for Prometheus, on 127.0.0.1; 0: none"
    )
    log_format: Literal["text", "json"] = Field("text", description="shape of log lines: text, or json")

    # Where editors decide and what readers get
    editor: str = Field("", description="name under which a terminal's corrections are logged; empty: your login name")
    desk_port: int = Field(8070, ge=0, le=65535, description="port of the desk; 0: any free one")
    desk_bind: str = Field("127.0.0.1", description="address of this machine that the desk listens on")
    desk_site: str = Field(
        "",
        description="public address of the desk behind a proxy, as https://desk.example.org/goodturn",
    )
    desk_proxies: str = Field(
        "",
        description="addresses of proxies, with commas between, that are believed in X-Forwarded-For who asks the desk",
    )
    session_hours: int = Field(12, ge=1, le=336, description="hours after which a session at the desk ends unused")
    feed_port: int = Field(8071, ge=0, le=65535, description="port of the feeds, on 127.0.0.1; 0: any free one")
    site: str = Field(
        "http://127.0.0.1:8071", min_length=1, description="the public address under which the feeds are served"
    )
    feed_authority: str = Field(
        "goodturn.invalid,2026",
        description="who owns the ids of entries (RFC 4151): a domain you own, a comma, a year; set it once, for ever",
    )
    excerpt: int = Field(
        1200, ge=0, le=100_000, description="characters of a story that feeds show, where its licence allows no more"
    )
    feed_entries: int = Field(50, ge=1, le=1000, description="entries in a feed")
    feed_proxies: str = Field(
        "",
        description="addresses of proxies, with commas between, that are believed in X-Forwarded-For who asks the API",
    )
    api_per_minute: int = Field(
        60, ge=1, le=100_000, description="requests a minute that one address may make the API work on; a poll is none"
    )
    api_burst: int = Field(
        120, ge=1, le=100_000, description="requests at once that one address may make the API work on: a page's worth"
    )
    hub: str = Field("", description="address of a WebSub hub that is told when the feeds have changed; empty: none")

    # What readers send in
    submissions: bool = Field(False, description="whether the public form for stories may be served")
    submit_port: int = Field(8072, ge=0, le=65535, description="port of the form; 0: any free one")
    submit_bind: str = Field("127.0.0.1", description="address that the form listens on; a web server stands before it")
    submit_site: str = Field(
        "http://127.0.0.1:8072",
        description="the public address of the form; a path in it is where your web server puts the form",
    )
    submit_proxies: str = Field(
        "",
        description="addresses of proxies, with commas between, that are believed in X-Forwarded-For who sends",
    )

    @property
    def database(self) -> Path:
        """The database file."""
        return self.data / "goodturn.db"

    @property
    def private(self) -> Path:
        """The database of people, which nobody else reads."""
        return self.data / "private.db"

    @model_validator(mode="before")
    @classmethod
    def _near(cls, given: dict[str, Any]) -> dict[str, Any]:
        return {"backups": Path(str(given["data"])) / "backups"} | given if "data" in given else given

    @field_validator("desk_bind", "submit_bind")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return str(ip_address(value))

    @field_validator("desk_proxies", "submit_proxies", "feed_proxies")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        for each in value.split(",") if value else []:
            ip_network(each.strip())
        return value

    @field_validator("site", "desk_site", "submit_site")
    @classmethod
    def _is_site(cls, value: str) -> str:
        if value and not SITE.fullmatch(value):
            raise ValueError("must be like https://desk.example.org or https://example.org/goodturn")
        return value.rstrip("/")

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, value: str) -> str:
        begin, _, end = value.partition("-")
        if value and (not TIME.fullmatch(begin) or not TIME.fullmatch(end) or begin == end):
            raise ValueError("must be like 22:00-06:00, UTC, or empty")
        return value

    @field_validator("backup_at")
    @classmethod
    def _is_time(cls, value: str) -> str:
        if value and not TIME.fullmatch(value):
            raise ValueError("must be like 02:30, UTC, or empty")
        return value

    @field_validator("clock")
    @classmethod
    def _is_clock(cls, value: str) -> str:
        if value:
            began, then, speed = value.split()
            if not (datetime.fromisoformat(began).tzinfo and datetime.fromisoformat(then).tzinfo and float(speed) > 0):
                raise ValueError("must be like 2026-01-01T00:00:00Z 2026-11-22T10:00:00Z 60")
        return value

    @field_validator("feed_authority")
    @classmethod
    def _is_authority(cls, value: str) -> str:
        if not AUTHORITY.fullmatch(value):
            raise ValueError(
                "must be a domain you own, a comma and a year in which you own it: stories.example.org,2026"
            )
        return value

    @field_validator("hub")
    @classmethod
    def _is_hub(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must be like https://hub.example.org/")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before the environment before the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


NAMES = list(Settings.model_fields)


@cache
def settings() -> Settings:
    """The settings of this process, read once. Raises ConfigError with all that is wrong."""
    wrong = [_unknown(name) for name in os.environ if name.startswith(PREFIX) and _field(name) not in NAMES]
    try:
        found = Settings()
        wrong += _unowned(found)
    except ValidationError as error:
        wrong += [_line(str(e["loc"][0]), e["type"], e["msg"]) for e in error.errors()]
    except ValueError as error:  # goodturn.toml is no TOML
        wrong.append(f"{FILE}: {error}")
    if wrong:
        raise ConfigError("\n".join(wrong))
    return found


def _unowned(found: Settings) -> list[str]:
    """What is wrong where the public would get ids that nobody owns. Readers keep ids for ever, so a warning that
    scrolls by is too little."""
    host = urlsplit(found.site).hostname or ""
    if "feed_authority" in found.model_fields_set or _is_here(host):
        return []
    return [
        f"setting 'site' is public, so 'feed_authority' must be set too, once and for ever, before the first reader: "
        f'feed_authority = "{host},YEAR", of a domain that you own and a year in which you own it; who has published '
        f'without it keeps the ids by feed_authority = "{found.feed_authority}"'
    ]


def _is_here(host: str) -> bool:
    """Whether nobody else can ask this host, as it is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _line(name: str, kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return f"{FILE}: unknown setting '{name}'{_nearest(name)}"
    return f"setting '{name}' ({FILE}, or {PREFIX}{name.upper()}): {message}"


def _unknown(variable: str) -> str:
    return f"unknown setting {variable}{_nearest(_field(variable), PREFIX)}"


def _field(variable: str) -> str:
    return variable.removeprefix(PREFIX).lower()


def _nearest(name: str, prefix: str = "") -> str:
    close = difflib.get_close_matches(name, NAMES, 1)
    return f"; did you mean '{prefix + (close[0].upper() if prefix else close[0])}'?" if close else ""
