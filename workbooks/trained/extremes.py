"""The movies at both ends of the bias and of each component, and the nearest of a title, sorted by formulas."""

from __future__ import annotations

from sheetsim.model.sheet import Sheet
from sheetsim.training.results.interpretation import ENDS
from sheetsim.workbook import Workbook
from workbooks.collab_filter.embedding import NUMBERED, Embedding
from workbooks.shared.layout import Area, count
from workbooks.trained.movies import Movies, column
from workbooks.trained.sorting import sorted_out

ENDS_OF_COMPONENT = 10
NEAREST = 15


def extremes(book: Workbook, at: Movies) -> None:
    """The sheet ``extremes``: the movies with the lowest and the highest bias, and at the ends of each component."""
    sheet = book.add_sheet("extremes")
    sheet.about = "The movies at both ends of the bias and of each component, sorted by formulas."
    sheet["A1"] = "The movies at the ends"
    sheet["A2"] = "Sorted by SMALL and LARGE: a bias that is changed on movies puts its movie in another place."
    sheet.style("A1", "title")
    sheet.style("A2", "note")
    rows, top = at.number.rect.rows, 4
    for number in range(at.component.rect.columns + 1):
        name, source = "bias", at.bias
        if number:
            name, source = f"component {number}", column(at.component.rect, number - 1)
        most = ENDS_OF_COMPONENT if number else ENDS
        low = min(most, rows // 2)
        high = min(most, rows - low)
        for left, length, word, sort in (("A", low, "lowest", "SMALL"), ("H", high, "highest", "LARGE")):
            if length:
                end(sheet, f"{left}{top + 2}", length, f"{word} {name}", sort, source, at)
        top += high + 4
    sheet.width("A:M", 12)
    sheet.width("A", 5)
    sheet.width("H", 5)
    sheet.width("B", 42)
    sheet.width("I", 42)
    sheet.width("G", 3)


def end(sheet: Sheet, first: str, length: int, title: str, sort: str, source: Area, at: Movies) -> None:
    """One list: the values sorted, and in which row each stands, from where the rest is fetched."""
    number = Area.at(first, rows=length)
    movie = number.right_of()
    value, mean, rated = movie.right_of(), movie.right_of(gap=1), movie.right_of(gap=2)
    row = movie.right_of(gap=3)
    of_sheet = f"most_rated!{source.fixed}"
    sheet[f"{number.left}{number.top - 2}"] = title
    sheet.values(number.above().first, [[None, "movie", title.split(" ", 1)[1], "mean rating", "ratings", "row"]])
    count(sheet, number)
    sheet.fill(f"{value}", f"={sort}({of_sheet},{number.first})")
    sorted_out(sheet, row, value, of_sheet)
    for area, wanted in (movie, at.movie), (mean, at.mean), (rated, at.ratings):
        sheet.fill(f"{area}", f"=INDEX(most_rated!{wanted.fixed},{row.first})")

    sheet.style(f"{number.left}{number.top - 2}", "title")
    sheet.style(f"{number.above().first}:{row.above().first}", "heading")
    sheet.style(f"{number}", "label")
    sheet.style(f"{movie},{mean},{rated}", "activation")
    sheet.style(f"{value}", "result")
    sheet.number_format(f"{value}", "0.000")
    sheet.number_format(f"{mean}", "0.00")
    sheet.number_format(f"{number}", NUMBERED)


def neighbours(book: Workbook, at: Movies, listed: Embedding, chosen: str | int) -> None:
    """The sheet ``neighbours``: of the most rated movies those nearest to the one in B5, by their factors alone."""
    rows, width = at.number.rect.rows, listed.factors.rect.columns
    length = min(NEAREST, rows - 1)
    if length < 1:
        return
    sheet = book.add_sheet("neighbours")
    sheet.about = "The movies nearest to one of your choice, by the distance of their factors. Type a title into B5."
    sheet["A1"] = "Neighbours"
    sheet["A2"] = "Movies whose factors are close are liked by the same people, whatever their bias."
    sheet["A3"] = "Type another title from the sheet movies, year and all, into the orange cell."
    sheet.values("A5", [["movie", chosen], ["place"]])
    sheet["B6"] = f"=MATCH(B5,movies!{listed.ids.fixed},0)"
    sheet["C5"] = '=IF(ISNUMBER(B6),"","no movie on the sheet movies is called that")'

    number = Area.at("A9", rows=length)
    movie, distance, bias = number.right_of(), number.right_of(gap=1), number.right_of(gap=2)
    rated, row = number.right_of(gap=3), number.right_of(gap=4)
    all_movies = Area.at("H9", rows=rows)
    apart = all_movies.right_of()
    at_chosen, at_this = (
        f"OFFSET(movies!{listed.corner},{place},1,1,{width})" for place in ("$B$6", f"most_rated!{at.place.down}")
    )
    sheet.values(number.above().first, [[None, "nearest", "distance", "bias", "ratings", "row"]])
    sheet.values(all_movies.above().first, [["movie", "distance"]])
    sheet.fill(f"{all_movies}", f"=most_rated!{at.movie.first}")
    itself = f'IF(most_rated!{at.place.down}=$B$6,"itself",'
    sheet.fill(f"{apart}", f"={itself}SQRT(SUMXMY2({at_chosen},{at_this})))")
    count(sheet, number)
    sheet.fill(f"{distance}", f"=SMALL({apart.fixed},{number.first})")
    sorted_out(sheet, row, distance, f"neighbours!{apart.fixed}")
    sheet.fill(f"{movie}", f"=INDEX({all_movies.fixed},{row.first})")
    for area, wanted in (bias, at.bias), (rated, at.ratings):
        sheet.fill(f"{area}", f"=INDEX(most_rated!{wanted.fixed},{row.first})")

    sheet.style("A1", "title")
    sheet.style("A2:A3,C5", "note")
    sheet.style("A5:A6", "label")
    sheet.style("B5", "parameter")
    sheet.style("B6", "activation")
    sheet.style(
        f"{number.above().first}:{row.above().first},{all_movies.above().first}:{apart.above().first}", "heading"
    )
    sheet.style(f"{number}", "label")
    sheet.style(f"{movie},{bias},{rated},{all_movies}", "activation")
    sheet.style(f"{distance}", "result")
    sheet.style(f"{apart}", "loss")
    sheet.number_format(f"{distance},{bias},{apart}", "0.000")
    sheet.number_format(f"{number}", NUMBERED)
    sheet.width("A", 7)
    sheet.width("B", 42)
    sheet.width("C:F", 10)
    sheet.width("G", 3)
    sheet.width("H", 42)
    sheet.look.freeze = "A9"
    sheet.look.page = f"A1:{row.right}{number.bottom}"
