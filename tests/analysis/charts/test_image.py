"""Pictures that stand alone."""

import io
from xml.etree import ElementTree

import pytest
from PIL import Image

from analysis.charts import lettering
from analysis.charts.choose import chart
from analysis.charts.image import png, svg
from analysis.charts.spec import ChartSpec
from analysis.findings.card import Card, CardKind
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = [card for card in cards.ALL if card.kind is not CardKind.TEXT]
TITLES = {
    "en": "Where would resources matter?",
    "ru": "Где ресурсы принесли бы пользу?",
    "zh": "追加资源投向哪里作用最大？",
    "ar": "أين تُحدث الموارد فرقًا؟",
}


def described(card: Card, words: PlainWords = ENGLISH) -> ChartSpec:
    spec = chart(card, words)
    assert spec is not None
    return spec


def lines(spec: ChartSpec) -> list[str]:
    return [mark.text or "" for mark in ElementTree.fromstring(svg(spec)).iter(f"{SVG}text")]


@pytest.mark.parametrize("card", DRAWN, ids=lambda card: card.label)
def test_an_svg_holds_title_subtitle_note_source_and_alternative_text(card: Card) -> None:
    spec = described(card)
    words = " ".join(lines(spec))
    for part in (spec.title, spec.subtitle, spec.note, spec.source):
        assert part in words
    root = ElementTree.fromstring(svg(spec))
    assert root.findtext(f"{SVG}desc") == spec.alt


def test_suppressed_bars_are_written_and_not_drawn() -> None:
    spec = described(cards.single())
    root = ElementTree.fromstring(svg(spec))
    bars = [box for box in root.iter(f"{SVG}rect") if box.get("fill") == "#1b5e9c"]
    assert len(bars) == 2
    assert lines(spec).count("[c]") == 1


def test_markup_and_control_signs_in_a_label_leave_the_svg_well_formed() -> None:
    card = cards.single(rows=(cards.row("x", "<b>&\x0b</b>", 10),))
    assert "<b>&</b>" in lines(described(card))


def test_arabic_is_the_mirror_image() -> None:
    root = ElementTree.fromstring(svg(described(cards.single(), PlainWords(language="ar", direction="rtl"))))
    right_edges = {
        round(float(box.get("x", 0)) + float(box.get("width", 0)))
        for box in root.iter(f"{SVG}rect")
        if box.get("fill") == "#1b5e9c"
    }
    assert len(right_edges) == 1


@pytest.mark.parametrize("language", TITLES)
def test_each_script_is_written_with_a_bundled_family_and_visible(language: str) -> None:
    words = PlainWords(language=language, direction="rtl" if language == "ar" else "ltr")
    spec = described(cards.single(label=TITLES[language]), words)
    title = next(
        mark for mark in ElementTree.fromstring(svg(spec)).iter(f"{SVG}text") if TITLES[language] in (mark.text or "")
    )
    assert title.get("font-family", "").startswith(f"'{lettering.family(TITLES[language])}'")
    picture = Image.open(io.BytesIO(png(spec, scale=1)))
    darkness = picture.convert("L").crop((0, 20, 1000, 60)).histogram()[:100]
    assert sum(darkness) > 300


def test_a_png_is_twice_as_wide_as_the_svg() -> None:
    assert Image.open(io.BytesIO(png(described(cards.single())))).width == 2000
