"""The mark in what sheetsim writes: other programs read the files as ever; what they change is no longer ours."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import libreoffice
import numpy as np
import openpyxl
import pytest

from exporters import csv
from sheetsim import library
from sheetsim.errors import InputError, OutputError
from sheetsim.support import ownership
from sheetsim.support.atomic import replacing
from sheetsim.support.ownership import is_own, refuse
from sheetsim.training.results import container
from sheetsim.workbook import Workbook

ARRAYS = {"a": np.arange(6.0).reshape(2, 3), "b": np.ones(4, np.float32)}


def xlsx(path: Path) -> None:
    library.build("entropy_example").save(path)


def weights(path: Path) -> None:
    container.write(path, ARRAYS, {"version": 1, "names": ["ä", "b"]})


def picture(path: Path) -> None:
    pytest.importorskip("matplotlib")
    from sheetsim.training.results import plots

    figure, [axes] = plots.panels(1)
    axes.plot([1, 2, 4])
    plots.save(figure, path)


WRITERS: dict[str, Callable[[Path], None]] = {
    "book.xlsx": xlsx,
    "weights.npz": weights,
    "weights.safetensors": weights,
    "picture.png": picture,
}


@pytest.fixture(params=WRITERS)
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of each kind, as sheetsim wrote it."""
    if request.param.endswith(".safetensors"):
        pytest.importorskip("safetensors")
    path = tmp_path / request.param
    WRITERS[request.param](path)
    return path


# --- whose a file is --------------------------------------------------------------------------------------------------
def test_what_sheetsim_wrote_is_its_own(own: Path, tmp_path: Path) -> None:
    assert is_own(own)
    assert is_own(Path(shutil.copy(own, tmp_path / f"copy{own.suffix}")))
    WRITERS[own.name](own)
    assert is_own(own)


def test_any_other_byte_makes_it_another_file(own: Path) -> None:
    whole = own.read_bytes()
    places = {0, 1, len(whole) // 3, len(whole) // 2, *(len(whole) - back for back in (130, 80, 20, 13, 6, 1))}
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1
        own.write_bytes(changed)
        assert not is_own(own), place
    for changed in (whole + b"\0", whole[:-1], whole[: len(whole) // 2], b"", whole + whole):
        own.write_bytes(changed)
        assert not is_own(own)


def test_files_of_other_programs_are_not(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    np.savez(tmp_path / "a.npz", a=1)
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + ownership.END)
    (tmp_path / "a.safetensors").write_bytes(b"\2\0\0\0\0\0\0\0{}")
    (tmp_path / "a.csv").write_text("1,2\n")
    (tmp_path / "a.xlsm").mkdir()
    assert [path.name for path in tmp_path.iterdir() if is_own(path)] == []


def test_of_an_earlier_sheetsim_without_a_mark(own: Path) -> None:
    own.write_bytes(ownership.KINDS[own.suffix].plain(own.read_bytes()))
    assert not is_own(own)


def test_what_is_not_what_its_suffix_says_stays_as_it_is(tmp_path: Path) -> None:
    for suffix in (*ownership.KINDS, ".txt"):
        with replacing(tmp_path / f"file{suffix}") as temporary:
            temporary.write_text("just text")
        assert (tmp_path / f"file{suffix}").read_text() == "just text"


# --- other programs read it, and write it without the mark ------------------------------------------------------------
def test_openpyxl_saves_it_anew(tmp_path: Path) -> None:
    xlsx(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    book.save(tmp_path / "book.xlsx")
    assert not is_own(tmp_path / "book.xlsx")


def test_libreoffice_opens_it_and_saves_it_anew(tmp_path: Path) -> None:
    xlsx(tmp_path / "book.xlsx")
    assert libreoffice.recalculated(tmp_path / "book.xlsx")["entropy"]["D2"].value == pytest.approx(0.3010299956639812)
    assert not is_own(tmp_path / "recalculated" / "book.xlsx")


@pytest.mark.parametrize("name", ["book.xlsx", "weights.npz"])
def test_a_member_added_in_place(name: str, tmp_path: Path) -> None:
    """The archive keeps its comment, as with zip -u."""
    WRITERS[name](tmp_path / name)
    with zipfile.ZipFile(tmp_path / name, "a") as file:
        file.writestr("note.txt", "of mine")
    with zipfile.ZipFile(tmp_path / name) as file:
        assert file.testzip() is None
        assert file.comment.startswith(ownership.MARK)
    assert not is_own(tmp_path / name)


def test_the_rules_of_the_open_xml_sdk(tmp_path: Path) -> None:
    audit = pytest.importorskip("openxml_audit", reason="openxml-audit is not installed")
    marked, plain = tmp_path / "book.xlsx", tmp_path / "plain.xlsx"
    xlsx(marked)
    plain.write_bytes(ownership.KINDS[".xlsx"].plain(marked.read_bytes()))
    verdicts = [[str(error) for error in audit.OpenXmlValidator().validate(path).errors] for path in (marked, plain)]
    assert zipfile.ZipFile(plain).comment == b""
    assert verdicts[0] == verdicts[1]


def test_numpy_reads_the_arrays(tmp_path: Path) -> None:
    weights(tmp_path / "w.npz")
    with np.load(tmp_path / "w.npz", allow_pickle=False) as file:
        assert all((file[name] == array).all() for name, array in ARRAYS.items())


def test_safetensors_changed_by_its_own_library(tmp_path: Path) -> None:
    """All else in the header is kept, the mark too: the checksum tells."""
    library = pytest.importorskip("safetensors")
    from safetensors.numpy import save_file

    weights(tmp_path / "w.safetensors")
    with library.safe_open(tmp_path / "w.safetensors", framework="numpy") as file:
        header, read = file.metadata(), {name: file.get_tensor(name) for name in ARRAYS}
    assert all((read[name] == array).all() for name, array in ARRAYS.items())
    save_file(read | {"b": read["b"] * 2}, tmp_path / "w.safetensors", metadata=header)
    assert not is_own(tmp_path / "w.safetensors")


def test_pillow_reads_the_picture(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    picture(tmp_path / "p.png")
    with image.open(tmp_path / "p.png") as read:
        read.load()  # checks every chunk's CRC
        assert read.text["Comment"].encode().startswith(ownership.MARK)
        read.save(tmp_path / "p.png", pnginfo=None)
    assert not is_own(tmp_path / "p.png")


# --- refusals ---------------------------------------------------------------------------------------------------------
def test_refusals_name_all_the_files_in_a_line(tmp_path: Path) -> None:
    mine, yours, too, new = (tmp_path / name for name in ("mine.xlsx", "yours.xlsx", "too.csv", "new.xlsx"))
    xlsx(mine)
    yours.write_text("work")
    too.write_text("work")
    refuse([mine, None, new], force=False)
    refuse([yours, too], force=True)
    with pytest.raises(InputError) as one:
        refuse([mine, yours, new], force=False)
    assert str(one.value) == f"{yours} would be replaced and may hold work of yours: --force replaces it"
    with pytest.raises(InputError) as two:
        refuse([yours, mine, too, yours], force=False)
    with pytest.raises(InputError, match=r"cannot write .*: it is a folder"):
        refuse([tmp_path], force=True)
    assert str(two.value) == f"{yours}, {too} would be replaced and may hold work of yours: --force replaces them"


def test_a_csv_that_would_be_the_same_loses_nothing(tmp_path: Path) -> None:
    book = Workbook("demo")
    for title in ("a", "b"):
        book.add_sheet(title)["B2"] = "Žižek, 1\n2"
    first, second = csv.write(book, tmp_path)
    assert csv.differing(book, tmp_path) == []
    book["b"]["A1"] = 1
    assert csv.differing(book, tmp_path) == [second]
    second.unlink()
    for other in (
        b",\r\n",
        b",\r\n,1\r\n",
        first.read_bytes() + b",\r\n",
        b",\r\n,\xff\r\n",
        b'"' + b"x" * 200_000,
        b"",
    ):
        first.write_bytes(other)
        assert csv.differing(book, tmp_path) == [first]


def test_numbers_drawn_anew_are_not_compared(tmp_path: Path) -> None:
    book = Workbook("demo")
    sheet = book.add_sheet("a")
    sheet["A1"], sheet["B1"], sheet["C1"] = "=RAND()", "=A1*2", "=1+1"
    book.recalculate()
    [path] = csv.write(book, tmp_path)
    book.recalculate()
    assert csv.differing(book, tmp_path) == []
    path.write_text(path.read_text().replace(",2\n", ",3\n"))
    assert csv.differing(book, tmp_path) == [path]


# --- what is computed anew in its own place ---------------------------------------------------------------------------
def test_a_persons_file_stays_a_persons(tmp_path: Path) -> None:
    """A copy of it is sheetsim's; the file itself, computed anew, is perhaps the only copy of somebody's work."""
    frame = openpyxl.Workbook()
    frame.active["A1"], frame.active["A2"] = 2, "=A1*2"
    frame.save(tmp_path / "theirs.xlsx")
    for name, mark in {"copy.xlsx": True, "theirs.xlsx": False}.items():
        book = library.open(tmp_path / "theirs.xlsx")
        book.recalculate()
        book.save(tmp_path / name)
        assert openpyxl.load_workbook(tmp_path / name, data_only=True).active["A2"].value == 4
        assert is_own(tmp_path / name) == mark


def test_sheetsims_own_file_stays_its_own(tmp_path: Path) -> None:
    xlsx(tmp_path / "book.xlsx")
    book = library.open(tmp_path / "book.xlsx")
    book["softmax"]["B3"] = 7
    book.save(tmp_path / "book.xlsx")
    assert is_own(tmp_path / "book.xlsx")


def test_a_program_replaces_what_it_names(tmp_path: Path) -> None:
    """To ask is for the command line."""
    (tmp_path / "book.xlsx").write_text("work")
    xlsx(tmp_path / "book.xlsx")
    assert openpyxl.load_workbook(tmp_path / "book.xlsx")["entropy"]["D2"].value.startswith("=")


# --- what is changed while a command works ----------------------------------------------------------------------------
@pytest.fixture
def _asked_again() -> Iterator[None]:
    ownership.forget()
    yield
    ownership.forget()


@pytest.mark.usefixtures("_asked_again")
@pytest.mark.parametrize("was_there", [False, True])
def test_a_file_that_is_changed_meanwhile_stays(tmp_path: Path, was_there: bool) -> None:
    """And the result stands beside it; what was asked about and is not changed is replaced, as often as one likes."""
    path = tmp_path / "plan.xlsx"
    book = Workbook("plan")
    book.add_sheet("s")["A1"] = 1
    if was_there:
        book.save(path)
    refuse([path], force=False)
    book.save(path)
    book["s"]["A1"] = 2
    book.save(path)
    assert openpyxl.load_workbook(path)["s"]["A1"].value == 2
    path.write_text("a note of mine")
    for name in ("plan_2.xlsx", "plan_3.xlsx"):
        with pytest.raises(OutputError, match=f"plan.xlsx was changed meanwhile and is left as it is; .*{name}"):
            book.save(path)
        assert openpyxl.load_workbook(tmp_path / name)["s"]["A1"].value == 2
    assert path.read_text() == "a note of mine"
    ownership.forget()
    book.save(path)
    assert is_own(path)
