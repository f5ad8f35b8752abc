"""From what respondents sent to the sentence: every base is the right one, whatever the answers are missing for."""

import pytest

from analysis import quality, review
from analysis.charts import choose, wording
from analysis.charts.spec import ChartSpec
from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.findings.table import table_document
from analysis.flags.contradictions import Contradiction
from analysis.opened_data import Filters
from analysis.report.table import tabulate
from data.analysis_records import Flag
from data.store import Store
from survey import responses, saving
from survey.translator import Words
from tests.small import NOW, SECRETARIAT, SLUG, begin, publish

WORDS = Words("en")
FORM = """
| survey |
| | type                 | name    | label::English (en) | relevant          | appearance |
| | select_one yn        | used    | Used it?            |                   |
| | select_one grade     | grade   | How was it?         | ${used} = 'yes'   |
| | select_multiple kind | kinds   | Which kinds?        |                   |
| | rank kind            | order   | Rank the kinds      |                   |
| | begin group          | grid    | Do you agree?       |                   | table-list |
| | select_one agree     | a1      | It is fair          |                   |
| | select_one agree     | a2      | It is quick         |                   |
| | end group            |         |                     |                   |
| choices |
| | list_name | name | label::English (en) |
| | yn        | yes  | Yes                 |
| | yn        | no   | No                  |
| | grade     | good | Good                |
| | grade     | bad  | Bad                 |
| | grade     | na   | Does not apply      |
| | grade     | dk   | Don't know          |
| | grade     | ns   | Prefer not to say   |
| | kind      | a    | Anna                |
| | kind      | b    | Berta               |
| | kind      | c    | Carla               |
| | kind      | dk   | Don't know          |
| | kind      | none | None of them        |
{agree}
| settings |
| | form_title | form_id | version | default_language |
| | Bases      | bases   | 1       | English (en)     |
"""
SCALE = ("Not at all", "Little", "Half", "Much", "Fully")


def form(labels: tuple[str, ...]) -> str:
    """The questionnaire whose scale from 1 to 5 has these words."""
    rows = [f"| | agree     | {code}    | {label}  |" for code, label in enumerate(labels, start=1)]
    return FORM.replace("{agree}", "\n".join(rows))


def sent(store: Store, *replies: dict[str, object]) -> None:
    """Replies through the door of respondents."""
    for answers in replies:
        code = begin(store)
        saving.save(store, code, answers, seen={}, section="", language="en", now=NOW)
        responses.submit(store, code, now=NOW)


def card(store: Store, question: str, **filters: list[str]) -> Card:
    return review.card(
        store,
        SLUG,
        question,
        actor=SECRETARIAT,
        audience=Audience.INTERNAL,
        language="en",
        filters=Filters.of(filters),
        now=NOW,
    )


def drawn(found: Card) -> ChartSpec:
    spec = choose.chart(found, WORDS)
    assert spec is not None
    return spec


@pytest.fixture
def asked(store: Store) -> Store:
    """Eleven replies; each way of not answering the grade another number of times."""
    publish(store, form=form(SCALE))
    grades = ["good"] * 2 + ["bad", "na", "dk", "dk", "ns"]
    sent(
        store,
        *({"used": "yes", "grade": grade, "kinds": ["a", "b"], "order": ["b", "a"]} for grade in grades),
        {"used": "yes"},  # skipped
        *({"used": "no", "kinds": ["b"], "order": ["c"]} for _ in range(3)),  # not asked
    )
    return store


def test_not_asked_skipped_refused_unknown_and_not_applicable_are_five_things(asked: Store) -> None:
    found = card(asked, "grade")
    assert (found.base.replies, found.base.answered) == (11, 3)
    assert dict(found.base.missing) == {
        "not_asked": 3,
        "skipped": 1,
        "not_applicable": 1,
        "dont_know": 2,
        "refused": 1,
    }
    assert {row.code: (row.cell.count, row.cell.share) for row in found.rows} == {
        "good": (2, pytest.approx(2 / 3)),
        "bad": (1, pytest.approx(1 / 3)),
    }
    document = table_document(found, "")
    assert (document["base"], document["asked"], document["n"]) == (11, 8, 3)
    assert wording.base_line(found, WORDS) == "n\u00a0=\u00a03 (replies: 11)"
    told = "Without an answer: don't know 2, no answer wished 1, does not apply 1, skipped 1, not asked 3."
    assert told in drawn(found).note


def test_a_filter_moves_the_base_and_its_causes_together(asked: Store) -> None:
    found = card(asked, "grade", used=["yes"])
    assert (found.base.replies, found.base.answered) == (8, 3)
    missing = {"not_asked": 0, "skipped": 1, "not_applicable": 1, "dont_know": 2, "refused": 1}
    assert dict(found.base.missing) == missing
    nobody = card(asked, "grade", used=["no"])
    assert (nobody.base.replies, nobody.base.answered, nobody.base.missing["not_asked"]) == (3, 0, 3)
    assert table_document(nobody, "")["asked"] == 0
    assert [each["share"] for each in table_document(nobody, "")["rows"]] == [None] * 2


def test_a_filter_by_a_missing_answer_is_told_in_words(asked: Store) -> None:
    found = card(asked, "used", grade=["good", "dk", "na"])
    assert found.base.replies == 5
    assert wording.filter_line(found, Words("en")) == (
        "Only replies with How was it?: Good, don't know, does not apply."
    )
    assert "ne sait pas, sans objet" in wording.filter_line(found, Words("fr"))


def test_several_answers_of_one_respondent_count_as_one_respondent(asked: Store) -> None:
    found = card(asked, "kinds")
    assert (found.base.answered, found.base.missing["skipped"]) == (10, 1)
    assert [row.cell.count for row in found.rows] == [7, 10, 0, 0]
    shares = [row.cell.share for row in found.rows]
    assert shares == [0.7, 1.0, 0.0, 0.0]
    assert "Several answers were possible; shares may add up to more than 100 %." in drawn(found).note


def test_a_ranking_of_some_items_counts_those_who_ranked_and_ranks_what_they_ranked(asked: Store) -> None:
    found = card(asked, "order")
    assert (found.base.answered, found.base.missing["skipped"]) == (10, 1)
    rows = {row.code: row for row in found.rows}
    assert {code: (row.cell.count, row.mean_rank) for code, row in rows.items()} == {
        "a": (7, 2.0),
        "b": (7, 1.0),
        "c": (3, 1.0),
        "none": (0, None),
    }
    firsts = {code: row.first.count for code, row in rows.items() if row.first is not None}
    assert firsts == {"a": 0, "b": 7, "c": 3, "none": 0}
    assert sum(row.first.share for row in rows.values() if row.first is not None) == pytest.approx(1.0)  # type: ignore[misc]


def test_who_does_not_know_any_of_several_leaves_the_base_and_who_says_none_stays(store: Store) -> None:
    head, row = "| | list_name | name | label::English (en) |", "| | kind      | dk   | Don't know          |"
    publish(store, form=form(SCALE).replace(head, f"{head} exclusive |").replace(row, f"{row} no |"))
    given = [["a", "b"], ["none"], ["dk"], ["dk"], ["dk", "a"]]
    sent(store, *({"used": "no", "kinds": each, "order": each} for each in given))
    kinds = card(store, "kinds")
    assert (kinds.base.replies, kinds.base.answered, kinds.base.missing["dont_know"]) == (5, 3, 2)
    assert {row.code: row.cell.count for row in kinds.rows} == {"a": 2, "b": 1, "c": 0, "none": 1}
    assert "Without an answer: don't know 2." in drawn(kinds).note
    order = card(store, "order")
    assert (order.base.answered, order.base.missing["dont_know"]) == (3, 2)
    assert {row.code: (row.cell.count, row.mean_rank) for row in order.rows} == {
        "a": (2, 1.0),
        "b": (1, 2.0),
        "c": (0, None),
        "none": (1, 1.0),
    }
    found = quality.flagged(store, SLUG, actor=SECRETARIAT, language="en").flagged[Flag.CONTRADICTION]
    told = [
        (each.question, each.cause) for reply in found for each in reply.evidence if isinstance(each, Contradiction)
    ]
    assert told == [("kinds", "dont_know"), ("order", "dont_know")]


def test_items_of_a_battery_tell_where_they_do_not_apply(store: Store) -> None:
    more = "| | agree | na | Does not apply |\n| | agree | dk | Don't know |\n| settings |"
    publish(store, form=form(SCALE).replace("| settings |", more))
    opinions = (("5", "na"), ("na", "na"), ("dk", "na"))
    sent(store, *({"used": "no", "a1": fair, "a2": quick} for fair, quick in opinions))
    found = card(store, "grid")
    assert (found.base.answered, found.base.missing["not_applicable"], found.base.missing["dont_know"]) == (1, 1, 1)
    assert [item.base.answered for item in found.items] == [1, 0]
    assert [item.base.missing["not_applicable"] for item in found.items] == [1, 3]
    assert [side.title for side in drawn(found).sides] == ["Net", "Don't know", "Does not apply"]
    heads = [column.head for column in tabulate(found, WORDS).columns]
    assert heads[1:4] == ["n", "Don't know", "Does not apply"]


def test_who_turns_the_scale_turns_the_sentence(store: Store) -> None:
    opinions = [("5", "2"), ("5", "1"), ("4", "3"), ("2", "4"), ("5", "1")]
    publish(store, form=form(SCALE))
    sent(store, *({"used": "no", "a1": fair, "a2": quick} for fair, quick in opinions))
    as_asked = card(store, "grid")
    nets = {item.name: item.net for item in as_asked.items}
    assert nets == {"a1": pytest.approx(0.6), "a2": pytest.approx(-0.4)}
    assert drawn(as_asked).alt.endswith(
        "Highest to lowest: It is fair (net +60); It is quick (net −40). n\u00a0=\u00a05 (replies: 5)."
    )

    publish(store, slug="turned", form=form(SCALE))
    for fair, quick in opinions:
        code = begin(store, slug="turned")
        answers = {"used": "no", "a1": str(6 - int(fair)), "a2": str(6 - int(quick))}
        saving.save(store, code, answers, seen={}, section="", language="en", now=NOW)
        responses.submit(store, code, now=NOW)
    turned = review.card(
        store,
        "turned",
        "grid",
        actor=SECRETARIAT,
        audience=Audience.INTERNAL,
        language="en",
        filters=Filters(),
        now=NOW,
    )
    assert {item.name: item.net for item in turned.items} == {
        "a1": pytest.approx(-0.6),
        "a2": pytest.approx(0.4),
    }
    assert drawn(turned).alt.endswith(
        "Highest to lowest: It is quick (net +40); It is fair (net −60). n\u00a0=\u00a05 (replies: 5)."
    )


def test_the_order_in_which_a_scale_is_listed_turns_nothing(store: Store) -> None:
    publish(store, form=form(SCALE))
    upside_down = FORM.replace(
        "{agree}", "\n".join(f"| | agree | {code} | {SCALE[code - 1]} |" for code in range(5, 0, -1))
    )
    publish(store, slug="listed", form=upside_down)
    found = []
    for slug in (SLUG, "listed"):
        for fair in ("5", "5", "4", "2"):
            code = begin(store, slug=slug)
            saving.save(store, code, {"used": "no", "a1": fair}, seen={}, section="", language="en", now=NOW)
            responses.submit(store, code, now=NOW)
        made = review.card(
            store,
            slug,
            "grid",
            actor=SECRETARIAT,
            audience=Audience.INTERNAL,
            language="en",
            filters=Filters(),
            now=NOW,
        )
        found.append((made.items[0].net, made.items[0].mean, made.scale))
    assert found[0] == found[1] == (0.5, 4.0, tuple((str(n), label) for n, label in enumerate(SCALE, start=1)))
