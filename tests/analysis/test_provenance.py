"""Every file that is taken away says of itself which state and which question it is of, in words and for programs."""

import csv
import io
import json
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image
from pptx import Presentation

from analysis import opened_data, overview, review, snapshots, take_away
from analysis.charts.spec import Form
from analysis.disclosure import Audience
from analysis.findings import provenance
from analysis.findings.card import Card
from analysis.findings.method import Method, WeightKind, method_of
from analysis.opened_data import Filters
from analysis.report import opened
from analysis.report.formats import Look
from data.store import Store
from survey.access import OPERATOR
from survey.demo import SLUG
from survey.translator import Words
from tests.small import NOW, REPORT_WRITER, SECRETARIAT

SVG = "{http://www.w3.org/2000/svg}"


def chart(store: Store, kind: str, **changes: object) -> bytes:
    values: dict[str, object] = {
        "actor": REPORT_WRITER,
        "words": Words("ar"),
        "filters": Filters.of({"region": ["ssa", "lac"]}),
        "by": "language",
        "now": NOW,
    }
    return take_away.chart_file(store, SLUG, "barriers", kind, **{**values, **changes}).content  # type: ignore[arg-type]


def read(kind: str, content: bytes) -> Any:
    """What the file carries, read without the program."""
    match kind:
        case "svg":
            (found,) = ElementTree.fromstring(content).findall(f"{SVG}metadata")
            return json.loads(found.text or "")
        case "png":
            image = Image.open(io.BytesIO(content))
            image.load()
            return json.loads(image.text["Soundings"])  # type: ignore[attr-defined]
        case "csv":
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
            assert len({row[-1] for row in rows[1:]}) == 1
            return json.loads(rows[1][-1])
        case _:
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                core = ElementTree.fromstring(book.read("docProps/core.xml"))
            return json.loads(core.findtext("{http://purl.org/dc/elements/1.1/}description") or "")


@pytest.mark.parametrize("kind", ["svg", "png", "csv", "xlsx"])
def test_a_chart_carries_its_whole_query_and_the_state_in_full(demo_store: Store, kind: str) -> None:
    found = read(kind, chart(demo_store, kind))
    method = found.pop("method")
    assert found == {
        "as_of": "2026-09-15T12:00:00+00:00",
        "audience": "meeting",
        "by": "language",
        "consultation": SLUG,
        "filters": {"region": ["lac", "ssa"]} | {"region": found["filters"]["region"]},
        "language": "ar",
        "program": "0.2.0",
        "question": "barriers",
        "snapshot": opened_data.digest(demo_store, SLUG, actor=OPERATOR),
    }
    assert sorted(found["filters"]["region"]) == ["lac", "ssa"]
    assert (method["weights"], method["interval"]) == ("unweighted", "wilson")


def internal_card(store: Store, method: Method) -> Card:
    return review.card(
        store,
        SLUG,
        "barriers",
        actor=SECRETARIAT,
        audience=Audience.INTERNAL,
        language="en",
        filters=Filters(),
        now=NOW,
        method=method,
    )


def test_the_query_names_the_method_of_a_card(demo_store: Store) -> None:
    found = provenance.query(internal_card(demo_store, Method(weights=WeightKind.RAKED, letters=True)))
    assert (found["method"]["weights"], found["method"]["letters"], found["audience"]) == ("raked", True, "internal")


def test_the_query_gives_back_how_weights_were_found(demo_store: Store) -> None:
    method = Method(weights=WeightKind.LOGIT, lowest=0.3, highest=4.0, trim=True, margins=("region",))
    card = internal_card(demo_store, method)
    assert method_of(opened.read_query(provenance.of_card(card))["method"]) == method


def test_a_file_of_a_frozen_state_names_that_state(demo_copy: Store) -> None:
    taken = snapshots.take(demo_copy, SLUG, actor=SECRETARIAT, now=NOW).record
    with demo_copy.write() as kept:
        first = kept.responses(kept.consultation(SLUG).id)[0]
        kept.save_response(first.id, expected_revision=first.revision, status="withdrawn", updated_at=NOW)
    then = read("svg", chart(demo_copy, "svg", filters=Filters(snapshot=taken.sha256[:8])))
    now = read("svg", chart(demo_copy, "svg", filters=Filters()))
    assert then["snapshot"] == taken.sha256
    assert now["snapshot"] == opened_data.digest(demo_copy, SLUG, actor=OPERATOR) != taken.sha256


def test_every_slide_with_figures_has_the_state_and_the_query_in_its_notes(demo_store: Store) -> None:
    words, filters = Words("fr"), Filters.of({"region": ["ssa"]})
    file = take_away.dashboard_file(
        demo_store, SLUG, "pptx", actor=REPORT_WRITER, words=words, filters=filters, now=NOW
    )
    deck = Presentation(io.BytesIO(file.content))
    state = opened_data.digest(demo_store, SLUG, actor=OPERATOR)
    assert deck.core_properties.keywords == state
    asked = set()
    for slide in list(deck.slides)[1:]:
        line, query, *note = slide.notes_slide.notes_text_frame.text.split("\n")
        assert len(note) <= 1  # what stands below the chart, where something does
        found = json.loads(query)
        assert (found["snapshot"], found["filters"], found["language"]) == (state, {"region": ["ssa"]}, "fr")
        assert state[:12] in line
        asked.add(found["question"])
    assert {"region", "barriers"} <= asked


def test_the_workbook_of_everything_has_the_state_and_no_single_question(demo_store: Store) -> None:
    file = take_away.dashboard_file(
        demo_store, SLUG, "xlsx", actor=REPORT_WRITER, words=Words("en"), filters=Filters(), now=NOW
    )
    found = read("xlsx", file.content)
    assert found["snapshot"] == opened_data.digest(demo_store, SLUG, actor=OPERATOR)
    assert "question" not in found
    assert "banners" not in found


def test_a_tab_book_names_all_that_it_compares_by(demo_store: Store) -> None:
    asked = {"actor": REPORT_WRITER, "words": Words("en"), "filters": Filters(), "now": NOW}
    few = {"by": ["region", "language"], "questions": ("barriers", "funding")}
    file = take_away.dashboard_file(demo_store, SLUG, "xlsx", **few, **asked)  # type: ignore[arg-type]
    assert read("xlsx", file.content)["banners"] == ["region", "language"]


@pytest.mark.parametrize("kind", ["svg", "png", "csv", "xlsx"])
def test_a_chart_names_the_form_that_was_chosen_for_it(demo_store: Store, kind: str) -> None:
    found = read(kind, chart(demo_store, kind, look=Look(form=Form.DUMBBELL, intervals=True)))
    assert (found["form"], found.get("intervals")) == ("dumbbell", None)


@pytest.mark.parametrize(
    ("question", "form", "named", "shows"),
    [
        ("m_serv", None, "intervals", None),
        ("m_serv", Form.INTERVALS, "intervals", None),
        ("m_serv", Form.STACKED, "stacked", True),
        ("m_serv", Form.DIVERGING, "diverging", True),
        ("led_by", None, None, True),
        ("led_by", Form.INTERVALS, "intervals", None),
        ("led_by", Form.TABLE, "table", None),
    ],
)
@pytest.mark.parametrize("kind", ["svg", "csv"])
def test_a_query_tells_what_to_choose_to_see_a_chart_with_its_intervals_again(
    demo_store: Store, kind: str, question: str, form: Form | None, named: str | None, shows: bool | None
) -> None:
    asked = {"actor": REPORT_WRITER, "words": Words("en"), "filters": Filters(), "now": NOW}
    look = Look(form=form, intervals=True)
    file = take_away.chart_file(demo_store, SLUG, question, kind, look=look, **asked)  # type: ignore[arg-type]
    found = read(kind, file.content)
    assert (found.get("form"), found.get("intervals")) == (named, shows)


@pytest.mark.parametrize("name", overview.PICTURES)
def test_pictures_of_the_monitor_print_and_carry_the_state(demo_store: Store, name: str) -> None:
    state = opened_data.digest(demo_store, SLUG, actor=OPERATOR)
    file = take_away.monitor_file(demo_store, SLUG, name, "svg", actor=REPORT_WRITER, words=Words("en"), now=NOW)
    assert read("svg", file.content) == {
        "as_of": "2026-09-15T12:00:00+00:00",
        "audience": "meeting",
        "consultation": SLUG,
        "language": "en",
        "picture": name,
        "program": "0.2.0",
        "snapshot": state,
    }
    assert f"Data state {state[:12]}." in file.content.decode()
