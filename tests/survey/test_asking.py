"""What both doors say of a consultation's end."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from data.records import ConsultationRecord
from data.store import Store
from survey import asking, consultations
from survey.logic.compiled_form import compile_form
from survey.translator import Words
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown
from tests.small import CLOSES_AT, DAY, NOW, SLUG


def consultation(small: Store) -> ConsultationRecord:
    return consultations.find(small, SLUG)


@pytest.mark.parametrize(
    ("before", "left"),
    [
        (timedelta(days=900), "in 2 years"),
        (timedelta(days=150), "in 5 months"),
        (timedelta(days=3, hours=2), "in 3 days"),
        (timedelta(hours=30), "in 30 hours"),
        (timedelta(minutes=50), "in 50 minutes"),
    ],
)
def test_the_time_that_is_left_is_told_in_a_unit_that_fits(small: Store, before: timedelta, left: str) -> None:
    said = asking.closes(consultation(small), CLOSES_AT - before, Words("en"))
    assert said is not None
    assert said.left == left


def test_the_end_is_told_in_the_stated_zone_and_in_the_reader_s(small: Store) -> None:
    said = asking.closes(consultation(small), NOW, Words("en"), ZoneInfo("Asia/Tokyo"))
    assert said is not None
    assert (said.shown, said.own) == ("31 December 2026, 23:59 UTC", "1 January 2027, 08:59 JST")
    assert (said.before, said.after) == ("The consultation closes on ", ".")


def test_a_reader_of_the_same_clock_reads_one_time(small: Store) -> None:
    said = asking.closes(consultation(small), NOW, Words("en"), ZoneInfo("Africa/Abidjan"))
    assert said is not None
    assert said.own == ""


def test_what_is_past_has_no_time_left(small: Store) -> None:
    said = asking.closes(consultation(small), CLOSES_AT + DAY, Words("en"))
    assert said is not None
    assert said.left == ""


def test_without_an_end_nothing_is_said(small: Store) -> None:
    assert asking.closes(replace(consultation(small), closes_at=None), NOW, Words("en")) is None


HALF = """
| survey |
| | type           | name | label::English (en) | label::Français (fr) | hint::English (en) |
| | begin group    | one  | First               | Première             | |
| | select_one yn  | a    | Yes or no?          | Oui ou non ?         | |
| | end group      | | | | |
| | begin group    | two  | Second              | Deuxième             | |
| | text           | b    | Why?                | Pourquoi ?           | In short |
| | calculate      | c    | Never shown         |                      | |
| | end group      | | | | |
| choices |
| | list_name | name | label::English (en) | label::Français (fr) |
| | yn        | yes  | Yes                 | Oui                  |
| | yn        | no   | No                  | Non                  |
"""


def test_a_part_that_is_not_translated_says_so_and_the_others_do_not() -> None:
    form = compile_form(read_questionnaire(from_markdown(HALF)))
    one, two = form.questionnaire.sections()
    told = "Tout n’est pas encore traduit ici\u00a0; le reste est dans une autre langue\u00a0: anglais."
    words = Words("fr")
    assert asking.untranslated(form, "fr", words) == told
    assert [asking.untranslated(form, "fr", words, part) for part in (one, two)] == ["", told]
    assert asking.untranslated(form, "en", Words("en")) == ""


def test_a_choice_without_words_of_the_language_is_told_too() -> None:
    form = compile_form(read_questionnaire(from_markdown(HALF.replace("| Non  ", "|      "))))
    assert asking.untranslated(form, "fr", Words("fr"), form.questionnaire.sections()[0]) != ""
