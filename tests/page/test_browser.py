"""The page in a real browser: what a person sees and does there."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from browser import Page, opened, served, tools

import sheetsim

EPOCH_5 = 24.960097789510424  # the lecture: "5 steps, we're at 25"
NOTE_WHAT_LIGHTS_UP = """
globalThis.lit = new Set();
new MutationObserver(() => {
  for (const cell of document.querySelectorAll(".cell.lit")) lit.add(cell.dataset.cell);
}).observe(document.querySelector(".grid"), {subtree: true, childList: true, attributes: true});
"""


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(downloads: Path) -> Iterator[Any]:
    tools()
    with opened(downloads) as found:
        yield found


@pytest.fixture(scope="module")
def keys() -> Any:
    return pytest.importorskip("selenium.webdriver.common.keys").Keys


@pytest.fixture
def graddesc(browser: Any) -> Iterator[Page]:
    with served("graddesc") as server:
        page = Page(browser, server.address + "#adam!C1")
        yield page
        complaints = page.complaints
        page.browser.get("about:blank")  # a page without its server would complain
        assert complaints == []


@pytest.fixture
def movies(browser: Any) -> Iterator[Page]:
    with served("collab_filter") as server:
        yield Page(browser, server.address + "#dotprod!V41")


def after_five_epochs(page: Page) -> None:
    page.click(".reset")
    page.click(".run")


def test_reset_and_run_on_adam(graddesc: Page) -> None:
    after_five_epochs(graddesc)
    assert graddesc.held("C1") == EPOCH_5
    assert graddesc.painted("C1") == "24.9601"
    assert graddesc.find(".line").get_attribute("value") == "24.960097789510424"
    assert graddesc.find(".place").text == "5 of 5"
    assert graddesc.find(".watched").text.split()[:2] == ["b", "24.9601"]


def test_another_learning_rate_moves_the_chart(graddesc: Page) -> None:
    after_five_epochs(graddesc)
    graddesc.find(".panelheads button:nth-child(2)").click()
    drawn = "[...document.querySelectorAll('.panelbody .series circle')].map((mark) => mark.getAttribute('cy')).join()"
    before, weight = graddesc.browser.execute_script(f"return {drawn}"), graddesc.held("H4")
    graddesc.type("D2", "0.5")
    expected = sheetsim.open("graddesc")
    expected.press("adam", "reset")
    expected.press("adam", "run")
    expected["adam"]["D2"] = 0.5
    assert graddesc.held("H4") == expected["adam"]["H4"] != weight
    assert graddesc.browser.execute_script(f"return {drawn}") != before


def test_a_change_lights_up(graddesc: Page) -> None:
    graddesc.go("D2")
    graddesc.browser.execute_script(NOTE_WHAT_LIGHTS_UP)
    graddesc.press("0.2", "\ue007")
    graddesc.settled()
    lit = set(graddesc.browser.execute_script("return [...lit]"))
    assert {"D2", "H4", "C5"} <= lit  # the rate, the first new weight, the next row's weight
    assert "A4" not in lit  # no point has changed


def test_back_through_time_and_a_film(graddesc: Page) -> None:
    after_five_epochs(graddesc)
    slide = "const s = document.querySelector('.slider'); s.value = {}; s.dispatchEvent(new Event('input'))"
    for epoch, b in [(0, 1.0), (3, 23.823935592923807), (5, EPOCH_5)]:
        graddesc.browser.execute_script(slide.format(epoch))
        graddesc.until(f"sheetsim.controls.epochs.done === {epoch} && !sheetsim.asking")
        assert graddesc.held("C1") == b
    graddesc.find(".film").click()
    graddesc.until("sheetsim.controls.epochs.done >= 7")
    graddesc.find(".film").click()
    graddesc.until("document.querySelector('.film').textContent.includes('Film')")


def test_a_precedent_is_followed_and_left(graddesc: Page) -> None:
    graddesc.go("H6")
    graddesc.until("document.querySelectorAll('.parts .go').length === 4")
    marked = graddesc.browser.execute_script(
        "return sheetsim.choice.others.map((mark) => [mark.kind, mark.rect.join()])"
    )
    assert marked == [
        ["user", "6,2,6,2"],
        ["read", "5,2,5,2"],
        ["read", "5,9,5,9"],
        ["read", "1,3,1,3"],
        ["read", "5,11,5,11"],
    ]
    assert graddesc.find(".numbers").text == "= 29.6910 − (−0.6873 · 0.1 / √53.5130)"
    graddesc.find(".parts li:nth-child(2) .go").click()
    graddesc.until("sheetsim.choice.active.join() === '5,9'")
    graddesc.until("document.querySelector('.panelbody h2').textContent.startsWith('adam!J6')")
    graddesc.browser.back()
    graddesc.until("sheetsim.choice.active.join() === '5,7'")


def test_undo_and_redo(graddesc: Page, keys: Any) -> None:
    before = graddesc.held("H4")
    graddesc.type("A4", "20")
    changed = graddesc.held("H4")
    assert changed != before
    graddesc.chord(keys.CONTROL, "z")
    graddesc.settled()
    assert (graddesc.held("A4"), graddesc.held("H4")) == (14, before)
    graddesc.chord(keys.CONTROL, "y")
    graddesc.settled()
    assert (graddesc.held("A4"), graddesc.held("H4")) == (20, changed)


def test_a_formula_that_does_not_parse_is_said_by_the_cell(graddesc: Page, keys: Any) -> None:
    before = graddesc.held("H4")
    graddesc.type("H4", "=C4-(J4")
    assert "expected ')'" in graddesc.find(".note").text
    editor = graddesc.find(".editor")
    assert editor.is_displayed()
    assert editor.get_attribute("value") == "=C4-(J4"
    graddesc.press(keys.ESCAPE)
    assert graddesc.held("H4") == before
    graddesc.type("H4", "=H4+1")
    assert "circular reference" in graddesc.find(".note").text
    graddesc.chord(keys.CONTROL, "z")
    graddesc.settled()
    assert graddesc.held("H4") == before


def test_copied_filled_and_emptied_with_the_keyboard(graddesc: Page, keys: Any) -> None:
    graddesc.type("P40", "=A4*2")
    graddesc.go("P40:P42")
    graddesc.chord(keys.CONTROL, "d")
    graddesc.settled()
    assert [graddesc.held(f"P{row}") for row in (40, 41, 42)] == [28, 172, 56]
    graddesc.go("P40")
    graddesc.chord(keys.CONTROL, "c")
    graddesc.go("P45")
    graddesc.chord(keys.CONTROL, "v")
    graddesc.settled()
    assert graddesc.browser.execute_script("return sheetsim.grid.cell(44, 15).formula") == "=A9*2"
    graddesc.go("P40:P45")
    graddesc.press(keys.DELETE)
    graddesc.settled()
    assert graddesc.held("P41") is None


def test_the_keyboard_alone(graddesc: Page, keys: Any) -> None:
    graddesc.go("A4")
    graddesc.press(keys.ARROW_DOWN, keys.TAB, keys.ENTER)
    assert graddesc.find(".name").get_attribute("value") == "B6"
    graddesc.chord(keys.CONTROL, keys.ARROW_DOWN)
    graddesc.until("document.querySelector('.name').value === 'B32'")
    graddesc.chord(keys.SHIFT, keys.ARROW_UP)
    assert graddesc.find(".name").get_attribute("value") == "B31:B32"
    assert graddesc.find(".summary").text.startswith("sum ")
    graddesc.press(keys.F2, keys.ESCAPE, keys.F6)
    assert graddesc.browser.execute_script("return document.activeElement.closest('.panel') !== null")
    graddesc.press(keys.F6)
    graddesc.press(keys.ARROW_RIGHT)
    graddesc.until("sheetsim.sheet.title === 'adam_ann'")


def test_the_gradient_shades_the_cells(graddesc: Page) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    graddesc.go("E4")  # =C4+D4*A4
    graddesc.until("document.querySelector('.shade')")
    graddesc.find(".shade").click()
    graddesc.until("sheetsim.panel.gradient?.of === 'adam!E4'")
    fill = "return sheetsim.grid.styles[sheetsim.grid.cell({}, {}).style].fill"
    assert graddesc.browser.execute_script(fill.format(3, 3)) == "#f0902e"  # D4, by which it rises most: A4 is 14
    steepest = {
        each.text: float(each.find_element("xpath", "..").find_element("css selector", ".held").text)
        for each in graddesc.browser.find_elements("css selector", ".gradient .go")
    }
    assert steepest["C2"] == 14.0
    assert steepest["C1"] == 1.0
    graddesc.find(".unshade").click()
    graddesc.settled()
    assert graddesc.browser.execute_script(fill.format(3, 3)) != "#f0902e"


def test_the_solver_on_dotprod(movies: Page) -> None:
    before = movies.held("V41")
    movies.find(".solve").click()
    movies.until("sheetsim.controls.running && document.querySelector('.progress').textContent.startsWith('iteration')")
    movies.until("!sheetsim.controls.running && !sheetsim.asking")
    after = movies.held("V41")
    assert after < before
    assert repr(after) in movies.find(".progress").text
    movies.click("[aria-label^='Undo']")
    assert movies.held("V41") == before


def test_the_solver_can_be_stopped(movies: Page) -> None:
    movies.find(".controls input[type=checkbox]").click()
    movies.find(".solve").click()
    movies.until("document.querySelector('.progress').textContent.startsWith('iteration')")
    movies.find(".solve").click()
    movies.until("!sheetsim.controls.running && !sheetsim.asking")
    assert "stopped before its end" in movies.find(".progress").text


def test_saved_and_opened_again(graddesc: Page, downloads: Path) -> None:
    after_five_epochs(graddesc)
    graddesc.click(".save")
    path = downloads / "graddesc.xlsx"
    deadline = time.monotonic() + 20
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    sheet = openpyxl.load_workbook(path, data_only=True)["adam"]
    assert sheet["C1"].value == EPOCH_5
    assert openpyxl.load_workbook(path)["adam"]["H4"].value == "=C4-J4*$D$2/SQRT(L4)"
    graddesc.find("input[type=file]").send_keys(str(path))
    graddesc.until("sheetsim.book.number === 2 && !sheetsim.asking")
    graddesc.go("adam!C1")
    assert graddesc.held("C1") == EPOCH_5
    path.unlink()


def test_a_broken_file_is_said_and_the_page_lives_on(graddesc: Page, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 no archive")
    graddesc.find("input[type=file]").send_keys(str(broken))
    graddesc.until("sheetsim.status.textContent.includes('broken.xlsx')")
    graddesc.type("D2", "0.3")
    assert graddesc.held("D2") == 0.3


def test_the_optimizers_side_by_side(graddesc: Page) -> None:
    graddesc.browser.execute_script("sheetsim.bar.compareDialog()")
    epochs = graddesc.find("dialog input[type=number]")
    epochs.clear()
    epochs.send_keys("3")
    graddesc.find("dialog .main").click()
    graddesc.until("sheetsim.book.number === 2 && sheetsim.sheet.title === 'compare' && !sheetsim.asking")
    titles = graddesc.browser.execute_script("return sheetsim.grid.charts.map((chart) => chart.title)")
    assert len(titles) >= 1


def test_an_address_leads_to_a_cell(browser: Any) -> None:
    with served("graddesc") as server:
        page = Page(browser, server.address + "#momentum!K7")
        assert page.find(".name").get_attribute("value") == "K7"
        page.go("basic!F33")
        page.until("location.hash === '#basic!F33'")


def test_a_hundred_thousand_rows(browser: Any, tmp_path: Path) -> None:
    book = sheetsim.Workbook("long")
    sheet = book.add_sheet("s")
    sheet["A1"] = 1
    sheet.fill("A2:A100000", "=A1+1")
    sheet.fill("B1:B100000", "=A1*2")
    book.save(tmp_path / "long.xlsx")
    with served(tmp_path / "long.xlsx") as server:
        page = Page(browser, server.address)
        assert len(page.browser.find_elements("css selector", ".cell")) < 300  # only what is seen is drawn
        for row in (50_000, 99_999):
            page.go(f"B{row}")
            page.until(f"sheetsim.grid.cell({row - 1}, 1)?.number === {2 * row}")
            assert page.painted(f"B{row}") == f"{2 * row}"


def test_narrow_and_dark(browser: Any, graddesc: Page) -> None:
    browser.execute_script("document.querySelector('.light').click()")
    dark = browser.execute_script("return getComputedStyle(document.querySelector('.grid')).backgroundColor")
    browser.execute_script("document.querySelector('.light').click()")
    assert dark != browser.execute_script("return getComputedStyle(document.querySelector('.grid')).backgroundColor")
    browser.set_window_size(420, 800)
    try:
        grid, panel = (
            browser.execute_script(f"return document.querySelector('{name}').getBoundingClientRect().toJSON()")
            for name in (".grid", ".panel")
        )
        assert panel["top"] >= grid["bottom"]  # below, not beside
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    finally:
        browser.set_window_size(1400, 900)


def test_another_site_is_refused(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>another site</title>")
    handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *all: handler(*all, directory=str(tmp_path)))
    thread = threading.Thread(target=other.serve_forever)
    thread.start()
    try:
        with served("entropy_example") as server:
            browser.get(f"http://127.0.0.1:{other.server_address[1]}/index.html")
            ask = """
            const [address, done] = arguments;
            const socket = new WebSocket(address.replace("http", "ws") + "socket");
            socket.onopen = () => done("open");
            socket.onerror = () => fetch(address, {mode: "no-cors"}).then(() => done("read"), () => done("refused"));
            """
            assert browser.execute_async_script(ask, server.address) == "refused"
            browser.get_log("browser")
    finally:
        other.shutdown()
        thread.join()
        other.server_close()
