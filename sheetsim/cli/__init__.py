"""The command line, a module a command."""

from sheetsim.cli.app import main

__all__ = ["main"]
