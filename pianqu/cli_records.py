"""The commands about records: `audit`, `purge`, `db backup` and `db restore`."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pianqu.cli_groups import database
from pianqu.settings import Settings

if TYPE_CHECKING:
    from cases.audit import Verdict

audit = typer.Typer(help="Proof that no history was touched.", no_args_is_help=True)


@audit.command("verify")
def verify_histories(
    case: Annotated[
        str | None, typer.Argument(help="One case's number or id; without it, all cases.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="DIGEST", help="A digest of `audit head` that must still hold."),
    ] = None,
) -> None:
    """Check every history: chain, texts, versions, heads, projection, feed, anchors.

    Exit code 1 when anything was touched; each finding names the case and the version.
    """
    from pianqu import backing

    def progress(done: int) -> None:
        typer.echo(f"\r{done} cases", err=True, nl=False)

    verdict = backing.verify(Settings(), case, progress, against=against)
    typer.echo("", err=True)
    _tell(verdict)


def _tell(verdict: "Verdict") -> None:
    for finding in verdict.findings:
        where = f"{finding.case} v{finding.version}" if finding.version else finding.case
        typer.secho(f"{where}: {finding.fault}", fg=typer.colors.RED)
    typer.echo(
        f"{verdict.cases} cases, {verdict.events} events, {verdict.texts} texts"
        f" ({verdict.purged} purged): {len(verdict.findings)} findings"
    )
    raise typer.Exit(1 if verdict.findings else 0)


@audit.command("head")
def head_of_histories() -> None:
    """Print one digest over all histories, to be written down outside, and anchor it."""
    from pianqu import backing

    head = backing.head(Settings(), datetime.now().astimezone())
    typer.echo(f"{head.digest} {head.cases} cases {head.events} events")


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
) -> None:
    """Forget reporters, texts and logs that are over their time (参数值); never an event."""
    from pianqu import backing

    done = backing.forget(Settings(), datetime.now().astimezone(), dry_run=dry_run)
    typer.echo(
        f"{'Would forget' if dry_run else 'Forgot'}: {done.reporters} reporters,"
        f" {done.texts} texts of {done.cases} cases, the files of {done.files} cases,"
        f" {done.access} access rows,"
        f" {done.unreadable} unreadable reports"
    )


@database.command("backup")
def back_up_database(
    file: Annotated[Path, typer.Argument(help="The file to write.", dir_okay=False)],
) -> None:
    """Write the whole database, attachments and all, into one file; the system may run on."""
    from pianqu import backing

    manifest = backing.back_up(Settings(), file, datetime.now().astimezone())
    typer.echo(
        f"Written: {file} ({file.stat().st_size / 1e6:.1f} MB, {manifest['cases']} cases,"
        f" {manifest['events']} events)"
    )


@database.command("restore")
def restore_database(
    file: Annotated[Path, typer.Argument(help="A file of `pianqu db backup`.", exists=True)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what is there; a copy is kept beside FILE.")
    ] = False,
) -> None:
    """Bring a backup back and verify every history in it; stop `pianqu serve` before."""
    from pianqu import backing

    verdict = backing.restore(
        Settings(), file, datetime.now().astimezone(), replace=replace, tell=typer.echo
    )
    _tell(verdict)
