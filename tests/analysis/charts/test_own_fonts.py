"""The fonts inside a drawing: every letter that is drawn, no others, under names that no other drawing has."""

import base64
import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont

from analysis.charts import image, lettering, own_fonts
from analysis.charts.choose import chart
from analysis.charts.spec import ChartSpec
from data.errors import InvalidInput
from tests.analysis import cards
from tests.analysis.cards import PlainWords
from tests.small import refused

SVG = "{http://www.w3.org/2000/svg}"
TITLES = {
    "en": "Access to services, naïve Ångström",
    "ar": "الوصول إلى الخدمات 12",
    "zh": "获得服务的机会 AB",
    "ru": "Доступ к услугам",
    "hi": "सेवाओं तक पहुँच and services",
}


def described(title: str, language: str = "en") -> ChartSpec:
    words = PlainWords(language=language, direction="rtl" if language == "ar" else "ltr")
    spec = chart(cards.single(label=title), words)
    assert spec is not None
    return replace(spec, title=title)


def fonts(drawing: bytes) -> dict[str, tuple[str, TTFont]]:
    """Name -> (weight, font) of each face."""
    style = ElementTree.fromstring(drawing).findtext(f"{SVG}style") or ""
    source = r"src:url\(data:font/woff2;base64,([^)]+)\) format\('woff2'\)"
    rule = rf"@font-face\{{font-family:'([^']+)';font-weight:(\w+);{source}\}}"
    found = re.findall(rule, style)
    assert re.sub(rule, "", style) == ""
    return {name: (weight, TTFont(io.BytesIO(base64.b64decode(content)))) for name, weight, content in found}


@pytest.mark.parametrize("language", TITLES)
def test_every_letter_is_in_a_font_that_the_text_names(language: str) -> None:
    drawing = own_fonts.with_fonts(image.svg(described(TITLES[language], language)))
    faces, drawn = fonts(drawing), set()
    for mark in ElementTree.fromstring(drawing).iter(f"{SVG}text"):
        named = re.findall(r"'([^']+)'", mark.get("font-family", ""))
        own = [faces[name] for name in named if name in faces]
        assert {weight for weight, _font in own} == {mark.get("font-weight")}
        letters = {sign for sign in mark.text or "" if sign not in "\u202b\u202c"}
        has = {chr(code) for _weight, font in own for code in font.getBestCmap()}
        assert letters <= has
        drawn |= set(mark.text or "")
    assert {chr(code) for _weight, font in faces.values() for code in font.getBestCmap()} <= drawn | {"\u25cc"}


def weights_of(page: str, sign: str) -> list[str]:
    """Of the faces in the style of a page that have a sign."""
    style = own_fonts.of_page(page, lettering.families("Numbers"))
    found = re.findall(r"font-weight:(\w+);src:url\(data:font/woff2;base64,([^)]+)\)", style)
    fonts = ((weight, TTFont(io.BytesIO(base64.b64decode(content)))) for weight, content in found)
    return sorted(weight for weight, font in fonts if ord(sign) in font.getBestCmap())


@pytest.mark.parametrize("sign", ["ж", "ض"])
def test_what_a_page_sets_bold_or_normal_has_its_letters_in_both_weights(sign: str) -> None:
    """Labels of rows are normal and heads of columns bold; so are summaries and the levels of the contents."""
    row = f"<table><thead><tr><th>a</th></tr></thead><tbody><tr><th>{sign}</th><td>b</td></tr></tbody></table>"
    for page in (row, f"<details><summary>{sign}</summary></details>", f"<nav><ol><li>{sign}</li></ol></nav>"):
        assert weights_of(page, sign) == ["bold", "normal"]
    assert weights_of(f"<p>{sign}</p>", sign) == ["normal"]
    assert weights_of(f"<h2>{sign}</h2>", sign) == weights_of(f"<nav><h2>{sign}</h2></nav>", sign) == ["bold"]


def test_arabic_keeps_what_joins_its_letters() -> None:
    faces = fonts(own_fonts.with_fonts(image.svg(described(TITLES["ar"], "ar"))))
    arabic = next(font for name, (weight, font) in faces.items() if "Arabic" in name and weight == "bold")
    features = {record.FeatureTag for record in arabic["GSUB"].table.FeatureList.FeatureRecord}
    assert {"init", "medi", "fina"} <= features


@pytest.mark.parametrize(("language", "most"), [("en", 40_000), ("ar", 60_000), ("zh", 60_000)])
def test_a_drawing_grows_by_the_letters_that_it_uses(language: str, most: int) -> None:
    drawing = image.svg(described(TITLES[language], language))
    made = own_fonts.with_fonts(drawing)
    assert 0 < len(made) - len(drawing) < most
    assert made == own_fonts.with_fonts(drawing)


def test_two_drawings_in_one_page_do_not_take_each_others_letters() -> None:
    one, other = (fonts(own_fonts.with_fonts(image.svg(described(title)))) for title in ("Access", "Zebra crossing"))
    bold = [{name for name, (weight, _font) in each.items() if weight == "bold"} for each in (one, other)]
    assert bold[0].isdisjoint(bold[1])


def test_marks_and_words_stay_as_they_were() -> None:
    drawing = image.svg(described(TITLES["ar"], "ar"))
    before, after = (ElementTree.fromstring(each) for each in (drawing, own_fonts.with_fonts(drawing)))
    after.remove(after.find(f"{SVG}style"))  # type: ignore[arg-type]
    for one, other in zip(before.iter(), after.iter(), strict=True):
        kept = {name: value for name, value in other.attrib.items() if name != "font-family"}
        assert (one.tag, one.text, {k: v for k, v in one.attrib.items() if k != "font-family"}) == (
            other.tag,
            other.text,
            kept,
        )


def test_a_letter_that_no_font_has_is_named_as_in_a_png() -> None:
    with refused(InvalidInput, "chart.missing_letters"):
        own_fonts.with_fonts(image.svg(described("Access 😀")))
