"""Complex numbers, which Excel has as texts: ``3+4i``, or ``3+4j``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sheetsim.excel import elementary
from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, common_shape, first_error, fitted, numbers, outcome, single, trapping
from sheetsim.excel.number_text import number_text
from sheetsim.excel.texts import each_once, text_values, texts_of
from sheetsim.functions.families.mathematics.entering import no_logicals
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import DIV0, ERROR, NUM, TEXT, TEXTS, VALUE

Complex = npt.NDArray[np.complex128]
Mask = npt.NDArray[np.bool_]

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_WRITTEN = re.compile(
    rf"(?P<real>[+-]?{_NUMBER}(?![\d.]*[ij]))?(?:(?P<imaginary>[+-]?(?:{_NUMBER})?)(?P<unit>[ij]))?\Z"
)


class Given(NamedTuple):
    """Complex numbers of any shape: their values, whether each is written with j, and whether with i or j at all; and
    the codes of the errors among them."""

    z: Complex
    j: Mask
    signed: Mask
    errors: Array | None


def parsed(text: str) -> tuple[complex, str] | None:
    """A complex number and its unit, which is empty where there is none; None for another text.

    >>> parsed("3+4i"), parsed("-j"), parsed("1E3"), parsed("4i+3")
    (((3+4j), 'i'), (-1j, 'j'), ((1000+0j), ''), None)
    """
    found = _WRITTEN.match(text)
    if found is None or not text or (found["real"] is None and found["unit"] is None):
        return None
    imaginary = found["imaginary"]
    if found["unit"] and found["real"] and imaginary[:1] not in ("+", "-"):
        return None
    size = 0.0 if not found["unit"] else float(f"{imaginary}1" if imaginary in ("", "+", "-") else imaginary)
    return complex(float(found["real"] or 0), size), found["unit"] or ""


def written(z: complex, unit: str) -> str:
    """A complex number as Excel writes it, with at most 15 digits in each part.

    >>> written(3 - 1j, "i"), written(2j, "j"), written(0.1 + 0.2 + 0j, "i")
    ('3-i', '2j', '0.3')
    """
    real, imaginary = number_text(z.real), number_text(z.imag)
    if imaginary == "0":
        return real
    size = {"1": "", "-1": "-"}.get(imaginary, imaginary) + unit
    if real == "0":
        return size
    return f"{real}{size}" if size.startswith("-") else f"{real}+{size}"


def given(v: Values) -> Given:
    """The complex numbers that values mean; ``#NUM!`` for a text that means none, ``#VALUE!`` for a logical."""
    v = no_logicals(v)
    kinds = v.kinds()
    texts = kinds == TEXT
    z = np.where(texts | (kinds == ERROR), 0.0, v.num).astype(np.complex128)
    j, signed = np.zeros(z.shape, bool), np.zeros(z.shape, bool)
    errors = np.where(kinds == ERROR, v.num, 0.0)
    if texts.any():
        found = {place: parsed(TEXTS[place]) for place in set(v.num[texts].tolist())}
        every = [found[place] or (complex(np.nan), "") for place in v.num[texts].tolist()]
        z[texts] = [number for number, _ in every]
        j[texts] = [unit == "j" for _, unit in every]
        signed[texts] = [unit != "" for _, unit in every]
        errors = np.where(np.isnan(z.real), float(NUM), errors)
        z = np.where(np.isnan(z.real), 0.0, z)
    return Given(z, j, signed, errors if errors.any() else None)


def shown(z: Complex, j: Mask, errors: Array | None) -> Values:
    """Complex numbers of any shape as texts; one beyond what a double holds is ``#NUM!``."""
    infinite = ~np.isfinite(z)
    units = np.where(np.broadcast_to(j, z.shape), "j", "i")
    texts = each_once(written, np.where(infinite, 0, z).ravel().tolist(), units.ravel().tolist())
    errors = first_error(errors, np.where(infinite, float(NUM), 0.0))
    return text_values(texts, z.shape, None if errors is None else np.broadcast_to(errors, z.shape))


# --- entering them into the table -------------------------------------------------------------------------------------
def _of_one(name: str, rule: Callable[[Complex], Complex], about: str, prefix: str = "") -> None:
    """A complex number of a complex number."""

    @function(name, "complex", about=about, prefix=prefix, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    def entered(v: Values) -> Values:
        number = given(v)
        with trapping(on=False):
            return shown(np.asarray(rule(number.z), np.complex128), number.j, number.errors)


def _number_of(name: str, rule: Callable[[Complex], Array], about: str, of_zero: int = 0) -> None:
    """A real number of a complex one; ``of_zero`` is the error that it gives of 0, if any."""

    @function(name, "complex", about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    def entered(v: Values) -> Values:
        number = given(v)
        zero = np.where(number.z == 0, float(of_zero), 0.0)
        with trapping(on=False):
            return outcome(rule(number.z), first_error(number.errors, zero))


def _of_two(name: str, rule: Callable[[Complex, Complex], Complex], about: str) -> None:
    @function(name, "complex, other", about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    def entered(a: Values, b: Values) -> Values:
        x, y = (given(v) for v in fitted(a, b))
        with trapping(on=False):
            z = np.asarray(rule(x.z, y.z), np.complex128)
        return shown(z, np.broadcast_to(x.j | y.j, z.shape), first_error(x.errors, y.errors, _mixed(x, y)))


def _mixed(x: Given, y: Given) -> Array:
    """i and j do not go together."""
    return np.where(x.signed & y.signed & (x.j != y.j), float(VALUE), 0.0)


def _of_many(name: str, rule: Callable[[Complex, Complex], Complex], about: str) -> None:
    """Of all complex numbers among the arguments, from left to right; a blank cell counts as 0."""

    @function(name, "complex: range…", about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    def entered(*arguments: Values) -> Values:
        block = np.broadcast_shapes(*(v.num.shape[:2] for v in arguments))
        every = [given(v.broadcast((*block, *v.num.shape[2:]))) for v in arguments]
        parts = [
            Given(*(None if a is None else a[..., r, c][..., None, None] for a in one))  # type: ignore[arg-type]
            for one in every
            for r, c in np.ndindex(one.z.shape[2:])
        ]
        total, errors = parts[0], parts[0].errors
        with trapping(on=False):
            for part in parts[1:]:
                errors = first_error(errors, part.errors, _mixed(total, part))
                total = Given(rule(total.z, part.z), total.j | part.j, total.signed | part.signed, None)
        return shown(total.z, total.j, errors)


# --- the functions ----------------------------------------------------------------------------------------------------
I_UNIT = single("i")


@function("COMPLEX", "real, imaginary, [unit]", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def complex_(real: Values, imaginary: Values, unit: Values = I_UNIT) -> Values:
    """The complex number of two parts, as a text; its unit is ``i``, or ``j`` if that is said."""
    real, imaginary, unit = fitted(real, imaginary, unit)
    shape = common_shape(real, imaginary, unit)
    (a, a_errors), (b, b_errors) = (numbers(no_logicals(v)) for v in (real, imaginary))
    units, unit_errors = texts_of(unit.broadcast(shape))
    bad = np.array([text not in ("i", "j", "") for text in units]).reshape(shape)
    errors = first_error(a_errors, b_errors, unit_errors, np.where(bad, float(VALUE), 0.0))
    j = np.array([text == "j" for text in units]).reshape(shape)
    return shown(np.broadcast_to(a + 1j * b, shape), j, errors)


def _polar(size: Array, angle: Array) -> Complex:
    """The complex number of this size and angle."""
    return np.asarray(size * np.cos(angle) + 1j * (size * np.sin(angle)))


def _exp(z: Complex) -> Complex:
    return _polar(elementary.exp(z.real), z.imag)


def _ln(z: Complex) -> Complex:
    return np.asarray(elementary.ln(np.abs(z)) + 1j * np.angle(z))


def _sin(z: Complex) -> Complex:
    a, b = z.real, z.imag
    return np.asarray(np.sin(a) * np.cosh(b) + 1j * (np.cos(a) * np.sinh(b)))


def _cos(z: Complex) -> Complex:
    a, b = z.real, z.imag
    return np.asarray(np.cos(a) * np.cosh(b) - 1j * (np.sin(a) * np.sinh(b)))


def _tan(z: Complex) -> Complex:
    a, b = z.real, z.imag
    return np.asarray((np.sin(a) * np.cos(a) + 1j * (np.sinh(b) * np.cosh(b))) / (np.cos(a) ** 2 + np.sinh(b) ** 2))


def _cot(z: Complex) -> Complex:
    a, b = z.real, z.imag
    return np.asarray((np.sin(a) * np.cos(a) - 1j * (np.sinh(b) * np.cosh(b))) / (np.sin(a) ** 2 + np.sinh(b) ** 2))


def _sinh(z: Complex) -> Complex:
    a, b = z.real, z.imag
    return np.asarray(np.sinh(a) * np.cos(b) + 1j * (np.cosh(a) * np.sin(b)))


def _cosh(z: Complex) -> Complex:
    a, b = z.real, z.imag
    return np.asarray(np.cosh(a) * np.cos(b) + 1j * (np.sinh(a) * np.sin(b)))


def _power(z: Complex, n: Array) -> Complex:
    return _polar(np.power(np.abs(z), n), n * np.angle(z))


@function("IMPOWER", "complex, power", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def impower(v: Values, power: Values) -> Values:
    """A complex number to a power."""
    v, power = fitted(v, power)
    base, (n, errors) = given(v), numbers(no_logicals(power))
    none = np.where((base.z == 0) & (n <= 0), float(NUM), 0.0)
    with trapping(on=False):
        z = _power(base.z, n)
    return shown(z, np.broadcast_to(base.j, z.shape), first_error(base.errors, errors, none))


_number_of("IMREAL", np.real, "The real part of a complex number.")
_number_of("IMAGINARY", np.imag, "The imaginary part of a complex number.")
_number_of("IMABS", np.abs, "The size of a complex number.")
_number_of("IMARGUMENT", np.angle, "The angle of a complex number, in radians.", of_zero=DIV0)

_of_one("IMCONJUGATE", np.conj, "The complex number with the other sign before its imaginary part.")
_of_one("IMSQRT", lambda z: _polar(np.sqrt(np.abs(z)), np.angle(z) / 2), "The square root of a complex number.")
_of_one("IMEXP", _exp, "e to the power of a complex number.")
_of_one("IMLN", _ln, "The natural logarithm of a complex number.")
_of_one("IMLOG10", lambda z: _ln(z) / np.log(10.0), "The logarithm to base 10 of a complex number.")
_of_one("IMLOG2", lambda z: _ln(z) / np.log(2.0), "The logarithm to base 2 of a complex number.")
_of_one("IMSIN", _sin, "The sine of a complex number.")
_of_one("IMCOS", _cos, "The cosine of a complex number.")
_of_one("IMTAN", _tan, "The tangent of a complex number.", NEWER)
_of_one("IMSEC", lambda z: 1.0 / _cos(z), "The secant of a complex number.", NEWER)
_of_one("IMCSC", lambda z: 1.0 / _sin(z), "The cosecant of a complex number.", NEWER)
_of_one("IMCOT", _cot, "The cotangent of a complex number.", NEWER)
_of_one("IMSINH", _sinh, "The hyperbolic sine of a complex number.", NEWER)
_of_one("IMCOSH", _cosh, "The hyperbolic cosine of a complex number.", NEWER)
_of_one("IMSECH", lambda z: 1.0 / _cosh(z), "The hyperbolic secant of a complex number.", NEWER)
_of_one("IMCSCH", lambda z: 1.0 / _sinh(z), "The hyperbolic cosecant of a complex number.", NEWER)

_of_two("IMSUB", np.subtract, "The difference of two complex numbers.")
_of_two("IMDIV", np.divide, "The quotient of two complex numbers.")
_of_many("IMSUM", np.add, "The sum of complex numbers.")
_of_many("IMPRODUCT", np.multiply, "The product of complex numbers.")
