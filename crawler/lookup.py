"""Whether a host's name is known, for who wonders what is in the way."""

import socket


def lookup(host: str) -> str:
    """Why a name is not found, "" where it is. It takes as long as this machine's resolver does, seconds at most."""
    try:
        socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # a name that IDNA forbids is a UnicodeError
        return str(error)
    return ""
