"""Files to take away: what a person asked for, named and typed, as a meeting may see it."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from analysis import recommendations, take_away
from analysis.review import Filters
from data.errors import InvalidInput, NotAllowed, NotFound
from data.store import Store
from survey.demo import SLUG
from survey.translator import Words
from tests.small import REPORT_WRITER, SECRETARIAT, refused

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
WORDS = Words("en")
STARTS = {"png": b"\x89PNG\r\n", "svg": b"<?xml", "csv": b"\xef\xbb\xbf", "xlsx": b"PK\x03\x04"}
TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def chart_file(store: Store, question: str, kind: str, **changes: object) -> take_away.File:
    values: dict[str, object] = {"actor": REPORT_WRITER, "words": WORDS, "filters": Filters(), "now": NOW}
    return take_away.chart_file(store, SLUG, question, kind, **{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", STARTS)
def test_a_report_writer_takes_a_chart_away_in_every_format(demo_store: Store, kind: str) -> None:
    file = chart_file(demo_store, "region", kind)
    assert (file.name, file.content_type.split(";")[0]) == (f"{SLUG}-region.{kind}", TYPES[kind])
    assert file.content.lstrip()[: len(STARTS[kind])] == STARTS[kind]


@pytest.mark.parametrize("kind", ["exe", "", "../png", "pptx"])
def test_an_unknown_format_is_refused(demo_store: Store, kind: str) -> None:
    with refused(InvalidInput, "format.unknown"):
        chart_file(demo_store, "region", kind)


def test_names_of_organisations_do_not_leave_the_house(demo_store: Store) -> None:
    for actor in (REPORT_WRITER, SECRETARIAT):
        with refused(NotAllowed, "card.identifying"):
            chart_file(demo_store, "org_name", "csv", actor=actor)


def test_open_answers_have_no_picture(demo_store: Store) -> None:
    with refused(InvalidInput, "format.no_chart"):
        chart_file(demo_store, "worrying", "png")


def test_an_unknown_question_and_finding_are_not_found(demo_store: Store) -> None:
    with refused(NotFound, "card.unknown_question"):
        chart_file(demo_store, "nothing", "csv")
    with refused(NotFound, "finding.unknown"):
        take_away.finding_file(demo_store, SLUG, 77, "csv", actor=REPORT_WRITER, words=WORDS)


@pytest.mark.parametrize("name", ["timeline", "coverage"])
def test_the_pictures_of_the_monitor_are_drawings(demo_store: Store, name: str) -> None:
    file = take_away.monitor_file(demo_store, SLUG, name, "svg", actor=REPORT_WRITER, words=WORDS, now=NOW)
    assert (file.name, ElementTree.fromstring(file.content).tag) == (
        f"{SLUG}-{name}.svg",
        "{http://www.w3.org/2000/svg}svg",
    )


@pytest.mark.parametrize(
    ("name", "kind", "code"), [("x", "svg", "card.unknown_question"), ("timeline", "csv", "format.unknown")]
)
def test_the_monitor_has_no_other_files(demo_store: Store, name: str, kind: str, code: str) -> None:
    with refused(NotFound if name == "x" else InvalidInput, code):
        take_away.monitor_file(demo_store, SLUG, name, kind, actor=REPORT_WRITER, words=WORDS, now=NOW)


def test_the_file_of_a_kept_finding_stays_as_it_was(demo_copy: Store) -> None:
    key = recommendations.keep_finding(
        demo_copy, SLUG, "region", "Most are African.", filters=Filters(), actor=SECRETARIAT, now=NOW
    )
    first = take_away.finding_file(demo_copy, SLUG, key, "csv", actor=REPORT_WRITER, words=WORDS)
    assert first.name == f"{SLUG}-finding-{key}.csv"
    assert first.content == chart_file(demo_copy, "region", "csv").content
