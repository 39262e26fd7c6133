"""Optional libraries: what is asked for when one is not installed."""

from __future__ import annotations

from importlib.util import find_spec

from sheetsim.errors import InputError


def install(extra: str) -> str:
    """How an extra is installed, by its name or in a clone of the project and elsewhere.

    >>> install("torch")
    "in a clone: pip install -c constraints.txt -e '.[torch]', elsewhere: pip install 'sheetsim[torch]'"
    """
    return f"in a clone: pip install -c constraints.txt -e '.[{extra}]', elsewhere: pip install 'sheetsim[{extra}]'"


def need(library: str, extra: str, what: str) -> None:
    """Raises InputError, one line that says what to install, where a library is missing.

    >>> need("numpy", "torch", "the torch engine")
    """
    if find_spec(library) is None:
        raise InputError(f"{what} needs {library}: {install(extra)}")
