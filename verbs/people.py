"""Who may use the desk, from the terminal: `goodturn people` and the verbs under it.

Whoever has this terminal may do all that an operator may; so this is also the way back in when nobody can sign in.
"""

# ruff: noqa: PLC0415 -- imported when a verb runs: `goodturn --help` does not wait for them to load

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from config import settings
from jobs.mistakes import WRONG, end
from jobs.terminal import table

if TYPE_CHECKING:
    from storage.database import Database
    from storage.people import Person

ROLES = click.Choice(["reader", "editor", "operator"])  # those of storage.people.Role, which is loaded later


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: a person a line.")
@click.pass_context
def people(context: click.Context, as_json: bool) -> None:
    """List who may use the desk, with role and when last seen; the verbs below let people in."""
    if context.invoked_subcommand:
        return
    from storage.people import people as everybody

    with _people() as db:
        rows = everybody(db)
    if as_json:
        for row in rows:
            said = {"name": row.name, "role": row.role, "last_seen": row.seen_at, "ended": row.ended_at}
            click.echo(json.dumps(said | {"password": row.able}, ensure_ascii=False))
        return
    table(
        ["name", "role", "last seen"],
        [[row.name, row.role, _seen(row)] for row in rows],
        empty="nobody yet; 'goodturn desk' shows a link that makes the first operator",
    )


@people.command()
@click.argument("name")
@click.option("--role", type=ROLES, default="editor", show_default=True)
def add(name: str, role: str) -> None:
    """Let NAME in, and print a one-time link with which they set their password."""
    from desk.serve import TERMINAL
    from storage.people import Role
    from storage.people import add as let_in

    with _people() as db:
        _print_link(let_in(db, name, Role(role), at=datetime.now(UTC), origin=TERMINAL))


@people.command()
@click.argument("name")
def link(name: str) -> None:
    """Print a new one-time link for NAME, who has forgotten the password."""
    from storage.people import named

    with _people() as db:
        _print_link(named(db, name))


@people.command()
@click.argument("name")
@click.argument("new", metavar="ROLE", type=ROLES)
def role(name: str, new: str) -> None:
    """Make NAME a reader, an editor or an operator. They sign in again."""
    from desk.serve import TERMINAL
    from storage.people import Role, change_role, named

    with _people() as db:
        who = named(db, name)
        change_role(db, who.number, Role(new), at=datetime.now(UTC), origin=TERMINAL)
    click.echo(f"{who.name}: {new}")


@people.command("end")
@click.argument("name")
def end_one(name: str) -> None:
    """Let NAME in no more. What they did stays in the log under their name."""
    from desk.serve import TERMINAL
    from storage import people as kept

    with _people() as db:
        who = kept.named(db, name)
        kept.end(db, who.number, at=datetime.now(UTC), origin=TERMINAL)
    click.echo(f"{who.name} may not use the desk any more")


@contextmanager
def _people() -> Iterator["Database"]:
    """The database of people; what cannot be done is one line, and status 2."""
    from storage.database import connect_private
    from storage.people import PeopleError

    try:
        with closing(connect_private(settings().private)) as db:
            yield db
    except PeopleError as error:
        end(str(error), WRONG)


def _print_link(who: "Person") -> None:
    from desk.serve import password_link

    made = password_link(settings(), who)
    click.echo(f"{who.name} ({who.role}) sets a password here, once, within a week:\n{made}")


def _seen(row: "Person") -> str:
    if row.ended_at:
        return f"ended {row.ended_at}"
    return row.seen_at or ("never" if row.able else "has not set a password yet")
