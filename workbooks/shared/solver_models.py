"""The model that Excel's Solver keeps on a sheet, in hidden names: what to change, what to minimise, and how."""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.model.sheet import Sheet
from workbooks.shared.layout import Area

#: What the Solver's dialogue stores on every sheet: its limits and tolerances as they come, and no constraints.
SOLVER_DEFAULTS = """
    eng=1 est=1 msl=2 neg=2 nwt=1 rlx=2 sho=2 ver=3 num=0 rsd=0 val=0
    itr=2147483647 mip=2147483647 nod=2147483647 tim=2147483647 mni=30 ssz=100
    cvg=0.0001 mrt=0.075 pre=0.000001 tol=0.01
"""
MINIMISE = "2"
DELETED = "#REF!"  # the objective of two sheets: the cell that it once was is gone


def solver(sheet: Sheet, change: Sequence[Area], objective: str, central: bool) -> None:
    """The sheet's Solver model, as hidden names: minimise ``objective`` by changing the cells ``change``.

    With ``central``, derivatives by central differences, unscaled and with no bounds asked for; else the other way.
    """
    defaults = dict(entry.split("=") for entry in SOLVER_DEFAULTS.split())
    options = dict.fromkeys(("drv", "rbv", "scl"), "2" if central else "1")
    model = {
        "adj": ",".join(f"{sheet.title}!{area.fixed}" for area in change),
        "opt": f"{sheet.title}!{objective}",
        "typ": MINIMISE,
    }
    for key, text in {**defaults, **options, **model}.items():
        sheet.name(f"solver_{key}", text, hidden=True)
