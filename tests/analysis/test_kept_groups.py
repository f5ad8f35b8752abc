"""Groups of opinion as a finding: kept as a meeting may see them, drawn in reports and files, stable ones only."""

import io
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from pptx import Presentation

from analysis import homecoming, opinions, published, recommendations, reports, take_away
from analysis.charts import choose
from analysis.charts.spec import Form
from analysis.findings import frozen
from analysis.findings.card import Band, Opinions
from analysis.report.formats import DASHBOARD_FORMATS
from analysis.report.outline import Item, ItemKind
from analysis.report.tree import Figure, Report
from data.errors import InvalidInput
from data.store import Store
from survey import consultation_rules
from survey.access import OPERATOR
from survey.demo import SLUG as DEMO
from survey.translator import Words
from tests.analysis.batteries import two_camps_published
from tests.small import NOW, refused

ME = {"actor": OPERATOR, "now": NOW}
WORDS = Words("en")


@pytest.fixture
def key(store: Store) -> int:
    """The groups of opinion of two camps, kept."""
    two_camps_published(store)
    return recommendations.keep_groups(store, "views", "views", "Two camps speak.", **ME)


def kept(store: Store, key: int) -> recommendations.KeptFinding:
    found = {each.record.id: each for each in recommendations.findings(store, "views", actor=OPERATOR, language="en")}
    return found[key]


def composed(store: Store, key: int, form: str = "") -> Report:
    report = reports.create_report(store, "views", "Camps", "en", **ME)
    reports.add_item(store, "views", report, Item(kind=ItemKind.FINDING, finding_id=key, form=form), revision=1, **ME)
    return reports.compose_report(store, "views", report, **ME)


def test_groups_are_kept_by_fifths_without_a_map_and_come_back_as_they_were(store: Store, key: int) -> None:
    card = kept(store, key).card
    found = card.opinions
    assert found is not None
    assert (found.audience, len(found.groups), found.points) == ("meeting", 2, ())
    shares = [share for each in (*found.dividing, *found.shared) for share in each.shares]
    assert shares
    assert not any(isinstance(share, float) for share in shares)
    assert any(isinstance(share, Band) for share in shares)
    assert frozen.from_json(frozen.to_json(card)) == card
    spec = choose.chart(card, WORDS, statement="Two camps speak.")
    assert spec is not None
    assert (spec.title, [series.name[:7] for series in spec.series]) == ("Two camps speak.", ["Group 1", "Group 2"])
    assert spec.note.startswith("Groups of opinion: 2. How stable: in draws of 80% of")
    assert "How stable" in spec.note
    assert choose.own_form(card) is Form.OPINIONS


def test_a_report_draws_them_in_every_format(store: Store, key: int) -> None:
    report = composed(store, key)
    (figure,) = [part for part in report.parts if isinstance(part, Figure)]
    made = {kind: each.make(report, WORDS) for kind, each in DASHBOARD_FORMATS.items()}
    deck = Presentation(io.BytesIO(made["pptx"]))
    (chart,) = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert [series.name[:7] for series in chart.plots[0].series] == ["Group 1", "Group 2"]
    tables = Document(io.BytesIO(made["docx"])).tables
    assert [cell.text for cell in tables[0].rows[0].cells][:2] == ["Statement", "Side"]
    sheet = load_workbook(io.BytesIO(made["xlsx"])).worksheets[1]
    assert sheet.cell(6, 1).value == "Statement"
    shares = [sheet.cell(row, 3).value for row in range(7, 7 + len(figure.spec.categories))]
    assert all("–" in str(share) or share == "[c]" for share in shares)
    assert b"<figure>" in made["html"] and made["pdf"].startswith(b"%PDF-")


def test_drawn_as_bars_they_have_the_numbers_of_the_bars(store: Store, key: int) -> None:
    report = composed(store, key, form="stacked")
    (figure,) = [part for part in report.parts if isinstance(part, Figure)]
    assert (figure.spec.form, figure.card.opinions) == (Form.STACKED, None)
    deck = DASHBOARD_FORMATS["pptx"].make(report, WORDS)
    found = homecoming.check(store, deck, **ME)
    assert [view.verdict for view in found.views if view.question] == [homecoming.Verdict.HOLDS]
    assert [(each.moved, each.unknown, each.error) for each in found.charts] == [((), (), None)]


def test_its_file_comes_home(store: Store, key: int) -> None:
    file = take_away.finding_file(store, "views", key, "pptx", actor=OPERATOR, words=WORDS)
    found = homecoming.check(store, file.content, **ME)
    assert [view.verdict for view in found.views if view.question] == [homecoming.Verdict.HOLDS]
    assert [each.error for each in found.charts] == [None]


def test_without_stable_groups_nothing_is_kept(demo_copy: Store) -> None:
    with refused(InvalidInput, "groups.not_kept"):
        recommendations.keep_groups(demo_copy, DEMO, "m_part", "Camps?", **ME)
    assert recommendations.findings(demo_copy, DEMO, actor=OPERATOR, language="en") == ()


def test_nothing_is_kept_of_groups_below_the_threshold(store: Store) -> None:
    two_camps_published(store)
    consultation_rules.set_policies(store, "views", {"meeting_threshold": "100", "public_threshold": "100"}, **ME)
    with refused(InvalidInput, "groups.not_kept"):
        recommendations.keep_groups(store, "views", "views", "Camps?", **ME)


@pytest.fixture
def only_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two groups nothing may be told but what they share."""

    def told(*asked: Any, **more: Any) -> Opinions:
        found = computed(*asked, **more)
        groups = tuple(replace(each, apart=()) for each in found.groups)
        return replace(found, groups=groups, dividing=(), shared=found.dividing or found.shared)

    computed = opinions.opinions
    monkeypatch.setattr(opinions, "opinions", told)


def test_what_has_no_picture_is_not_kept(store: Store, only_shared: None) -> None:
    two_camps_published(store)
    with refused(InvalidInput, "groups.not_kept"):
        recommendations.keep_groups(store, "views", "views", "Both say so.", **ME)


def test_what_was_kept_without_a_picture_is_drawn_as_its_battery(
    store: Store, only_shared: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_camps_published(store)
    monkeypatch.setattr(recommendations, "may_be_drawn", lambda _found: True)  # as it was kept once
    key = recommendations.keep_groups(store, "views", "views", "Both say so.", **ME)
    spec = choose.chart(kept(store, key).card, WORDS, statement="Both say so.")
    assert spec is not None
    assert (spec.title, spec.form, '"picture"' in spec.provenance) == ("Both say so.", Form.STACKED, False)
    item = Item(kind=ItemKind.FINDING, finding_id=key)
    assert Form.OPINIONS not in reports.forms_offered(store, "views", item, language="en", **ME)
    (figure,) = [part for part in composed(store, key).parts if isinstance(part, Figure)]
    assert (figure.spec.form, figure.card.opinions) == (Form.STACKED, None)
    deck = take_away.finding_file(store, "views", key, "pptx", actor=OPERATOR, words=WORDS).content
    checked = homecoming.check(store, deck, **ME)
    assert [view.verdict for view in checked.views if view.question] == [homecoming.Verdict.HOLDS]


def test_a_file_of_groups_that_have_no_picture_any_more_says_so(
    store: Store, key: int, request: pytest.FixtureRequest
) -> None:
    file = take_away.finding_file(store, "views", key, "pptx", actor=OPERATOR, words=WORDS)
    request.getfixturevalue("only_shared")
    found = homecoming.check(store, file.content, **ME)
    assert [each.error and each.error.code for each in found.charts] == ["groups.not_kept"]


def test_they_are_not_published(store: Store, key: int) -> None:
    published.prepare(store, "views", published.Choice(findings=(key,)), revision=0, **ME)
    with refused(InvalidInput, "published.of_groups"):
        published.publish(store, "views", revision=1, **ME)
