"""``sheetsim study``: a workbook alive in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sheetsim.cli.files import say

if TYPE_CHECKING:
    from sheetsim.page.session import Session


def study(
    workbook: Annotated[
        str | None, typer.Argument(help="A workbook's name, or a path to any .xlsx; without one the page asks.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The port to listen on. Default: the first free one from 8777.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Open a workbook on a page in the browser, alive.

    The page shows the sheets as a spreadsheet program does: type numbers and formulas, press Reset and Run, go back
    through the epochs, have the Solver search, and see of each cell where it comes from. Only this machine can reach
    the page, with the address printed. The file that is opened is never written to: the page saves copies. Ends with
    Ctrl-C, or by the page's button Quit.

    \b
    Examples:
        sheetsim study graddesc
        sheetsim study accounts.xlsx
        sheetsim study collab_filter --no-browser
    """
    import threading
    import webbrowser
    from pathlib import Path

    from sheetsim.support.extras import need

    need("websockets", "study", "the page")
    from sheetsim.outside import DESCRIPTIONS, found
    from sheetsim.page.server import PageServer

    if workbook is not None and workbook not in found(DESCRIPTIONS) and not Path(workbook).exists():
        from sheetsim import library

        library.open(workbook)  # says what there is

    def opening() -> Session:
        from sheetsim.page.session import Session

        return Session(workbook)

    server = PageServer(opening, port)
    try:
        say(f"sheetsim study: {server.address}")
        say("Only this machine can reach it, with this address. Ctrl-C ends it.")
        if not no_browser:
            threading.Thread(target=webbrowser.open, args=(server.once,), daemon=True).start()
        server.run()
    except KeyboardInterrupt:
        pass  # as it is meant to end
    finally:
        server.stop()
        server.session.close()
    say("ended")
