"""A chart as part of a web page: nothing outside is asked for, nothing runs, and everybody can read it."""

import json
import re
from html.parser import HTMLParser

import pytest

from analysis.charts.choose import chart
from analysis.charts.sizes import Size
from analysis.report import embed
from analysis.report.table import tabulate
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords

ARABIC = PlainWords(language="ar", direction="rtl")


class Page(HTMLParser):
    """All tags with their attributes, and the text."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def first(self, tag: str) -> dict[str, str | None]:
        return next(attributes for name, attributes in self.tags if name == tag)


def page(label: str = "Access", words: PlainWords = ENGLISH) -> str:
    card = cards.single(label=label)
    spec = chart(card, words)
    assert spec is not None
    return embed.page(spec, tabulate(card, words), words).decode()


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    written = page("<script>alert(1)</script><img src=x onerror=alert(1)>")
    found = Page(written)
    assert {tag for tag, _ in found.tags}.isdisjoint({"script", "img", "link", "iframe", "object", "use", "image"})
    assert not any(name.startswith("on") for _, attributes in found.tags for name in attributes)
    assert not any({"src", "srcset", "href", "xlink:href", "action"} & set(attributes) for _, attributes in found.tags)
    addresses = re.findall(r"url\(([^)]*)\)", written)
    assert addresses and all(each.startswith("data:font/woff2;base64,") for each in addresses)
    assert "@import" not in written
    policy = found.tags[4][1].get("content") or ""
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; font-src data:"
    assert "<script>alert(1)</script>" in found.text


@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=["en", "ar"])
def test_the_drawing_has_a_role_an_alternative_text_a_language_and_a_direction(words: PlainWords) -> None:
    found = Page(page(words=words))
    spec = chart(cards.single(label="Access"), words)
    assert spec is not None
    drawing = found.first("svg")
    assert (drawing["role"], drawing["aria-label"]) == ("img", spec.alt)
    assert drawing["direction"] == "ltr"  # words carry their direction, and are placed from the left
    for tag in ("html", "figure"):
        assert (found.first(tag)["lang"], found.first(tag)["dir"]) == (words.language, words.direction)


def test_the_numbers_stand_behind_the_drawing_as_a_table() -> None:
    found = Page(page())
    assert [tag for tag, _ in found.tags].index("svg") < [tag for tag, _ in found.tags].index("details")
    heads = [attributes.get("scope") for tag, attributes in found.tags if tag == "th"]
    assert heads.count("row") == 3
    assert "[c]" in found.text


def test_the_letters_of_the_table_are_inside_the_page() -> None:
    named = re.findall(r"@font-face\{font-family:'(Soundings Sans[ A-Z]*)';font-weight:(\w+)", page("ก"))
    assert named == [
        ("Soundings Sans", "normal"),
        ("Soundings Sans", "bold"),
    ]
    assert "@font-face{font-family:'Soundings Sans Thai';" in page("ก")
    assert "body { font-family: 'Soundings Sans', 'Soundings Sans Thai', 'Noto Sans'" in page("ก")


def test_the_page_carries_its_query() -> None:
    named = next(a for tag, a in Page(page()).tags if tag == "meta" and a.get("name") == "Soundings")
    assert json.loads(named["content"] or "")["question"] == "q"


def test_the_code_to_paste_is_one_figure_that_fits_its_room() -> None:
    card = cards.battery()
    spec = chart(card, ENGLISH)
    assert spec is not None
    code = embed.fragment(spec, tabulate(card, ENGLISH), ENGLISH, Size.SQUARE)
    assert code.startswith("<figure ") and code.endswith("</figure>") and code.count("<figure") == 1
    found = Page(code)
    assert "max-width:1080px" in (found.first("figure")["style"] or "")
    assert {"width", "height"}.isdisjoint(found.first("svg"))
