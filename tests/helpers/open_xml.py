"""The rules of Microsoft's Open XML SDK as an outside opinion on files that we write."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import ParseError

import pytest
from defusedxml.ElementTree import fromstring
from zips import members


def findings(path: Path) -> list[str]:
    """All in a file that breaks a rule, be it only a warning. Skips the test where openxml-audit is not installed."""
    audit = pytest.importorskip("openxml_audit", reason="openxml-audit is not installed: pip install 'sheetsim[test]'")
    found = audit.OpenXmlValidator(max_errors=0).validate(path).errors
    return [*not_well_formed(path), *(str(finding) for finding in found)]


def not_well_formed(path: Path) -> list[str]:
    """The parts that are no XML: the validator passes over them without a word."""
    found = []
    for name, content in members(path).items():
        if name.endswith((".xml", ".rels", ".vml")):
            try:
                fromstring(content)
            except ParseError as error:
                found.append(f"{name}: {error}")
    return found
