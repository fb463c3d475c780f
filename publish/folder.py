"""The folder that the static export writes to: which of our files are there, and what each of them was made from.

- A file is replaced by renaming, so that a reader and a kill find the old one or the new one, whole; and not touched
  where its content is the same, so that the time a web server sends as Last-Modified stays true.
- `.goodturn.json` says of each unit (a story, a page of the archive ...) by a mark what its files were made from, so
  that the next export need not make them again. A unit's mark is forgotten before its files are written, and set when
  all are on the disk: after a kill or a power cut the next export makes those again.
  Where it is lost or damaged, all is made again.
- Names are taken relative to open folders, and links are not followed: whatever somebody puts into the folder, nothing
  outside it is written, read or removed. What does not have the shape of our names is left alone.
- One export at a time writes to a folder: it holds a lock on the folder itself, which a kill frees.
- A folder is ours if it is empty, has a `.goodturn.json`, or has an index page that says it is ours. No other is
  written to.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from config import ConfigError
from publish.feed import NAME

MANIFEST, INDEX = ".goodturn.json", "index.html"
OURS = f'<meta name="generator" content="{NAME}">'.encode()  # templates/base.html
HEAD = 2_000  # bytes of a page in which it says so
FEED = r"(?:atom|rss|json)"
SHAPES = {  # of our names, by the folder that they are in
    "": rf"(?:index|feeds|gone|missing|embed(?:\.[a-z]{{2}})?)\.html|feed(?:\.[a-z]{{2}})?\.{FEED}"
    r"|sitemap(?:-\d+)?\.xml|robots\.txt|widget\.js|\.nojekyll",
    "story": r"[^/]+\.(?:html|gone)",
    "page": r"\d+\.html",
    "archive": rf"\d+-[0-9a-f]+\.{FEED}",
    "feeds": rf"[\w-]+\.{FEED}",
    "static": r"pages\.css",
}
PART = re.compile(r"\..+\.part")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_OURSELVES = os.O_NOFOLLOW | os.O_CLOEXEC
Units = dict[str, Sequence[str]]  # a unit's mark and the paths of its files, by its name


class Folder:
    """The folder, open; `written` and `removed` count files."""

    def __init__(self, path: Path) -> None:
        """Open it, made where there is none. Raises ConfigError where it cannot be used, or is somebody else's."""
        self.path, self.written, self.removed = path, 0, 0
        self._rooms: dict[str, int] = {}
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._rooms[""] = os.open(path, _FOLDER)
            fcntl.flock(self._rooms[""], fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._refuse_others()
            self._found = {path for room in SHAPES for path in self._look(room)}
            self.whole, self._units = self._remembered()
        except (OSError, ConfigError) as error:
            self.__exit__()
            if isinstance(error, ConfigError):
                raise
            busy = isinstance(error, BlockingIOError)
            why = f"another export is writing to {path}" if busy else f"cannot write to {path}: {error.strerror}"
            raise ConfigError(why) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for room in self._rooms.values():
            os.close(room)

    @property
    def untouched(self) -> bool:
        """Whether the files are those that were written last."""
        return self._found == {path for _, *paths in self._units.values() for path in paths}

    def has(self, name: str, mark: str) -> bool:
        """Whether a unit's files are there, made from that."""
        found, *paths = self._units.get(name, ("",))
        return found == mark and self._found.issuperset(paths)

    def keep(self, names: Iterable[str]) -> None:
        """Forget all units but these."""
        self.whole, self._units = "", {name: self._units[name] for name in names}
        self._remember()

    def put(self, name: str, mark: str, files: Mapping[str, bytes]) -> None:
        """Write a unit's files."""
        for path, body in files.items():
            self._put(path, body)
        self._units[name] = (mark, *files)

    def done(self, whole: str) -> None:
        """Remove what belongs to no unit, and remember what was written."""
        for path in self._found - {path for _, *paths in self._units.values() for path in paths}:
            room, name = _split(path)
            os.unlink(name, dir_fd=self._room(room))
            self.removed += 1
        os.sync()  # once for all of them; one by one it would be the longest part of the export
        self.whole = whole
        self._remember()

    def _put(self, path: str, body: bytes) -> None:
        room, name = _split(path)
        folder = self._room(room)
        if path in self._found and self._read(folder, name, len(body) + 1) == body:
            return
        self._replace(folder, name, body)
        self._found.add(path)
        self.written += 1

    def _read(self, folder: int, name: str, most: int = -1) -> bytes | None:
        try:
            file = os.open(name, os.O_RDONLY | _OURSELVES, dir_fd=folder)
        except OSError:  # not there, or a link
            return None
        with os.fdopen(file, "rb") as opened:
            return opened.read(most)

    def _room(self, room: str) -> int:
        """A folder in ours, open; made where there is none."""
        if room not in self._rooms:
            try:
                with suppress(FileExistsError):
                    os.mkdir(room, dir_fd=self._rooms[""])
                self._rooms[room] = os.open(room, _FOLDER | _OURSELVES, dir_fd=self._rooms[""])
            except OSError:
                raise ConfigError(
                    f"{self.path / room} is a file or a link; remove it, links are not followed"
                ) from None
        return self._rooms[room]

    def _look(self, room: str) -> Iterable[str]:
        """The paths of our files in a folder; what a killed export left is removed."""
        if room and not os.path.lexists(self.path / room):
            return
        folder, shape = self._room(room), re.compile(SHAPES[room])
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        for name in names:
            if PART.fullmatch(name):
                os.unlink(name, dir_fd=folder)
            elif shape.fullmatch(name):
                yield f"{room}/{name}" if room else name

    def _refuse_others(self) -> None:
        top = self._rooms[""]
        with os.scandir(top) as entries:
            names = sorted(entry.name for entry in entries if not PART.fullmatch(entry.name))
        ours = not names or MANIFEST in names or OURS in (self._read(top, INDEX, HEAD) or b"")
        if not ours:
            raise ConfigError(
                f"{self.path} has files that are not ours ({names[0]}); name a folder that is empty or not there"
            )

    def _remembered(self) -> tuple[str, Units]:
        try:
            known: Any = json.loads(self._read(self._rooms[""], MANIFEST) or b"")
            units: Units = {str(name): tuple(map(str, said)) for name, said in known["units"].items() if said}
            return str(known["whole"]), units
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # lost or damaged
            return "", {}

    def _remember(self) -> None:
        body = json.dumps({"whole": self.whole, "units": self._units}, ensure_ascii=False, indent=0).encode()
        self._replace(self._rooms[""], MANIFEST, body)

    def _replace(self, folder: int, name: str, body: bytes) -> None:
        part = f".{name}.part"
        with suppress(FileNotFoundError):
            os.unlink(part, dir_fd=folder)  # of an export that was killed
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OURSELVES, 0o644, dir_fd=folder)
        try:
            with os.fdopen(file, "wb") as out:
                out.write(body)
            os.replace(part, name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError as error:
            os.unlink(part, dir_fd=folder)  # a full disk has no room for it
            raise OSError(error.errno, error.strerror, name) from None


def _split(path: str) -> tuple[str, str]:
    room, _, name = path.rpartition("/")
    return room, name
