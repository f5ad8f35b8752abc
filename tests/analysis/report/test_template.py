"""A report in a template of the organisation's own: what is taken over, what is not, and which files are refused."""

import io
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn as word_name
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import qn
from pptx.util import Pt

from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.report import formats, powerpoint, slide_room, word
from analysis.report.compose import compose
from analysis.report.template import Template, open_template
from analysis.report.tree import Heading, Paragraphs, Report
from data.errors import InvalidInput
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords
from tests.analysis.report import templates
from tests.analysis.report.test_powerpoint import FINDING, FINDING_CARD, RECOMMENDATION, words_of
from tests.analysis.report.test_word import told
from tests.small import refused

ARABIC = PlainWords(language="ar", direction="rtl")


def report(*shown: Card, words: PlainWords = ENGLISH) -> Report:
    return compose(
        shown,
        title="The way forward",
        words=words,
        findings=[(FINDING, FINDING_CARD)],
        recommendations=[RECOMMENDATION],
    )


def slides(file: Any, *shown: Card, words: PlainWords = ENGLISH) -> Any:
    template = open_template(templates.saved(file))
    return Presentation(io.BytesIO(powerpoint.render(report(*shown, words=words), words, template.content)))


def document(file: Any, *shown: Card, words: PlainWords = ENGLISH) -> Any:
    template = open_template(templates.saved(file))
    return Document(io.BytesIO(word.render(report(*shown, words=words), words, template.content)))


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=lambda words: words.language)
@pytest.mark.parametrize("size", [(720, 540), (960, 540), (720, 405)], ids=str)
def test_in_slides_of_any_size_nothing_overlaps_and_the_templates_foot_stays_free(
    size: tuple[float, float], words: PlainWords
) -> None:
    deck = slides(templates.deck(*size), *cards.ALL, words=words)
    assert (deck.slide_width.pt, deck.slide_height.pt) == size
    foot = size[1] * 0.93
    for slide in list(deck.slides)[1:]:
        standing = [each for each in slide.shapes if not each.is_placeholder]
        title = slide.shapes.title
        charts = [each for each in standing if each.has_chart]
        for each in standing:
            assert each.left >= 0
            assert each.left + each.width <= deck.slide_width
            assert each.top >= title.top + title.height - Pt(0.1)
            assert each.top.pt + each.height.pt <= foot
        source = next(each for each in standing if each.has_text_frame and "3fa94c21d07b" in each.text_frame.text)
        assert all(chart.top + chart.height <= source.top for chart in charts)


def test_the_layouts_are_found_by_what_they_hold_wherever_they_stand_and_whatever_their_names() -> None:
    file = templates.deck()
    listed = file.slide_layouts._sldLayoutIdLst
    for each in list(listed):
        listed.insert(0, each)
    for number, layout in enumerate(file.slide_layouts):
        layout.name = f"Formato {number}"
    deck = slides(file, cards.single())
    first, second = (slide.slide_layout for slide in list(deck.slides)[:2])
    assert [each.placeholder_format.type for each in first.placeholders][:2] == [
        PP_PLACEHOLDER.CENTER_TITLE,
        PP_PLACEHOLDER.SUBTITLE,
    ]
    assert {each.placeholder_format.type for each in second.placeholders} == {
        PP_PLACEHOLDER.TITLE,
        PP_PLACEHOLDER.DATE,
        PP_PLACEHOLDER.FOOTER,
        PP_PLACEHOLDER.SLIDE_NUMBER,
    }


def test_without_a_layout_of_its_own_the_cover_uses_that_of_the_other_slides_and_asks_for_nothing_more() -> None:
    file = templates.deck()
    for layout in list(file.slide_layouts):
        if layout.name != "Two Content":
            for slide in list(file.slides._sldIdLst):
                file.part.drop_rel(slide.rId)
                file.slides._sldIdLst.remove(slide)
            file.slide_layouts.remove(layout)
    deck = slides(file, cards.single())
    assert "Replies: 400" in words_of(deck.slides[0])
    for slide in deck.slides:
        assert all(each.text_frame.text for each in slide.placeholders)


def test_a_cover_whose_layout_was_made_for_wider_slides_stays_on_the_slide() -> None:
    file = templates.deck()
    file.slide_width, file.slide_height = Pt(540), Pt(780)
    cover = slides(file, cards.single()).slides[0]
    for each in cover.placeholders:
        assert each.left >= 0
        assert each.left + each.width <= Pt(540)


def test_letters_and_colours_of_text_are_the_templates_also_on_a_dark_ground() -> None:
    deck = slides(templates.deck(960, 540, is_dark=True), *cards.ALL)
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_text_frame and shape.name != "legend":
                runs = [run for paragraph in shape.text_frame.paragraphs for run in paragraph.runs]
                plain = [run for run in runs if not run.text.startswith("■")]
                assert not any(run._r.findall(f".//{qn('a:solidFill')}") for run in plain), words_of(slide)
                assert not any(run.font.name for run in plain)
            if shape.has_chart:
                assert shape.chart.font.color.theme_color is not None
    bar = deck.slides[1].shapes
    fill = next(each for each in bar if each.has_chart).chart.plots[0].series[0].format.fill
    assert str(fill.fore_color.rgb) != templates.TITLE_COLOUR


def test_the_templates_footer_and_place_of_the_number_are_on_every_slide_and_its_own_slides_are_not() -> None:
    deck = slides(templates.deck(), cards.single())
    for number, slide in enumerate(list(deck.slides)[1:], start=2):
        kinds = {each.placeholder_format.type: each for each in slide.placeholders}
        assert kinds[PP_PLACEHOLDER.FOOTER].text_frame.text == templates.FOOT
        assert kinds[PP_PLACEHOLDER.SLIDE_NUMBER]._element.find(f".//{qn('a:fld')}").findtext(qn("a:t")) == str(number)
    assert "Old words" not in "".join(map(words_of, deck.slides))


def test_sections_that_name_slides_of_the_template_are_gone() -> None:
    file = templates.deck()
    listed = file.part._element
    extension = listed.makeelement(qn("p:extLst"))
    extension.append(listed.makeelement(qn("p:ext"), {"uri": "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"}))
    listed.append(extension)
    assert slides(file, cards.single()).part._element.find(qn("p:extLst")) is None


def test_chapters_and_words_of_staff_have_room_in_narrow_slides() -> None:
    parts = (
        Heading(level=1, text="A long chapter " * 8),
        Paragraphs(texts=tuple("Many words " * 40 for _ in range(5))),
    )
    whole = report(cards.single())
    staff = Report(**{**{name: getattr(whole, name) for name in whole.__slots__}, "parts": parts})
    template = open_template(templates.saved(templates.deck()))
    deck = Presentation(io.BytesIO(powerpoint.render(staff, ENGLISH, template.content)))
    assert len(deck.slides) > 3
    for slide in list(deck.slides)[2:]:
        box = next(each for each in slide.shapes if each.has_text_frame and "Many" in each.text_frame.text)
        texts = [each.text for each in box.text_frame.paragraphs]
        size = box.text_frame.paragraphs[0].runs[0].font.size.pt
        lines = sum(slide_room.line_count(text, box.width.pt, size, rtl=False) for text in texts)
        assert lines * size * 1.3 <= box.height.pt


@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=lambda words: words.language)
def test_a_document_keeps_the_templates_head_foot_page_and_styles_and_loses_its_text(words: PlainWords) -> None:
    made = document(templates.document(is_wide=True), *cards.ALL, words=words)
    section = made.sections[0]
    assert section.page_width > section.page_height
    assert (section.header.paragraphs[0].text, section.footer.paragraphs[0].text) == (templates.HEAD, templates.FOOT)
    heading = made.styles["Heading 1"]
    assert (str(heading.font.color.rgb), heading.font.name) == (templates.TITLE_COLOUR, "Georgia")
    assert "Old words" not in [text for _style, text in told(made)]
    styles = {style for style, _text in told(made)}
    assert {"Title", "Heading 1", "Heading 2", "Caption", "List Bullet"} <= styles
    assert ("List Bullet", "• Two in three took part.") in told(made)
    wide = section.page_width.pt - section.left_margin.pt - section.right_margin.pt
    for extent in made.element.body.iter(word_name("wp:extent")):
        assert int(extent.get("cx")) / 12_700 <= wide + 0.1


def test_a_document_of_internal_figures_says_so_below_the_templates_head_on_every_page() -> None:
    template = open_template(templates.saved(templates.document()))
    card = cards.single(audience=Audience.INTERNAL)
    made = Document(io.BytesIO(word.render(report(card), ENGLISH, template.content)))
    assert [each.text for each in made.sections[0].header.paragraphs] == [templates.HEAD, report(card).internal]


def test_head_and_foot_of_an_earlier_section_are_those_of_the_report() -> None:
    file = templates.document()
    file.add_section()
    made = document(file, cards.single())
    assert len(made.sections) == 1
    assert made.sections[0].header.paragraphs[0].text == templates.HEAD


@pytest.mark.parametrize("kind", ["pptx", "docx"])
def test_a_report_is_a_template_for_the_next_and_nothing_of_the_first_goes_on(kind: str) -> None:
    made = formats.dashboard_format(kind)
    first = formats.written(made, report(*cards.ALL), ENGLISH, None)
    second = formats.written(made, report(cards.single()), ENGLISH, open_template(first))
    whole = names(second)
    assert len(whole) == len(set(whole))
    charts = [name for name in whole if "/charts/chart" in name and name.endswith(".xml")]
    assert len(charts) == 2  # of the finding and of the question
    assert formats.written(made, report(cards.single()), ENGLISH, open_template(first)) == second


@pytest.mark.parametrize(
    ("kind", "main"), [("pptx", "presentationml.presentation"), ("docx", "wordprocessingml.document")]
)
def test_a_file_that_is_saved_as_a_template_becomes_a_report_and_no_template(kind: str, main: str) -> None:
    content = templates.saved(templates.deck() if kind == "pptx" else templates.document())
    as_template = f"{main.split('.')[0]}.template.main".encode()
    opened = open_template(templates.changed(content, "[Content_Types].xml", f"{main}.main".encode(), as_template))
    assert opened.kind == kind
    with zipfile.ZipFile(io.BytesIO(opened.content)) as archive:
        types = archive.read("[Content_Types].xml")
    assert f"{main}.main+xml".encode() in types
    assert as_template not in types
    assert formats.written(formats.dashboard_format(kind), report(cards.single()), ENGLISH, opened)


def test_the_template_that_a_document_was_made_of_is_not_asked_for_again() -> None:
    relation = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        b'Target="https://elsewhere.example/a.dotm" TargetMode="External"/></Relationships>'
    )
    content = templates.changed(templates.saved(templates.document()), "word/_rels/settings.xml.rels", b"", relation)
    made = word.render(report(cards.single()), ENGLISH, open_template(content).content)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert not any(b"elsewhere.example" in archive.read(name) for name in archive.namelist())


def macros() -> bytes:
    content = templates.saved(templates.deck())
    types = (
        b"openxmlformats-officedocument.presentationml.presentation.main",
        b"ms-powerpoint.presentation.macroEnabled.main",
    )
    return templates.changed(content, "[Content_Types].xml", *types)


def linked() -> bytes:
    relation = (
        b'<Relationship Id="rId99" Type="http://x/image" Target="https://x.example/a.png" TargetMode="External"/>'
    )
    name = "ppt/slideMasters/_rels/slideMaster1.xml.rels"
    return templates.changed(
        templates.saved(templates.deck()), name, b"</Relationships>", relation + b"</Relationships>"
    )


def with_entities() -> bytes:
    declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    return templates.changed(templates.saved(templates.deck()), "ppt/more.xml", b"", declared)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "template.unknown"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "template.unknown"),
        (templates.changed(b"PK\x05\x06" + b"\x00" * 18, "a.txt", b"", b"words"), "template.unknown"),
        (b"PK\x03\x04 no archive", "template.damaged"),
        (templates.saved(templates.document())[:-900], "template.damaged"),
        (macros(), "template.macros"),
        (templates.changed(templates.saved(templates.document()), "word/vbaProject.bin", b"", b"x"), "template.macros"),
        (linked(), "template.linked"),
        (with_entities(), "template.damaged"),
        (
            templates.changed(templates.saved(templates.deck()), "ppt/zeros.bin", b"", b"\0" * 51 * 2**20),
            "template.too_large",
        ),
    ],
    ids=["empty", "password", "zip", "broken", "cut", "pptm", "vba", "linked", "entities", "bomb"],
)
def test_what_cannot_be_a_template_is_refused_with_what_to_do(content: bytes, code: str) -> None:
    with refused(InvalidInput, code):
        open_template(content)


def without_titles() -> Any:
    file = templates.deck()
    for page in (file.slide_master, *file.slide_layouts):
        for each in list(page.placeholders):
            if each.placeholder_format.type in (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE):
                each._element.getparent().remove(each._element)
    return file


def narrow() -> Any:
    file = templates.document()
    file.sections[0].left_margin = file.sections[0].page_width * 2 // 3
    return file


def test_a_template_without_a_title_or_without_room_is_refused() -> None:
    with refused(InvalidInput, "template.no_title"):
        slides(without_titles(), cards.single())
    with refused(InvalidInput, "template.too_small"):
        slides(templates.deck(300, 200), cards.single())
    with refused(InvalidInput, "template.too_small"):
        document(narrow(), cards.single())


@pytest.mark.parametrize(
    "part", ["ppt/presentation.xml", "ppt/slideMasters/slideMaster1.xml", "ppt/slideLayouts/slideLayout6.xml"]
)
def test_a_presentation_whose_parts_are_others_is_damaged(part: str) -> None:
    content = templates.saved(templates.deck())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        old = archive.read(part)
    spoilt = open_template(templates.changed(content, part, old, b"<x/>"))
    with refused(InvalidInput, "template.damaged"):
        powerpoint.render(report(cards.single()), ENGLISH, spoilt.content)


def test_a_document_without_its_text_part_is_damaged() -> None:
    content = templates.saved(templates.document())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        old = archive.read("word/document.xml")
    spoilt = open_template(templates.changed(content, "word/document.xml", old, b"<x/>"))
    with refused(InvalidInput, "template.damaged"):
        word.render(report(cards.single()), ENGLISH, spoilt.content)


def test_a_template_is_for_its_own_format_and_for_slides_and_documents_only() -> None:
    with refused(InvalidInput, "template.other_format"):
        formats.dashboard_format("pptx", Template("docx", b""))
    with refused(InvalidInput, "template.no_format"):
        formats.dashboard_format("pdf", Template("docx", b""))
