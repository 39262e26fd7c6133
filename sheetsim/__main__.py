"""``python -m sheetsim`` is the command ``sheetsim``."""

from sheetsim.cli.app import main

main()
