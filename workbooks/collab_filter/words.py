"""collab_filter's last sheet, ``word_emb``: words instead of users and movies."""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.model.names import Table
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.collab_filter.embedding import NUMBERED, Embedding, embedding, look_up
from workbooks.shared.data import Numbers
from workbooks.shared.labels import headings, numbered
from workbooks.shared.layout import Area


def word_emb(book: Workbook, text: Sequence[str], embeddings: dict[str, Numbers]) -> None:
    """A text, each word looked up in the list of words and replaced by its factors."""
    sheet = book.add_sheet("word_emb")
    sheet.about = "Words in place of users and movies: each word of a text becomes its factors."
    width = len(next(iter(embeddings.values())))
    words = embedding(sheet, "B4", list(embeddings), width)  # B4:B17 and C4:G17
    sheet.values(words.factors.first, list(embeddings.values()))

    text_left = words.factors.right_of(gap=1).left
    word = Area.at(f"{text_left}3", rows=len(text))  # I3:I50
    idx = word.right_of()  # J
    factors = idx.right_of(columns=width)  # K3:O50
    sheet.values(word.first, [[one] for one in text])
    sheet.fill(f"{idx}", f"=MATCH({word.first},{words.ids.fixed})")
    look_up(sheet, factors, words, idx)

    sheet[f"{factors.left}1"] = "Embedding matrix"
    sheet.values("B2", [["Vocab", "Embeddings"]])
    sheet.values(f"{word.left}2", [["Orig text", "Word Id"]])
    sheet["A3"] = "Word id"
    headings(sheet, words.factors, numbered("f", words.factors))
    copy_as_table(book, sheet, words, embeddings)

    sheet.style(f"B2:C2,{factors.left}1", "title")
    sheet.style(f"{word.left}2:{factors.right}2", "heading")
    sheet.style(f"{word}", "input")
    sheet.width("A", 9)
    sheet.width("C", 13)  # the table's heading Embeddings stands here
    sheet.width(f"{word.left}:{idx.left}", 10)
    sheet.look.freeze = "A3"
    sheet.look.page = f"A1:{factors.right_of(gap=1).left}{sheet.rows}"  # the title runs on beyond the factors


def copy_as_table(book: Workbook, sheet: Sheet, words: Embedding, embeddings: dict[str, Numbers]) -> None:
    """The list of words once more, as plain values in a table: A25:G39 with its title in A24."""
    title = words.ids.before().below(gap=6)
    width = words.factors.rect.columns
    head = Area.at(f"A{title.top + 1}", rows=1, columns=2 + width)
    body = head.below(rows=len(embeddings))
    headings = ["Word id", "Vocab", "Embeddings", *(str(number) for number in range(1, width))]
    sheet[title.first] = "Green eggs and Ham - Coefficients"
    sheet.values(head.first, [headings])
    sheet.values(body.first, [[number, word, *row] for number, (word, row) in enumerate(embeddings.items(), start=1)])
    rect = head.rect._replace(bottom=body.rect.bottom)
    book.tables["table1"] = Table("Table1", sheet.title, rect, tuple(headings))

    factors = f"C{body.top}:{body.right}{body.bottom}"
    sheet.style(title.first, "title")
    sheet.style(f"{head}", "heading")
    sheet.style(f"A{body.top}:B{body.bottom}", "label")
    sheet.style(factors, "parameter")
    sheet.shade(factors, "orange")
    sheet.number_format(f"A{body.top}:A{body.bottom}", NUMBERED)
    sheet.number_format(factors, "0.00")
