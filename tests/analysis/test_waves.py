"""A question in two consultations: what can be drawn as a slope, and that nothing is released of what is refused."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from analysis import homecoming, ledger, waves
from analysis.disclosure import Audience
from data.errors import InvalidInput
from data.store import Store
from tests.analysis.cards import ENGLISH
from tests.small import FORM, NOW, SECRETARIAT, SLUG, publish, refused, send

SEVERAL = FORM.replace("| select_one region ", "| select_multiple region ")
TURNED = FORM.replace("| adequacy  | 1       | Not at all ", "| adequacy  | 1       | Fully ").replace(
    "| adequacy  | 3       | Fully ", "| adequacy  | 3       | Not at all "
)
LATER = "later"
BOTH = (waves.Wave(slug=SLUG), waves.Wave(slug=LATER))


def test_a_choice_that_became_one_of_several_is_compared_and_not_drawn(small: Store) -> None:
    publish(small, slug=LATER, form=SEVERAL)
    found = {name: drawn for name, _, drawn in waves.comparable(small, BOTH, actor=SECRETARIAT, language="en")}
    assert (found["region"], found["fields"]) == (False, True)


@pytest.mark.parametrize(
    ("form", "question", "code"),
    [
        (FORM, "staff", "slope.number"),
        (SEVERAL, "region", "trend.not_comparable"),
        (FORM.replace("| staff ", "| people "), "staff", "trend.not_comparable"),
        (TURNED, "m_serv", "trend.recoded"),
    ],
)
def test_a_slope_that_is_refused_releases_nothing(small: Store, form: str, question: str, code: str) -> None:
    publish(small, slug=LATER, form=form)
    for number in range(8):
        send(small, org_name=f"Org {number}", staff=number)
    asked = {"actor": SECRETARIAT, "audience": Audience.MEETING, "words": ENGLISH, "now": NOW}
    with refused(InvalidInput, code):
        waves.slope(small, BOTH, question, **asked)  # type: ignore[arg-type]
    assert [ledger.releases(small, slug, actor=SECRETARIAT) for slug in (SLUG, LATER)] == [(), ()]


STAFF_OF_FORMULAS = FORM.replace("| Members of staff", "| =1+1 members of staff")


def _two_waves(small: Store, form: str = FORM) -> None:
    publish(small, slug=LATER, form=form, title={"en": "Later"})
    for number in range(12):
        organisation = {"org_name": f"Org {number}", "region": "n" if number < 9 else "s"}
        before, after = ("yes" if number < n else "no" for n in (3, 8))
        send(small, staff=number * 1.0, serv_prev="1", story_yes=before, **organisation)
        send(small, slug=LATER, staff=number + 3.0 + number % 2, serv_prev="3", story_yes=after, **organisation)


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_trend_is_a_file_that_tells_what_the_screen_tells(small: Store) -> None:
    _two_waves(small)
    asked = {"actor": SECRETARIAT, "audience": Audience.INTERNAL, "now": NOW}
    found = waves.trend(small, BOTH, "staff", language="en", matched=True, **asked)  # type: ignore[arg-type]
    file = waves.trend_file(small, BOTH, "staff", "csv", words=ENGLISH, matched=True, **asked)  # type: ignore[arg-type]
    assert file.name == "later-staff-trend-matched-internal.csv"
    rows = _rows(file.content)
    for row, change in zip(rows, found.changes, strict=True):
        assert change.bounds is not None and change.difference is not None
        told = [float(row[head]) for head in ("change", "Change, lower bound (95 %)", "Change, upper bound (95 %)")]
        assert told == pytest.approx([change.difference, change.bounds.low, change.bounds.high], abs=1e-6)
        assert float(row["p"]) == pytest.approx(change.p, abs=1e-6)
    assert "Internal figures: not for publication." in rows[0]["Note"]
    assert "Compared are the organisations that answered both times" in rows[0]["Note"]
    assert all(each.snapshot in rows[0]["Source"] for each in (found.earlier, found.later))
    ends = json.loads(rows[0]["Query"])["of"]
    assert [each["snapshot"] for each in ends] == [found.earlier.sha256, found.later.sha256]


def test_a_trend_has_one_unit_in_a_row_of_text_and_points_beside_percent_in_a_workbook(small: Store) -> None:
    _two_waves(small)
    asked = {"actor": SECRETARIAT, "audience": Audience.INTERNAL, "now": NOW, "words": ENGLISH}
    text, book = (waves.trend_file(small, BOTH, "story_yes", kind, **asked).content for kind in waves.TREND_FORMATS)  # type: ignore[arg-type]
    for row in _rows(text):
        before, after, change = (float(row[head]) for head in ("before", "after", "change"))
        assert change and change == pytest.approx(after - before, abs=2e-6)
        low, high = (float(row[f"Change, {end} bound (95 %)"]) for end in ("lower", "upper"))
        assert -1 <= low <= change <= high <= 1
    sheet = load_workbook(io.BytesIO(book)).active
    heads = {str(cell.value): cell.column for line in sheet.iter_rows() for cell in line if cell.value}
    for at, row in enumerate(_rows(text), 7):
        cells = [sheet.cell(at, heads[head]) for head in ("after", "change")]
        assert [cell.number_format for cell in cells] == ["0%", "+0;\u22120;0"]
        assert [cell.value for cell in cells] == pytest.approx(
            [float(row["after"]), 100 * float(row["change"])], abs=1e-3
        )


def test_net_values_of_a_trend_say_that_they_are_in_percentage_points(small: Store) -> None:
    _two_waves(small)
    asked = {"actor": SECRETARIAT, "audience": Audience.INTERNAL, "now": NOW, "words": ENGLISH}
    rows = _rows(waves.trend_file(small, BOTH, "m_serv", "csv", **asked).content)  # type: ignore[arg-type]
    assert rows[0]["Base"].startswith("Net value, in percentage points · n, before: ")
    (regions, *_more) = _rows(waves.trend_file(small, BOTH, "region", "csv", **asked).content)  # type: ignore[arg-type]
    assert regions["Base"].startswith("n, before: ")


def test_what_a_meeting_does_not_see_of_a_trend_is_hidden_in_its_files(small: Store) -> None:
    """Three of twelve are of the South: both regions are hidden, for the total is told."""
    _two_waves(small)
    asked = {"actor": SECRETARIAT, "audience": Audience.MEETING, "now": NOW, "words": ENGLISH}
    rows = _rows(waves.trend_file(small, BOTH, "region", "csv", **asked).content)  # type: ignore[arg-type]
    assert {row[head] for row in rows for head in ("before", "after", "change")} == {"[c]"}
    assert {row[head] for row in rows for head in ("p", "Change, lower bound (95 %)")} == {""}
    book = load_workbook(io.BytesIO(waves.trend_file(small, BOTH, "region", "xlsx", **asked).content))  # type: ignore[arg-type]
    assert "[c]" in {cell.value for line in book.active.iter_rows() for cell in line}


def test_a_label_that_is_a_formula_stays_words_in_the_files_of_a_trend(small: Store) -> None:
    _two_waves(small, STAFF_OF_FORMULAS)
    asked = {"actor": SECRETARIAT, "audience": Audience.INTERNAL, "now": NOW, "words": ENGLISH}
    (mean, _median) = _rows(waves.trend_file(small, BOTH, "staff", "csv", **asked).content)  # type: ignore[arg-type]
    assert mean["Question"].startswith("'=1+1")
    book = load_workbook(io.BytesIO(waves.trend_file(small, BOTH, "staff", "xlsx", **asked).content))  # type: ignore[arg-type]
    kinds = {str(cell.value): cell.data_type for line in book.active.iter_rows() for cell in line if cell.value}
    assert kinds["=1+1 members of staff"] == "s"


def test_the_file_of_a_trend_that_comes_back_tells_whether_both_states_are_there(small: Store) -> None:
    _two_waves(small)
    asked = {"actor": SECRETARIAT, "audience": Audience.MEETING, "now": NOW, "words": ENGLISH}
    for kind in waves.TREND_FORMATS:
        file = waves.trend_file(small, BOTH, "fields", kind, **asked)  # type: ignore[arg-type]
        (view,) = homecoming.check(small, file.content, actor=SECRETARIAT, now=NOW).views
        assert (view.verdict, view.question) == (homecoming.Verdict.HOLDS, "fields")


def test_a_format_that_no_trend_has_releases_nothing(small: Store) -> None:
    _two_waves(small)
    with refused(InvalidInput, "format.unknown"):
        waves.trend_file(
            small, BOTH, "region", "svg", actor=SECRETARIAT, audience=Audience.MEETING, words=ENGLISH, now=NOW
        )
    assert ledger.releases(small, LATER, actor=SECRETARIAT) == ()
