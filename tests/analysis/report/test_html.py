"""A web page that needs nothing but itself, and tells no more than the cards."""

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from analysis.charts.spec import Form
from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.report.compose import compose
from analysis.report.html import render
from analysis.report.tree import Figure, Heading, Paragraphs, Report
from survey.translator import Words
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords
from tests.analysis.report.test_powerpoint import FINDING, FINDING_CARD, RECOMMENDATION

ARABIC = PlainWords(language="ar", direction="rtl")
VOID = ("meta", "link", "img", "br", "hr", "input")


class Page(HTMLParser):
    """The elements of a page with their attributes, its words, and the table cells as rows."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(content.decode())
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("th", "td"):
            self.tables[-1][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open:
            self.texts.append((self.open[-1], data))
        if {"th", "td"} & set(self.open):
            self.tables[-1][-1][-1] += data

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def report(*shown: Card, words: PlainWords = ENGLISH, **more: Any) -> Report:
    return compose(shown, title="The way forward", words=words, **more)


def made(*shown: Card, words: PlainWords = ENGLISH, **more: Any) -> Page:
    return Page(render(report(*shown, words=words, **more), words))


def test_it_asks_for_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = made(*cards.ALL, findings=[(FINDING, FINDING_CARD)], recommendations=[RECOMMENDATION])
    assert page.all("script", "link", "img", "iframe", "object", "embed", "base", "form") == []
    for _, attributes in page.elements:
        assert not {name for name in attributes if name.startswith("on") or name in ("src", "srcset", "style")}
        for name in ("href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#")
    content = render(report(*cards.ALL), ENGLISH).decode()
    style = content[content.index("<style>") : content.index("</style>")]
    assert "@import" not in style
    assert style.count("url(") == style.count("url(data:font/woff2;base64,") == 2
    assert "http" not in content.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    (policy,) = [each for each in page.all("meta") if each.get("http-equiv")]
    assert str(policy["content"]).startswith("default-src 'none'; style-src 'unsafe-inline'")


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_the_letters_of_words_tables_and_drawings_are_inside_it(language: str) -> None:
    words, label = Words(language), {"en": "Drugs", "ar": "المخدرات", "zh": "毒品政策"}[language]
    shown = [cards.single(label=label), cards.text(label=f"{label} ก"), cards.battery()]
    content = render(compose(shown, title=label, words=words), words).decode()
    faces: dict[tuple[str, str], set[int]] = {}
    for family, weight, font in re.findall(r"family:'([^']+)';font-weight:(\w+);src:url\(data:[^,]+,([^)]+)", content):
        faces[family, weight] = set(TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap())
    regular = set().union(*(signs for (_family, weight), signs in faces.items() if weight == "normal"))
    page = Page(content.encode())
    drawn = "".join(text for tag, text in page.texts if tag not in ("style", "title", "desc"))
    bold = set().union(*(signs for (_family, weight), signs in faces.items() if weight == "bold"))
    assert {sign for sign in drawn if sign.isalnum()} <= set(map(chr, regular | bold))
    heads = "".join(cell for table in page.tables for cell in table[0])
    cells = "".join(cell for table in page.tables for line in table[1:] for cell in line)
    assert cells and {sign for sign in cells if sign.isalnum()} <= set(map(chr, regular))
    assert {sign for sign in label + heads if sign.isalnum()} <= set(map(chr, bold))
    order = re.findall(r"'(Soundings[^']+)'", content[content.index("body { font-family:") :].split("}")[0])
    assert order[0] == {"en": "Soundings Sans", "ar": "Soundings Sans Arabic", "zh": "Soundings Sans SC"}[language]
    assert "Soundings Sans Thai" in order
    assert all(str(each["font-family"]).startswith("'Soundings") for each in page.all("text"))
    assert len(content) < 500_000


def test_every_drawing_is_named_and_described_and_no_two_names_are_alike() -> None:
    page = made(*cards.ALL)
    ids = [str(attributes["id"]) for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    drawings = page.all("svg")
    assert len(drawings) == 14
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert set(str(drawing["aria-labelledby"]).split()) <= set(ids)
    described = [words for tag, words in page.texts if tag == "desc"]
    assert len(described) == 14 and all(words.endswith(".") for words in described)


def test_the_keyboard_reaches_contents_and_every_wide_table() -> None:
    page = made(cards.single(section="Work"), cards.text(section="Voices"))
    links = [str(each["href"]) for each in page.all("a")]
    assert links[0] == "#content"
    ids = {str(attributes["id"]) for _, attributes in page.elements if "id" in attributes}
    assert {link[1:] for link in links} <= ids
    assert [words for tag, words in page.texts if tag == "a"] == [
        "Skip to the content",
        "Work",
        "Most respondents (63%, n = 400) chose “Yes”.",
        "Voices",
        "What is the most positive development?",
    ]
    assert [tag for tag, _ in page.elements if tag in ("h1", "h2", "h3", "h4")] == ["h1", "h2", "h2", "h3", "h2", "h3"]
    assert all(each["tabindex"] == "0" and each["aria-label"] for each in page.all("div") if each["class"] == "scroll")
    assert len(page.all("details")) == 1


def test_its_tables_hold_every_figure_of_the_card() -> None:
    (table,) = made(cards.single()).tables
    assert table == [
        ["Option", "Count", "Share", "Share, lower bound (95 %)", "Share, upper bound (95 %)"],
        ["Yes", "250", "63%", "58%", "68%"],
        ["No", "147", "37%", "32%", "42%"],
        ["Not sure", "[c]", "[c]", "", ""],
    ]


def test_what_people_wrote_is_never_markup() -> None:
    shown = cards.single(label='<script>alert("x")</script>', rows=(cards.row("a", "<b onclick=x>A & B</b>", 10),))
    whole = replace(
        report(shown), parts=(Heading(level=1, text="<i>"), *report(shown).parts, Paragraphs(texts=("<u>",)))
    )
    page = Page(render(whole, ENGLISH))
    assert page.all("script", "i", "u", "b") == []
    assert page.tables[0][1][0] == "<b onclick=x>A & B</b>"


def test_language_and_direction_are_the_readers_and_words_of_others_keep_theirs() -> None:
    page = made(cards.text(), words=ARABIC)
    assert page.all("html") == [{"lang": "ar", "dir": "rtl"}]
    assert [each["dir"] for each in page.all("blockquote")] == ["auto"] * 3
    assert [each["lang"] for each in page.all("p") if "lang" in each] == ["en"] * 3


def test_it_tells_state_query_and_that_figures_are_internal() -> None:
    whole = report(cards.single(audience=Audience.INTERNAL))
    page = Page(render(whole, ENGLISH))
    assert [each["content"] for each in page.all("meta") if each.get("name") == "Soundings"] == [whole.provenance]
    assert ("p", "Internal figures: not for publication.") in page.texts


def test_a_chart_that_is_a_table_is_unfolded() -> None:
    whole = report(cards.multiple())
    figure = next(part for part in whole.parts if isinstance(part, Figure))
    tabled = replace(figure, spec=replace(figure.spec, form=Form.TABLE))
    page = Page(render(replace(whole, parts=(tabled,)), ENGLISH))
    assert page.all("svg") == []
    assert page.all("details") == [{"open": None}]


@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=lambda words: words.language)
def test_the_same_report_is_the_same_page(words: PlainWords) -> None:
    assert render(report(*cards.ALL, words=words), words) == render(report(*cards.ALL, words=words), words)


def test_a_name_and_its_value_are_parted_as_the_language_does() -> None:
    words = PlainWords(colon="\u00a0: ")
    content = render(report(cards.text(), words=words, recommendations=[RECOMMENDATION]), words).decode()
    assert "Addressed to\u00a0: </span><bdi>Member States" in content
