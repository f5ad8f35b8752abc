"""Headers and language names in all their spellings."""

import pytest

from survey.questionnaire import Language
from survey.xlsform.columns import Column, choice_column_of, column_of, has_tag, language_of, languages_in


@pytest.mark.parametrize(
    ("header", "name", "language"),
    [
        ("label", "label", ""),
        ("LABEL::EN", "label", "EN"),
        ("label :: Français (fr)", "label", "Français (fr)"),
        ("label:French", "label", "French"),
        ("Constraint Message::English (en)", "constraint_message", "English (en)"),
        ("bind::jr:constraintMsg", "constraint_message", ""),
        ("bind:jr:constraintMsg", "constraint_message", ""),
        ("jr:count", "repeat_count", ""),
        ("bind:relevant", "relevant", ""),
        ("relevance", "relevant", ""),
        ("readonly", "read_only", ""),
        ("requiredMsg", "required_message", ""),
        ("calculate", "calculation", ""),
        ("media::audio::chinese", "audio", "chinese"),
        ("Anything Else", "anything_else", ""),
        ("form_title\t", "form_title", ""),
        ("label::English(en)", "label", "English(en)"),
        ("\u00a0Label\u00a0::\u00a0English (en)", "label", "English (en)"),
        ("media::image::French (fr)", "image", "French (fr)"),
        ("media:image:French", "image", "French"),
        ("image::French (fr)", "image", "French (fr)"),
        ("bind::relevant", "relevant", ""),
        ("bind::jr:constraintMsg::French (fr)", "constraint_message", "French (fr)"),
        ("bind:jr:requiredMsg:French", "required_message", "French"),
        ("body::appearance", "appearance", ""),
        ("control::jr:count", "repeat_count", ""),
        ("bind::entities:saveto", "save_to", ""),
        ("instance::odk:tag", "compact_tag", ""),
        ("instance::name", "instance::name", ""),
        ("attribute::version", "attribute::version", ""),
        ("bind::odk:length", "bind::odk:length", ""),
        ("kobo--matrix_list", "kobo--matrix_list", ""),
        ("list name", "list_name", ""),
    ],
)
def test_header_means_column_and_language(header: str, name: str, language: str) -> None:
    assert column_of(header) == Column(name, language)


def test_extra_columns_of_choices_keep_their_case() -> None:
    assert choice_column_of("Bureau") == Column("Bureau")
    assert choice_column_of("list name") == Column("list_name")
    assert choice_column_of("VALUE") == Column("name")


@pytest.mark.parametrize(
    ("spelling", "tag", "name"),
    [
        ("Français (fr)", "fr", "Français"),
        ("Chinese (zh-hant-TW)", "zh-hant-TW", "Chinese"),
        ("العربية(ar)", "ar", "العربية"),
        ("English(en)", "en", "English"),
        ("English", "en", "English"),
        ("español", "es", "español"),
        ("fr", "fr", "Français"),
        ("Tok Pisin", "tok-pisin", "Tok Pisin"),
    ],
)
def test_language_is_recognised(spelling: str, tag: str, name: str) -> None:
    assert language_of(spelling) == Language(tag=tag, name=name)


def test_languages_are_named_by_translatable_columns_only() -> None:
    assert languages_in(["label::A (aa)", "hint::B (bb)", "note::C (cc)", "label::A (aa)"]) == ("A (aa)", "B (bb)")
    assert has_tag("A (aa)")
    assert not has_tag("English")
