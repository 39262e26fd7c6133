"""What a worksheet's XML says of cells that are coloured on a condition, or by their numbers.

Read are conditions that are formulas, or can be put as one, and scales of two or three colours. Bars and signs inside
cells, and rules on ranks, averages and duplicates are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sheetsim.errors import InputError
from sheetsim.model.address import Rect, cell_name, parse_rect
from sheetsim.reading.looks.styles import FileStyle, Styles
from sheetsim.reading.package import whole

MOST_RULES, MOST_AREAS = 500, 1_000  # of a sheet, and of a rule
LAST = 1 << 30  # the rank of a rule that says none
_COMPARED = {
    "lessThan": "{0}<({1})",
    "lessThanOrEqual": "{0}<=({1})",
    "equal": "{0}=({1})",
    "notEqual": "{0}<>({1})",
    "greaterThanOrEqual": "{0}>=({1})",
    "greaterThan": "{0}>({1})",
    "between": "AND({0}>=({1}),{0}<=({2}))",
    "notBetween": "OR({0}<({1}),{0}>({2}))",
}
#: Beside these files write out the formula that says the same; ``expression`` is nothing else.
_FORMULAS = (
    *("expression", "containsText", "notContainsText", "beginsWith", "endsWith", "timePeriod"),
    *("containsBlanks", "notContainsBlanks", "containsErrors", "notContainsErrors"),
)


class Stop(NamedTuple):
    """A number of a scale of colours, ``kind`` min, max, num, percent or percentile, and the colour there."""

    kind: str
    value: float
    colour: str


@dataclass
class Rule:
    """One rule: where, and either a ``formula``, typed for the first cell of the first area and filled over the rest,
    and the ``look`` of cells for which it holds, or the ``stops`` of a scale of colours."""

    areas: list[Rect]
    rank: int
    formula: str = ""
    look: FileStyle | None = None
    stops: list[Stop] = field(default_factory=list)


class Conditions:
    """Collects them as the elements come."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._areas: list[Rect] = []
        self._rule: dict[str, str] | None = None
        self._formulas: list[str] = []
        self._limits: list[tuple[str, str]] = []
        self._colours: list[dict[str, str]] = []
        self.said: list[tuple[int | None, list[dict[str, str]]]] = []  # of each rule: its look, or its colours

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """At the beginning of an element behind the rows."""
        if tag == "conditionalFormatting":
            self._areas = _areas(attributes.get("sqref", ""))
        elif tag == "cfRule":
            self._rule, self._formulas, self._limits, self._colours = attributes, [], [], []
        elif self._rule is not None and tag == "cfvo" and len(self._limits) < 3:
            self._limits.append((attributes.get("type", ""), attributes.get("val", "")))
        elif self._rule is not None and tag == "color" and len(self._colours) < 3:
            self._colours.append(attributes)

    def end(self, tag: str, text: str) -> None:
        """At its end; ``text`` is what stands in it."""
        if self._rule is None:
            return
        if tag == "formula":
            self._formulas.append(text.strip())
        elif tag == "cfRule":
            if self._areas and len(self.rules) < MOST_RULES:
                self._finish(self._rule)
            self._rule = None

    def _finish(self, said: dict[str, str]) -> None:
        kind, rank = said.get("type", ""), whole(said.get("priority", ""))
        rule = Rule(self._areas, LAST if rank is None else rank)
        if kind != "colorScale":
            rule.formula = self._formula(kind, said.get("operator", ""))
        elif len(self._limits) == len(self._colours):
            rule.stops = [Stop(kind, _number(text), "") for kind, text in self._limits]
        self.rules.append(rule)
        self.said.append((whole(said.get("dxfId", "")), self._colours))

    def _formula(self, kind: str, operator: str) -> str:
        if kind in _FORMULAS:
            return self._formulas[0] if self._formulas else ""
        pattern = _COMPARED.get(operator) if kind == "cellIs" else None
        if pattern is None or len(self._formulas) < (2 if "{2}" in pattern else 1):
            return ""
        first = self._areas[0]
        return pattern.format(cell_name(first.top, first.left), *self._formulas)

    def finished(self, styles: Styles) -> list[Rule]:
        """The rules that say something, the first that counts first."""
        for rule, (number, colours) in zip(self.rules, self.said, strict=True):
            if rule.formula and number is not None and number < len(styles.differences):
                rule.look = styles.differences[number]
            stops = zip(rule.stops, map(styles.palette.said, colours), strict=False)
            rule.stops = [stop._replace(colour=colour) for stop, colour in stops if colour]
        return sorted((rule for rule in self.rules if rule.look or rule.stops), key=lambda rule: rule.rank)


def _areas(text: str) -> list[Rect]:
    try:
        return [parse_rect(part) for part in text.split()[:MOST_AREAS]]
    except InputError:
        return []


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
