"""The feeds as files, for a web server that serves files: each is replaced whole, or left as it is.

A file whose content has not changed is not touched, so that the time a web server sends as Last-Modified stays true.
"""

import os
from pathlib import Path

from config import Settings
from publish.feed import Format, file_name
from publish.shelf import Shelf
from stories.languages import LANGUAGES


def write(settings: Settings, folder: Path) -> list[Path]:
    """Write all feeds into the folder, made where needed: of all stories, and of each language. Returns the paths.

    Raises NoDatabaseError while there is no database.
    """
    shelf = Shelf(settings.database, settings.site, settings.feed_entries, paged=False)
    copies = {
        folder / file_name(language, format): shelf.copy(language, format).body
        for language in (None, *LANGUAGES)
        for format in Format
    }
    shelf.close()
    folder.mkdir(parents=True, exist_ok=True)
    for path, body in copies.items():
        _replace(path, body)
    return list(copies)


def _replace(path: Path, body: bytes) -> None:
    if path.is_file() and path.read_bytes() == body:
        return
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
