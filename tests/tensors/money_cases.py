"""Formulas of money for ``test_torch_formulas.py``, over the numbers and the odd cells D1:D4 there."""

from __future__ import annotations

FORMULAS = """
=FV(B1,A4,A1,B2,D4)    =FV(B1,A4,A1,B2,1)    =FV(A1-A1,A4,A2,B2)    =PV(B1,A4,A1,C1,1)    =PMT(B1,A4,C1,A1,1)
=PMT(A1-A1,A4,C1)    =NPER(B1,A4,C1,A1)    =NPER(B1,-A4,C1,A1,1)    =NPER(A1-A1,-A4,C1)    =RATE(A4,-A1,B2)
=RATE(A4,-A1,B2,A2,1)    =IPMT(B1,A3,A4,C1,A1)    =IPMT(B1,A3,A4,C1,A1,1)    =IPMT(B1,1,A4,C1,A1,1)*A1+B1
=PPMT(B1,A3,A4,C1,A1,1)    =PPMT(B1,A3,A4,C1)    =CUMIPMT(B1,A4,C1,A3,4,0)    =CUMIPMT(B1,A4,C1,1,4,1)
=CUMPRINC(B1,A4,C1,A3,4,0)    =CUMPRINC(B1,A4,C1,1,4,1)    =ISPMT(B1,A1,A4,C1)    =NPV(B1,A1:A4,C1:D1)
=IRR(A1:A4*{-9;1;2;1})    =XNPV(B1,A1:A4*{-9;1;2;1},{1;99;300;500})    =XIRR(A1:A4*{-9;1;2;1},{1;99;300;500})
=MIRR(A1:A4*{-9;1;-2;1},B1,A2)    =FVSCHEDULE(A1,B1:B4)    =EFFECT(B1,A4)    =NOMINAL(B1,A4)    =RRI(A4,A1,C1)
=PDURATION(B1,A1,C1)    =DOLLARDE(A1,B2)    =DOLLARFR(A1,B2)    =SLN(A4,A2,C1)    =SYD(A4,A2,C1,A1)
=DB(A4,A2,C3,2,7)    =DB(A4,A2,C3,1,7)    =DDB(A4,A2,C3,A3,A1)    =DDB(A4,A2,C3,C1)    =VDB(A4,A2,C3,B1,C1)
=VDB(A4,A2,C3,B1,C1,A1,TRUE)    =TBILLEQ(39538,39600,B1)    =TBILLEQ(39538,39800,B1)    =TBILLPRICE(39538,39600,B1)
=TBILLYIELD(39538,39600,A4)
"""
CASES = [part.strip() for line in FORMULAS.strip().splitlines() for part in line.split("    ") if part.strip()]
