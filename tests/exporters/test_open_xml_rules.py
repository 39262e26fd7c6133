"""Every kind of file that sheetsim writes, judged by the rules of Microsoft's Open XML SDK: nothing to find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, editing, formula, one_ulp
from libreoffice import without_values
from open_xml import findings
from small_trained import build_digits, build_ratings

from sheetsim import Workbook
from sheetsim.study.contents import add_contents

#: Kind of file → the command that writes it.
KINDS = {
    "built, with buttons": "build graddesc --out {folder}",
    "built, large": "build collab_filter --out {folder}",
    "built, with a sigmoid": "build collab_sigmoid --out {folder}",
    "built, small": "build entropy_example --out {folder}",
    "built, marks among shades": "build tiny_nn --out {folder}",
    "built, formulas of other sheets in charts": "build ideas --out {folder}",
    "epochs": "build graddesc --epochs 3 --out {folder}",
    "epochs, self-check": "build graddesc --epochs 2 --updated --self-check --out {folder}",
    "self-check": "build collab_filter --self-check --out {folder}",
    "after a button": "run graddesc adam --epochs 2 --self-check --out {out}",
    "compared": "compare --epochs 3 --out {out} --plot {folder}/compare.png",
    "solved": "solve collab_filter dotprod --iterations 1 --out {out}",
    "solved, a copy": "solve {built} basic --cells C1:C2 --minimise F4 --iterations 1 --out {out}",
    "recalculated": "recalc {built} --out {out}",
    "recalculated without values": "recalc {bare} --out {out}",
    "report": "check {differing} --workbook graddesc --out {out}",
    "report without differences": "check {built} --out {out}",
}
TRAINED: dict[str, Callable[[], Workbook]] = {
    "movies": build_ratings,
    "digits": lambda: build_digits("nn"),
    "digits by one layer": lambda: build_digits("logistic"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_files_of_every_command(kind: str, run: Run, exported: Callable[[str], Path], tmp_path: Path) -> None:
    sources, folder = tmp_path / "sources", tmp_path / "written"
    sources.mkdir()
    built = exported("graddesc")
    without_values(built, sources / "bare.xlsx")
    with editing(built, sources / "differing.xlsx", "xl/worksheets/sheet4.xml") as parts:
        parts[0] = formula("F4*2")(one_ulp(parts[0], "K5"), "K6")
    places = {name: sources / f"{name}.xlsx" for name in ("bare", "differing")}
    places |= {"built": built, "folder": folder, "out": folder / "written.xlsx"}
    found = run(*(word.format_map(places) for word in KINDS[kind].split()))
    assert found.status == (1 if kind == "report" else 0), found.err
    (written,) = folder.glob("*.xlsx")
    assert findings(written) == []


@pytest.mark.parametrize("kind", TRAINED)
def test_files_of_trained_models(kind: str, tmp_path: Path) -> None:
    book = TRAINED[kind]()
    add_contents(book)
    book.save(tmp_path / "trained.xlsx")
    assert findings(tmp_path / "trained.xlsx") == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<f>", "<v>1</v><f>", "Unexpected element"),
        ('s="1"', 's="999"', "999"),
        ("<sheetData>", "<sheetData><c/>", "Unexpected element 'c'"),
        ("<sheetData>", "<sheetData></v>", "mismatched tag"),
    ],
)
def test_what_breaks_a_rule_is_found(
    old: str, new: str, expected: str, exported: Callable[[str], Path], tmp_path: Path
) -> None:
    with editing(exported("entropy_example"), tmp_path / "broken.xlsx", "xl/worksheets/sheet2.xml") as parts:
        parts[0] = parts[0].replace(old, new, 1)
    assert expected in " ".join(findings(tmp_path / "broken.xlsx"))
