"""The JSON of a card."""

import json

from analysis.disclosure import Audience
from analysis.findings.summary import cards, summarise
from analysis.findings.table import table_document
from tests.analysis.consultations import SOURCE, dataset, responses

DATA = dataset(
    responses(
        *[{"region": "n", "publish": "named", "org": "Hope", "g1": "5", "hope": 4, "wish": "Peace"}] * 6,
        *[{"region": "s", "g1": "1", "hope": 1, "order": ("care",)}] * 2,
        {},
    )
)
NULL_CELL = {"count": None, "share": None, "low": None, "high": None, "suppressed": True}


def document(question: str, audience: Audience = Audience.INTERNAL, by: str = "") -> dict[str, object]:
    card = summarise(DATA, question, audience=audience, language="en", by=by, source=SOURCE)
    made = table_document(card, "f" * 64)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    return made


def test_a_number_question_as_json() -> None:
    made = document("hope")
    rows = made.pop("rows")
    assert made == {
        "consultation": "small",
        "question": "hope",
        "label": "How hopeful?",
        "kind": "number",
        "language": "en",
        "by": "",
        "filters": {},
        "base": 9,
        "asked": 8,
        "n": 8,
        "missing": {"not_asked": 1, "skipped": 0},
        "audience": "internal",
        "fictional": True,
        "as_of": "2026-11-23T12:00:00+00:00",
        "snapshot": "f" * 64,
        "mean": 3.25,
        "median": 4.0,
        "suppressed": False,
    }
    assert isinstance(rows, list)
    assert rows[3]["code"] == "4"
    assert (rows[3]["count"], rows[3]["share"]) == (6, 0.75)
    assert "suppressed" not in rows[3]


def test_hidden_figures_are_null_and_say_so() -> None:
    made = document("region", Audience.PUBLIC)
    rows = made["rows"]
    assert isinstance(rows, list)
    # Eight answered, so that six from the north would tell the two from the south.
    assert rows == [
        {"code": "n", "label": "North", **NULL_CELL},
        {"code": "s", "label": "South", **NULL_CELL},
        {"code": "na", "label": "Not applicable", **NULL_CELL},
    ]
    assert (made["base"], made["n"], made["asked"]) == (9, 8, None)
    assert made["missing"] == {"not_asked": None, "skipped": None}


def test_a_comparison_has_columns_and_cells() -> None:
    made = document("hope", by="region")
    assert [(column["code"], column["base"], column["n"]) for column in made["columns"]] == [  # type: ignore[attr-defined]
        ("n", 6, 6),
        ("s", 2, 2),
        ("na", 0, 0),
    ]
    by = made["rows"][3]["by"]  # type: ignore[index]
    assert (by["n"]["count"], by["n"]["share"]) == (6, 1.0)
    assert (by["na"]["count"], by["na"]["share"]) == (0, None)


def test_a_battery_has_rows_per_item_and_point_and_its_items() -> None:
    made = document("grid")
    rows, items = made["rows"], made["items"]
    assert isinstance(rows, list)
    assert isinstance(items, list)
    assert [(row["item"], row["code"]) for row in rows[:6]] == [
        *(("g1", code) for code in "12345"),
        ("g2", "1"),
    ]
    assert (items[0]["name"], items[0]["n"], items[0]["net"], items[0]["mean"]) == ("g1", 8, 0.5, 4.0)
    assert (items[1]["n"], items[1]["net"], items[1]["mean"]) == (0, None, None)


def test_a_hidden_item_says_so() -> None:
    items = document("grid", Audience.PUBLIC)["items"]
    assert isinstance(items, list)
    assert "suppressed" not in items[0]
    assert (items[1]["n"], items[1]["net"], items[1]["suppressed"]) == (None, None, True)


def test_a_ranking_has_mean_ranks_and_first_places() -> None:
    rows = document("order")["rows"]
    assert isinstance(rows, list)
    assert (rows[1]["mean_rank"], rows[1]["first"]["count"]) == (1.0, 2)
    assert rows[0]["mean_rank"] is None


def test_a_text_question_has_quotes() -> None:
    quotes = document("wish", Audience.PUBLIC)["quotes"]
    assert isinstance(quotes, list)
    assert quotes[0] == {
        "response": 1,
        "text": "Peace",
        "language": "en",
        "region": "North",
        "attribution": "Hope",
        "permission": "named",
    }


def test_every_card_is_json() -> None:
    for audience in Audience:
        for card in cards(DATA, audience=audience, language="en", source=SOURCE):
            json.dumps(table_document(card, "x"), allow_nan=False)
