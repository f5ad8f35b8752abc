"""Decks and documents come back from LibreOffice as they went in: it is what many of their readers have."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from analysis.report import powerpoint, word
from analysis.report.compose import compose
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords
from tests.analysis.report import office

ARABIC = PlainWords(language="ar", direction="rtl")
FILTERS = {"pptx": "pptx:Impress MS PowerPoint 2007 XML", "docx": "docx:MS Word 2007 XML"}
ROOMS = {"pptx": "ppt", "docx": "word"}


@pytest.mark.long
@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=lambda words: words.language)
@pytest.mark.parametrize("kind", FILTERS)
def test_libreoffice_keeps_every_chart_figure_and_table(kind: str, words: PlainWords, tmp_path: Path) -> None:
    office_program = shutil.which("soffice")
    assert office_program, "LibreOffice is not installed"
    report = compose(cards.ALL, title="All", words=words)
    made = {"pptx": powerpoint.render, "docx": word.render}[kind](report, words)
    (tmp_path / f"made.{kind}").write_bytes(made)
    command = [office_program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", FILTERS[kind], "--outdir", str(tmp_path / "out"), str(tmp_path / f"made.{kind}")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    kept = (tmp_path / "out" / f"made.{kind}").read_bytes()
    before, after = figures(made, ROOMS[kind]), figures(kept, ROOMS[kind])
    assert len(before) == 7
    assert after == before
    if kind == "docx":
        assert office.tables(kept) == office.tables(made)
    with zipfile.ZipFile(tmp_path / "out" / f"made.{kind}") as archive:
        assert not [name for name in archive.namelist() if name.endswith((".png", ".emf", ".wmf")) and "media" in name]


def figures(content: bytes, room: str) -> list[tuple[list[str], list[tuple[str, list[float | None]]]]]:
    """Names and figures of every chart, in an order that does not depend on the names of the parts."""
    found = [
        (
            [name.strip("\u202b\u202c") for name in categories],
            [(name.strip("\u202b\u202c"), office.rounded([values])[0]) for name, values in series],
        )
        for categories, series in office.caches(content, room)
    ]
    return sorted(found, key=repr)
