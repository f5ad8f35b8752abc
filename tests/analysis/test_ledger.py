"""The ledger: what was shown is remembered, and only those who see everything may read it."""

import json
from typing import Any

import highspy
import pytest
from sqlalchemy import event

from analysis import ledger, review
from analysis.__main__ import main
from analysis.dataset import kept, remembering
from analysis.disclosure import SUPPRESSED, Audience
from analysis.disclosure.policy import THRESHOLD
from analysis.findings.card import Card
from analysis.opened_data import Filters
from data.errors import InvalidInput, NotAllowed
from data.records import EVERYTHING, Scope
from data.settings import Settings
from data.store import Store, open_store
from survey import consultation_rules, consultations
from survey.access import Actor, ConsultationRole
from survey.policies import policies_of
from tests.attacker import Knowledge
from tests.small import FORM, NOW, REPORT_WRITER, SECRETARIAT, SLUG, granted, publish, send


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


def test_a_choice_that_was_hidden_as_an_answer_is_not_told_as_none(
    small: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Six, six and two: n = 14 was shown then, and the two were hidden.
    for number, answer in enumerate(["1"] * 6 + ["2"] * 6 + ["dk"] * 2):
        send(small, org_name=f"Org {number}", serv_prev=answer, serv_hr="1")
    with monkeypatch.context() as older:
        older.setattr("survey.questionnaire.NO_ANSWERS", {})
        then = meet(small, "serv_prev")
    counts = {row.code: row.cell.count for row in then.rows}
    assert (then.base.answered, counts["dk"]) == (14, SUPPRESSED)
    remembering.forget_all()
    kept.forget()
    now = meet(small, "serv_prev")
    assert now.base.answered is SUPPRESSED and now.base.missing["dont_know"] is SUPPRESSED
    assert {row.cell.count for row in now.rows} <= {*counts.values()}
    assert len(ledger.releases(small, SLUG, actor=SECRETARIAT)) == 1


DECLARED = FORM.replace("Français (fr) |\n| | consent ", "Français (fr) | missing |\n| | consent ").replace(
    "Ne sait pas          |", "Ne sait pas          | answer |"
)
"""The form whose choice "don't know" is declared to be an answer."""


@pytest.mark.parametrize(
    ("counts", "told"), [({"1": 12, "2": 3, "dk": 8}, (0.0, 3.0)), ({"1": 6, "2": 6, "dk": 2}, (2.0, 2.0))]
)
def test_two_readings_of_a_choice_can_be_subtracted_as_the_documentation_says(
    store: Store, counts: dict[str, int], told: tuple[float, float]
) -> None:
    """A known limit (docs/disclosure.md): who keeps the figures of before learns that a group is small. Where this
    fails because no small group is told any more, the limit is gone and the documentation is to say so."""
    publish(store, form=DECLARED)
    for code, count in counts.items():
        for number in range(count):
            send(store, org_name=f"Org {code} {number}", serv_prev=code, serv_hr="1")
    then = meet(store, "serv_prev")
    publish(store, form=FORM)
    now = meet(store, "serv_prev")
    assert then.source.sha256 != now.source.sha256
    assert (now.base.replies, {row.code for row in then.rows} - {row.code for row in now.rows}) == (
        sum(counts.values()),
        {"dk"},
    )
    codes = [row.code for row in then.rows]
    known = Knowledge()
    for code in codes:
        known.tell({code: 1.0}, 0.0, highspy.kHighsInf)
    for card, answers in ((then, codes), (now, [code for code in codes if code != "dk"])):
        if card.base.answered is not SUPPRESSED:
            known.tell(dict.fromkeys(answers, 1.0), card.base.answered, card.base.answered)
        for row in card.rows:
            if row.cell.count is not SUPPRESSED:
                known.tell({row.code: 1.0}, row.cell.count, row.cell.count)
    (small,) = (code for code, count in counts.items() if count < THRESHOLD)
    assert known.range_of({small: 1.0}) == told


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


def test_what_another_process_showed_counts_and_is_read_once(small: Store, settings: Settings) -> None:
    """Two programs on one database: what either released, the other decides beside; nobody reads a row twice."""
    for number in range(14):
        send(small, org_name=f"Org {number}", region="s" if number < 6 else "n")
    other = open_store(settings)
    try:
        seen(small, REPORT_WRITER, "serv_prev")
        seen(other, REPORT_WRITER, "serv_prev", region=("s",))
        read: list[tuple[str, Any]] = []
        event.listen(small._engine, "before_cursor_execute", lambda *asked: read.append(asked[2:4]))
        seen(small, REPORT_WRITER, "serv_prev", region=("n",))
        seen(small, REPORT_WRITER, "region")
        asked = [given for statement, given in read if "releases.hidden" in statement]
        own, others, last, _ = reversed(ledger.releases(small, SLUG, actor=SECRETARIAT))
    finally:
        other.close()
    assert (own.filters, others.filters, last.filters) == ([], [["region", ["s"]]], [["region", ["n"]]])
    values = (given.values() if isinstance(given, dict) else given for given in asked)  # those of psycopg have names
    assert [tuple(each)[-1] for each in values] == [own.id, last.id]  # from that row on
