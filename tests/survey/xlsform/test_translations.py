"""Texts for translators, how they stand, and which languages can be offered."""

from datetime import UTC, datetime

import pytest

from data.errors import InvalidInput
from survey.questionnaire import Language, Text
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import Sheets, from_markdown
from survey.xlsform.translation_memory import TranslationMemory, memory_from_json
from survey.xlsform.translations import (
    Status,
    fallbacks,
    falls_back,
    language_named,
    progress,
    publishable,
    remembered,
    strings,
    with_languages,
)

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FORM = """
| survey |
| | type | name | label::English (en) | label::Français (fr) | hint::English (en) | image::English (en) |
| | begin group | g | Section | Partie | | |
| | select_one yn | a | Agree, ${n}? | D'accord ? | Think | a.png |
| | begin group | inner | Inner | | | |
| | text | n | Name | Nom | | |
| | end group | | | | | |
| | end group | | | | | |
| | calculate | c | | | | |
| choices |
| | list_name | name | label::English (en) | label::Français (fr) |
| | yn | a:1 | Yes | Oui |
| | yn | a:1 | Certainly | |
| | yn | n | | Non |
| settings |
| | default_language | allow_choice_duplicates |
| | English (en) | yes |
"""


def sheets(text: str = FORM) -> Sheets:
    return from_markdown(text)


def test_every_text_has_a_stable_id_its_words_and_its_status() -> None:
    found = [(text.id, text.source, text.current, text.status) for text in strings(sheets(), "fr")]
    assert found == [
        ("survey:g:label", "Section", "Partie", Status.TRANSLATED),
        ("survey:a:label", "Agree, ${n}?", "D'accord ?", Status.REVIEW),
        ("survey:a:hint", "Think", "", Status.MISSING),
        ("survey:inner:label", "Inner", "", Status.MISSING),
        ("survey:n:label", "Name", "Nom", Status.TRANSLATED),
        ("choices:yn:a%3A1:label", "Yes", "Oui", Status.TRANSLATED),
        ("choices:yn:a%3A1#2:label", "Certainly", "", Status.MISSING),
    ]


def test_a_text_comes_with_what_a_translator_needs_to_know() -> None:
    by_id = {text.id: text for text in strings(sheets(), "fr")}
    name, choice = by_id["survey:n:label"], by_id["choices:yn:a%3A1:label"]
    assert (name.kind, name.section, name.before, name.length) == ("text", "Section", "Agree, ${n}?", 40)
    assert (choice.kind, choice.before) == ("choice of yn", "Agree, ${n}?")
    assert by_id["survey:a:label"].placeholders == ("${n}",)


def test_words_that_the_default_language_lacks_are_translated_from_another() -> None:
    (choice,) = [text for text in strings(sheets(), "es") if text.id == "choices:yn:n:label"]
    assert (choice.source, choice.status) == ("Non", Status.MISSING)


def test_a_questionnaire_has_the_texts_of_its_sheets() -> None:
    one_each = sheets(FORM.replace("| | yn | a:1 | Certainly | |\n", ""))
    found = strings(read_questionnaire(one_each), "fr")
    assert [(text.id, text.source, text.current) for text in found] == [
        (text.id, text.source, text.current) for text in strings(one_each, "fr")
    ]


@pytest.mark.parametrize("tag", ["", "f", "fr fr", "../fr"])
def test_a_target_must_be_a_tag(tag: str) -> None:
    with pytest.raises(InvalidInput, match="translation.tag"):
        strings(sheets(), tag)


def test_nothing_is_translated_into_the_default_language() -> None:
    with pytest.raises(InvalidInput, match=r"translation\.default_language"):
        strings(sheets(), "en")


def test_a_changed_source_makes_its_translation_stale_and_no_other() -> None:
    memory = remembered(TranslationMemory(), sheets(), now=NOW)
    changed = sheets(FORM.replace("| Section |", "| Part one |"))
    before = {text.id: text.status for text in strings(sheets(), "fr", memory)}
    after = {text.id: text.status for text in strings(changed, "fr", memory)}
    assert {each for each in after if after[each] != before[each]} == {"survey:g:label"}
    assert after["survey:g:label"] is Status.STALE


def test_white_space_alone_makes_nothing_stale() -> None:
    memory = remembered(TranslationMemory(), sheets(), now=NOW)
    spaced = sheets(FORM.replace("Agree, ${n}?", "Agree,  ${n}?"))
    assert Status.STALE not in {text.status for text in strings(spaced, "fr", memory)}


def test_a_translation_that_was_rewritten_outside_is_fresh_again() -> None:
    memory = remembered(TranslationMemory(), sheets(), now=NOW)
    changed = sheets(FORM.replace("| Section | Partie |", "| Part one | Première partie |"))
    assert strings(changed, "fr", memory)[0].status is Status.TRANSLATED


def test_remembering_again_does_not_hide_what_is_stale() -> None:
    memory = remembered(TranslationMemory(), sheets(), now=NOW)
    changed = sheets(FORM.replace("| Section |", "| Part one |"))
    assert remembered(memory, changed, now=NOW) == memory


def test_the_memory_is_kept_as_json() -> None:
    memory = remembered(TranslationMemory(), sheets(), now=NOW)
    assert memory_from_json(memory.to_json()).to_json() == memory.to_json()
    assert memory_from_json(memory.to_json()).languages["fr"] == memory.languages["fr"]
    assert "es" not in memory.languages


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 2, "languages": {}}', '{"format": 1, "languages": {"fr": {"a": {}}}}']
)
def test_anything_else_is_no_memory(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"translation\.memory"):
        memory_from_json(text)


def test_progress_counts_each_language() -> None:
    memory = remembered(TranslationMemory(), sheets(), now=NOW)
    (french,) = progress(sheets(FORM.replace("| Section |", "| Part one |")), memory)
    assert french.language == Language(tag="fr", name="Français")
    assert (french.total, french.translated, french.stale, french.review, french.missing) == (7, 2, 1, 1, 3)
    assert french.share == pytest.approx(2 / 7)
    assert (publishable(french, 0.28), publishable(french, 0.29)) == (True, False)


def test_a_questionnaire_can_be_offered_in_fewer_languages() -> None:
    whole = read_questionnaire(sheets(FORM))
    assert [each.tag for each in with_languages(whole, []).languages] == ["en"]
    assert with_languages(whole, ["fr"]) == whole
    with pytest.raises(InvalidInput, match=r"translation\.no_language"):
        with_languages(whole, ["es"])


def test_texts_that_fall_back_are_marked() -> None:
    assert falls_back(Text({"en": "Yes"}), "fr")
    assert not falls_back(Text({"en": "Yes", "fr": "Oui"}), "fr")
    assert not falls_back(Text(), "fr")
    assert fallbacks(sheets(), "fr") == {"survey:a:hint", "survey:inner:label", "choices:yn:a%3A1#2:label"}


@pytest.mark.parametrize(
    ("tag", "name"),
    [("fr", "Français"), ("sw", "Kiswahili"), ("zh", "中文"), ("pt-BR", "Português Brasil"), ("xyz", "Xyz")],
)
def test_a_new_language_is_called_as_its_speakers_call_it(tag: str, name: str) -> None:
    bare = read_questionnaire(sheets("| survey |\n| | type | name | label |\n| | text | a | A |"))
    assert language_named(tag, bare) == Language(tag=tag, name=name)
