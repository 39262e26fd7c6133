"""Makes the pictures of ``docs/learn``: pages of our workbooks as LibreOffice prints them, and what commands draw.

    python docs/make_pictures.py [NAME …]

It needs ``soffice``, ``pdftotext`` and ``pdftoppm``, and for what trainings draw their data; nothing else needs it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image, ImageChops

import sheetsim

LEARN = Path(__file__).parent / "learn"
WIDEST = 900  # pixels
COLOURS = 64  # of a picture: those of sheets and charts are few
PAPER = (255, 255, 255)
MARGIN = 6  # pixels


class Page(NamedTuple):
    """The page of a workbook on which ``text`` stands, the ``nth`` such; of what is printed there a part: the edges
    left, top, right, bottom, from 0 to 1."""

    workbook: str
    text: str
    nth: int = 0
    part: tuple[float, float, float, float] = (0, 0, 1, 1)
    dots: int = 200  # an inch


class Drawn(NamedTuple):
    """A file of those that a command writes into ``pictures``."""

    command: str
    file: str


PICTURES: dict[str, Page | Drawn] = {
    "layers": Page("tiny_nn", "Blue is where class 1"),
    "fine-tuning": Page("tiny_nn", "A rate for each layer group from what"),
    "embeddings": Page("ideas", "What each factor adds to the match"),
    "fitting-embeddings": Page("collab_sgd", "RMSE after each epoch", 0, (0.1495, 0.0235, 0.292, 0.136), 500),
    "movies": Drawn("train movielens", "movielens_components_1_2.png"),
    "overfitting": Page("ideas", "Degree 9 goes through all ten points", 0, (0.55, 0.03, 1, 0.75)),
    "weight-decay": Page("weight_decay", "b of the four, a step a row"),
    "mnist": Drawn("train mnist", "nn_worst_digits.png"),
    "gradient-descent": Page("graddesc", "y, and what each row predicts"),
    "batches": Page("ideas", "A row is a step on the next few", 1, (0.63, 0.1, 1, 1)),
    "running-averages": Page("ideas", "The average begins at 0", 0, (0.5, 0.07, 1, 1)),
    "one-cycle": Page("ideas", "The rate rises to its peak", 0, (0.57, 0.1, 1, 0.75)),
    "cross-entropy": Page("losses", "A loss below zero"),
    "several-labels": Page("losses", "Each label has a sigmoid", 0, (0, 0.42, 0.8, 1)),
}


#: Epochs that are written out below one another in the workbook; of gradient descent on embeddings, pressed.
EPOCHS = {"tiny_nn": 20}
PRESSES = {"collab_sgd": 9}  # of Run, after the five epochs that it is stored with


def sheetsim_(*words: str) -> None:
    """A command of ours."""
    subprocess.run([sys.executable, "-m", "sheetsim", *words], check=True, capture_output=True)


def printed(name: str, folder: Path) -> Path:
    """The workbook as a PDF; made once."""
    pdf = folder / f"{name}.pdf"
    if pdf.exists():
        return pdf
    if name in PRESSES:
        book = sheetsim.open(name)
        for _ in range(PRESSES[name]):
            book.press("sgd", "run")
        book.save(folder / f"{name}.xlsx")
    else:
        sheetsim_("build", name, "--out", str(folder), *(("--epochs", str(EPOCHS[name])) if name in EPOCHS else ()))
    (file,) = folder.glob(f"{name}*.xlsx")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    arguments = [profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(file)]
    subprocess.run(["soffice", *arguments], check=True, capture_output=True)
    return file.with_suffix(".pdf").rename(pdf)


def page(wanted: Page, folder: Path) -> Image.Image:
    pdf = printed(wanted.workbook, folder)
    told = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    found = [number for number, text in enumerate(told.split("\f"), 1) if wanted.text in " ".join(text.split())]
    number = str(found[wanted.nth])
    stem = folder / "page"
    subprocess.run(
        ["pdftoppm", "-r", str(wanted.dots), "-f", number, "-l", number, "-png", "-singlefile", pdf, stem], check=True
    )
    whole = trimmed(Image.open(stem.with_suffix(".png")).convert("RGB"))
    sizes = (whole.width, whole.height) * 2
    box = [round(edge * size) for edge, size in zip(wanted.part, sizes, strict=True)]
    return trimmed(whole.crop((box[0], box[1], box[2], box[3])))


def drawn(wanted: Drawn, folder: Path) -> Image.Image:
    sheetsim_(*wanted.command.split(), "--plots", str(folder / "pictures"), "--force")
    return trimmed(Image.open(folder / "pictures" / wanted.file).convert("RGB"))


def trimmed(picture: Image.Image) -> Image.Image:
    """Without the empty paper around it, but for a margin."""
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, PAPER)).getbbox() or (0, 0, *picture.size)
    left, top, right, bottom = box
    edges = (max(left - MARGIN, 0), max(top - MARGIN, 0), right + MARGIN, bottom + MARGIN)
    return picture.crop((edges[0], edges[1], min(edges[2], picture.width), min(edges[3], picture.height)))


def small(picture: Image.Image) -> Image.Image:
    """Not too wide, and in few colours."""
    if picture.width > WIDEST:
        height = round(picture.height * WIDEST / picture.width)
        picture = picture.resize((WIDEST, height), Image.Resampling.LANCZOS)
    return picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def main(names: list[str]) -> None:
    with TemporaryDirectory() as at:
        for name in names or PICTURES:
            wanted = PICTURES[name]
            picture = page(wanted, Path(at)) if isinstance(wanted, Page) else drawn(wanted, Path(at))
            file = LEARN / f"{name}.png"
            small(picture).save(file, optimize=True)
            print(f"{file.name}: {file.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
