"""`goodturn doctor`: what the checks of watch/doctor.py are told of feeds.txt, the desk, what was learned and the
newest backup, and what they find."""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from time import monotonic, time
from urllib.parse import urlsplit

from config import ConfigError, Settings
from crawler.lookup import lookup
from crawler.sources import SourcesError, read
from desk.place import refuse_openness, warnings
from jobs.collect import kinds
from jobs.packing import PIECE
from jobs.read_page import detector, learned
from storage import backup
from watch.doctor import CHECKS, examine
from watch.examined import Case, Check, Level, Said, wrong

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def doctor(
    settings: Settings,
    now: datetime,
    *,
    thorough: bool = False,
    network: bool = False,
    checks: Sequence[Check] = CHECKS,
) -> list[Said]:
    """What is found. `thorough` reads the databases and the newest backup whole; `network` looks a name up."""
    began = time(), monotonic()
    mistakes, addresses = _feeds(settings)
    case = Case(
        settings=settings,
        now=now,
        began=began,
        thorough=thorough,
        mistakes=mistakes,
        addresses=addresses,
        desk=_desk(settings),
        model_fits=_model_fits(settings),
        spoiled=list(_spoiled(settings, now)) if thorough else (),
        lookups={host: lookup(host) for host in _hosts(addresses)} if network else {},
    )
    return examine(case, checks)


def unset(mistakes: ConfigError) -> list[Said]:
    """What is said where the settings are wrong, so that nothing can be looked at."""
    return [wrong("settings", f"{line}; mend it first, then ask again") for line in str(mistakes).splitlines()]


def as_json(found: list[Said]) -> str:
    """All of it for programs."""
    rows = [{"about": each.about, "level": each.level, "said": each.said} for each in found]
    return json.dumps(rows, indent=1, ensure_ascii=False)


def lines(found: list[Said], *, verbose: bool = False) -> list[str]:
    """What is said to people; without the control characters of feeds.txt or of a file's name, which terminals obey."""
    said = [f"{each.level:7} {each.said}" for each in found if verbose or each.level is not Level.FINE]
    return ["".join(each if each.isprintable() else "?" for each in line) for line in said] or ["all is well"]


def _feeds(settings: Settings) -> tuple[list[str], list[str]]:
    try:
        return [], [source.address for source in read(settings.feeds, kinds())]
    except SourcesError as mistakes:
        return str(mistakes).splitlines(), []


def _desk(settings: Settings) -> list[str]:
    try:
        refuse_openness(settings)
    except ConfigError as error:
        return [str(error)]
    return warnings(settings)


def _model_fits(settings: Settings) -> bool | None:
    folder = learned(settings)
    return None if folder is None else detector(settings).weights == folder


def _hosts(addresses: list[str]) -> list[str]:
    """A source's host, to be looked up: one is enough."""
    return [host for address in addresses if (host := urlsplit(address).hostname)][:1]


def _spoiled(settings: Settings, now: datetime) -> Iterator[str]:
    newest = backup.newest(settings.backups, now)
    if newest:
        for name, kept in newest.files.items():
            if _sha256(newest.folder / kept.packed) != kept.sha256:
                yield f"{newest.folder / kept.packed} is damaged: {name} does not come out of it as it went in"


def _sha256(packed: Path) -> str:
    """Of what is in a packed file; "" where nothing comes out of it."""
    digest = hashlib.sha256()
    try:
        if not packed.stat().st_size:  # of nothing nothing is packed
            return digest.hexdigest()
        with zstd.open(packed, "rb") as plain:
            while piece := plain.read(PIECE):
                digest.update(piece)
    except (zstd.ZstdError, EOFError, OSError):
        return ""
    return digest.hexdigest()
