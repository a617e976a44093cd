"""`pianqu account …`: accounts and their tokens from the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pianqu.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cases.people.accounts import Account

account = typer.Typer(
    help="Accounts: who may log in and for which post, and tokens for programs.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="The account's name.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
BY = "pianqu account"


@contextmanager
def database() -> "Iterator[tuple[Connection, datetime]]":
    """The installation's database, as it stands, and the moment."""
    from pianqu.database import with_database
    from store.engine import make_engine, transaction

    engine = make_engine(str(with_database(Settings()).database_url), pool_size=1)
    try:
        with transaction(engine) as conn:
            yield conn, datetime.now().astimezone()
    finally:
        engine.dispose()


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


@account.command("add")
def add(
    name: Name,
    post: Annotated[
        str | None, typer.Option(help="The post it acts for; without it, the name is the post.")
    ] = None,
    staff: Annotated[
        str | None, typer.Option(help="Or the person of the roster whose posts it acts for.")
    ] = None,
    password_stdin: FromStdin = False,
    ask_password: Annotated[
        bool, typer.Option("--ask-password", help="Ask for a password; it must be changed.")
    ] = False,
) -> None:
    r"""Add an account. Without a password nobody can log in with it; its tokens work.

    \b
    pianqu account add coordinator-140901
    pianqu account add zhang-desk --staff S017 --ask-password
    """
    from cases.people import accounts

    password = _password(password_stdin) if password_stdin or ask_password else None
    with database() as (conn, now):
        made = accounts.add(
            conn,
            name,
            now=now,
            post=post,
            staff=staff,
            password=password,
            must_change=True,
            by=BY,
        )
    typer.echo(f"Added {made.name} ({made.label}).")


@account.command("token")
def token(
    name: Name,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="How long it holds.")] = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    scope: Annotated[
        list[str] | None, typer.Option(help="read, report or post:NAME; none: everything.")
    ] = None,
) -> None:
    r"""Make a bearer token and print it, and nothing else. It cannot be shown again.

    \b
    TOKEN=$(pianqu account token platform-12345 --days 365 --scope report)
    """
    from cases.people import accounts

    with database() as (conn, now):
        made = accounts.make_token(
            conn, name, now=now, label=label, days=days, scope=scope or (), by=BY
        )
    typer.echo(made)


@account.command("disable")
def disable(name: Name) -> None:
    """Shut an account; its sessions and tokens end at once."""
    from cases.people import accounts

    with database() as (conn, now):
        accounts.disable(conn, name, now=now, by=BY)
    typer.echo(f"Disabled {name}.")


@account.command("enable")
def enable(name: Name) -> None:
    """Open a disabled account again and end a lock-out; tokens are made anew."""
    from cases.people import accounts

    with database() as (conn, now):
        accounts.enable(conn, name, now=now, by=BY)
        accounts.unlock(conn, name, now=now, by=BY)
    typer.echo(f"Enabled {name}.")


@account.command("password")
def password(name: Name, password_stdin: FromStdin = False) -> None:
    """Set a password; it must be changed at the next log-in, and open sessions end."""
    from cases.people import accounts

    words = _password(password_stdin)
    with database() as (conn, now):
        accounts.set_password(conn, name, words, now=now, must_change=True, by=BY)
    typer.echo(f"The password of {name} is set.")


@account.command("list")
def listed() -> None:
    """All accounts: name, what it acts for, state."""
    from cases.people import accounts

    with database() as (conn, now):
        found = [(one, accounts.posts_of(conn, one, now)) for one in accounts.listed(conn)]
    for one, posts in found:
        state = "disabled" if one.disabled_at else "locked" if _locked(one, now) else "open"
        typer.echo(f"{one.name}\t{state}\t{', '.join(posts) or '-'}\t{one.label}")


def _locked(one: "Account", now: datetime) -> bool:
    return one.locked_until is not None and one.locked_until > now
