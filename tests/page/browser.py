"""A real browser without a window, and the page in it as a test speaks of it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 30  # seconds


def tools() -> tuple[str, str]:
    """The browser and its driver; skips the test where one is absent."""
    pytest.importorskip("selenium", reason="selenium is not installed")
    pytest.importorskip("websockets", reason="websockets is not installed")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if not browser or not driver:
        pytest.skip("Chromium, or its driver, is not installed")
    return browser, driver


@contextmanager
def opened(downloads: Path, width: int = 1400, height: int = 900) -> Iterator[Any]:
    """A browser; what it downloads lies in a folder."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    binary, driver = tools()
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    said = ["--headless=new", "--disable-dev-shm-usage", "--disable-gpu", f"--window-size={width},{height}"]
    if os.geteuid() == 0:
        said.append("--no-sandbox")  # Chromium's sandbox does not work for root
    for each in said:
        options.add_argument(each)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield found
    finally:
        found.quit()
        found.command_executor.close()


@contextmanager
def served(what: str | Path | None, port: int | None = 0) -> Iterator[Any]:
    """A session served by a thread of this process."""
    pytest.importorskip("websockets", reason="websockets is not installed")
    from sheetsim.page.server import PageServer
    from sheetsim.page.session import Session

    server = PageServer(lambda: Session(what), port)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
        server.session.close()


class Page:
    """The page in a browser."""

    def __init__(self, browser: Any, address: str):
        self.browser = browser
        browser.get_log("browser")  # what the page before had to complain of
        browser.get("about:blank")  # the same address with another cell would not be loaded anew
        browser.get(address)
        self.until("globalThis.sheetsim?.sheet && sheetsim.grid.loaded.length")

    def until(self, condition: str) -> Any:
        """Waits until an expression is true."""
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.browser, PATIENCE, 0.02).until(
            lambda browser: browser.execute_script(f"return {condition}"), f"{condition}: {self.status()}"
        )

    def settled(self) -> None:
        """Waits for the answers, and for what follows from them: the chosen cell is explained a moment later."""
        self.until("!sheetsim.asking && !sheetsim.loading && !sheetsim.panel.waiting")

    def status(self) -> str:
        """What the page says at its foot and beside the cell."""
        return str(
            self.browser.execute_script(
                "return globalThis.sheetsim && sheetsim.status.textContent + sheetsim.note.textContent"
            )
        )

    def find(self, selector: str) -> Any:
        """An element."""
        return self.browser.find_element("css selector", selector)

    def click(self, selector: str) -> None:
        """A click, and what comes of it."""
        self.find(selector).click()
        self.settled()

    def press(self, *keys: str) -> None:
        """Keys pressed where the focus is."""
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()

    def chord(self, *keys: str) -> None:
        """Keys pressed together."""
        from selenium.webdriver.common.action_chains import ActionChains

        actions = ActionChains(self.browser)
        for key in keys:
            actions.key_down(key)
        for key in reversed(keys):
            actions.key_up(key)
        actions.perform()

    def go(self, where: str) -> None:
        """To a cell, by the name box."""
        from selenium.webdriver.common.keys import Keys

        name = self.find(".name")
        name.click()
        name.send_keys(where, Keys.ENTER)
        self.settled()

    def type(self, where: str, text: str) -> None:
        """Types into a cell."""
        from selenium.webdriver.common.keys import Keys

        self.go(where)
        self.press(text, Keys.ENTER)
        self.settled()

    def held(self, where: str) -> Any:
        """What a cell of the sheet that is shown holds: a number, or a text."""
        cell = f"sheetsim.grid.cell(...{_place(where)})"
        return self.browser.execute_script(f"return {cell}?.number ?? {cell}?.text ?? null")

    def painted(self, where: str) -> str:
        """The text that stands in a cell on the screen."""
        self.browser.execute_script(
            "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        return str(self.find(f'[data-cell="{where}"]').text)

    @property
    def complaints(self) -> list[str]:
        """What the browser itself had to complain of."""
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]


def _place(where: str) -> list[int]:
    from sheetsim.model.address import parse_cell

    return list(parse_cell(where))
