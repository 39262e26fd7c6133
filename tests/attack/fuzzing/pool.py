"""Processes that try inputs, and are ended where an input does not come to an end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from select import select
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PLACES = [ROOT, HERE, HERE.parent, ROOT / "tests", ROOT / "tests" / "helpers"]
PATIENCE = 180  # seconds on the clock, of a machine that may be busy; the process itself counts those of the processor


class Worker:
    """One process; a new one is started for the input after one that it did not survive."""

    def __init__(self, script: Path = HERE / "worker.py", patience: float = PATIENCE):
        self.script, self.patience = script, patience
        self.process: subprocess.Popen[bytes] | None = None

    def tried(self, given: dict[str, Any]) -> dict[str, Any]:
        """The verdict on an input: its outcome, or the offence; seconds and bytes of memory."""
        process = self.process or self._started()
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(json.dumps(given).encode() + b"\n")
            process.stdin.flush()
            answer = process.stdout.readline() if select([process.stdout], [], [], self.patience)[0] else b"late"
        except BrokenPipeError:
            answer = b""
        if answer.startswith(b"{"):
            found: dict[str, Any] = json.loads(answer)
            if found["offence"]:  # memory once used, or a state nobody foresaw, is not handed on
                self.close()
            return found
        process.kill()
        status = process.wait()
        self.close()
        said = "a hang\nno answer" if answer else f"the process ended with {status}"
        return {"outcome": None, "offence": said, "seconds": self.patience if answer else 0.0, "peak": 0}

    def _started(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        environment["PYTHONPATH"] = os.pathsep.join([*map(str, PLACES), os.environ.get("PYTHONPATH", "")])
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([sys.executable, str(self.script)], env=environment, stdin=pipe, stdout=pipe)
        return self.process

    def close(self) -> None:
        process, self.process = self.process, None
        if process and process.stdin and process.stdout:
            process.stdin.close()
            process.wait()
            process.stdout.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
