"""The units that CONVERT knows: what each measures, and how many of the first one of its kind it is.

Those behind ``*`` take a prefix, as in km; of m2 and m3 it counts twice and three times.
"""

from __future__ import annotations

from typing import NamedTuple

FOOT = 0.3048
INCH = FOOT / 12
YARD = 3 * FOOT
MILE = 5280 * FOOT
NAUTICAL_MILE = 1852.0
SURVEY_MILE = 5280 * 1200 / 3937
LIGHT_YEAR = 9.46073047258080e15
POINT = INCH / 72
POUND = 453.59237  # grams
GALLON = 231 * INCH**3 * 1000  # litres
IMPERIAL_GALLON = 4.54609
YEAR = 365.25 * 86400

KINDS: dict[str, dict[str, float]] = {
    "mass": {
        "*g": 1.0, "sg": 14593.9029372064, "lbm": POUND, "*u": 1.660538782e-24, "ozm": POUND / 16,
        "grain": POUND / 7000, "cwt shweight": 100 * POUND, "uk_cwt lcwt hweight": 112 * POUND, "stone": 14 * POUND,
        "ton": 2000 * POUND, "uk_ton LTON brton": 2240 * POUND,
    },
    "distance": {
        "*m": 1.0, "mi": MILE, "Nmi": NAUTICAL_MILE, "in": INCH, "ft": FOOT, "yd": YARD, "*ang": 1e-10,
        "ell": 45 * INCH, "*ly": LIGHT_YEAR, "*parsec *pc": 3.08567758128155e16, "Picapt Pica": POINT, "pica": INCH / 6,
        "survey_mi": SURVEY_MILE,
    },
    "time": {"*sec *s": 1.0, "mn min": 60.0, "hr": 3600.0, "day d": 86400.0, "yr": YEAR},
    "pressure": {
        "*Pa *p": 1.0, "*atm *at": 101325.0, "*mmHg": 133.322, "psi": 6894.75729316836, "Torr": 101325 / 760,
    },
    "force": {"*N": 1.0, "*dyn *dy": 1e-5, "lbf": 4.4482216152605, "*pond": 9.80665e-3},
    "energy": {
        "*J": 1.0, "*e": 1e-7, "*c": 4.184, "*cal": 4.1868, "*eV *ev": 1.602176487e-19, "HPh hh": 2684519.53769617,
        "*Wh *wh": 3600.0, "flb": 1.3558179483314, "BTU btu": 1055.05585262,
    },
    "power": {"*W *w": 1.0, "HP h": 745.69987158227, "PS": 735.49875},
    "magnetism": {"*T": 1.0, "*ga": 1e-4},
    "volume": {
        "*l *L *lt": 1.0, "tsp": GALLON / 768, "tspm": 0.005, "tbs": GALLON / 256, "oz": GALLON / 128,
        "cup": GALLON / 16, "pt us_pt": GALLON / 8, "uk_pt": IMPERIAL_GALLON / 8, "qt": GALLON / 4,
        "uk_qt": IMPERIAL_GALLON / 4, "gal": GALLON, "uk_gal": IMPERIAL_GALLON, "*ang3 *ang^3": 1e-27,
        "barrel": 42 * GALLON,
        "bushel": 2150.42 * INCH**3 * 1000, "ft3 ft^3": FOOT**3 * 1000, "in3 in^3": INCH**3 * 1000,
        "ly3 ly^3": LIGHT_YEAR**3 * 1000, "*m3 *m^3": 1000.0, "mi3 mi^3": MILE**3 * 1000, "yd3 yd^3": YARD**3 * 1000,
        "Nmi3 Nmi^3": NAUTICAL_MILE**3 * 1000, "Picapt3 Picapt^3 Pica3 Pica^3": POINT**3 * 1000,
        "GRT regton": 100 * FOOT**3 * 1000, "MTON": 40 * FOOT**3 * 1000,
    },
    "area": {
        "*m2 *m^2": 1.0, "uk_acre": 4840 * YARD**2, "us_acre": SURVEY_MILE**2 / 640, "*ang2 *ang^2": 1e-20,
        "*ar": 100.0, "ft2 ft^2": FOOT**2, "ha": 10000.0, "in2 in^2": INCH**2, "ly2 ly^2": LIGHT_YEAR**2,
        "Morgen": 2500.0, "mi2 mi^2": MILE**2, "Nmi2 Nmi^2": NAUTICAL_MILE**2,
        "Picapt2 Picapt^2 Pica2 Pica^2": POINT**2,
        "yd2 yd^2": YARD**2,
    },
    "information": {"*bit": 1.0, "*byte": 8.0},
    "speed": {
        "*m/s *m/sec": 1.0, "*m/h *m/hr": 1 / 3600, "mph": MILE / 3600, "kn": NAUTICAL_MILE / 3600,
        "admkn": 6080 * FOOT / 3600,
    },
}  # fmt: skip

#: Degrees: how large each is, 9 of them as large as a kelvin's, and at how many of them water freezes.
TEMPERATURES = {
    "K kel": (9.0, 273.15),
    "C cel": (9.0, 0.0),
    "F fah": (5.0, 32.0),
    "Rank": (5.0, 491.67),
    "Reau": (11.25, 0.0),
}
DECIMAL = dict(
    zip("Y Z E P T G M k h e da d c m u n p f a z y".split(),
        (1e24, 1e21, 1e18, 1e15, 1e12, 1e9, 1e6, 1e3, 1e2, 10.0, 10.0, 0.1, 1e-2, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15, 1e-18,
         1e-21, 1e-24), strict=True)
)  # fmt: skip
BINARY = {f"{sign}i": 2.0 ** (10 * power) for power, sign in enumerate("kMGTPEZY", 1)}


class Unit(NamedTuple):
    """What a unit measures, how large it is, and from what number on it is counted."""

    kind: str
    size: float
    start: float = 0.0


def _units() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for kind, sizes in KINDS.items():
        for names, size in sizes.items():
            for name in names.split():
                plain = name.removeprefix("*")
                if plain != name:
                    power = int(plain[-1]) if plain[-1].isdigit() else 1
                    prefixes = DECIMAL | (BINARY if kind == "information" else {})
                    for prefix, worth in prefixes.items():
                        found.setdefault(prefix + plain, Unit(kind, size * worth**power))
    for kind, sizes in KINDS.items():  # a unit of its own goes before one with a prefix, as min before m-in
        for names, size in sizes.items():
            found |= {name.removeprefix("*"): Unit(kind, size) for name in names.split()}
    for names, (size, start) in TEMPERATURES.items():
        found |= {name: Unit("temperature", size, start) for name in names.split()}
    size, start = TEMPERATURES["K kel"]
    for prefix, worth in DECIMAL.items():
        found |= {prefix + name: Unit("temperature", size * worth, start / worth) for name in ("K", "kel")}
    return found


#: Every name of a unit, those with a prefix among them.
UNITS = _units()
