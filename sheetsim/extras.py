"""Optional libraries: what is asked for when one is not installed."""

from __future__ import annotations

from importlib.util import find_spec

from sheetsim.errors import InputError


def install(extra: str) -> str:
    """How an extra is installed, by its name or from a clone of the project.

    >>> install("torch")
    "pip install 'sheetsim[torch]', or in a clone: pip install -c constraints.txt -e '.[torch]'"
    """
    return f"pip install 'sheetsim[{extra}]', or in a clone: pip install -c constraints.txt -e '.[{extra}]'"


def need(library: str, extra: str, what: str) -> None:
    """Raises InputError, one line that says what to install, where a library is missing.

    >>> need("numpy", "torch", "the torch engine")
    """
    if find_spec(library) is None:
        raise InputError(f"{what} needs {library}: {install(extra)}")
