"""A file appears whole or not at all."""

import errno
import os
import stat
from pathlib import Path

import pytest

from sheetsim.errors import OutputError
from sheetsim.support.atomic import replacing


def put(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text)


def test_a_new_file_and_its_folders(tmp_path):
    put(tmp_path / "a" / "b" / "new.txt", "new")
    assert (tmp_path / "a" / "b" / "new.txt").read_text() == "new"
    assert [entry.name for entry in (tmp_path / "a" / "b").iterdir()] == ["new.txt"]


def test_an_old_file_is_replaced(tmp_path):
    put(tmp_path / "file", "old")
    put(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "new"


@pytest.mark.parametrize("fault", [KeyboardInterrupt, SystemExit, ValueError, MemoryError])
def test_after_a_fault_the_old_file_stands_and_nothing_else(tmp_path, fault):
    put(tmp_path / "file", "old")
    with pytest.raises(fault), replacing(tmp_path / "file") as temporary:  # noqa: PT012
        temporary.write_text("half")
        raise fault
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("file", "old")]


def test_a_full_disk(tmp_path):
    put(tmp_path / "file", "old")
    with pytest.raises(OutputError) as error, replacing(tmp_path / "file"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(error.value) == f"cannot write {tmp_path / 'file'}: No space left on device"
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ["old"]


def test_a_folder_and_a_device_are_not_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="it is a folder"):
        put(tmp_path / "folder", "x")
    with pytest.raises(OutputError, match="a device, not a file"):
        put(Path(os.devnull), "x")
    with pytest.raises(OutputError, match="cannot write"):
        put(tmp_path / "folder" / ("long" * 100), "x")


def test_a_parent_that_is_a_file(tmp_path):
    put(tmp_path / "file", "old")
    with pytest.raises(OutputError) as error:
        put(tmp_path / "file" / "inside", "x")
    assert "\n" not in str(error.value)


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # the permissions themselves do not stop root
    with pytest.raises(OutputError, match=r"file: Permission denied$"):
        put(tmp_path / "file", "x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_permissions_are_those_of_open(tmp_path):
    (tmp_path / "plain").write_text("x")
    put(tmp_path / "file", "x")
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "file").chmod(0o640)
    put(tmp_path / "file", "y")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_keeps_pointing(tmp_path):
    put(tmp_path / "file", "old")
    (tmp_path / "link").symlink_to("file")
    put(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"
