"""The widget in a real browser: in a page that hosts it as a notebook does, its other half in this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("anywidget", reason="anywidget is not installed: pip install 'sheetsim[notebook]'")

from browser import opened, tools
from widget_host import Output, hosted

import sheetsim

EPOCH_5 = 24.960097789510424  # the lecture: "5 steps, we're at 25"
RED = "rgb(255, 0, 0)"  # of the page around it


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    tools()
    with opened(tmp_path_factory.mktemp("downloads")) as found:
        yield found


@pytest.fixture(scope="module")
def keys() -> Any:
    return pytest.importorskip("selenium.webdriver.common.keys").Keys


@pytest.fixture
def book() -> Any:
    return sheetsim.open("graddesc")


@pytest.fixture
def adam(browser: Any, book: Any) -> Iterator[Output]:
    with hosted(book["adam"].widget("C1")) as address:
        output = Output(browser, address)
        yield output
        complaints = output.complaints
        browser.get("about:blank")
        assert [each for each in complaints if "favicon" not in each] == []


def test_reset_and_run(adam: Output, book: Any) -> None:
    adam.click(".reset")
    adam.click(".run")
    assert adam.held("C1") == EPOCH_5 == book["adam!C1"]
    assert adam.painted("C1") == "24.9601"
    assert adam.find(".place").text == "5 of 5"


def test_a_number_typed(adam: Output, book: Any) -> None:
    adam.type("D2", "0.5")
    expected = sheetsim.open("graddesc")
    before = expected["adam!H4"]
    expected["adam!D2"] = 0.5
    assert adam.held("H4") == expected["adam!H4"] == book["adam!H4"] != before
    assert book["adam!D2"] == 0.5
    lit = "sheetsim.element.querySelectorAll('.cell.lit').length"
    adam.until(f"{lit} > 20")  # what changed lights up
    adam.until(f"{lit} === 0")  # and not for ever


def test_a_formula_that_does_not_parse_is_said_by_the_cell(adam: Output, keys: Any) -> None:
    adam.type("H4", "=C4-(J4")
    assert "expected ')'" in adam.find(".note").text
    assert adam.find(".editor").get_attribute("value") == "=C4-(J4"
    adam.press(keys.ESCAPE)


def test_a_cell_chosen_is_explained_and_marked(adam: Output, keys: Any) -> None:
    adam.go("H6")
    assert adam.find(".line").get_attribute("value") == "=C6-J6*$D$2/SQRT(L6)"
    assert adam.marks() == [
        ["user", "6,2,6,2"],
        ["read", "5,2,5,2"],
        ["read", "5,9,5,9"],
        ["read", "1,3,1,3"],
        ["read", "5,11,5,11"],
    ]
    assert adam.find(".numbers").text == "= 29.6910 − (−0.6873 · 0.1 / √53.5130)"
    adam.find(".parts li:nth-child(2) .go").click()
    adam.until("sheetsim.choice.active.join() === '5,9'")
    adam.chord(keys.ALT, keys.ARROW_LEFT)
    adam.until("sheetsim.choice.active.join() === '5,7'")


def test_back_through_the_epochs(adam: Output) -> None:
    adam.click(".reset")
    adam.click(".run")
    adam.said("app.controls.slider.value = 3, app.controls.slider.dispatchEvent(new Event('input'))")
    adam.until("sheetsim.controls.epochs.done === 3 && !sheetsim.asking")
    assert adam.held("C1") == 23.823935592923807


def test_shaded_by_a_gradient(adam: Output) -> None:
    adam.go("E4")  # =C4+D4*A4
    adam.until("sheetsim.panel.element.querySelector('.shade')?.textContent.endsWith('adam!E4')")
    adam.find(".shade").click()
    adam.until("sheetsim.panel.gradient?.of === 'adam!E4'")
    assert adam.said("app.grid.styles[app.grid.cell(3, 3).style].fill") == "#f0902e"  # by D4 it rises most


def test_copied_and_pasted_with_the_keyboard(adam: Output, keys: Any) -> None:
    adam.type("P40", "=A4*2")
    adam.go("P40")
    adam.chord(keys.CONTROL, "c")
    adam.go("P45")
    adam.chord(keys.CONTROL, "v")
    adam.settled()
    assert adam.said("app.grid.cell(44, 15).formula") == "=A9*2"


def test_the_chosen_cell_is_known_on_both_sides(browser: Any, book: Any) -> None:
    widget = book["adam"].widget("C1")
    with hosted(widget) as address:
        output = Output(browser, address)
        output.go("H5:H9")
        output.until("models[0].get('where') === 'adam!H5:H9'")
        widget.where = "momentum!K7"
        output.until("sheetsim.sheet.title === 'momentum' && sheetsim.choice.active.join() === '6,10'")
        assert widget.where == "momentum!K7"


def test_several_on_a_page_and_python_beside_them(browser: Any, book: Any) -> None:
    widget = book["adam"].widget("D2")
    with hosted(widget, book["basic"].widget("A4")) as address:
        adam = Output(browser, address)
        basic = adam.beside(1)
        basic.until("widgets[1].sheet?.title === 'basic' && widgets[1].grid.loaded.length")
        basic.type("A4", "20")
        basic.until("widgets[1].grid.cell(3, 0).number === 20")
        book["adam!D2"] = 0.5
        widget.refresh()
        adam.until("sheetsim.grid.cell(1, 3).number === 0.5")
        assert adam.held("H4") == book["adam!H4"]
        assert basic.said("app.grid.cell(3, 0).number") == 20
        browser.execute_script("ends[0]()")
        assert len(browser.find_elements("css selector", ".output > div")) == 1


def test_the_notebook_keeps_its_looks_and_the_widget_its_own(adam: Output) -> None:
    look = "getComputedStyle({}).{}"
    header = "document.querySelector('header.probe')"
    assert adam.said(look.format(header, "display")) == "block"  # ours are flex
    assert adam.said("getComputedStyle(document.body).marginLeft") == "24px"
    cell = "app.element.querySelector('.cell')"
    assert adam.said(look.format(cell, "borderTopColor")) != RED
    assert adam.said(look.format("app.element", "fontSize")) == "14px"
    assert adam.said("document.title") == "a notebook"
    assert adam.said("location.hash") == ""


def test_dark_where_the_notebook_is_dark(adam: Output) -> None:
    ground = "getComputedStyle(app.grid.element).backgroundColor"
    assert adam.said(ground) == "rgb(255, 255, 255)"
    adam.browser.execute_script("document.body.className = 'dark'")
    adam.until("getComputedStyle(sheetsim.grid.element).backgroundColor === 'rgb(22, 24, 28)'")


def test_the_solver_can_be_stopped(browser: Any) -> None:
    with hosted(sheetsim.open("collab_filter")["dotprod"].widget()) as address:
        movies = Output(browser, address)
        movies.find(".controls input[type=checkbox]").click()
        movies.find(".solve").click()
        movies.until("sheetsim.controls.progress.textContent.startsWith('iteration')")
        movies.find(".solve").click()
        movies.until("!sheetsim.controls.running && !sheetsim.asking")
        assert "stopped before its end" in movies.find(".progress").text
