"""What a table of times must say of the machine and of the programs, and nothing that names its owner."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import libreoffice

PACKAGES = ("numpy", "numba", "openpyxl", "ironcalc", "xlsxwriter", "formualizer", "formulas", "pycel")


def processor() -> str:
    """The processor's model, where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def cores() -> int:
    """The cores that this process may use; where the system does not tell, all there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def versions() -> list[str]:
    """Python, the packages measured and LibreOffice, each with its version or "absent"."""
    found = [f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} absent")
    return [*found, f"LibreOffice {libreoffice.version() or 'absent'}"]


def description() -> str:
    """Processor, cores, system and versions in one line, for the head of a table."""
    noun = "core" if cores() == 1 else "cores"
    return f"{processor()}, {cores()} {noun}, {platform.system()} {platform.machine()}. {', '.join(versions())}."
