"""An answer as a person reads it, on every copy and where an answer is only shown."""

from datetime import UTC, datetime

import pytest

from survey import asking
from survey.logic.form_state import FormState, open_form
from survey.receipts import Told, answer_words
from survey.translator import Words
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown

NOW = datetime(2026, 9, 15, 12, 0, tzinfo=UTC)
FORM = """
| survey |
| | type | name | label::English (en) | label::العربية (ar) | label::Français (fr) | appearance |
| | integer | staff | Staff | الموظفون | Effectif | |
| | decimal | budget | Budget | الميزانية | Budget | |
| | date | day | Day | اليوم | Jour | |
| | date | month | Month | الشهر | Mois | month-year |
| | date | year | Year | السنة | Année | year |
| | dateTime | at | At | في | À | |
| | time | clock | Clock | الساعة | Heure | |
| | geopoint | place | Place | المكان | Lieu | |
| | geotrace | line | Line | الخط | Ligne | |
| | acknowledge | ok | Read | قرأت | Lu | |
| | select_multiple f | fields | Fields | المجالات | Domaines | |
| | begin repeat | project | Project | المشروع | Projet | |
| | text | name | Name | الاسم | Nom | |
| | end repeat | | | | | |
| choices |
| | list_name | name | label::English (en) | label::العربية (ar) | label::Français (fr) |
| | f | a | One | واحد | Un |
| | f | b | Two | اثنان | Deux |
"""


def opened(language: str) -> FormState:
    return open_form(read_questionnaire(from_markdown(FORM)), language=language, today=NOW.date(), now=NOW)


def told(key: str, raw: object, language: str) -> Told:
    state = opened(language)
    state.set(key, raw)
    return answer_words(state.questionnaire.question(key), key, state.answers[key], state, {})


@pytest.mark.parametrize(
    ("key", "raw", "language", "words"),
    [
        ("budget", 1234567.89, "en", "1,234,567.89"),
        ("budget", 1234567.89, "fr", "1\u202f234\u202f567,89"),
        ("budget", 0.000001, "en", "0.000001"),
        ("staff", 2019, "es", "2019"),
        ("staff", 1234567, "en", "1,234,567"),
        ("day", "2026-01-01", "fr", "1 janvier 2026"),
        ("month", "2026-10", "en", "October 2026"),
        ("month", "2026-10", "ar", "أكتوبر 2026"),
        ("year", "2026", "ar", "2026"),
        ("at", "2026-10-31T10:00", "en", "31 October 2026, 10:00"),
        ("clock", "14:30", "ar", "14:30"),
        ("place", "-1.2 36.8 0 0", "ar", "-1.2, 36.8"),
        ("place", "-1.2 36.8 1650 5", "en", "-1.2, 36.8 (1650 m, ±5 m)"),
        ("line", "1 2;3 4", "en", "1, 2\n3, 4"),
        ("ok", "OK", "ar", "تم التأكيد"),
        ("fields", "a b", "ar", "واحد؛ اثنان"),
        ("fields", "a b", "en", "One; Two"),
        ("budget", "much", "en", "much"),
        ("day", "soon", "en", "soon"),
    ],
)
def test_an_answer_is_written_as_the_language_writes_it(key: str, raw: object, language: str, words: str) -> None:
    assert told(key, raw, language).text == words


@pytest.mark.parametrize(("key", "raw"), [("staff", -5), ("place", "-1.2 36.8"), ("clock", "14:30")])
def test_figures_keep_their_order_in_a_language_from_right_to_left(key: str, raw: object) -> None:
    assert told(key, raw, "ar").direction == "ltr"


def test_a_question_is_named_with_the_instance_in_which_it_stands() -> None:
    state = opened("en")
    for _each in range(2):
        state.add_instance("project")
    assert asking.place_of("project[2]/name", state) == "Project 2: Name"


def test_what_is_filled_into_arabic_words_keeps_its_own_order() -> None:
    words = Words("ar")
    assert "\u2068report (2).pdf\u2069" in words.translate("Remove {name}", name="report (2).pdf")
    assert "\u2068" not in words.translate("Remove {name}", name="المشروع")
    moment = words.moment(NOW, UTC)
    assert (moment[0], moment[-1], "12:00 UTC" in moment) == ("\u2068", "\u2069", True)
    assert "\u2068" not in Words("fr").moment(NOW, UTC)
