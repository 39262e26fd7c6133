"""While a formula is typed on the page, other cells are pointed at: with the mouse, with the arrows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Page, opened, served, tools

import sheetsim


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    tools()
    with opened(tmp_path_factory.mktemp("downloads")) as found:
        yield found


@pytest.fixture
def keys() -> Any:
    return pytest.importorskip("selenium.webdriver.common.keys").Keys


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Page]:
    """A1:B9 holds 1 to 18."""
    book = sheetsim.Workbook("numbers")
    book.add_sheet("s").values("A1", [[2 * k + 1, 2 * k + 2] for k in range(9)])
    book.save(tmp_path / "numbers.xlsx")
    with served(tmp_path / "numbers.xlsx") as server:
        shown = Page(browser, server.address + "#s!D5")
        yield shown
        complaints = shown.complaints
        browser.get("about:blank")
        assert complaints == []


def pointed(page: Page, first: str, last: str | None = None) -> None:
    """A press on a cell, let go of on another."""
    from selenium.webdriver.common.action_chains import ActionChains

    actions = ActionChains(page.browser).click_and_hold(page.find(f'[data-cell="{first}"]'))
    if last:
        actions.move_to_element(page.find(f'[data-cell="{last}"]'))
    actions.release().perform()


def typed(page: Page) -> str:
    return str(page.find(".editor").get_attribute("value"))


def formula(page: Page, row: int, column: int) -> Any:
    return page.browser.execute_script(f"return sheetsim.grid.cell({row}, {column})?.formula ?? null")


def test_a_click_puts_a_cell_and_another_click_another(page: Page, keys: Any) -> None:
    page.press("=2*")
    pointed(page, "A3")
    assert typed(page) == "=2*A3"
    pointed(page, "B4")
    assert typed(page) == "=2*B4"
    page.press("+")
    pointed(page, "A1")
    page.press(keys.ENTER)
    page.settled()
    assert (formula(page, 4, 3), page.held("D5")) == ("=2*B4+A1", 2 * 8 + 1)


def test_a_range_is_drawn_with_the_mouse(page: Page, keys: Any) -> None:
    page.press("=SUM(")
    pointed(page, "A2", "B4")
    assert typed(page) == "=SUM(A2:B4"
    page.press(")", keys.ENTER)
    page.settled()
    assert page.held("D5") == 3 + 4 + 5 + 6 + 7 + 8


def test_where_no_reference_can_stand_a_click_ends_the_typing(page: Page) -> None:
    page.press("=B2*3")
    pointed(page, "A9")
    page.settled()
    assert (formula(page, 4, 3), page.held("D5")) == ("=B2*3", 12)
    assert page.find(".name").get_attribute("value") == "A9"


def test_a_text_and_a_quotation_take_no_reference(page: Page) -> None:
    page.press("a+")
    pointed(page, "A1")
    page.settled()
    assert page.held("D5") == "a+"
    page.go("D6")
    page.press('="(')
    pointed(page, "A1")
    page.settled()
    assert "A1" not in typed(page)


def test_the_arrows_point_too(page: Page, keys: Any) -> None:
    page.press("=", keys.ARROW_LEFT, keys.ARROW_LEFT, "*MAX(", keys.ARROW_UP, keys.ARROW_LEFT, keys.ARROW_LEFT)
    assert typed(page) == "=B5*MAX(B4"
    page.chord(keys.SHIFT, keys.ARROW_DOWN)
    assert typed(page) == "=B5*MAX(B4:B5"
    page.press(")", keys.ENTER)
    page.settled()
    assert page.held("D5") == 10 * 10


@pytest.mark.parametrize(("times", "expected"), [(1, "=$B$2"), (2, "=B$2"), (3, "=$B2"), (4, "=B2")])
def test_f4_sets_dollars(page: Page, keys: Any, times: int, expected: str) -> None:
    page.press("=B2", *[keys.F4] * times)
    assert typed(page) == expected
    page.press(keys.ESCAPE)


def test_a_head_stands_for_its_column(page: Page, keys: Any) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    page.press("=SUM(")
    grid, cell = page.find(".grid"), page.find('[data-cell="B1"]')
    above = int(cell.rect["x"] + 20 - grid.rect["x"]), 8
    centre = int(grid.rect["width"] / 2), int(grid.rect["height"] / 2)
    ActionChains(page.browser).move_to_element_with_offset(
        grid, above[0] - centre[0], above[1] - centre[1]
    ).click().perform()
    assert typed(page) == "=SUM(B:B"
    page.press(")", keys.ENTER)
    page.settled()
    assert page.held("D5") == sum(range(2, 19, 2))
