"""The demonstration's deck, document and PDF as pictures of their pages: `python -m tests.printed [FOLDER]`.

LibreOffice sets the pages and pdftoppm (poppler) draws them; what is missing is said, and nothing is drawn. Of each
file there is one picture of all pages and one of each: en-pptx.png, en-pptx/01.png. "home" is the deck that came home
after somebody changed a title and moved a slide to the end.
"""

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from pptx import Presentation

from analysis import homecoming, take_away
from analysis.opened_data import Filters
from data.settings import Settings
from data.store import Store, open_store
from survey import demo
from survey.access import OPERATOR
from survey.translator import LANGUAGES, Words

NEEDED = {"soffice": "libreoffice-impress libreoffice-writer", "pdftoppm": "poppler-utils"}
"""Programs, and the packages of Debian that hold them."""
KINDS = ("pptx", "docx", "pdf", "home")
NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
TONGUES = ("en", "ar", "zh")
DOTS_PER_INCH = 80
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Cache/Writer">
<prop oor:name="OLE_Objects" oor:op="fuse"><value>500</value></prop></item></oor:items>
"""
"""Without it LibreOffice squeezes the charts of a document that has more than 20."""
ACROSS, SMALL = 4, 480
EDITED_TITLE = "Our own words for the board"


def main(arguments: list[str]) -> int:
    """The pictures lie in the folder, var/printed unless another is named; 1 when a program is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.printed")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("var") / "printed")
    parser.add_argument(
        "--language", action="append", choices=list(LANGUAGES), help="repeatable; en, ar and zh without"
    )
    parser.add_argument("--kind", action="append", choices=KINDS, help="repeatable; all without")
    asked = parser.parse_args(arguments)
    if lines := missing():
        print("\n".join(lines), file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as place:
        store = open_store(Settings(database_url=f"sqlite:///{Path(place) / 'soundings.db'}"), migrate=True)
        try:
            demo.load(store, actor=OPERATOR, now=NOW)
            for language in asked.language or TONGUES:
                for kind in asked.kind or KINDS:
                    pages = drawn(made(store, kind, Words(language)), Path(place), "pptx" if kind == "home" else kind)
                    laid(pages, asked.folder, f"{language}-{kind}")
                    print(f"{asked.folder / f'{language}-{kind}.png'}: {len(pages)} pages")
        finally:
            store.close()
    return 0


def missing() -> list[str]:
    """A line for each program that is not there, with what to type."""
    return [
        f"{program} was not found, so no page is drawn. Type: sudo apt-get install -y {package}"
        for program, package in NEEDED.items()
        if shutil.which(program) is None
    ]


def made(store: Store, kind: str, words: Words) -> bytes:
    """The whole dashboard of the demonstration as a file."""
    asked = {"actor": OPERATOR, "words": words, "filters": Filters(), "now": NOW}
    wanted = "pptx" if kind == "home" else kind
    file = take_away.dashboard_file(store, demo.SLUG, wanted, **asked).content  # type: ignore[arg-type]
    return homecoming.refresh(store, edited(file), actor=OPERATOR, now=NOW)[0] if kind == "home" else file


def edited(deck: bytes) -> bytes:
    """The deck with a title of somebody's own on its third slide, and its fourth slide at the end."""
    file = Presentation(io.BytesIO(deck))
    title = file.slides[2].shapes.title
    if title is not None:
        title.text_frame.paragraphs[0].runs[0].text = EDITED_TITLE
    order = file.slides._sldIdLst
    order.append(order[3])
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def drawn(content: bytes, place: Path, kind: str) -> list[Image.Image]:
    """Every page of a file as a picture, as LibreOffice sets it; those of a PDF as they are."""
    settings = place / "profile" / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        settings.write_text(PROFILE, encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=place) as inside:
        folder = Path(inside)
        (folder / f"made.{kind}").write_bytes(content)
        if kind != "pdf":
            profile = f"-env:UserInstallation={(place / 'profile').as_uri()}"
            _run(["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", inside, f"{inside}/made.{kind}"])
        _run(["pdftoppm", "-r", str(DOTS_PER_INCH), "-png", f"{inside}/made.pdf", f"{inside}/page"])
        return [Image.open(io.BytesIO(page.read_bytes())).convert("RGB") for page in sorted(folder.glob("page-*.png"))]


def laid(pages: Sequence[Image.Image], folder: Path, name: str) -> None:
    """One picture for each page, and one with all of them side by side."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    for old in (folder / name).glob("*.png"):
        old.unlink()
    for number, page in enumerate(pages, start=1):
        page.save(folder / name / f"{number:02d}.png")
    sheet(pages).save(folder / f"{name}.png")


def sheet(pages: Sequence[Image.Image]) -> Image.Image:
    """All pages small, in rows from left to right."""
    small = [page.resize((SMALL, round(page.height * SMALL / page.width))) for page in pages]
    high = max(page.height for page in small) + 8
    found = Image.new("RGB", (ACROSS * (SMALL + 8), -(-len(small) // ACROSS) * high), "#808080")
    for page, (left, top) in zip(small, _places(high), strict=False):
        found.paste(page, (left, top))
    return found


def _places(high: int) -> Iterator[tuple[int, int]]:
    at = 0
    while True:
        yield at % ACROSS * (SMALL + 8), at // ACROSS * high
        at += 1


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=600)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
