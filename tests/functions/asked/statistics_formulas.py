"""Formulas of statistics that LibreOffice is asked about, and where it is known to differ.

Of the distributions only those are here whose 15 digits both have; ``exactness.csv`` has all of them.
"""

from __future__ import annotations

from itertools import product
from typing import Any

LISTS = "in!A1:A6 in!B1:B6 in!E1:F6 in!C1:C6 in!D1:D6 in!H1:H6".split()
OF_MANY = (
    "DEVSQ AVEDEV SKEW SKEW.P KURT GEOMEAN HARMEAN AVERAGEA MAXA MINA VARA VARPA STDEVA STDEVPA MODE MODE.SNGL"
).split()
OF_PAIRS = "CORREL PEARSON COVARIANCE.P COVARIANCE.S COVAR RSQ SLOPE INTERCEPT STEYX".split()
PAIRS = "in!A1:A6,in!E1:E6 in!B1:B6,in!F1:F6 in!A1:A6,in!J1:J6 in!A1:A6,in!C1:C6".split()
SHARES = "PERCENTILE PERCENTILE.INC PERCENTILE.EXC TRIMMEAN".split()
QUARTERS = "QUARTILE QUARTILE.INC QUARTILE.EXC".split()

MORE = """
=RANK(3,in!E1:E6)  =RANK(5,in!E1:E6,1)  =RANK.EQ(7,in!E1:E6)  =RANK.AVG(7,in!E1:F6)  =RANK(99,in!E1:E6)
=PERCENTRANK(in!E1:E6,4)  =PERCENTRANK.INC(in!E1:E6,3)  =PERCENTRANK.EXC(in!E1:E6,5)  =SUM(FREQUENCY(in!A1:A6,in!J1:J3))
=INDEX(FREQUENCY(in!A1:A6,in!J1:J3),2)  =PROB(in!E1:E4,{0.1;0.2;0.3;0.4},3,5)  =SUM(MODE.MULT({1,2,2,3,3}))
=FORECAST(3,in!A1:A6,in!E1:E6)  =FORECAST.LINEAR(3,in!A1:A6,in!E1:E6)
=INDEX(LINEST(in!A1:A6,in!E1:E6),1)  =INDEX(LINEST(in!A1:A6,in!E1:E6,TRUE,TRUE),3,2)  =INDEX(LINEST(in!A1:A6),2)
=INDEX(LOGEST(in!E1:E6,in!J1:J6),1)  =TREND(in!A1:A6,in!E1:E6,4)  =GROWTH(in!E1:E6,in!J1:J6,3)
=T.TEST(in!A1:A6,in!E1:E6,2,1)  =TTEST(in!A1:A6,in!E1:E6,1,2)  =T.TEST(in!A1:A6,in!E1:E6,2,3)
=F.TEST(in!A1:A6,in!E1:E6)  =FTEST(in!A1:A6,in!E1:E6)  =Z.TEST(in!A1:A6,3)  =ZTEST(in!A1:A6,3,2)
=CHISQ.TEST(in!E1:E6,in!J1:J6)  =CHITEST(in!J1:J6,in!E1:E6)  =SUBTOTAL(9,in!A1:A6)  =SUBTOTAL(103,in!B1:B6)
=SUBTOTAL(11,in!E1:E6)  =AGGREGATE(14,6,in!C1:C6,1)  =AGGREGATE(9,6,in!C1:C6)
=MAXIFS(in!A1:A6,in!E1:E6,">3")  =MINIFS(in!A1:A6,in!E1:E6,">3",in!I1:I6,"y")
=GAMMA(2.5)  =GAMMA(-1.5)  =GAMMA(0)  =GAMMALN(4.2)  =GAMMALN.PRECISE(0.5)  =GAMMALN(-1)  =FISHER(0.75)  =FISHERINV(0.5)
=FISHER(1)  =STANDARDIZE(42,40,1.5)  =STANDARDIZE(42,40,0)  =PHI(0.75)  =GAUSS(2)  =EXPON.DIST(0.2,10,TRUE)
=EXPONDIST(0.2,10,FALSE)  =WEIBULL.DIST(105,20,100,TRUE)  =WEIBULL(105,20,100,FALSE)  =CONFIDENCE(0.05,2.5,50)
=CONFIDENCE.NORM(0.05,2.5,50)  =BINOM.INV(6,0.5,0.75)  =CRITBINOM(100,0.3,0.9)  =POISSON(2,5,FALSE)
=NORM.S.DIST(1.25,TRUE)  =NORMSDIST(-1.25)  =NORM.DIST(42,40,1.5,TRUE)  =NORMDIST(42,40,1.5,FALSE)
=NORM.INV(0.9,40,1.5)  =NORMINV(0.9,40,1.5)  =NORM.S.INV(0.25)  =NORMSINV(0.25)  =LOGNORM.DIST(4,3.5,1.2,TRUE)
=LOGNORMDIST(4,3.5,1.2)  =LOGNORM.INV(0.3,3.5,1.2)  =LOGINV(0.3,3.5,1.2)  =CONFIDENCE.T(0.05,1,50)
=GAMMA.DIST(10,9,2,FALSE)  =GAMMADIST(10,9,2,TRUE)  =GAMMA.INV(0.07,9,2)  =GAMMAINV(0.07,9,2)
=BETA.DIST(2,8,10,TRUE,1,3)  =BETADIST(2,8,10,1,3)  =BETA.INV(0.68,8,10,1,3)  =BETAINV(0.68,8,10,1,3)
=CHISQ.DIST(0.5,1,TRUE)  =CHISQ.DIST.RT(18.3,10)  =CHIDIST(18.3,10)  =CHISQ.INV(0.93,1)  =CHISQ.INV.RT(0.05,10)
=CHIINV(0.05,10)  =T.DIST(6,3,TRUE)  =T.DIST.RT(1.96,60)  =T.DIST.2T(1.96,60)  =TDIST(1.96,60,2)  =T.INV(0.75,2)
=T.INV.2T(0.5,60)  =TINV(0.05,60)  =F.DIST(15.2,6,4,TRUE)  =F.DIST.RT(15.2,6,4)  =FDIST(15.2,6,4)  =F.INV(0.01,6,4)
=F.INV.RT(0.01,6,4)  =FINV(0.01,6,4)  =BINOM.DIST(6,10,0.5,FALSE)  =BINOMDIST(6,10,0.25,TRUE)
=NEGBINOM.DIST(10,5,0.25,TRUE)  =NEGBINOMDIST(10,5,0.25)  =POISSON.DIST(2,5,TRUE)
=HYPGEOM.DIST(1,4,8,20,TRUE)  =HYPGEOMDIST(1,4,8,20)
"""

NONE_TWICE = "no number is there twice"
ERROR_FIRST = "an error among the numbers comes first"


def known() -> dict[str, tuple[Any, str]]:
    """Formula → Excel's value and why LibreOffice has another one."""
    found: dict[str, tuple[Any, str]] = {"=DEVSQ(in!D1:D6)": ("#NUM!", "no numbers have no deviations")}
    for name, cells in product(("MODE", "MODE.SNGL"), ("in!A1:A6", "in!B1:B6", "in!D1:D6", "in!H1:H6")):
        found[f"={name}({cells})"] = "#N/A", NONE_TWICE
    for name, share in product((*SHARES, *QUARTERS), (-1, 0, 1, 5)):
        found[f"={name}(in!C1:C6,{share})"] = "#N/A", ERROR_FIRST
    found["=RANK(99,in!E1:E6)"] = "#N/A", "a number that is not among them has no rank"
    found["=STANDARDIZE(42,40,0)"] = "#NUM!", "a deviation of 0 is outside of the domain"
    return found


def formulas() -> list[str]:
    """All of them."""
    found = [f"={name}({cells})" for name, cells in product(OF_MANY, LISTS)]
    found += [f"={name}({cells})" for name, cells in product(OF_PAIRS, PAIRS)]
    found += [f"={name}({cells},{share})" for name, cells, share in product(SHARES, LISTS, (0.3, 0.75, 0, 1, -1))]
    found += [f"={name}({cells},{quarter})" for name, cells, quarter in product(QUARTERS, LISTS, (0, 1, 3, 5))]
    return found + MORE.split()
