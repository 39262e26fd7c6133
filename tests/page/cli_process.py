"""``sheetsim study`` as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from places import ROOT


def started(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    """The process, once it has said its address; and that."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "sheetsim", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
    assert process.stdout is not None
    return process, process.stdout.readline().split()[-1]


def ended(process: subprocess.Popen[str], interrupt: bool) -> tuple[int, str]:
    """Its exit status and what it has said, after Ctrl-C or by itself."""
    if interrupt:
        process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    return process.returncode, said
