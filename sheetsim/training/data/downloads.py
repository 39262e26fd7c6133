"""Where the data sets are: a folder one names, the user's cache, or else their publishers, by download."""

from __future__ import annotations

import logging
import os
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sheetsim.errors import InputError
from sheetsim.support.extras import install

VARIABLE = "SHEETSIM_DATA"  # the environment variable that names a folder, where --data does not
TIME_LIMIT = 30.0  # seconds without a byte from the network
GROUPLENS = "https://files.grouplens.org/datasets/movielens/"
MNIST = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")


class Source(NamedTuple):
    """A file as its publisher offers it."""

    name: str
    sha256: str
    sites: tuple[str, ...]  # each serves it under its name; the next one is asked where one fails


SOURCES = {
    "ml-100k": (
        Source("ml-100k.zip", "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229", (GROUPLENS,)),
    ),
    "mnist": (
        Source("train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", MNIST),
        Source("train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", MNIST),
        Source("t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", MNIST),
        Source("t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", MNIST),
    ),
}

#: The files that a folder must hold, in one of these ways.
NEEDED = {
    "ml-100k": (("u.data", "u.item"),),
    "mnist": (
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("mnist.pkl.gz",),
    ),
}


def find(name: str, data: Path | None = None) -> Path:
    """The folder that holds a data set, ``"ml-100k"`` or ``"mnist"``.

    It is ``data``, or what the environment variable SHEETSIM_DATA names: the folder itself or the one of the set's name
    within. Where neither is given it is the user's cache, which is filled by download where it is empty. Raises
    InputError if files are missing or cannot be had.
    """
    if data is None and os.environ.get(VARIABLE):
        data = Path(os.environ[VARIABLE])
    if data is not None:
        return _within(data, name)
    folder = _cache(name) / name
    kept = _found(folder, name)
    if kept is None:
        _fill(folder, name)
    return kept or folder


def _within(data: Path, name: str) -> Path:
    if not data.is_dir():
        raise InputError(f"{data}: {'a file, not a folder' if data.exists() else 'no such folder'} to look for data in")
    folder = _found(data, name)
    if folder is not None:
        return folder
    nearest = data / name if (data / name).is_dir() else data
    raise InputError(f"{nearest}: {_missing(nearest, name)} is missing; {_advice(name)}")


def _found(data: Path, name: str) -> Path | None:
    """The folder itself or the one of the set's name within (as an unpacked archive leaves it), if it has the files."""
    return next((folder for folder in (data, data / name) if not _missing(folder, name)), None)


def _missing(folder: Path, name: str) -> str | None:
    """A file that the folder lacks, or None if it holds what is needed."""
    missing = [[file for file in files if not (folder / file).is_file()] for files in NEEDED[name]]
    present = [len(files) - len(gone) for files, gone in zip(NEEDED[name], missing, strict=True)]
    return missing[present.index(max(present))][0] if all(missing) else None


def _advice(name: str) -> str:
    """What a person can do: fetch what, from where."""
    addresses = " and ".join(source.sites[0] + source.name for source in SOURCES[name][:2])
    return f"fetch {addresses}{' and unpack it' if 'zip' in addresses else ''}"


def _cache(name: str) -> Path:
    try:
        import pooch
    except ImportError:
        raise InputError(
            f"{name}: name its folder with --data; to have it downloaded needs pooch: {install('train')}"
        ) from None
    return Path(pooch.os_cache("sheetsim"))


def _fill(folder: Path, name: str) -> None:
    """Downloads a data set. Its files move into the folder once all of them are there and are the published ones."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=".download-") as work:
            arrived = [_download(source, Path(work), folder, name) for source in SOURCES[name]]
            for file in [part for path in arrived for part in _unpacked(path)]:
                os.replace(file, folder / file.name)
    except OSError as error:
        raise InputError(f"{folder}: cannot keep {name} there ({error.strerror}); name a folder with --data") from error


def _download(source: Source, work: Path, folder: Path, name: str) -> Path:
    """Fetches one file from the first site that has it, and checks its hash. Raises InputError."""
    import pooch

    pooch.get_logger().setLevel(logging.WARNING)
    fetch = pooch.HTTPDownloader(timeout=TIME_LIMIT)
    reasons = []
    for site in source.sites:
        try:
            known = f"sha256:{source.sha256}"
            return Path(pooch.retrieve(site + source.name, known, source.name, work, downloader=fetch))
        except (OSError, ValueError) as error:
            reasons.append(_reason(error))
    why = "; ".join(dict.fromkeys(reasons))
    raise InputError(
        f"{source.name} cannot be downloaded ({why}): {_advice(name)} into {folder}, or name a folder with --data"
    )


def _reason(error: Exception) -> str:
    """Why a download failed, in a few words: the libraries' own messages run to several lines."""
    import requests

    if isinstance(error, ValueError) and "hash" in str(error):
        return "what came is not the published file: its sha256 differs"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answers {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "the server does not answer"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return " ".join(str(error).split())[:200]


def _unpacked(path: Path) -> list[Path]:
    """The files of an archive, without its folders; or the file itself."""
    if path.suffix != ".zip":
        return [path]
    into = path.parent / path.stem
    into.mkdir()
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                (into / Path(entry.filename).name).write_bytes(archive.read(entry))
    return list(into.iterdir())
