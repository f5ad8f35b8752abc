"""Cards: counts, bases, comparisons and what each audience may not see."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.charts import wording
from analysis.dataset.arrays import Dataset
from analysis.disclosure import SUPPRESSED, Audience, Policy, Suppressed
from analysis.findings.card import Base, Card, CardKind, Cell
from analysis.findings.summary import cards, summarise
from data.errors import InvalidInput, NotAllowed, NotFound
from data.records import AnswerValue
from survey.translator import Words
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown
from tests.analysis.consultations import SOURCE, dataset, responses

REGION_COUNTS = dataset(
    responses(
        *[{"region": "n", "fields": ("prev", "care"), "led": "yes"}] * 6,
        *[{"region": "s", "fields": ("prev",), "led": "ns"}] * 3,
        {"fields": ()},
    )
)


WIDE = dataset(
    responses(
        *[{"region": "n", "fields": ("prev", "care")}] * 20,
        *[{"region": "n", "fields": ("care",)}] * 10,
        *[{"region": "s", "fields": ("prev",)}] * 3,
        *[{"region": "na", "fields": ("prev", "other")}] * 9,
        {"fields": ()},
    )
)


def card(data: Dataset, question: str, audience: Audience = Audience.INTERNAL, **options: Any) -> Card:
    return summarise(data, question, audience=audience, language="en", source=SOURCE, **options)


def counts(made: Card) -> dict[str, object]:
    return {row.code: row.cell.count for row in made.rows}


# Closed questions


def test_a_single_choice_counts_each_option_of_those_who_answered() -> None:
    made = card(REGION_COUNTS, "region")
    assert made.kind is CardKind.SINGLE
    assert (made.label, made.section) == ("Region", "About you")
    assert made.base == Base(replies=10, answered=9, missing={"not_asked": 0, "skipped": 1})
    assert counts(made) == {"n": 6, "s": 3, "na": 0}
    assert [row.label for row in made.rows] == ["North", "South", "Not applicable"]
    assert [row.cell.share for row in made.rows] == [6 / 9, 3 / 9, 0]


def test_missing_choices_are_causes_and_not_rows() -> None:
    made = card(REGION_COUNTS, "led")
    assert counts(made) == {"yes": 6, "no": 0}
    assert made.base == Base(replies=10, answered=6, missing={"not_asked": 1, "skipped": 0, "refused": 3})


def test_shares_of_a_multiple_choice_are_of_respondents() -> None:
    made = card(REGION_COUNTS, "fields")
    assert made.kind is CardKind.MULTIPLE
    assert [row.cell.share for row in made.rows] == [9 / 9, 6 / 9, 0]
    assert made.base.answered == 9


def test_words_are_in_the_language_and_else_in_the_default_language() -> None:
    french = summarise(REGION_COUNTS, "region", audience=Audience.INTERNAL, language="fr", source=SOURCE)
    russian = summarise(REGION_COUNTS, "region", audience=Audience.INTERNAL, language="ru", source=SOURCE)
    assert (french.label, french.rows[0].label) == ("Région", "Nord")
    assert (russian.label, russian.rows[0].label) == ("Region", "North")


def test_an_acknowledgement_is_a_single_choice() -> None:
    data = dataset(responses({"region": "n", "read": "OK"}, {"region": "n"}))
    assert counts(card(data, "read")) == {"OK": 1}


def test_the_language_of_the_responses_has_a_card() -> None:
    assert counts(card(REGION_COUNTS, "language")) == {"en": 10, "fr": 0}


def test_when_nobody_answered_there_is_no_interval() -> None:
    made = card(dataset(responses({})), "region")
    assert {row.cell for row in made.rows} == {Cell(count=0, share=0.0, low=None, high=None)}


# Filters and comparisons


def test_a_filter_changes_the_replies_and_is_said_in_words() -> None:
    made = card(REGION_COUNTS, "fields", filters={"region": ["s", "na"], "led": ["ns"]})
    assert made.base.replies == 3
    assert made.filters == {"region": ("s", "na"), "led": ("ns",)}
    assert made.filter_labels == (("Region", "South, Not applicable"), ("Community led?", ""))
    assert made.filter_causes == ((), ("refused",))


@pytest.mark.parametrize(
    ("language", "language_said", "late_said"),
    [
        ("en", "Language of the reply: English; ", "Before or after the first deadline: on time"),
        (
            "fr",
            "Langue de la réponse\u00a0: English\u00a0; ",
            "Avant ou après la première échéance\u00a0: dans les délais",
        ),
        ("es", "Idioma de la respuesta: English; ", "Antes o después del primer plazo: a tiempo"),
        ("ru", "Язык ответа: English; ", "До или после первого срока: в срок"),
        ("ar", "لغة الرد: English؛ ", "قبل الموعد الأول أو بعده: في الموعد"),
        ("zh", "答复语言：English；", "在首个截止日期之前或之后：按时"),
    ],
)
def test_a_filter_that_no_question_asks_has_its_name_in_the_readers_language(
    language: str, language_said: str, late_said: str
) -> None:
    made = summarise(
        REGION_COUNTS,
        "region",
        audience=Audience.INTERNAL,
        language=language,
        source=SOURCE,
        filters={"language": ["en"], "late": ["on_time"]},
    )
    line = wording.filter_line(made, Words(language))
    assert f"{language_said}{late_said}" in line.replace("\u2068", "").replace("\u2069", "")


def test_a_filter_in_a_language_that_the_program_does_not_speak_is_named_in_the_default_language() -> None:
    made = summarise(
        REGION_COUNTS,
        "region",
        audience=Audience.INTERNAL,
        language="pt",
        source=SOURCE,
        filters={"language": ["en"]},
    )
    assert made.filter_labels == (("Language of the reply", "English"),)


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "South, North"), ("ru", "South, North"), ("ar", "South، North"), ("zh", "South、North")],
)
def test_values_of_a_filter_are_parted_as_the_language_does(language: str, told: str) -> None:
    made = summarise(
        REGION_COUNTS,
        "fields",
        audience=Audience.INTERNAL,
        language=language,
        source=SOURCE,
        filters={"region": ["s", "n"]},
    )
    assert made.filter_labels == (("Region", told),)


def test_each_column_of_a_comparison_has_its_own_base() -> None:
    made = card(REGION_COUNTS, "fields", by="region")
    assert [(column.code, column.base.replies, column.base.answered) for column in made.columns] == [
        ("n", 6, 6),
        ("s", 3, 3),
        ("na", 0, 0),
    ]
    care = made.rows[1]
    assert {code: (cell.count, cell.share) for code, cell in care.by.items()} == {
        "n": (6, 1.0),
        "s": (0, 0.0),
        "na": (0, 0.0),
    }


def test_columns_of_a_multiple_choice_overlap() -> None:
    made = card(REGION_COUNTS, "region", by="fields")
    assert [(column.code, column.base.replies) for column in made.columns] == [("prev", 9), ("care", 6), ("other", 0)]


@pytest.mark.parametrize("by", ["nothing", "org", "staff", "order"])
def test_only_choice_questions_can_be_compared(by: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        card(REGION_COUNTS, "region", by=by)
    assert (caught.value.code, caught.value.params) == ("by.unknown_variable", {"variable": by})


FARMERS = Path(__file__).parents[4] / "shared" / "field-data" / "03_survey"


@pytest.mark.skipif(not FARMERS.exists(), reason="the shared field data are not here")
def test_the_kansas_farmers_are_counted_as_published() -> None:
    form = read_questionnaire(
        from_markdown(
            "| survey |\n| | type | name | label |\n"
            "| | select_one ed | ed | Education |\n| | select_multiple y | y | Y |\n"
            "| choices |\n| | list_name | name | label |\n"
            + "".join(f"| | ed | {i} | {i} |\n| | y | Y{i} | Y{i} |\n" for i in range(1, 6))
        )
    )
    with (FARMERS / "farmer1_multiple_response.csv").open() as file:
        data = dataset(
            responses(
                *(
                    {"ed": line["Ed"], "y": tuple(f"Y{i}" for i in range(1, 6) if line[f"Y{i}"] == "1")}
                    for line in csv.DictReader(file)
                )
            ),
            form,
        )
    expected = json.loads((FARMERS / "farmer1_expected.json").read_text())["counts"]
    made = card(data, "y", by="ed")
    assert made.base.answered == expected["n"] == 262
    for row in made.rows:
        assert row.cell.count == expected["items"][row.code]["yes"]
        assert isinstance(row.cell.share, float)
        assert round(100 * row.cell.share, 6) == expected["items"][row.code]["percent_of_cases"]
        assert {code: cell.count for code, cell in row.by.items()} == {
            code: group[row.code] for code, group in expected["by_group"].items()
        }
    assert {column.code: column.base.answered for column in made.columns} == {
        code: group["n"] for code, group in expected["by_group"].items()
    }


# Rankings and numbers


def test_a_ranking_has_mean_ranks_and_first_places() -> None:
    data = dataset(
        responses(
            {"region": "n", "order": ("care", "prev", "other")},
            {"region": "n", "order": ("prev", "care")},
            {"region": "n", "order": ("care",)},
            {"region": "n"},
        )
    )
    made = card(data, "order")
    assert made.kind is CardKind.RANKING
    assert counts(made) == {"prev": 2, "care": 3, "other": 1}
    assert [row.mean_rank for row in made.rows] == [1.5, 4 / 3, 3.0]
    assert [row.first.count for row in made.rows if row.first] == [1, 2, 0]
    assert [row.first.share for row in made.rows if row.first] == [1 / 3, 2 / 3, 0]


def test_an_item_that_nobody_ranked_has_no_mean_rank() -> None:
    made = card(dataset(responses({"region": "n", "order": ("care",)})), "order")
    assert [row.mean_rank for row in made.rows] == [None, 1.0, None]


def test_a_range_has_a_row_for_each_of_its_points() -> None:
    data = dataset(responses(*({"region": "n", "hope": hope} for hope in (1, 4, 4, 5)), {"region": "n"}))
    made = card(data, "hope")
    assert made.kind is CardKind.NUMBER
    assert counts(made) == {"1": 1, "2": 0, "3": 0, "4": 2, "5": 1}
    assert (made.mean, made.median) == (3.5, 4.0)
    assert made.base == Base(replies=5, answered=4, missing={"not_asked": 0, "skipped": 1})


def test_rows_of_numbers_do_not_move_with_a_filter() -> None:
    data = dataset(responses({"region": "n", "staff": 3}, {"region": "s", "staff": 480}))
    assert [row.code for row in card(data, "staff").rows] == [
        row.code for row in card(data, "staff", filters={"region": ["n"]}).rows
    ]


# Audiences


def test_a_public_card_hides_every_small_count_with_its_share_and_interval_and_what_would_tell_it() -> None:
    made = card(WIDE, "region", Audience.PUBLIC)
    hidden = Cell(count=SUPPRESSED, share=SUPPRESSED, low=SUPPRESSED, high=SUPPRESSED)
    assert counts(made) == {"n": 30, "s": SUPPRESSED, "na": SUPPRESSED}
    assert made.rows[1].cell == made.rows[2].cell == hidden
    assert made.base == Base(replies=43, answered=42, missing={"not_asked": SUPPRESSED, "skipped": SUPPRESSED})


def test_a_public_comparison_hides_small_columns_and_one_more() -> None:
    made = card(WIDE, "fields", Audience.PUBLIC, by="region")
    north, south, none = made.columns
    assert (north.base.replies, north.base.answered) == (30, 30)
    assert (south.base.replies, south.base.answered) == (SUPPRESSED, SUPPRESSED)
    assert (none.base.replies, none.base.answered) == (SUPPRESSED, SUPPRESSED)
    assert made.rows[0].by["s"].count is SUPPRESSED
    # All twelve others chose it, which 32 - 20 would tell of the three.
    assert (made.rows[0].cell.count, made.rows[0].by["n"].count) == (32, SUPPRESSED)


def test_an_option_that_nearly_everybody_chose_is_hidden_for_those_who_did_not() -> None:
    data = dataset(
        responses(*[{"fields": ("prev", "care")}] * 20, *[{"fields": ("care",)}] * 17, {"fields": ("prev",)})
    )
    assert counts(card(data, "fields", Audience.PUBLIC)) == {"prev": 21, "care": SUPPRESSED, "other": SUPPRESSED}


def test_rounded_counts_are_multiples_and_shares_are_made_of_them() -> None:
    made = card(WIDE, "fields", Audience.PUBLIC, rules=Policy(threshold=5, rounding=5))
    assert (made.base.replies, made.base.answered) == (45, 40)
    assert {row.code: (row.cell.count, row.cell.share) for row in made.rows} == {
        "prev": (30, 0.75),
        "care": (30, 0.75),
        "other": (10, 0.25),
    }


def test_a_median_needs_the_threshold_on_both_sides_and_a_mean_no_giant() -> None:
    few = dataset(responses(*[{"staff": value} for value in (3, 4, 5, 6, 7, 8, 9, 10)]))
    assert card(few, "staff", Audience.MEETING).median is SUPPRESSED
    giant = dataset(responses(*[{"staff": 2}] * 11, {"staff": 400}))
    assert card(giant, "staff", Audience.MEETING).mean is SUPPRESSED
    even = dataset(responses(*[{"staff": 2}] * 11, *[{"staff": 3}] * 9))
    assert (card(even, "staff", Audience.MEETING).mean, card(even, "staff", Audience.MEETING).median) == (2.45, 2)


def test_a_public_card_with_few_answers_has_no_figures_but_its_replies() -> None:
    data = dataset(responses(*[{"region": "n", "staff": 7, "order": ("care",)}] * 4, *[{"region": "n"}] * 6))
    for question in ("staff", "order"):
        made = card(data, question, Audience.MEETING)
        # Ten less six who skipped it would be four.
        assert made.base == Base(replies=10, answered=SUPPRESSED, missing=dict.fromkeys(made.base.missing, SUPPRESSED))
        assert {row.cell.count for row in made.rows} == {SUPPRESSED}
    assert card(data, "staff", Audience.MEETING).mean is SUPPRESSED
    assert card(data, "staff", Audience.MEETING).median is SUPPRESSED
    assert {row.mean_rank for row in card(data, "order", Audience.MEETING).rows} == {SUPPRESSED}


def test_a_public_view_of_few_replies_shows_no_figure_at_all() -> None:
    made = card(REGION_COUNTS, "fields", Audience.PUBLIC, filters={"region": ["s"]})
    assert set(_figures(made)) == {SUPPRESSED}


def test_the_organisations_name_is_for_internal_readers_only() -> None:
    data = dataset(responses({"org": "Hope House"}))
    assert [quote.text for quote in card(data, "org").quotes] == ["Hope House"]
    with pytest.raises(NotAllowed) as caught:
        card(data, "org", Audience.MEETING)
    assert caught.value.code == "card.identifying"


# All cards


def test_cards_come_in_questionnaire_order_with_one_for_the_battery() -> None:
    made = cards(REGION_COUNTS, audience=Audience.INTERNAL, language="en", source=SOURCE)
    assert [each.question for each in made] == [
        *(
            "publish",
            "org",
            "region",
            "fields",
            "other",
            "grid",
            "led",
            "order",
            "hope",
            "staff",
            "budget",
            "read",
            "wish",
        ),
    ]


def test_public_cards_leave_out_the_organisation() -> None:
    made = cards(REGION_COUNTS, audience=Audience.PUBLIC, language="en", source=SOURCE)
    assert "org" not in [each.question for each in made]
    assert len(made) == 12


@pytest.mark.parametrize(
    ("question", "error", "code"),
    [
        ("nothing", NotFound, "card.unknown_question"),
        ("email", NotFound, "card.unknown_question"),
        ("proof", InvalidInput, "card.unsupported_kind"),
        ("since", InvalidInput, "card.unsupported_kind"),
    ],
)
def test_a_question_without_a_card_is_refused(question: str, error: type[Exception], code: str) -> None:
    with pytest.raises(error, match=code):
        card(REGION_COUNTS, question)


# Properties

_CHANGE = st.sampled_from(["1", "2", "3", "4", "5", "dk"])
_FIELDS = st.lists(st.sampled_from(["prev", "care", "other"]), min_size=1, unique=True).map(tuple)
_SUBMISSIONS = st.fixed_dictionaries(
    {},
    optional={
        "publish": st.sampled_from(["named", "anon", "no"]),
        "region": st.sampled_from(["n", "s", "na"]),
        "fields": _FIELDS,
        "other": st.just("Sport"),
        "g1": _CHANGE,
        "g2": _CHANGE,
        "led": st.sampled_from(["yes", "no", "ns"]),
        "order": _FIELDS,
        "hope": st.integers(1, 5),
        "staff": st.integers(0, 400),
        "budget": st.decimals(0, 100, places=1).map(float),
        "wish": st.just("Peace"),
    },
)
_MANY = st.lists(_SUBMISSIONS, max_size=40)


@settings(max_examples=60)
@given(_MANY, st.sampled_from([{}, {"region": ["n"]}, {"fields": ["prev", "care"]}]))
def test_answered_and_missing_make_up_the_replies(
    submissions: list[dict[str, AnswerValue]], filters: dict[str, list[str]]
) -> None:
    data = dataset(responses(*submissions))
    for made in cards(data, audience=Audience.INTERNAL, language="en", filters=filters, source=SOURCE):
        bases = [made.base, *(item.base for item in made.items)]
        for base in bases:
            known = [base.replies, base.answered, *base.missing.values()]
            assert known[0] == sum(value for value in known[1:] if not isinstance(value, Suppressed))
        total = sum(row.cell.count for row in made.rows if not isinstance(row.cell.count, Suppressed))
        if made.kind in (CardKind.SINGLE, CardKind.NUMBER):
            assert total == made.base.answered
        for item in made.items:
            assert item.base.answered == sum(
                row.cell.count for row in item.rows if not isinstance(row.cell.count, Suppressed)
            )


@settings(max_examples=15)
@given(_MANY, st.sampled_from(["", "region", "fields", "late"]), st.sampled_from([Audience.MEETING, Audience.PUBLIC]))
def test_no_other_audience_sees_a_small_count(
    submissions: list[dict[str, AnswerValue]], by: str, audience: Audience
) -> None:
    data = dataset(responses(*submissions))
    inside = {each.question: each for each in cards(data, audience=Audience.INTERNAL, language="en", source=SOURCE)}
    for question in [name for name in inside if name != "org"]:
        made = card(data, question, audience, by=by)
        for count in _counts(made):
            assert count is SUPPRESSED or count >= 5
        for cell in _cells(made):
            parts = {figure is SUPPRESSED for figure in (cell.share, cell.low, cell.high)}
            assert len(parts) == 1 and (cell.count is not SUPPRESSED or parts == {True})
        answered = inside[question].base.answered
        if isinstance(answered, int) and answered < 5:
            assert {row.cell.count for row in made.rows} <= {SUPPRESSED}
            assert made.mean in (None, SUPPRESSED)
        for item, truth in zip(made.items, inside[question].items, strict=True):
            if truth.base.answered in range(5):
                assert item.net in (None, SUPPRESSED) and item.mean in (None, SUPPRESSED)


def _cells(made: Card) -> list[Cell]:
    rows = [*made.rows, *(row for item in made.items for row in item.rows)]
    return [cell for row in rows for cell in (row.cell, *row.by.values(), row.first) if cell is not None]


def _counts(made: Card) -> list[int | Suppressed]:
    bases = [made.base, *(column.base for column in made.columns), *(item.base for item in made.items)]
    return [cell.count for cell in _cells(made)] + [
        count for base in bases for count in (base.replies, base.answered, *base.missing.values())
    ]


def _figures(made: Card) -> list[object]:
    shares = [figure for cell in _cells(made) for figure in (cell.share, cell.low, cell.high)]
    return [*_counts(made), *shares]
