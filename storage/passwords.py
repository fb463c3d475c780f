"""Passwords: argon2id with the second choice of RFC 9106 (64 MiB, three passes; some 100 ms).

A password has 12 to 200 characters and is not the name; nothing else is asked, as length is what counts. It is
compared in Unicode's composed form, so that every keyboard types the same one. Somebody who does not exist, or has no
password yet, costs the same time as a wrong password. A hash made with other parameters is made anew at the next
sign-in.
"""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 200  # nobody types more, and a hash of megabytes would be work for nothing

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


class PasswordError(ValueError):
    """The password cannot be taken; the message says why."""


def hashed(password: str, name: str) -> str:
    """A new password as it is kept. Raises PasswordError."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise PasswordError(f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters")
    if password.casefold().strip() == name.casefold():
        raise PasswordError("a password is not the name")
    return _HASHER.hash(_composed(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password; for None it takes as long to say no."""
    try:
        return _HASHER.verify(kept or _nobodys(), _composed(password[: MOST_CHARACTERS + 1])) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def renewed(kept: str, password: str) -> str | None:
    """The hash with today's parameters, where it was made with others; None where it need not change."""
    return _HASHER.hash(_composed(password)) if _HASHER.check_needs_rehash(kept) else None


def _composed(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")


@cache
def _nobodys() -> str:
    return _HASHER.hash("what nobody has chosen")
