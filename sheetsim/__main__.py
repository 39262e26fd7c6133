"""``python -m sheetsim`` is the command ``sheetsim``."""

import signal

from sheetsim.support import last_resort


def main() -> None:
    """The whole process, its imports too: how it ends is said in one line."""
    try:
        last_resort.run(_command_line)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: a Ctrl-C now would only disturb Python's own end


def _command_line() -> None:
    from sheetsim.cli.app import command_line

    command_line()


if __name__ == "__main__":
    main()
