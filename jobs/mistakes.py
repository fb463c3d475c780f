"""A user's mistake is one clear line on standard error, and an exit status that says whose turn it is."""

# ruff: noqa: PLC0415 -- imported when a verb runs: `goodturn --help` does not wait for a crawler to load

import errno
import sys
from typing import Any, NoReturn

import click

from config import ConfigError, settings
from jobs.lock import AlreadyRunningError

ATTENTION, WRONG = 1, 2
FAILED, RUNNING = 74, 75  # EX_IOERR and EX_TEMPFAIL of sysexits.h; the clock soon tries again what failed
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
STOPPED = 130  # by Ctrl-C, as shells say it


class Verbs(click.Group):
    """A group whose verbs answer a user's mistake with one clear line on standard error."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; see the exit statuses of `cli.py`."""
        try:
            return super().invoke(ctx)
        except (SystemExit, click.ClickException, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
            end("stopped; what was done is kept, and the next run goes on from there", STOPPED)
        except BrokenPipeError:  # `goodturn stories | head`
            sys.stderr.close()
            sys.exit(0)
        except AlreadyRunningError as error:
            end(str(error), RUNNING)
        except _wrong() as error:
            end(str(error), WRONG)
        except _failed() as error:
            end(str(error), FAILED)
        except _of_the_database() as error:
            end(f"{settings().database}: {error}; what was done before is kept", FAILED)
        except PermissionError as error:
            end(f"{error.filename}: this user may not use it; run it as the user that Goodturn runs as", WRONG)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            end(f"{error.filename or settings().data}: {error.strerror}; what was done before is kept", FAILED)


def _wrong() -> tuple[type[Exception], ...]:
    """Mistakes of the user's. Python asks for these only once something was raised: a verb does not wait for them."""
    from crawler.sources import SourcesError
    from jobs.explain import AddressError
    from storage.corrections import CorrectionError
    from storage.database import DatabaseError

    return ConfigError, SourcesError, DatabaseError, AddressError, CorrectionError


def _failed() -> type[Exception]:
    from jobs.collect import CrawlError

    return CrawlError


def _of_the_database() -> type[Exception]:
    from storage.database import SQLiteError

    return SQLiteError


def end(message: str, status: int) -> NoReturn:
    """End the command with a line and a status."""
    click.echo(message, err=True)
    sys.exit(status)
