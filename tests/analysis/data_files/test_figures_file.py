"""Protected figures as data: what the cards show, and nothing that they hide."""

import numpy as np

from analysis.data_files.figures import figures
from analysis.data_files.table import Reason, WordColumn
from analysis.disclosure import Audience
from analysis.findings import summary
from analysis.findings.method import Interval, Method
from analysis.findings.refine import refine
from survey.translator import Words
from tests.analysis.consultations import SOURCE, contacts, dataset, responses
from tests.analysis.data_files.replies import ABOUT

DATA = dataset(
    responses(
        *[{"region": "n", "led": "yes", "g1": "1", "fields": ("prev",), "staff": 3.0, "order": ("prev", "care")}] * 9,
        *[{"region": "s", "led": "no", "g1": "5", "fields": ("care",), "staff": 5.0, "order": ("care",)}] * 2,
    )
)


def rows(audience: Audience, *, by: str = "") -> list[dict[str, object]]:
    names = ("led", "grid", "fields", "staff", "order")
    cards = [summary.summarise(DATA, name, audience=audience, language="en", by=by, source=SOURCE) for name in names]
    table = figures(cards, ABOUT, Words("en"))
    reasons = {table.code_of(reason): reason for reason in Reason}
    columns = {
        each.name: list(each.texts)
        if isinstance(each, WordColumn)
        else [reasons.get(number, number) for number in each.numbers.tolist()]
        for each in table.columns
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def test_every_option_is_a_row_with_its_figures() -> None:
    found = rows(Audience.INTERNAL)
    yes = next(row for row in found if row["question"] == "led" and row["option"] == "yes")
    assert (yes["n"], yes["count"], yes["share"], yes["replies"]) == (11, 9, 9 / 11, 11)
    assert (yes["question_words"], yes["option_words"], yes["mean"]) == ("Community led?", "Yes", Reason.NOT_APPLICABLE)
    item = next(row for row in found if row["item"] == "g1" and row["option"] == "")
    assert item["mean"] == np.mean([1] * 9 + [5] * 2)
    staff = next(row for row in found if row["question"] == "staff" and row["option"] == "")
    assert (staff["mean"], staff["median"]) == (np.mean([3] * 9 + [5] * 2), 3)
    first = next(row for row in found if row["question"] == "order" and row["option"] == "prev")
    assert (first["mean_rank"], first["first_count"]) == (1, 9)


def test_the_kind_of_bounds_is_named_and_what_the_silent_might_change_has_no_level() -> None:
    asked = {"audience": Audience.INTERNAL, "language": "en", "source": SOURCE}
    plain = summary.summarise(DATA, "led", **asked)  # type: ignore[arg-type]
    for interval, name, at_level in (
        (Interval.WILSON, "Wilson", True),
        (Interval.CLOPPER_PEARSON, "Clopper–Pearson", True),
        (Interval.WORST_CASE, "Contact list: all silent say no, or yes", False),
    ):
        card = refine(plain, DATA, Method(interval=interval), contacts(DATA, 20))
        found = {each.name: each for each in figures([card], ABOUT, Words("en")).columns}
        kinds = found["interval"]
        assert isinstance(kinds, WordColumn)
        assert set(kinds.texts) == {name}
        labels = [found[bound].label.in_language("en", "en") for bound in ("share_low", "share_high")]
        assert ["95 %" in str(label) for label in labels] == [at_level] * 2


def test_small_counts_are_hidden_with_their_reason() -> None:
    found = rows(Audience.MEETING)
    no = next(row for row in found if row["question"] == "led" and row["option"] == "no")
    assert [no[name] for name in ("count", "share", "share_low", "share_high")] == [Reason.HIDDEN] * 4
    text = repr(found)
    assert "2.0" not in [str(row["count"]) for row in found]
    assert "HIDDEN" in text


def test_groups_are_rows_of_their_own() -> None:
    found = rows(Audience.INTERNAL, by="region")
    groups = {
        (row["option"], row["group"]): (row["compared_by"], row["n"], row["count"])
        for row in found
        if row["question"] == "led"
    }
    assert groups["yes", "n"] == ("region", 9, 9)
    assert groups["no", "s"] == ("region", 2, 2)
    assert groups["yes", ""] == ("", 11, 9)
    # How many answered an item in a group stands on no card.
    item = next(row for row in found if row["item"] == "g1" and row["group"] == "n")
    assert (item["n"], item["replies"]) == (Reason.NOT_APPLICABLE, Reason.NOT_APPLICABLE)
