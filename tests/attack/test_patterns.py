"""A pattern of its own in each row: the same answers as one by one, and no list gone through for each of them."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest

from sheetsim import Workbook
from sheetsim.functions.patterns import Listed, Pattern

ROWS = 2_000
TEXTS = [f"{'Name' if row % 2 else 'name'} {row * 7 % 1_000:03}x" for row in range(ROWS)]


def fits(pattern: str, text: str) -> bool:
    """What ``*``, ``?`` and ``~`` mean, sign by sign."""

    @cache
    def rest(p: int, t: int) -> bool:
        if p == len(pattern):
            return t == len(text)
        if pattern[p] == "*":
            return rest(p + 1, t) or (t < len(text) and rest(p, t + 1))
        if t == len(text):
            return False
        if pattern[p] == "?":
            return rest(p + 1, t + 1)
        meant = pattern[p] == "~" and pattern[p + 1 : p + 2] in ("*", "?", "~")
        p += bool(meant)
        return pattern[p].lower() == text[t].lower() and rest(p + 1, t + 1)

    return rest(0, 0)


def test_against_sign_by_sign() -> None:
    rng = random.Random(10)
    for _ in range(1_500):
        texts = ["".join(rng.choice("aAb*?~\n\0") for _ in range(rng.randint(0, 6))) for _ in range(9)]
        written = "".join(rng.choice("aAbB*?~*?") for _ in range(rng.randint(0, 6)))
        pattern, expected = Pattern(written), [place for place, text in enumerate(texts) if fits(written, text)]
        assert [place for place, text in enumerate(texts) if pattern.fits(text)] == expected
        assert Listed(texts).fitting(pattern).tolist() == expected
        assert Listed(texts).first(pattern) == (expected[0] if expected else None)


KINDS = [  # the pattern that each row asks for, as a formula and in Python
    ('A1&"*"', lambda text: text + "*"),
    ('"*"&MID(A1,5,9)', lambda text: "*" + text[4:]),
    ('"*"&MID(A1,6,3)&"*"', lambda text: f"*{text[5:8]}*"),
    ('"?"&MID(A1,2,9)', lambda text: "?" + text[1:]),
    ('MID(A1,1,7)&"*x"', lambda text: text[:7] + "*x"),
    ('LEFT(A1,4)&"*"&MID(A1,6,9)', lambda text: f"{text[:4]}*{text[5:]}"),
]
ASKED = [  # a formula with # for the pattern → its value, from the places of the texts that fit
    ("=MATCH(#,A$1:A$2000,0)", lambda at: at[0] + 1.0),
    ("=XLOOKUP(#,A$1:A$2000,B$1:B$2000,,2)", lambda at: at[0] / 8),
    ("=XLOOKUP(#,A$1:A$2000,B$1:B$2000,,2,-1)", lambda at: at[-1] / 8),
    ("=VLOOKUP(#,A$1:B$2000,2,FALSE)", lambda at: at[0] / 8),
    ("=COUNTIF(A$1:A$2000,#)", lambda at: float(len(at))),
    ('=COUNTIF(A$1:A$2000,"<>"&#)', lambda at: float(ROWS - len(at))),
    ("=SUMIF(A$1:A$2000,#,B$1:B$2000)", lambda at: sum(place / 8 for place in at)),
]


@pytest.mark.parametrize(("pattern", "written"), KINDS, ids=[kind[0] for kind in KINDS])
@pytest.mark.parametrize(("formula", "expected"), ASKED, ids=[asked[0] for asked in ASKED])
def test_a_pattern_in_each_row(
    formula: str, expected: Any, pattern: str, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at, rule = [0], Pattern.fits_folded

    def counting(own: Pattern, text: str) -> bool:
        looked_at[0] += 1
        return rule(own, text)

    monkeypatch.setattr(Pattern, "fits_folded", counting)
    sheet = Workbook("patterns").add_sheet("s")
    sheet.values("A1", [[text, row / 8] for row, text in enumerate(TEXTS)])
    sheet.fill("D1:D2000", formula.replace("#", pattern))
    sheet.book.recalculate()
    for row in range(0, ROWS, 499):
        at = [place for place, text in enumerate(TEXTS) if fits(written(TEXTS[row]), text)]
        assert sheet.value(row, 3) == expected(at)
    assert looked_at[0] <= 40 * ROWS
