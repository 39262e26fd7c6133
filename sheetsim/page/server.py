"""The page served to the browser of this machine: the front end's files, and a socket for the messages.

Another site that is open in the same browser, or another user of the machine, must not reach the workbook. So it
listens on the loopback address alone; every address begins with a random token; the header ``Host`` must name the
loopback address (or a site could have its own name lead here), and ``Origin`` of the socket must be this page.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from http import HTTPStatus
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from sheetsim import front
from sheetsim.errors import OutputError

if TYPE_CHECKING:
    from sheetsim.page.session import Session

Message = dict[str, Any]
HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
FIRST_PORT = 8777
PORTS = 20  # that are tried, one after the other
LARGEST = 200 * 2**20  # bytes of a message: a file that is opened comes as one
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
REFUSED = "This page opens with the address that sheetsim study has printed, and with no other.\n"


class PageServer:
    """A session served on a port of the loopback address, until ``stop``. ``opening`` makes the session, by a thread
    of its own: the page stands in the browser by the time that the workbook does."""

    def __init__(self, opening: Callable[[], Session], port: int | None = None):
        self._made: Future[Session] = Future()
        threading.Thread(target=self._make, args=(opening,)).start()
        self.token = secrets.token_urlsafe(24)
        self.ticket: str | None = secrets.token_urlsafe(24)
        self.server = self._listening(port)
        self.port = int(self.server.socket.getsockname()[1])
        self.ended = threading.Event()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _make(self, opening: Callable[[], Session]) -> None:
        try:
            self._made.set_result(opening())
        except BaseException as error:  # said to who asks for it
            self._made.set_exception(error)

    @property
    def session(self) -> Session:
        """The session, once it is made."""
        return self._made.result()

    @property
    def address(self) -> str:
        """The page's address, for the person who started it."""
        return f"http://{HOST}:{self.port}/{self.token}/"

    @property
    def once(self) -> str:
        """An address that leads to the page once: it goes to the browser through a command line, which other users of
        the machine can read."""
        return f"http://{HOST}:{self.port}/open/{self.ticket}"

    def _listening(self, port: int | None) -> Server:
        ports = [port] if port is not None else [*range(FIRST_PORT, FIRST_PORT + PORTS), 0]
        quiet = logging.getLogger("sheetsim.page")
        quiet.addHandler(logging.NullHandler())
        quiet.propagate = False
        for each in ports:
            try:
                return serve(
                    self._connected,
                    HOST,
                    each,
                    process_request=self._requested,
                    compression=None,
                    max_size=LARGEST,
                    logger=quiet,
                    server_header=None,
                )
            except OSError as error:
                if each == ports[-1]:
                    raise OutputError(f"port {each} of {HOST} cannot be had: {error.strerror or error}") from None
        raise AssertionError("there is a last port")

    def run(self) -> None:
        """Waits until ``stop``: the threads serve."""
        self.ended.wait()

    def stop(self) -> None:
        """Ends it: the search that runs, and the connections. Once more does no harm."""
        self.ended.set()
        if self._made.done() and not self._made.exception():
            self.session.stop()
        self.server.shutdown()

    # --- requests ---------------------------------------------------------------------------------------------------
    def _requested(self, connection: ServerConnection, request: Request) -> Response | None:
        """The answer to a request; None lets the socket open."""
        path = request.path.partition("?")[0].partition("#")[0]
        if not self._is_ours(request.headers):
            return _response(HTTPStatus.FORBIDDEN, REFUSED)
        if self.ticket and secrets.compare_digest(path.encode(), f"/open/{self.ticket}".encode()):
            self.ticket = None
            return _response(HTTPStatus.FOUND, "", {"Location": f"/{self.token}/"})
        first, _, rest = path.removeprefix("/").partition("/")
        if not secrets.compare_digest(first.encode(), self.token.encode()):
            return _response(HTTPStatus.FORBIDDEN, REFUSED)
        if rest == "socket":
            return (
                None if request.headers.get("Origin") in self._origins() else _response(HTTPStatus.FORBIDDEN, REFUSED)
            )
        return self._file(rest or "page.html")

    def _origins(self) -> list[str]:
        return [f"http://{name}:{self.port}" for name in NAMES]

    def _is_ours(self, headers: Headers) -> bool:
        """Whether a request names this machine, and does not come from another site."""
        hosts = headers.get_all("Host")
        origin = headers.get("Origin")
        named = len(hosts) == 1 and hosts[0] in [f"{name}:{self.port}" for name in NAMES]
        return named and (origin is None or origin in self._origins())

    def _file(self, name: str) -> Response:
        path = front.files().get(name)
        if path is None:
            return _response(HTTPStatus.NOT_FOUND, "There is no such file.\n")
        sockets = " ".join(f"ws://{host}:{self.port}" for host in NAMES)
        said = {"Content-Security-Policy": POLICY.format(sockets=sockets)}
        return _response(HTTPStatus.OK, path.read_bytes(), said, TYPES[path.suffix])

    # --- messages ---------------------------------------------------------------------------------------------------
    def _connected(self, connection: ServerConnection) -> None:
        """One page: its messages are answered one after the other by a thread of their own, so that ``stop`` is heard
        meanwhile."""
        waiting: SimpleQueue[Message | None] = SimpleQueue()
        worker = threading.Thread(target=self._work, args=(waiting, connection.send))
        worker.start()
        try:
            for text in connection:
                message = json.loads(text)
                if message.get("do") == "stop":
                    self.session.stop()
                elif message.get("do") == "end":
                    threading.Thread(target=self.stop).start()
                else:
                    waiting.put(message)
        except (ConnectionClosed, ValueError, AttributeError):  # the page was closed, or it is none of ours
            pass
        waiting.put(None)

    def _work(self, waiting: SimpleQueue[Message | None], send: Callable[[str], None]) -> None:
        while (message := waiting.get()) is not None and not self.ended.is_set():
            number = message.get("id")
            try:
                answer = self.session.answer(message, partial(_tell, send, number))
                send(_text({"id": number, **answer}))
            except ConnectionClosed:
                return
            except Exception as error:  # a mistake of ours: the page says so, and lives on
                send(_text({"id": number, "error": f"internal error: {type(error).__name__}: {error}"}))


def _tell(send: Callable[[str], None], number: Any, told: Message) -> None:
    send(_text({"id": number, "progress": told}))


def _text(message: Message) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _response(
    status: HTTPStatus, body: str | bytes, said: dict[str, str] | None = None, kind: str = "text/plain"
) -> Response:
    data = body.encode() if isinstance(body, str) else body
    headers: dict[str, Any] = {
        "Content-Type": f"{kind}; charset=utf-8",
        "Content-Length": str(len(data)),
        "Connection": "close",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        **(said or {}),
    }
    return Response(status.value, status.phrase, Headers(headers), data)
