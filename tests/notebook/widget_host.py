"""The least page that can host widgets, as a notebook does it, and a socket to their Python half."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import partial
from typing import Any

from browser import Page

HOST = "127.0.0.1"
NOTEBOOK = """<!doctype html>
<meta charset="utf-8">
<title>a notebook</title>
<style>
body { margin: 16px 24px; color: rgb(20, 20, 20); font: 15px/1.5 serif; }
body.dark { background: rgb(17, 17, 17); color: rgb(230, 230, 230); }
.cell, .grid, table, button { border: 3px dotted rgb(255, 0, 0); font-size: 31px; } /* nothing of ours shall look so */
.output { margin: 12px 0; }
</style>
<header class="probe">In [1]: <code>book["adam"].widget()</code></header>
<script type="module">
import widget from "./widget.js";

const socket = new WebSocket(location.href.replace(/^http/, "ws") + "socket");
await new Promise((opened) => (socket.onopen = opened));

class Model {
  constructor(number, state) {
    Object.assign(this, { number, state, heard: {} });
  }
  get(word) {
    return this.state[word];
  }
  set(word, value) {
    this.state[word] = value;
    this.tell(`change:${word}`);
  }
  save_changes() {
    socket.send(JSON.stringify({ model: this.number, state: this.state }));
  }
  send(content) {
    socket.send(JSON.stringify({ model: this.number, content }));
  }
  on(event, listener) {
    (this.heard[event] ??= new Set()).add(listener);
  }
  off(event, listener) {
    this.heard[event].delete(listener);
  }
  tell(event, said) {
    for (const listener of this.heard[event] ?? []) listener(said);
  }
}

const models = STATES.map((state, number) => new Model(number, state));
socket.onmessage = ({ data }) => {
  const { model, content, state } = JSON.parse(data);
  if (content) models[model].tell("msg:custom", content);
  for (const [word, value] of Object.entries(state ?? {})) {
    if (models[model].get(word) !== value) models[model].set(word, value);
  }
};
globalThis.ends = models.map((model) => {
  const el = document.createElement("div");
  el.className = "output";
  document.body.append(el);
  return widget.render({ model, el });
});
globalThis.widgets = [...document.querySelectorAll(".output > div")].map((host) => host.sheetsim);
globalThis.models = models;
globalThis.sheetsim = widgets[0];
</script>
"""


@contextmanager
def hosted(*widgets: Any) -> Iterator[str]:
    """The address of a page that shows widgets."""
    from websockets.datastructures import Headers
    from websockets.http11 import Request, Response
    from websockets.sync.server import serve

    states = json.dumps([{"where": each.where, "height": each.height} for each in widgets])
    files = {"/": ("text/html", NOTEBOOK.replace("STATES", states)), "/widget.js": ("text/javascript", widgets[0]._esm)}

    def requested(connection: Any, request: Request) -> Response | None:
        if request.path == "/socket":
            return None
        kind, text = files.get(request.path, ("text/plain", ""))
        data = text.encode()
        said = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(data)), "Connection": "close"}
        return Response(200 if text else 404, "", Headers(said), data)

    with serve(partial(_carry, widgets), HOST, 0, process_request=requested) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://{HOST}:{server.socket.getsockname()[1]}/"
        finally:
            server.shutdown()
            thread.join()


def _carry(widgets: tuple[Any, ...], connection: Any) -> None:
    """Messages and states between the widgets and the page, until it is closed."""

    def tell(number: int, **said: Any) -> None:
        connection.send(json.dumps({"model": number, **said}))

    for number, widget in enumerate(widgets):
        widget.send = lambda content, buffers=None, number=number: tell(number, content=content)
        widget.observe(lambda change, number=number: tell(number, state={change.name: change.new}), "where")
    for text in connection:
        said = json.loads(text)
        widget = widgets[said["model"]]
        if "content" in said:
            widget._handle_custom_msg(said["content"], [])
        else:
            widget.set_state(said["state"])


class Output(Page):
    """A widget in the output of a cell; its elements are apart from the page's, in a tree of their own."""

    number = 0

    def find(self, selector: str) -> Any:
        hosts = self.browser.find_elements("css selector", ".output > div")
        return hosts[self.number].shadow_root.find_element("css selector", selector)

    def go(self, where: str) -> None:
        self.find(".name").click()
        self.press(where, "\ue007")  # not by the element: the driver would put them behind what stands there
        self.settled()

    def said(self, expression: str) -> Any:
        """What an expression comes to in which ``app`` is the widget."""
        return self.browser.execute_script(f"const app = widgets[{self.number}]; return {expression}")

    def beside(self, number: int) -> Output:
        """Another widget of the same page."""
        other = copy(self)
        other.number = number
        return other

    def marks(self) -> list[list[str]]:
        """The cells that are marked as read, and as reading."""
        self.until("sheetsim.choice.others.length")
        return [list(each) for each in self.said("app.choice.others.map((mark) => [mark.kind, mark.rect.join()])")]
