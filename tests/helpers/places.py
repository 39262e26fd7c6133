"""Where things lie: the project, and beside it what is not part of it and may be missing."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
ORIGINALS = SHARED / "originals"
