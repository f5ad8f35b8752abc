"""Decks and documents come back from LibreOffice as they went in: it is what many of their readers have.

Every form that Office draws itself is there; the others are tables.
"""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from analysis.charts.choose import chart
from analysis.charts.spec import ChartSpec, Form
from analysis.findings.card import Card
from analysis.report import native_chart, native_points, powerpoint, word
from analysis.report.compose import bound, compose
from analysis.report.tree import Figure
from survey.translator import Words
from tests.analysis import cards, hard_cards
from tests.analysis.cards import ENGLISH, PlainWords
from tests.analysis.charts.family import family
from tests.analysis.report import office

ARABIC = PlainWords(language="ar", direction="rtl")
FILTERS = {"pptx": "pptx:Impress MS PowerPoint 2007 XML", "docx": "docx:MS Word 2007 XML"}
ROOMS = {"pptx": "ppt", "docx": "word"}


@pytest.mark.long
@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=lambda words: words.language)
@pytest.mark.parametrize("kind", FILTERS)
def test_libreoffice_keeps_every_chart_figure_and_table(kind: str, words: PlainWords, tmp_path: Path) -> None:
    report = compose(cards.ALL, title="All", words=words)
    made = {"pptx": powerpoint.render, "docx": word.render}[kind](report, words)
    kept = resaved(made, kind, tmp_path)
    before, after = figures(made, ROOMS[kind]), figures(kept, ROOMS[kind])
    assert len(before) == 7
    assert after == before
    if kind == "docx":
        assert office.tables(kept) == office.tables(made)
    with zipfile.ZipFile(tmp_path / "out" / f"made.{kind}") as archive:
        assert not [name for name in archive.namelist() if name.endswith((".png", ".emf", ".wmf")) and "media" in name]


DRAWN = {
    "pptx": (*native_chart.SHAPES, *native_points.FORMS, Form.SCATTER, Form.SLOPE, Form.UPSET),
    "docx": (*native_chart.SHAPES, Form.INTERVALS, Form.SCATTER, Form.UPSET),
}
"""The forms that are charts of Office's own in a file of each kind."""


@pytest.mark.long
@pytest.mark.parametrize("words", ["en", "ar"])
@pytest.mark.parametrize("kind", FILTERS)
def test_libreoffice_keeps_the_figures_of_every_form_that_office_draws(kind: str, words: str, tmp_path: Path) -> None:
    told, card = Words(words), cards.multiple()
    specs = dict(family(words))
    specs[Form.UPSET] = drawn(hard_cards.together(4, "many answers"), told, form=Form.UPSET)
    of_tables = {Form.TABLE, Form.HEAT_MAP, Form.MULTIPLES, Form.TILES, Form.OPINIONS}
    assert {*Form} - of_tables == {*DRAWN["pptx"]}
    parts = [Figure(spec=specs[form], card=card) for form in DRAWN[kind]]
    report = bound(parts, card, title="All", words=told, asked="")
    made = {"pptx": powerpoint.render, "docx": word.render}[kind](report, told)
    kept = resaved(made, kind, tmp_path)
    before = figures(made, ROOMS[kind])
    assert len(before) >= len(DRAWN[kind])
    assert figures(kept, ROOMS[kind]) == before


def drawn(card: Card, words: Words, *, form: Form) -> ChartSpec:
    spec = chart(card, words, form=form)
    assert spec is not None
    return spec


def resaved(content: bytes, kind: str, place: Path) -> bytes:
    """The file as LibreOffice saves it."""
    program = shutil.which("soffice")
    assert program, "LibreOffice is not installed"
    (place / f"made.{kind}").write_bytes(content)
    command = [program, f"-env:UserInstallation={(place / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", FILTERS[kind], "--outdir", str(place / "out"), str(place / f"made.{kind}")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return (place / "out" / f"made.{kind}").read_bytes()


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
