"""Functions of texts: Microsoft's examples, and the limits of what is done."""

from __future__ import annotations

import pytest
from tables import assert_table, computed

from sheetsim import Workbook
from sheetsim.functions.families.text import regexes

DOCUMENTED = {
    '=TEXT(1234.567,"$#,##0.00")': "$1,234.57",
    '=TEXT(0.285,"0.0%")': "28.5%",
    '=TEXT(4.34,"# ?/?")': "4 1/3",
    '=TEXT(12200000,"0.00E+00")': "1.22E+07",
    '=TEXT(1234567898,"[<=9999999]###-####;(###) ###-####")': "(123) 456-7898",
    '=TEXT(1234,"0000000")': "0001234",
    "=TEXT(123456,\"##0° 00' 00''\")": "12° 34' 56''",
    '=TEXT(TRUE,"0.0")': "TRUE",
    '=TEXT(1,"n")': "#VALUE!",
    '=TEXT(1,"0;0;0;0;0")': "#VALUE!",
    '=TEXT(1/0,"0")': "#DIV/0!",
    '=TEXT(60,"d mmm yyyy")': "29 Feb 1900",
    '=TEXT("1/10/2024","mmmm")': "January",
    '=TEXTBEFORE("Little Red Riding Hood\'s red hood","hood")': "Little Red Riding Hood's red ",
    '=TEXTBEFORE("Little Red Riding Hood\'s red hood","Red",2)': "#N/A",
    '=TEXTBEFORE("Little Red Riding Hood\'s red hood","red",-1)': "Little Red Riding Hood's ",
    '=TEXTBEFORE("Little Red Riding Hood\'s red hood","red",2,1)': "Little Red Riding Hood's ",
    '=TEXTBEFORE("abc",",",1,,1)': "abc",
    '=TEXTBEFORE("abc",",",1,,0,"none")': "none",
    '=TEXTBEFORE("a,b",",",0)': "#VALUE!",
    '=TEXTBEFORE("a-b,c",{",","-"})': "a",
    '=TEXTAFTER("Little Red Riding Hood\'s red hood","Red")': " Riding Hood's red hood",
    '=TEXTAFTER("Red riding hood\'s, red hood","hood",2)': "",
    '=TEXTAFTER("a.b.c",".",-1)': "c",
    '=TEXTAFTER("abc","x")': "#N/A",
    '=TEXTAFTER("abc","")': "abc",
    '=VALUETOTEXT("Hello",1)': '"Hello"',
    "=VALUETOTEXT(1234.5)": "1234.5",
    "=VALUETOTEXT(TRUE,1)": "TRUE",
    "=VALUETOTEXT(1,3)": "#VALUE!",
    '=ARRAYTOTEXT({1,"a";TRUE,2})': "1, a, TRUE, 2",
    '=ARRAYTOTEXT({1,"a";TRUE,2},1)': '{1,"a";TRUE,2}',
    '=REGEXTEST("alfalfa","[a-z]")': True,
    '=REGEXTEST("alfalfa","[A-Z]")': False,
    '=REGEXTEST("alfalfa","[A-Z]",1)': True,
    '=REGEXTEST("x","(")': "#VALUE!",
    '=REGEXEXTRACT("DylanWilliams","[A-Z][a-z]+")': "Dylan",
    '=REGEXEXTRACT("abc","[0-9]")': "#N/A",
    '=REGEXEXTRACT("abc",#DIV/0!,0)': "#DIV/0!",
    '=REGEXEXTRACT("abc","","x")': "#VALUE!",
    '=INDEX(REGEXEXTRACT("DylanWilliams","[A-Z][a-z]+",1),2)': "Williams",
    '=INDEX(REGEXEXTRACT("2024-01-10","([0-9]+)-([0-9]+)",2),2)': "01",
    '=REGEXREPLACE("SoniaBrown","([A-Z][a-z]+)([A-Z][a-z]+)","$2, $1")': "Brown, Sonia",
    '=REGEXREPLACE("aaa","a","b",2)': "aba",
    '=REGEXREPLACE("aaa","a","b",-1)': "aab",
    '=REGEXREPLACE("a","a","$3")': "#VALUE!",
    '=VALUE("23€")': 23,
    "=VALUE(TRUE)": "#VALUE!",
    '=SEARCH("ns*i","Einstein")': 3,
    '=SEARCH("~~","Hi ~Bang!")': 4,
    '=SEARCH("~","Hello")': 1,
    '=LEN(REPT("x",32767))': 32767,
    '=REPT("x",32768)': "#VALUE!",
    '=SUBSTITUTE(REPT("x",32767),"x","yy")': "#VALUE!",
    '=TEXTJOIN(",",TRUE,REPT("x",32767),"y")': "#VALUE!",
    "=UNICHAR(55296)": "#N/A",
    "=UNICHAR(128512)": "\N{GRINNING FACE}",
    '=CODE("€")': 128,
    "=CHAR(128)": "€",
}


def test_documented_examples() -> None:
    assert_table(DOCUMENTED)


@pytest.mark.parametrize(
    ("formula", "pieces"),
    [
        ('=TEXTSPLIT("Dakota Lennon Sanchez"," ")', [["Dakota", "Lennon", "Sanchez"]]),
        ('=TEXTSPLIT("a,b;c",",",";")', [["a", "b"], ["c", "#N/A"]]),
        ('=TEXTSPLIT("a,b;c",",",";",,,"-")', [["a", "b"], ["c", "-"]]),
        ('=TEXTSPLIT("a,,b",",",,TRUE)', [["a", "b"]]),
        ('=TEXTSPLIT("1xXx2","X",,,1)', [["1", "", "", "2"]]),
        ('=TEXTSPLIT("a.b!c",,{".","!"})', [["a"], ["b"], ["c"]]),
    ],
)
def test_pieces_of_a_text(formula: str, pieces: list[list[str]]) -> None:
    book = Workbook("pieces")
    sheet = book.add_sheet("s")
    where = f"A1:{'ABCD'[len(pieces[0]) - 1]}{len(pieces)}"
    sheet.array(where, formula)
    book.recalculate()
    assert sheet[where] == pieces


def test_a_pattern_that_would_take_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regexes, "_overrun", set())
    monkeypatch.setattr(regexes, "SECONDS", 0.05)
    text, slow = "a" * 80 + "c", "(?:a|aa)+$"
    asked = [f'=REGEXTEST("{text}","{slow}")', f'=REGEXREPLACE("{text}","{slow}","x")', '=REGEXTEST("abc","b")']
    assert computed(asked) == ["#UNSUPPORTED!", "#UNSUPPORTED!", True]
    assert regexes._overrun == {(slow, False)}
