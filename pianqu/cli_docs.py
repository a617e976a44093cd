"""`pianqu graph`: the case flow as a document, drawn from the tables the rules themselves use."""

from pathlib import Path
from typing import Annotated

import typer


def graph(
    to: Annotated[
        Path | None, typer.Option("--to", help="Write it there instead of standard output.")
    ] = None,
) -> None:
    """Draw the case flow: statuses, who may what, and the clocks (Markdown with Mermaid)."""
    from cases.graph import draw

    drawn = draw()
    if to is None:
        typer.echo(drawn, nl=False)
        return
    to.write_text(drawn, encoding="utf-8")
    typer.echo(f"Wrote {to}.", err=True)
