"""``python -m sheetsim`` is the command ``sheetsim``."""

import os
import signal

from sheetsim.support import last_resort


def main() -> None:
    """The whole process, its imports too: how it ends is said in one line."""
    try:
        last_resort.run(_command_line)
    except SystemExit as end:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: a Ctrl-C now would only disturb Python's own end
        if isinstance(end.code, int) and end.code > last_resort.SIGNALED:
            os._exit(end.code)  # after a Ctrl-C in some of its own functions Python would not keep to the status
        raise


def _command_line() -> None:
    from sheetsim.cli.app import command_line

    command_line()


if __name__ == "__main__":
    main()
