"""Formulas with functions of arrays, LET and LAMBDA; A1:C4 hold numbers, D1:D4 a blank, a text, a logical and a zero.
Weights tell the places of a result apart."""

from __future__ import annotations

FORMULAS = """
=SUM(SORT(A1:A4)*{1;2;3;4})    =SUM(SORT(A1:C4,2,-1)*A1:C1)    =SUM(SORT(A1:C4,2,1,TRUE)*{1,2,3})    =SORT(A1:C4)
=SUM(SORTBY(A1:A4,B1:B4,-1)*{1;2;3;4})    =SORTBY(A1:C4,C1:C4,1,B1:B4,-1)    =SUM(FILTER(A1:C4,B1:B4>1)*{1,2,3})
=FILTER(A1:A4,A1:A4>99,B1)    =SUM(FILTER(A1:C4,A1:C1>1))    =SUM(UNIQUE(A1:A4)*{4;3;2;1})    =UNIQUE(A1:C4,TRUE)
=SUM(TAKE(A1:C4,2,-2)*{1,2;3,4})    =SUM(DROP(A1:C4,1,1)*B1:C1)    =TAKE(A1:C4,-1)    =DROP(A1:C4,,-1)
=SUM(CHOOSEROWS(A1:C4,3,-1)*{1;2})    =SUM(CHOOSECOLS(A1:C4,3,1)*{1,2})    =SUM(TOCOL(A1:B2)*{1;2;3;4})
=SUM(TOROW(A1:B2,0,TRUE)*{1,2,3,4})    =SUM(TOCOL(A1:D2,1))    =SUM(WRAPROWS(A1:A4,3,B1)*{1,2,3;4,5,6})
=SUM(WRAPCOLS(A1:C1,2,A2^2)*{1,2;3,4})    =SUM(EXPAND(A1:B2,3,3,C1)*{1,2,3;4,5,6;7,8,9})
=SUM(IFERROR(HSTACK(A1:A2,B1:C2,A1*A2),0)*{1,2,3,4;5,6,7,8})
=SUM(VSTACK(A1:B2,C1:D1)*{1,2;3,4;5,6})    =VSTACK(A1:B2,9)    =SUM(SEQUENCE(3,2,A1,B1)*{1,2;3,4;5,6})
=SEQUENCE(2,2,A1)    =SUM(SEQUENCE(4)*A1:A4)    =SUM(SEQUENCE(2,,,C1))    =SUM(RANDARRAY(2,2,1,1))*A1
=LET(x,A1*B1,y,x^2,y-x)    =LET(r,A1:A4,SUM(r*r)/COUNT(r))    =LET(x,A1,x*LET(x,B1,x+C1))    =LAMBDA(x,y,x^y)(A1,B1)
=SUM(MAP(A1:A4,LAMBDA(x,x^2))*{1;2;3;4})    =SUM(MAP(A1:A4,B1:B4,LAMBDA(x,y,x*y+C1)))    =MAP(A1:B2,LAMBDA(x,EXP(x)))
=SUM(MAP({1;2;3},LAMBDA(k,k*A1^k)))    =SUM(MAP(A1:A4,LAMBDA(x,IF(x>1,x^2,-x))))
=REDUCE(1,A1:C1,LAMBDA(a,x,a*x+1))    =REDUCE(,A1:C1,LAMBDA(a,x,a*x))    =REDUCE(A4,{1;2;3},LAMBDA(a,k,a-0.1*2*a))
=SUM(SCAN(0,A1:A4,LAMBDA(a,x,0.9*a+0.1*x))*{1;2;3;4})    =SUM(BYROW(A1:C4,LAMBDA(r,SUM(r)^2))*{1;2;3;4})
=SUM(BYCOL(A1:C4,LAMBDA(c,MAX(c)))*{1,2,3})    =BYROW(A1:C4,LAMBDA(r,INDEX(r,2)))    =SUM(BYROW(A1:C4,PRODUCT))
=SUM(MAKEARRAY(2,2,LAMBDA(i,j,A1^i*B1^j)))    =LAMBDA(x,[y],IF(ISOMITTED(y),x*2,x*y))(A1)
=LET(f,LAMBDA(x,x*x),f(f(A1)))    =LET(s,SORT(A1:A4),INDEX(s,1)*INDEX(s,4))
=LET(f,LAMBDA(x,IFERROR(x/D4,x*B1)),f(A1))
=-LET(x,A1%,x+-B1)
"""
CASES = [part.strip() for line in FORMULAS.strip().splitlines() for part in line.split("    ") if part.strip()]
