"""LibreOffice, timed as a whole process: it has no command that only recalculates.

A file is converted to ``.xlsx`` with recalculation on loading always on; the time that an empty workbook takes is
subtracted. What is left is reading, recalculating and writing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

from measure import Failed

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
 <item oor:path="/org.openoffice.Office.Calc/Formula/Load">
  <prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
 </item>
</oor:items>
"""


def program() -> str:
    """The command. Raises Failed where there is none."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        raise Failed("not installed")
    return found


def version() -> str | None:
    """As ``7.4.7``, or None."""
    try:
        text = subprocess.run([program(), "--version"], capture_output=True, text=True, check=False).stdout
    except Failed:
        return None
    found = re.search(r"\d+(\.\d+)+", text)
    return found.group() if found else None


def converted(path: Path, room: Path) -> Path:
    """Where the conversion of a file is put."""
    return room / "converted" / path.name


def convert(path: Path, room: Path, limit: float) -> float:
    """Converts a file; answers the seconds it took. ``room`` is a directory for its own use."""
    profile = room / "profile"
    settings = profile / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        settings.write_text(SETTINGS)
    result = converted(path, room)
    result.unlink(missing_ok=True)
    command = [program(), "--headless", f"-env:UserInstallation={profile.resolve().as_uri()}"]
    command += ["--convert-to", "xlsx", "--outdir", str(result.parent), str(path)]
    begun = time.perf_counter()
    try:
        subprocess.run(command, capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"not done in {limit:.0f} s") from None
    taken = time.perf_counter() - begun
    if not result.exists():
        raise Failed("converted nothing")
    return taken
