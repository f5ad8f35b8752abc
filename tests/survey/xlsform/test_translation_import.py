"""Translators' files: out, back in, and what can be wrong with them."""

# ruff: noqa: E501 - forms stand here as Markdown tables

import io
from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

from data.errors import InvalidInput
from survey.questionnaire import Questionnaire
from survey.words import MESSAGES
from survey.xlsform.checker import check
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import Sheets, from_markdown
from survey.xlsform.translation_files import FileFormat, delivered, export
from survey.xlsform.translation_import import TakenIn, take_in
from survey.xlsform.translation_memory import TranslationMemory
from survey.xlsform.translations import Status, placeholders_of, progress, remembered, strings
from survey.xlsform.writer import to_sheets
from tests.survey.xlsform.questionnaires import questionnaires
from tests.survey.xlsform.test_translations import FORM, NOW

FORMATS: tuple[FileFormat, ...] = ("xlsx", "xliff")
LATER = datetime(2026, 11, 24, tzinfo=UTC)
SAMPLES = {
    "fr": "Traduit « é » {0}",
    "es": "¿Traducido? {0}",
    "ru": "Переведено {0}",
    "ar": "مترجم {0}",
    "zh": "已翻译 {0}",
    "sw": "Imetafsiriwa {0}",
}
PLAIN = """
| survey |
| | type | name | label | hint |
| | text | a | What, ${b}? | =1+1 |
| | select_one f | b | Which? | |
| | note | n | a \\| b | |
| | text | d | D | |
| | text | e | E | |
| choices |
| | list_name | name | label |
| | f | x | X & "Y" <z> |
"""
slow = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def filled_in(content: bytes, words: Callable[[str, str, str], tuple[str, str]]) -> bytes:
    """The file with `words(id, source, current)` as translation and status, as a translator's program saves it."""
    if content[:2] == b"PK":
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book["translation"]
        heads = [str(cell.value).partition("::")[0] for cell in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            cells = dict(zip(heads, row, strict=True))
            given = [str(cells[name].value or "") for name in ("id", "source", "translation")]
            translation, status = words(*given)
            cells["translation"].value = translation or None
            cells["translation"].data_type = "s" if translation else "n"
            cells["status"].value = status or cells["status"].value
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()
    ElementTree.register_namespace("", "urn:oasis:names:tc:xliff:document:1.2")
    root = ElementTree.fromstring(content)
    name = "{urn:oasis:names:tc:xliff:document:1.2}"
    for unit in root.iter(f"{name}trans-unit"):
        source, target_element = unit.find(f"{name}source"), unit.find(f"{name}target")
        assert source is not None and target_element is not None
        translation, status = words(unit.get("id", ""), source.text or "", target_element.text or "")
        target_element.text = translation
        if status:
            states = {"translated": "final", "needs review": "needs-review-translation"}
            target_element.set("state", states[status])
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def kept_placeholders(template: str) -> Callable[[str, str, str], tuple[str, str]]:
    """Every text translated alike, with its id and the placeholders of its source."""
    return lambda identity, source, _: (" ".join([template.format(identity), *placeholders_of(source)]), "translated")


def changed(identity: str, words: str, status: str = "") -> Callable[[str, str, str], tuple[str, str]]:
    """One text changed, every other as it was."""
    return lambda each, _, current: (words, status) if each == identity else (current, "")


def back(sheets: Sheets, content: bytes, memory: TranslationMemory | None = None, language: str = "") -> TakenIn:
    return take_in(sheets, delivered(content), memory=memory, language=language, now=LATER)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("tag", SAMPLES)
def test_a_whole_translation_comes_back_into_a_form_without_languages(tag: str, file_format: FileFormat) -> None:
    sheets = from_markdown(PLAIN)
    content = filled_in(export(sheets, tag, file_format), kept_placeholders(SAMPLES[tag]))
    taken = back(sheets, content)
    assert taken.report.issues == ()
    assert taken.report.taken == tuple(text.id for text in strings(sheets, tag))
    questionnaire = read_questionnaire(taken.sheets)
    assert [language.tag for language in questionnaire.languages] == ["en", tag]
    assert questionnaire.default_language == "en"
    assert questionnaire.question("a").label.by_tag["en"] == "What, ${b}?"
    assert SAMPLES[tag].format("survey:a:label") in questionnaire.question("a").label.by_tag[tag]
    assert progress(taken.sheets, taken.memory)[0].share == 1.0
    assert [issue for issue in check(taken.sheets) if issue.severity == "error"] == []
    assert [issue.code for issue in check(taken.sheets) if issue.code.startswith(("language", "translation"))] == []


@pytest.mark.parametrize("file_format", FORMATS)
@slow
@given(questionnaire=questionnaires(most_questions=8))
def test_a_file_that_nobody_touched_changes_nothing(questionnaire: Questionnaire, file_format: FileFormat) -> None:
    sheets = to_sheets(questionnaire)
    for tag in ({language.tag for language in questionnaire.languages} | {"fr", "sw"}) - {
        questionnaire.default_language
    }:
        taken = back(sheets, export(sheets, tag, file_format))
        assert taken.sheets == sheets
        assert (taken.report.taken, taken.report.stale, taken.report.faulty) == ((), (), ())
        assert taken.memory == remembered(TranslationMemory(), sheets, now=LATER)


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_new_column_stands_beside_those_of_its_kind(file_format: FileFormat) -> None:
    sheets = from_markdown(FORM)
    content = filled_in(export(sheets, "es", file_format), changed("survey:n:label", "Nombre"))
    taken = back(sheets, content)
    assert taken.sheets.headers["survey"][:5] == (
        "type",
        "name",
        "label::English (en)",
        "label::Français (fr)",
        "label::Español (es)",
    )
    assert taken.sheets.headers["choices"] == sheets.headers["choices"]
    assert (taken.report.taken, len(taken.report.empty)) == (("survey:n:label",), len(strings(sheets, "es")) - 1)


def test_the_spelling_of_a_language_is_kept() -> None:
    sheets = from_markdown(
        "| survey |\n| | type | name | label::English | label::French | hint::English |\n| | text | a | A | Un | H |"
    )
    taken = back(sheets, filled_in(export(sheets, "fr", "xlsx"), changed("survey:a:hint", "Aide")))
    assert taken.sheets.headers["survey"][-1] == "hint::French"


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_source_that_changed_after_the_export_is_reported_and_stays_stale(file_format: FileFormat) -> None:
    before = from_markdown(FORM)
    content = filled_in(export(before, "fr", file_format), changed("survey:inner:label", "Intérieur"))
    after = from_markdown(FORM.replace("| Inner |", "| Inside |").replace("| Section |", "| Part |"))
    taken = back(after, content)
    assert set(taken.report.stale) == {"survey:inner:label", "survey:g:label"}
    assert {issue.code for issue in taken.report.issues} == {"translation.source_changed"}
    status = {text.id: (text.current, text.status) for text in strings(taken.sheets, "fr", taken.memory)}
    assert status["survey:inner:label"] == ("Intérieur", Status.STALE)
    assert status["survey:g:label"] == ("Partie", Status.STALE)


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_translation_of_an_older_source_replaces_no_newer_one(file_format: FileFormat) -> None:
    old = export(from_markdown(FORM), "fr", file_format)
    newer = from_markdown(FORM.replace("| Section | Partie |", "| Part | Chapitre |"))
    memory = remembered(TranslationMemory(), newer, now=NOW)
    taken = back(newer, old, memory)
    assert taken.sheets == newer
    assert taken.report.stale == ("survey:g:label",)
    assert taken.memory == memory


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_translator_confirms_that_a_stale_translation_still_fits(file_format: FileFormat) -> None:
    memory = remembered(TranslationMemory(), from_markdown(FORM), now=NOW)
    after = from_markdown(FORM.replace("| Section |", "| The section |"))
    content = filled_in(export(after, "fr", file_format, memory), changed("survey:g:label", "Partie", "translated"))
    taken = back(after, content, memory)
    assert (taken.report.taken, taken.sheets) == (("survey:g:label",), after)
    assert strings(after, "fr", taken.memory)[0].status is Status.TRANSLATED
    untouched = back(after, export(after, "fr", file_format, memory), memory)
    assert (untouched.report.taken, untouched.memory) == ((), memory)


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_translator_asks_for_a_review(file_format: FileFormat) -> None:
    sheets = from_markdown(FORM)
    content = filled_in(export(sheets, "fr", file_format), changed("survey:n:label", "Prénom", "needs review"))
    taken = back(sheets, content)
    status = {text.id: text.status for text in strings(taken.sheets, "fr", taken.memory)}
    assert status["survey:n:label"] is Status.REVIEW


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize(
    ("identity", "words", "code", "names"),
    [
        ("survey:a:label", "Vraiment d'accord ?", "translation.placeholder", "${n}"),
        ("survey:n:label", "Nom ${x}", "translation.foreign_placeholder", "${x}"),
    ],
)
def test_placeholders_must_stay_as_they_are(
    file_format: FileFormat, identity: str, words: str, code: str, names: str
) -> None:
    sheets = from_markdown(FORM)
    taken = back(sheets, filled_in(export(sheets, "fr", file_format), changed(identity, words)))
    assert taken.sheets == sheets
    assert [(issue.code, issue.id, dict(issue.params)) for issue in taken.report.issues] == [
        (code, identity, {"names": names})
    ]
    assert taken.report.faulty == (identity,)


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_emptied_translation_is_told_and_kept(file_format: FileFormat) -> None:
    sheets = from_markdown(FORM)
    taken = back(sheets, filled_in(export(sheets, "fr", file_format), changed("survey:g:label", "")))
    assert taken.sheets == sheets
    assert [(issue.code, issue.id) for issue in taken.report.issues] == [("translation.emptied", "survey:g:label")]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Partie \u202eune", True),
        ("Partie \u202eune\u202c", False),
        ("\u2067Partie", True),
        ("\u2067Partie\u2069", False),
    ],
)
def test_a_sign_that_turns_the_direction_and_is_not_closed_is_told(words: str, told: bool) -> None:
    sheets = from_markdown(FORM)
    content = filled_in(export(sheets, "fr", "xlsx"), changed("survey:g:label", words))
    report = back(sheets, content).report
    assert ("translation.direction" in [issue.code for issue in report.issues]) is told
    assert report.taken == ("survey:g:label",)


def test_every_fault_is_told_at_once_with_its_row() -> None:
    sheets = from_markdown(FORM)
    book = openpyxl.load_workbook(io.BytesIO(export(sheets, "fr", "xlsx")))
    sheet = book["translation"]
    sheet["J2"] = "survey:unknown:label"
    sheet["J3"] = "survey:n:label"
    sheet["E5"] = "=1+1"
    sheet["E8"] = "Certes"
    target = io.BytesIO()
    book.save(target)
    taken = back(sheets, target.getvalue())
    assert [(issue.code, issue.place) for issue in taken.report.issues] == [
        ("translation.unknown_id", 2),
        ("translation.duplicate", 3),
        ("translation.formula", 5),
        ("translation.duplicate", 6),
    ]
    assert taken.report.taken == ("choices:yn:a%3A1#2:label",)
    assert taken.report.absent == ("survey:g:label", "survey:a:label")
    assert all(issue.code in MESSAGES for issue in taken.report.issues)


def test_the_wrong_language_is_refused() -> None:
    sheets = from_markdown(FORM)
    with pytest.raises(InvalidInput, match=r"translation\.language"):
        back(sheets, export(sheets, "fr", "xlsx"), language="es")
    swapped = export(sheets, "fr", "xliff").replace(b'source-language="en"', b'source-language="de"')
    with pytest.raises(InvalidInput, match=r"translation\.source_language"):
        back(sheets, swapped)
    onto_itself = export(sheets, "fr", "xliff").replace(b'target-language="fr"', b'target-language="en"')
    with pytest.raises(InvalidInput, match=r"translation\.default_language"):
        back(sheets, onto_itself)


@pytest.mark.parametrize("tag", ["ar", "zh", "ru"])
def test_words_in_another_script_are_refused(tag: str) -> None:
    sheets = from_markdown(PLAIN)
    content = filled_in(export(sheets, tag, "xlsx"), kept_placeholders("Traduit {0}"))
    with pytest.raises(InvalidInput, match=r"translation\.wrong_script"):
        back(sheets, content)


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xliff version="1.2"><file>&b;</file></xliff>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff version="1.2"><file>&a;</file></xliff>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no file at all",
        b"\x00\xff" * 40,
        b"PK\x03\x04 broken",
        b"<xliff version='1.2'/>",
        b"<xliff version='2.0'><file/></xliff>",
        b"<html/>",
        b"<xliff",
        BOMB,
        OUTSIDE,
        b"<a>" * 5_000,
    ],
)
def test_what_is_no_file_of_translations_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        delivered(content)
    assert caught.value.code in ("translation.unreadable", "workbook.unreadable")


def test_a_workbook_without_its_columns_is_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(export(from_markdown(FORM), "fr", "xlsx")))
    book["translation"].delete_cols(10)
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(InvalidInput) as caught:
        delivered(target.getvalue())
    assert caught.value.params == {"reason": "there is no column 'id'"}


def test_marks_of_other_programs_in_xliff_are_read() -> None:
    unit = b'<trans-unit id="survey:n:label" approved="yes"><source>Name</source><target>Nom <ph id="1" equiv-text="${n}"/><g id="2">x</g> y</target></trans-unit>'
    content = (
        b'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file source-language="en" target-language="pt_BR"><body>'
        + unit
        + b"</body></file></xliff>"
    )
    delivery = delivered(content)
    assert (delivery.language, delivery.texts[0].words, delivery.texts[0].status) == (
        "pt-BR",
        "Nom ${n}x y",
        Status.TRANSLATED,
    )


def test_the_translators_workbook_can_be_filled_in_only_where_it_should() -> None:
    book = openpyxl.load_workbook(io.BytesIO(export(from_markdown(FORM), "ar", "xlsx")))
    sheet = book["translation"]
    heads = {str(cell.value).partition("::")[0]: cell.column_letter for cell in sheet[1]}
    unlocked = {head for head, letter in heads.items() if not sheet[f"{letter}2"].protection.locked}
    assert (sheet.protection.sheet, unlocked) == (True, {"translation", "status", "remarks"})
    assert sheet.column_dimensions[heads["fingerprint"]].hidden
    assert sheet[f"{heads['translation']}2"].alignment.readingOrder == 2
    assert sheet.freeze_panes == "A2"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
