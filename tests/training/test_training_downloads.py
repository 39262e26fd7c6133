"""Where data sets are found, and downloads that go well, badly, or not at all, from a server in this process."""

from __future__ import annotations

import hashlib
import io
import socket
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from sheetsim.errors import InputError
from sheetsim.training.data import downloads
from sheetsim.training.data.downloads import Source

FILES = {"ml-100k": ["u.data", "u.item"], "mnist": ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]}
IMAGES, LABELS = FILES["mnist"]


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, and no data named by the environment; returns the cache."""
    monkeypatch.delenv(downloads.VARIABLE, raising=False)
    monkeypatch.setenv("no_proxy", "*")
    pooch = pytest.importorskip("pooch")
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / "cache" / project)
    return tmp_path / "cache" / "sheetsim"


def filled(folder: Path, names: list[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("something")
    return folder


# --- folders ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["ml-100k", "mnist"])
def test_a_folder_or_the_one_within(tmp_path: Path, name: str) -> None:
    folder = filled(tmp_path / "data" / name, FILES[name])
    assert downloads.find(name, folder) == folder
    assert downloads.find(name, folder.parent) == folder


@pytest.mark.parametrize("names", [[IMAGES, LABELS], [IMAGES[:-3], LABELS[:-3]], ["mnist.pkl.gz"]])
def test_each_way_to_have_mnist(tmp_path: Path, names: list[str]) -> None:
    assert downloads.find("mnist", filled(tmp_path / "data", names)) == tmp_path / "data"


def test_the_environment_and_what_is_named_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (filled(tmp_path / name, FILES["ml-100k"]) for name in ("one", "other"))
    monkeypatch.setenv(downloads.VARIABLE, str(one))
    assert downloads.find("ml-100k") == one
    assert downloads.find("ml-100k", other) == other


def test_the_cache(nowhere: Path) -> None:
    filled(nowhere / "mnist", FILES["mnist"])
    assert downloads.find("mnist") == nowhere / "mnist"
    filled(nowhere / "ml-100k" / "ml-100k", FILES["ml-100k"])  # unpacked by hand
    assert downloads.find("ml-100k") == nowhere / "ml-100k" / "ml-100k"


@pytest.mark.parametrize(
    ("there", "name", "message"),
    [
        (
            [],
            "ml-100k",
            "u.data is missing; fetch https://files.grouplens.org/datasets/movielens/ml-100k.zip and unpack",
        ),
        (["u.data"], "ml-100k", "u.item is missing; fetch"),
        ([], "mnist", f"{IMAGES} is missing; fetch https://ossci-datasets.s3.amazonaws.com/mnist/{IMAGES} and https"),
        ([IMAGES], "mnist", f"{LABELS} is missing"),
        ([IMAGES, LABELS[:-3]], "mnist", f"{LABELS} is missing"),
        ([LABELS[:-3]], "mnist", f"{IMAGES[:-3]} is missing"),
    ],
)
def test_a_folder_that_lacks_files(tmp_path: Path, there: list[str], name: str, message: str) -> None:
    for folder in (filled(tmp_path / "data", there), filled(tmp_path / "whole" / name, there)):
        with pytest.raises(InputError) as caught:
            downloads.find(name, folder if folder.name == "data" else folder.parent)
        assert str(caught.value).startswith(f"{folder}: {message}")
        assert len(str(caught.value).splitlines()) == 1


def test_a_folder_that_is_not_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="nosuch: no such folder"):
        downloads.find("mnist", tmp_path / "nosuch")
    (tmp_path / "file").touch()
    monkeypatch.setenv(downloads.VARIABLE, str(tmp_path / "file"))
    with pytest.raises(InputError, match="file: a file, not a folder"):
        downloads.find("mnist")


# --- downloads --------------------------------------------------------------------------------------------------------
Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A web server: ``serve({"name": bytes}, cut=…)`` returns its address; ``cut`` breaks off after so many bytes."""
    running: list[HTTPServer] = []

    def start(files: dict[str, bytes], cut: int | None = None) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = files.get(self.path.lstrip("/"))
                if content is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[:cut])

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.mkdir("ml-100k")
        archive.writestr("ml-100k/u.data", "the ratings")
        archive.writestr("ml-100k/u.item", "the titles")
        archive.writestr("ml-100k/../../outside", "nowhere else")
    return file.getvalue()


ZIP = zipped()
MNIST = {
    f"{part}-{kind}-ubyte.gz": f"{part} {kind}".encode() * 999
    for part in ("train", "t10k")
    for kind in ("images-idx3", "labels-idx1")
}


def offered(monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes], *sites: str, name: str = "ml-100k") -> None:
    """Makes these files what the publishers offer, at these addresses."""
    sources = tuple(Source(file, hashlib.sha256(content).hexdigest(), sites) for file, content in files.items())
    monkeypatch.setitem(downloads.SOURCES, name, sources)


def left(cache: Path) -> list[str]:
    return sorted(str(path.relative_to(cache)) for path in cache.rglob("*") if path.is_file())


def closed() -> str:
    """The address of a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


def test_an_archive(nowhere: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, {"ml-100k.zip": ZIP}, serve({"ml-100k.zip": ZIP}))
    assert downloads.find("ml-100k") == nowhere / "ml-100k"
    assert left(nowhere) == ["ml-100k/outside", "ml-100k/u.data", "ml-100k/u.item"]
    assert (nowhere / "ml-100k" / "u.item").read_text() == "the titles"
    offered(monkeypatch, {"ml-100k.zip": ZIP}, closed())
    assert downloads.find("ml-100k") == nowhere / "ml-100k"  # the second time without the network


def test_single_files(nowhere: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, MNIST, serve(MNIST), name="mnist")
    assert downloads.find("mnist") == nowhere / "mnist"
    assert {name: (nowhere / name).read_bytes() for name in left(nowhere)} == {
        f"mnist/{name}": content for name, content in MNIST.items()
    }


def test_what_is_missing_in_the_cache_comes_anew(nowhere: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(nowhere / "ml-100k", ["u.data"])
    offered(monkeypatch, {"ml-100k.zip": ZIP}, serve({"ml-100k.zip": ZIP}))
    assert (downloads.find("ml-100k") / "u.data").read_text() == "the ratings"


def test_the_next_site_where_one_fails(nowhere: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = {name: content + b"!" for name, content in MNIST.items()}
    sites = [closed(), serve({}), serve(altered), serve(MNIST, cut=20), serve(MNIST)]
    offered(monkeypatch, MNIST, *sites, name="mnist")
    assert (downloads.find("mnist") / IMAGES).read_bytes() == MNIST[IMAGES]


FAILURES: dict[str, tuple[Callable[[Serve], str], str]] = {
    "no network": (lambda serve: closed(), "no connection"),
    "no such host": (lambda serve: "http://nowhere.invalid/", "no connection"),
    "not there": (lambda serve: serve({}), "the server answers 404"),
    "another file": (lambda serve: serve({"ml-100k.zip": ZIP + b"!"}), "its sha256 differs"),
    "cut in the middle": (lambda serve: serve({"ml-100k.zip": ZIP}, cut=100), "the connection broke off"),
    "cut at once": (lambda serve: serve({"ml-100k.zip": ZIP}, cut=0), "the connection broke off"),
    "a truncated file": (lambda serve: serve({"ml-100k.zip": ZIP[:100]}), "its sha256 differs"),
}


@pytest.mark.parametrize(("site", "reason"), FAILURES.values(), ids=list(FAILURES))
def test_failures(
    nowhere: Path,
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    site: Callable[[Serve], str],
    reason: str,
) -> None:
    address = site(serve)
    offered(monkeypatch, {"ml-100k.zip": ZIP}, address)
    with pytest.raises(InputError) as caught:
        downloads.find("ml-100k")
    message = str(caught.value)
    assert message.startswith("ml-100k.zip cannot be downloaded (")
    assert f"{reason}): " in message
    assert (
        f"fetch {address}ml-100k.zip and unpack it into {nowhere / 'ml-100k'}, or name a folder with --data" in message
    )
    assert len(message.splitlines()) == 1
    assert left(nowhere) == []
    assert capfd.readouterr() == ("", "")  # the one line is the caller's to print


def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "TIME_LIMIT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        offered(monkeypatch, {"ml-100k.zip": ZIP}, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        with pytest.raises(InputError, match="the server does not answer"):
            downloads.find("ml-100k")


def test_one_of_four_files_fails(nowhere: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that came are not kept: a folder holds a data set or nothing."""
    offered(monkeypatch, MNIST, serve({name: MNIST[name] for name in list(MNIST)[:3]}), name="mnist")
    with pytest.raises(InputError, match=r"t10k-labels-idx1-ubyte\.gz cannot be downloaded \(the server answers 404\)"):
        downloads.find("mnist")
    assert left(nowhere) == []


def test_stopping_by_hand(nowhere: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(path: Path) -> list[Path]:
        raise KeyboardInterrupt

    monkeypatch.setattr(downloads, "_unpacked", stopped)
    offered(monkeypatch, {"ml-100k.zip": ZIP}, serve({"ml-100k.zip": ZIP}))
    with pytest.raises(KeyboardInterrupt):
        downloads.find("ml-100k")
    assert left(nowhere) == []


def test_a_cache_that_cannot_be(nowhere: Path) -> None:
    nowhere.parent.mkdir()
    nowhere.write_text("a file where the folder should be")
    with pytest.raises(InputError, match="cannot keep ml-100k there"):
        downloads.find("ml-100k")


def test_without_pooch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(InputError, match=r"pip install 'sheetsim\[train\]'"):
        downloads.find("mnist")
    assert (
        downloads.find("mnist", filled(tmp_path / "data", FILES["mnist"])) == tmp_path / "data"
    )  # pooch is for downloads
