"""Files packed for a backup and unpacked again: by zstd, piece by piece, so that memory stays flat however large.

Each packed file is on the disk, not only on its way there, before it counts. What is unpacked is known by its SHA-256,
and no more of it is unpacked than there was: a few bytes may be packed that would fill a disk.
"""

import hashlib
import os
import sys
import tarfile
from pathlib import Path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 3  # 700 MB to 210 in 5 s; level 9 takes 20 s for 190
PIECE = 1 << 20  # bytes
OWNER_ONLY = 0o600


class SpoiledError(ValueError):
    """What was unpacked is not what was packed."""


def pack(source: Path, target: Path) -> str:
    """Pack a file into one that only its owner may read; the SHA-256 of what was packed."""
    digest = hashlib.sha256()
    handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY)
    with source.open("rb") as plain, os.fdopen(handle, "wb") as file:
        with zstd.open(file, "wb", level=LEVEL) as packed:
            while piece := plain.read(PIECE):
                digest.update(piece)
                packed.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def unpack(source: Path, target: Path, sha256: str, size: int) -> None:
    """Unpack so many bytes into a file that only its owner may read. Raises SpoiledError where it is not what it should
    be."""
    digest, left = hashlib.sha256(), size
    handle = os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, OWNER_ONLY)
    try:
        with zstd.open(source, "rb") as packed, os.fdopen(handle, "wb") as plain:
            while piece := packed.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise SpoiledError(f"{source} is damaged: it holds more than the {size} bytes that were packed")
                digest.update(piece)
                plain.write(piece)
            plain.flush()
            os.fsync(plain.fileno())
    except (zstd.ZstdError, EOFError) as error:
        raise SpoiledError(f"{source} is damaged: {error}") from error
    if digest.hexdigest() != sha256:
        raise SpoiledError(f"{source} is damaged: its SHA-256 is not that of what was packed")


def text(source: Path, size: int) -> str:
    """What a small packed file says, as far as it was so large. Raises SpoiledError."""
    try:
        with zstd.open(source, "rb") as packed:
            return packed.read(size).decode()
    except (zstd.ZstdError, EOFError, UnicodeDecodeError) as error:
        raise SpoiledError(f"{source} is damaged: {error}") from error


def gather(folder: Path, target: Path) -> None:
    """A folder's files as one."""
    with tarfile.open(target, "w") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name, recursive=False)


def scatter(source: Path, folder: Path) -> None:
    """Them all, in a folder again. Raises SpoiledError."""
    folder.mkdir()
    try:
        with tarfile.open(source) as tar:
            tar.extractall(folder, filter="data")
    except tarfile.TarError as error:
        raise SpoiledError(f"{source} is damaged: {error}") from error


def settle(folder: Path) -> None:
    """Have the disk know what a folder's files are called."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
