"""A user's mistake is one clear line on standard error, and an exit status that says whose turn it is."""

# ruff: noqa: PLC0415 -- imported when a verb runs: `goodturn --help` does not wait for a crawler to load

import sys
from typing import Any, NoReturn

import click

from config import ConfigError, settings
from jobs.lock import AlreadyRunningError

ATTENTION, WRONG, RUNNING = 1, 2, 75  # 75: EX_TEMPFAIL of sysexits.h
STOPPED = 130  # by Ctrl-C, as shells say it


class Verbs(click.Group):
    """A group whose verbs answer a user's mistake with one clear line on standard error."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; see the exit statuses of `cli.py`."""
        from crawler.sources import SourcesError
        from jobs.collect import CrawlError
        from jobs.explain import AddressError
        from storage.corrections import CorrectionError
        from storage.database import DatabaseError, SQLiteError

        try:
            return super().invoke(ctx)
        except (ConfigError, SourcesError, DatabaseError, AddressError, CorrectionError) as error:
            end(str(error), WRONG)
        except CrawlError as error:
            end(str(error), ATTENTION)
        except SQLiteError as error:
            end(f"{settings().database}: {error}; what was done before is kept", ATTENTION)
        except AlreadyRunningError as error:
            end(str(error), RUNNING)
        except KeyboardInterrupt:
            end("stopped; what was done is kept, and the next run goes on from there", STOPPED)
        except BrokenPipeError:  # `goodturn stories | head`
            sys.stderr.close()
            sys.exit(0)


def end(message: str, status: int) -> NoReturn:
    """End the command with a line and a status."""
    click.echo(message, err=True)
    sys.exit(status)
