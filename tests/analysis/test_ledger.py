"""The ledger: what was shown is remembered, and only those who see everything may read it."""

import json

import pytest

from analysis import ledger, review
from analysis.__main__ import main
from analysis.disclosure import SUPPRESSED, Audience
from analysis.findings.card import Card
from analysis.opened_data import Filters
from data.errors import InvalidInput, NotAllowed
from data.records import EVERYTHING, Scope
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, consultations
from survey.access import Actor, ConsultationRole
from survey.policies import policies_of
from tests.small import NOW, REPORT_WRITER, SECRETARIAT, SLUG, granted, send


def meet(store: Store, question: str = "region", **filters: tuple[str, ...]) -> Card:
    return review.card(
        store,
        SLUG,
        question,
        actor=REPORT_WRITER,
        audience=Audience.MEETING,
        language="en",
        filters=Filters.of(filters),
        now=NOW,
    )


def test_a_table_that_a_meeting_sees_stands_in_the_ledger_once(small: Store) -> None:
    for number in range(8):
        send(small, org_name=f"Org {number}", region="n" if number < 6 else "s")
    meet(small)
    meet(small)
    (kept,) = ledger.releases(small, SLUG, actor=SECRETARIAT)
    assert (kept.question, kept.filters, kept.audience, kept.threshold) == ("region", [], "meeting", 5)
    assert {figure for _, _, figure, _ in kept.hidden} >= {"=n", "=s"}


def test_what_the_secretariat_sees_and_asks_about_is_no_release(small: Store) -> None:
    send(small, org_name="Org", region="n")
    review.card(
        small,
        SLUG,
        "region",
        actor=SECRETARIAT,
        audience=Audience.INTERNAL,
        language="en",
        filters=Filters(),
        now=NOW,
    )
    found = review.hidden_figures(small, SLUG, "region", actor=SECRETARIAT, filters=Filters(), now=NOW)
    assert {each.reason for each in found} == {"small"}
    assert ledger.releases(small, SLUG, actor=SECRETARIAT) == ()


def test_a_report_writer_reads_neither_the_ledger_nor_the_reasons(small: Store) -> None:
    with pytest.raises(NotAllowed):
        ledger.releases(small, SLUG, actor=REPORT_WRITER)
    with pytest.raises(NotAllowed):
        review.hidden_figures(small, SLUG, "region", actor=REPORT_WRITER, filters=Filters(), now=NOW)


def test_a_consultation_may_ask_for_more_and_never_for_less_than_five(small: Store) -> None:
    for number in range(8):
        send(small, org_name=f"Org {number}", region="n")
    assert meet(small).base.replies == 8
    consultation_rules.set_policies(
        small, SLUG, {"meeting_threshold": "10", "public_threshold": "10"}, actor=SECRETARIAT, now=NOW
    )
    assert policies_of(consultations.find(small, SLUG)).meeting_threshold == 10
    assert str(meet(small).base.replies) == "Suppressed.SUPPRESSED"
    for typed in ({"meeting_threshold": "4"}, {"public_threshold": "9"}):
        with pytest.raises(InvalidInput):
            consultation_rules.set_policies(small, SLUG, typed, actor=SECRETARIAT, now=NOW)


def test_the_command_lists_releases(
    small: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", settings.database_url)
    for number in range(8):
        send(small, org_name=f"Org {number}", region="n" if number < 6 else "s")
    meet(small)
    assert main(["ledger", SLUG]) == 0
    line = capsys.readouterr().out
    assert "meeting  region  all  hidden:" in line
    assert main(["ledger", SLUG, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["question"] == "region"


def of_part(role: ConsultationRole = ConsultationRole.VIEWER, *regions: str) -> Actor:
    return granted(role, Scope(regions=frozenset(regions)))


def seen(store: Store, actor: Actor, question: str, **filters: tuple[str, ...]) -> Card:
    return review.card(
        store,
        SLUG,
        question,
        actor=actor,
        audience=Audience.MEETING,
        language="en",
        filters=Filters.of(filters),
        now=NOW,
    )


def test_what_a_part_was_shown_counts_for_the_whole(small: Store) -> None:
    # Eight of the North and two of the South: all but those of the North are two.
    for number in range(10):
        send(small, org_name=f"Org {number}", region="n" if number < 8 else "s")
    assert seen(small, of_part(ConsultationRole.VIEWER, "n"), "serv_prev").base.replies == 8
    whole = seen(small, REPORT_WRITER, "serv_prev")
    assert whole.base.replies is SUPPRESSED
    again = seen(small, REPORT_WRITER, "serv_prev", region=("n",))
    assert again.base.replies == 8
    first, second = reversed(ledger.releases(small, SLUG, actor=SECRETARIAT))
    assert (first.scope, second.scope) == (Scope(regions=frozenset({"n"})), EVERYTHING)


def test_a_part_does_not_learn_what_the_whole_was_shown(small: Store) -> None:
    for number in range(10):
        send(small, org_name=f"Org {number}", region="n" if number < 8 else "s")
    seen(small, REPORT_WRITER, "serv_prev")
    assert seen(small, of_part(ConsultationRole.VIEWER, "n"), "serv_prev").base.replies == 8
    (kept,) = ledger.releases(small, SLUG, actor=of_part(ConsultationRole.ANALYST, "n"))
    assert kept.scope == Scope(regions=frozenset({"n"}))
    assert ledger.releases(small, SLUG, actor=of_part(ConsultationRole.ANALYST, "s")) == ()
