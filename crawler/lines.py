"""Lines of feeds.txt as Goodturn writes them: a source as its line, and lines put at the end of the file.

A line says what its source differs in from the usual one of its kind, so that it reads as if written by hand. What was
in the file stays as it is to the last byte; the new file takes the old one's place in one step, so that a kill leaves
the one or the other.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from crawler.sources import LONGEST_LABEL, UNITS, Source, SourcesError, parse

USUAL_MODE = 0o644  # of a new file; a temporary one is for its owner alone
QUOTED = ("cron", "label")  # as they may hold spaces
TIMES = ("revisit",)  # options that are kept as seconds and written as 30m, 6h, 2d


def line(source: Source) -> str:
    """The line of a source; `crawler.sources.parse` reads the same source from it."""
    (usual,) = parse(f"{source.address} kind={source.kind}", "a line", (source.kind,))
    return " ".join([source.address, *(_pair(key, value) for key, value in _differences(source, usual))])


def label(text: str) -> str | None:
    """A text from elsewhere as a label: one line, no quotation marks, cut to the length that a label may have."""
    plain = "".join(c if c.isprintable() else " " for c in text.replace('"', "'"))
    return " ".join(plain.split())[:LONGEST_LABEL].strip() or None


def append(path: Path, lines: Iterable[str]) -> None:
    """Put lines at the end of a file, which is made where there is none. Raises SourcesError; it is then as it was."""
    path = path.resolve()  # a link stays one
    try:
        before = path.read_bytes() if path.exists() else b""
        gap = b"\n" if before and not before.endswith(b"\n") else b""
        _replace(path, before + gap + "".join(f"{each}\n" for each in lines).encode())
    except OSError as error:
        raise SourcesError(f"{path}: cannot be written: {error.strerror}") from None


def _replace(path: Path, content: bytes) -> None:
    """Let a file have this content, and the mode that it had, in one step."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
        new = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            new.chmod(path.stat().st_mode if path.exists() else USUAL_MODE)
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def _differences(source: Source, usual: Source) -> Iterator[tuple[str, str]]:
    if source.kind != parse(source.address, "a line")[0].kind:
        yield "kind", source.kind
    if source.language:
        yield "lang", source.language
    if (source.every, source.longest) != (usual.every, usual.longest):
        yield "every", interval(source)
    if source.cron:
        yield "cron", source.cron
    if source.quiet:
        yield "quiet", source.quiet
    if source.pages != usual.pages:
        yield "pages", str(source.pages)
    if source.budget != usual.budget:
        yield "budget", str(source.budget)
    for key, value in source.options.items():
        is_time = key in TIMES and value.isdecimal()
        yield key, _interval(timedelta(seconds=int(value))) if is_time else value
    if source.label:
        yield "label", source.label


def interval(source: Source) -> str:
    """How often a source is asked, as in its line."""
    return "-".join(_interval(time) for time in (source.every, source.longest) if time)


def _pair(key: str, value: str) -> str:
    return f'{key}="{value}"' if key in QUOTED else f"{key}={value}"


def _interval(time: timedelta) -> str:
    """In the largest unit that it is a whole number of."""
    minutes = int(time.total_seconds()) // 60
    unit = next(unit for unit in reversed(UNITS) if minutes % UNITS[unit] == 0)
    return f"{minutes // UNITS[unit]}{unit}"
