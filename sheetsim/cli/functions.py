"""``sheetsim functions``: the spreadsheet functions that there are."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sheetsim.errors import NotFound


def functions(
    pattern: Annotated[
        str, typer.Argument(help="A name such as 'STDEV*', or a part of a name or of what the function does.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the spreadsheet functions, and how exact each is.

    How exact it is says what the tests hold it to; the gradient, how torch differentiates it. docs/functions.md has the
    words.

    \b
    Examples:
        sheetsim functions
        sheetsim functions 'STDEV*'
        sheetsim functions logarithm
        sheetsim functions round --json
    """
    from sheetsim.functions.finding import described, matching, plain
    from sheetsim.support import terminal

    rows = matching(pattern)
    if not rows:
        raise NotFound(f"no function fits {pattern!r}; sheetsim functions lists all of them")
    if as_json:
        print(json.dumps([described(row) for row in rows], indent=2, ensure_ascii=False))
        return
    lines = [[f"{row.name}({row.arguments})", plain(row.about), row.exact, row.gradient.value] for row in rows]
    terminal.table("", ["function", "what it gives", "exact", "gradient"], lines)
    print(f"{len(rows)} function{'s' if len(rows) > 1 else ''}")
