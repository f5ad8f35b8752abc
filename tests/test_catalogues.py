"""Every word on the screen is translated, with the same placeholders."""

import string

import pytest
from babel.messages.catalog import Message

from survey.translator import LANGUAGES, Words
from tests.catalogues import LOCALE, catalogue, untranslated, words_in_code

TRANSLATED = [tag for tag in LANGUAGES if tag != "en"]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_word_of_the_code_is_translated(tag: str) -> None:
    assert untranslated(catalogue(tag)) == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_the_catalogue_on_disk_holds_the_words_of_the_code_and_no_others(tag: str) -> None:
    kept = (LOCALE / f"{tag}.po").read_text(encoding="utf-8").count("\nmsgid ") - 1
    assert kept == len(words_in_code())


@pytest.mark.parametrize("tag", TRANSLATED)
def test_translations_have_the_placeholders_of_the_english_words(tag: str) -> None:
    for message in catalogue(tag):
        if isinstance(message.id, tuple | list):
            allowed = placeholders(message.id[1])
            assert all(placeholders(text) <= allowed for text in strings(message)), message.id
        elif message.id:
            assert placeholders(strings(message)[0]) == placeholders(message.id), message.id


def test_words_inside_an_f_string_are_found() -> None:
    assert "Sign out" in words_in_code()


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_page_reads_the_catalogue(tag: str) -> None:
    assert Words(tag).translate("Save and go on") != "Save and go on"
