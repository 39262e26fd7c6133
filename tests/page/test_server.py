"""Who reaches the page, and who does not: requests as other programs and other sites make them."""

from __future__ import annotations

import http.client
import json
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from browser import served
from cli_process import ended, started

from sheetsim.errors import OutputError
from sheetsim.page.session import Session

pytest.importorskip("websockets", reason="websockets is not installed")

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with served("entropy_example") as found:
        yield found


def asked(server: Any, path: str, **headers: str) -> http.client.HTTPResponse:
    """The answer to a request of the path, where TOKEN stands for the real one."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", path.replace("TOKEN", server.token), headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/TOKEN/", {}, 200),
        ("/TOKEN/app.js", {}, 200),
        ("/TOKEN/style.css", {"Host": "localhost:PORT"}, 200),
        ("/", {}, 403),
        ("/app.js", {}, 403),
        ("/wrong/", {}, 403),
        ("/open/wrong", {}, 403),
        ("/TOKEN/__init__.py", {}, 404),
        ("/TOKEN/../session.py", {}, 404),
        ("/TOKEN/%2e%2e/session.py", {}, 404),
        ("/TOKEN//etc/passwd", {}, 404),
        ("/TOKEN/", {"Host": "evil.example"}, 403),
        ("/TOKEN/", {"Host": "evil.example:PORT"}, 403),
        ("/TOKEN/", {"Host": "127.0.0.1"}, 403),
        ("/TOKEN/", {"Origin": "http://evil.example"}, 403),
        ("/TOKEN/", {"Origin": "null"}, 403),
    ],
)
def test_requests(server: Any, path: str, headers: dict[str, str], status: int) -> None:
    headers = {name: value.replace("PORT", str(server.port)) for name, value in headers.items()}
    assert asked(server, path, **headers).status == status


def test_what_is_said_beside_a_file(server: Any) -> None:
    answer = asked(server, "/TOKEN/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_browser_s_address_holds_once() -> None:
    with served(None) as own:
        path = own.once.partition(str(own.port))[2]
        answer = asked(own, path)
        assert (answer.status, answer.headers["Location"]) == (302, f"/{own.token}/")
        assert asked(own, path).status == 403


@pytest.mark.parametrize(
    "origin", [None, "http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1:PORT", "null"]
)
def test_a_socket_of_another_origin_is_refused(server: Any, origin: str | None) -> None:
    said = origin and origin.replace("PORT", str(server.port))
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"ws://127.0.0.1:{server.port}/{server.token}/socket", origin=said)  # type: ignore[arg-type]


def test_a_socket_without_the_token_is_refused(server: Any) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"ws://127.0.0.1:{server.port}/socket", origin=f"http://127.0.0.1:{server.port}")  # type: ignore[arg-type]


def test_messages_and_what_is_none(server: Any) -> None:
    origin = f"http://127.0.0.1:{server.port}"
    with connect(f"ws://127.0.0.1:{server.port}/{server.token}/socket", origin=origin) as wire:  # type: ignore[arg-type]
        wire.send(json.dumps({"id": 1, "do": "start"}))
        assert json.loads(wire.recv())["book"]["name"] == "entropy_example"
        wire.send(json.dumps({"id": 2, "do": ["odd"], "book": {}}))
        assert json.loads(wire.recv())["error"]
        wire.send("no JSON")
        with pytest.raises(Exception, match=r"close|received"):
            wire.recv(timeout=10)
    assert asked(server, "/TOKEN/").status == 200  # the others live on


def test_only_the_loopback_address_is_listened_on(server: Any) -> None:
    assert server.server.socket.getsockname()[0] == "127.0.0.1"


def test_a_second_one_takes_another_port() -> None:
    from sheetsim.page import server as module

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        first = module.FIRST_PORT
        module.FIRST_PORT = taken.getsockname()[1]
        try:
            with served(None, port=None) as found:
                assert found.port != taken.getsockname()[1]
            with pytest.raises(OutputError, match="cannot be had"):
                module.PageServer(Session, taken.getsockname()[1])
        finally:
            module.FIRST_PORT = first


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_the_command_ends_with_control_c_and_when_told_to() -> None:
    for told in (True, False):
        process, address = started("study", "entropy_example", "--no-browser")
        port, token = address.split("/")[2].partition(":")[2], address.split("/")[3]
        if told:
            with connect(f"ws://127.0.0.1:{port}/{token}/socket", origin=f"http://127.0.0.1:{port}") as wire:  # type: ignore[arg-type]
                wire.send('{"do": "end"}')
        status, said = ended(process, interrupt=not told)
        assert (status, said.splitlines()[-1]) == (0, "ended")
