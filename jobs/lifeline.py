"""No process outlives the one that started it, however that one ends, SIGKILL included.

The starter holds one end of a pipe, and each process that it starts watches the other: when the starter is gone, the
operating system closes the pipe, and who watches is asked to end like by SIGTERM, and killed where it does not.
That is so on every Unix and for all threads of the starter; PR_SET_PDEATHSIG would need no watching thread, but is
bound to the one thread that started the process, and is Linux' own.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

LIFELINE = "LIFELINE_OF_GOODTURN"  # the number of the pipe's end that is watched
GRACE_SECONDS = 9.0  # as long as the supervisor waits for a part


class Lifeline:
    """What a starter holds while it lives."""

    def __init__(self) -> None:
        self._watched, self._held = os.pipe()  # neither goes to a process that is started in another way

    def start(self, command: Sequence[str], env: Mapping[str, str], **other: Any) -> subprocess.Popen[bytes]:
        """Start a process that does not outlive this one, in a process group of its own: Ctrl-C is for the starter."""
        tied = {**env, LIFELINE: str(self._watched)}
        return subprocess.Popen(command, env=tied, pass_fds=(self._watched,), process_group=0, **other)


def watch() -> None:
    """End this process when the one that started it, with a lifeline, is gone."""
    if number := os.environ.pop(LIFELINE, ""):
        os.set_inheritable(int(number), False)
        threading.Thread(target=_watch, args=[int(number)], daemon=True, name="lifeline").start()


def _watch(end: int) -> None:
    while os.read(end, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(os.getpgid(0), signal.SIGKILL)  # with all that it started
