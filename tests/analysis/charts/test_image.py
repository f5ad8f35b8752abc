"""Pictures that stand alone."""

import io
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from PIL import Image
from pypdf import PdfReader

from analysis.charts import lettering
from analysis.charts.choose import chart
from analysis.charts.image import pdf, png, svg
from analysis.charts.sizes import ROOMS, Size, scale_of, size_of
from analysis.charts.spec import ChartSpec
from analysis.findings.card import Card, CardKind
from data.errors import InvalidInput
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords
from tests.small import refused

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = [card for card in cards.ALL if card.kind is not CardKind.TEXT]
TITLES = {
    "en": "Where would resources matter?",
    "ru": "Где ресурсы принесли бы пользу?",
    "zh": "追加资源投向哪里作用最大？",
    "ar": "أين تُحدث الموارد فرقًا؟",
    "hi": "संसाधन कहाँ महत्वपूर्ण होंगे?",
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


@pytest.mark.parametrize(
    ("size", "pixels", "scale"),
    [
        (Size.SLIDE, (1280, 720), 1),
        (Size.SLIDE, (1280, 720), 3),
        (Size.SOCIAL, (1200, 630), 1),
        (Size.SQUARE, (1080, 1080), 2),
    ],
)
def test_a_picture_fills_its_place_at_every_scale(size: Size, pixels: tuple[int, int], scale: int) -> None:
    picture = Image.open(io.BytesIO(png(described(cards.battery()), size, scale)))
    assert picture.size == (pixels[0] * scale, pixels[1] * scale)
    assert picture.info["dpi"] == pytest.approx((96 * scale, 96 * scale), abs=0.1)


def test_a_chart_is_laid_out_for_its_place_and_not_scaled() -> None:
    """The same letters are larger in a square, so lines break elsewhere; nothing lies outside of the picture."""
    spec = described(cards.battery())
    found = {}
    for size in (Size.SLIDE, Size.SQUARE, Size.PAGE):
        root = ElementTree.fromstring(svg(spec, size))
        wide, high = (float(part) for part in root.attrib["viewBox"].split()[2:])
        assert float(root.attrib["width"]) == pytest.approx(ROOMS[size].width, abs=0.01)
        assert high / wide <= ROOMS[size].height / ROOMS[size].width + 0.002
        assert ROOMS[size].closest <= wide <= ROOMS[size].widest
        found[size] = [mark.text or "" for mark in root.iter(f"{SVG}text")]
    assert found[Size.SLIDE] != found[Size.SQUARE]
    # Narrow segments lose their figure; no word is lost.
    assert {w for t in found[Size.SQUARE] for w in t.split()} - {
        w for t in found[Size.SLIDE] for w in t.split()
    } == set()


def test_the_foot_of_a_slide_stands_at_its_foot() -> None:
    root = ElementTree.fromstring(svg(described(cards.single()), Size.SLIDE))
    high = float(root.attrib["viewBox"].split()[3])
    *_, foot = (part for part in root if part.tag == f"{SVG}g")
    down = float(foot.attrib["transform"].removeprefix("translate(0 ").removesuffix(")"))
    lowest = max(float(mark.attrib["y"]) for mark in foot.iter(f"{SVG}text")) + down
    assert high - 32 < lowest < high


def test_a_chart_that_would_be_unreadable_in_a_place_is_refused() -> None:
    spec = described(cards.single(rows=tuple(cards.row(f"o{n}", f"Option {n} " * 12, 30 - n) for n in range(30))))
    spec = replace(
        spec,
        categories=spec.categories * 3,
        series=tuple(replace(s, values=s.values * 3, labels=s.labels * 3) for s in spec.series),
    )
    with refused(InvalidInput, "size.too_small"):
        svg(spec, Size.SOCIAL)
    assert svg(spec)


@pytest.mark.parametrize("wrong", ["poster", "", "SLIDE", "plain "])
def test_an_unknown_size_is_refused(wrong: str) -> None:
    with refused(InvalidInput, "size.unknown"):
        size_of(wrong)


@pytest.mark.parametrize("wrong", ["0", "5", "1.5", "-1", "", "1e9", "²"])
def test_an_unknown_scale_is_refused(wrong: str) -> None:
    with refused(InvalidInput, "scale.unknown"):
        scale_of(wrong)


@pytest.mark.parametrize("language", TITLES)
def test_a_pdf_has_its_fonts_inside_and_words_that_can_be_searched(language: str) -> None:
    words = PlainWords(language=language, direction="rtl" if language == "ar" else "ltr")
    spec = described(cards.single(label=TITLES[language]), words)
    found = PdfReader(io.BytesIO(pdf(spec, Size.SLIDE)))
    (page,) = found.pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx((960, 540), abs=0.5)
    descriptors = [
        font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in page["/Resources"]["/Font"].values()
    ]
    assert all("/FontFile2" in each or "/FontFile3" in each for each in descriptors)
    assert all("Soundings" in each["/FontName"] for each in descriptors)
    text = page.extract_text()
    assert "63%" in text.replace("\u00a0", "")
    if language in ("en", "ru", "zh"):
        assert TITLES[language] in text
    assert found.metadata is not None and found.metadata.subject == spec.provenance


def test_a_title_that_mixes_scripts_has_every_letter_in_a_font_that_has_it() -> None:
    title = "Access الموارد and 资源 and क्षेत्रीय"
    page = PdfReader(io.BytesIO(pdf(described(cards.single(label=title))))).pages[0]
    names = {font["/BaseFont"].split("+")[1] for font in page["/Resources"]["/Font"].values()}
    assert {"SoundingsSansArabic-Bold", "SoundingsSansDevanagari-Regular"} <= names
    assert any(name.startswith("SoundingsSansSC") for name in names)
    assert "资源" in page.extract_text()


@pytest.mark.parametrize("draw", [png, pdf])
def test_a_letter_that_no_font_has_is_named_and_never_a_box(draw: Callable[[ChartSpec], bytes]) -> None:
    spec = described(cards.single(label="Party 🎉 at \ue123"))
    with pytest.raises(InvalidInput, match=r"chart\.missing_letters") as caught:
        draw(spec)
    assert caught.value.params["letters"] == "🎉 (U+1F389), \ue123 (U+E123)"
    assert "🎉" in svg(spec).decode()  # text stays text: the reader's machine has the letter, or not
