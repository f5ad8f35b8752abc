"""The registry of formats."""

import pytest

from analysis.report.compose import compose
from analysis.report.formats import CHART_FORMATS, DASHBOARD_FORMATS, PLAIN_LOOK
from data.errors import InvalidInput
from tests.analysis import cards
from tests.analysis.cards import ENGLISH

BEGINNINGS = {
    "png": b"\x89PNG",
    "svg": b"<?xml",
    "csv": b"\xef\xbb\xbf",
    "xlsx": b"PK",
    "pptx": b"PK",
    "docx": b"PK",
    "pdf": b"%PDF-",
    "html": b"<!doctype html>",
    "code": b"<figure ",
}


@pytest.mark.parametrize("name", CHART_FORMATS)
def test_each_chart_format_makes_a_file_of_its_kind(name: str) -> None:
    chosen = CHART_FORMATS[name]
    assert chosen.extension == (".code.txt" if name == "code" else f".{name}")
    assert chosen.make(cards.battery(), ENGLISH, PLAIN_LOOK).startswith(BEGINNINGS[name])


@pytest.mark.parametrize("name", DASHBOARD_FORMATS)
def test_each_dashboard_format_makes_a_file_of_its_kind(name: str) -> None:
    file = DASHBOARD_FORMATS[name].make(compose(cards.ALL, title="All", words=ENGLISH), ENGLISH)
    assert file.startswith(BEGINNINGS[name])


@pytest.mark.parametrize("name", ["png", "svg", "pdf", "html", "code"])
def test_open_answers_have_no_picture(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"format\.no_chart"):
        CHART_FORMATS[name].make(cards.text(), ENGLISH, PLAIN_LOOK)


def test_open_answers_have_tables() -> None:
    assert CHART_FORMATS["csv"].make(cards.text(), ENGLISH, PLAIN_LOOK).count(b"naloxone") == 5
