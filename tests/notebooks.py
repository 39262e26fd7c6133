"""Notebooks run as a person runs them, cell by cell in a kernel of their own; what is printed, as text.

    python tests/notebooks.py examples/the_lessons_adam.ipynb …

runs notebooks and writes what they show now into them: look at the difference before you believe it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
WIDGET = "application/vnd.jupyter.widget-view+json"
SECONDS = 300  # for a cell


def run(path: Path) -> Any:
    """The notebook with the outputs that its cells have now; nothing is written. Raises CellExecutionError."""
    notebook = nbformat.read(path, as_version=4)
    kept = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *([kept] if kept else [])])
    try:
        with TemporaryDirectory() as folder:
            client = NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", record_timing=False)
            client.execute(cwd=folder)
    finally:
        if kept is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = kept
    return notebook


def printed(cell: Any) -> list[str]:
    """What a cell prints and comes to, as text, line by line."""
    text = ""
    for output in cell.get("outputs", []):
        is_printed = output["output_type"] == "stream"  # which may come in several pieces
        text += output["text"] if is_printed else f"\n{output['data'].get('text/plain', '')}\n"
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def code_cells(notebook: Any) -> list[Any]:
    """The cells that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        done = run(Path(argument))
        for cell in code_cells(done):
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET, None)  # its kernel is gone: what else there is of it is shown
        done.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        nbformat.write(done, argument)
