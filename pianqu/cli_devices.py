"""`pianqu device …`: the phones of people on duty and their tokens."""

from typing import Annotated

import typer

from pianqu.cli_accounts import database

device = typer.Typer(
    help="Phones of people on duty: a token for each, for Traccar Client or OwnTracks.",
    no_args_is_help=True,
)
Person = Annotated[str, typer.Argument(help="The person's id on the map, such as patrol-01.")]
BY = "pianqu device"


@device.command("issue")
def issue(
    person: Person,
    label: Annotated[str, typer.Option(help="What the phone is called.")] = "",
) -> None:
    r"""Make a token for a person's phone and print it, and nothing else. It is shown once.

    \b
    TOKEN=$(pianqu device issue patrol-01 --label 巡逻手机1)
    """
    from cases.people import access_log, tokens
    from layers import devices

    token = tokens.fresh()
    with database() as (conn, now):
        number = devices.issue(conn, person, token, label=label, by=BY, now=now)
        access_log.note(conn, "device.issue", account=BY, at=now, subject=person, device=number)
    typer.echo(token)


@device.command("list")
def listed(person: Person) -> None:
    """The phones of a person: number, state, when last heard, last problem."""
    from layers import devices

    with database() as (conn, _):
        for row in devices.listed(conn, person):
            state = "revoked" if row["revoked_at"] else "open"
            heard = row["last_seen_at"].astimezone() if row["last_seen_at"] else None
            seen = f"{heard:%Y-%m-%d %H:%M:%S}" if heard else "-"
            typer.echo(
                f"{row['id']}\t{state}\t{seen}\t{row['last_problem'] or '-'}\t{row['label']}"
            )


@device.command("revoke")
def revoke(
    person: Person, number: Annotated[int, typer.Argument(help="The phone's number.")]
) -> None:
    """End a phone's token at once."""
    from cases.people import access_log
    from layers import devices

    with database() as (conn, now):
        devices.revoke(conn, person, number, by=BY, now=now)
        access_log.note(conn, "device.revoke", account=BY, at=now, subject=person, device=number)
    typer.echo(f"Revoked phone {number} of {person}.")
