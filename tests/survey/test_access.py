"""Who may do what: the whole table, and every use case that takes an actor."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

import analysis
import survey
from analysis import (
    card_notes,
    data_out,
    estimates,
    gradual,
    inventory,
    ledger,
    meetings,
    microdata,
    monitoring,
    open_answers,
    opened_data,
    opinions,
    overview,
    published,
    quality,
    reading,
    recommendations,
    reports,
    review,
    snapshots,
    take_away,
    waves,
)
from analysis.charts.spec import Form
from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.findings.method import PLAIN
from analysis.opened_data import Filters
from analysis.report.outline import Item, ItemKind
from data.analysis_records import Decision, Flag
from data.errors import NotAllowed, NotFound, SoundingsError
from data.log_records import LogFilter
from data.records import EVERYTHING, ConsultationStatus, Scope
from data.settings import Settings
from data.store import Store, open_store
from survey import (
    consultation_rules,
    consultations,
    demo,
    erasure,
    grants,
    imports,
    invitations,
    letters,
    links,
    log,
    mailings,
    outcomes,
    people,
    preparation,
    processing_record,
    publications,
    question_roles,
    response_files,
    retention,
    second_factor,
    sessions,
    trash,
)
from survey.access import (
    ANONYMOUS,
    OPERATOR,
    SYSTEM,
    Action,
    Actor,
    ActorKind,
    ConsultationRole,
    Role,
    decide,
    require,
)
from survey.contact_lists import ContactTable
from survey.mail_templates import MailKind
from survey.translator import Words
from survey.versions.renames import RenameMap
from survey.xlsform.sheets import from_markdown
from tests import access_page
from tests.databases import copied, dropped
from tests.small import (
    FORM,
    MEMBER,
    NOW,
    REPORT_WRITER,
    SECRETARIAT,
    SLUG,
    granted,
    person,
    publish,
    refused,
)

WORDS = Words("en")

# administrator, secretariat, report writer, member; then owner, editor, analyst, reviewer, viewer, translator of a
# consultation: A for any part of it, W for the whole only, - never
TABLE = {
    Action.MANAGE_PEOPLE: "A--- ------",
    Action.CREATE_CONSULTATIONS: "AA-- ------",
    Action.GRANT_ROLES: "AA-- W-----",
    Action.MANAGE_CONSULTATIONS: "AA-- WW----",
    Action.EDIT_QUESTIONNAIRE: "AA-- WW----",
    Action.TRANSLATE: "AA-- AA---A",
    Action.READ_INTERNAL_FIGURES: "AA-- AAAA--",
    Action.READ_PROTECTED_FIGURES: "AAA- AAAAA-",
    Action.READ_ANSWERS: "AA-- A-AA--",
    Action.READ_CONTACTS: "AA-- A--A--",
    Action.REVIEW_REPLIES: "AA-- A--A--",
    Action.WRITE_FINDINGS: "AA-- A-A---",
    Action.READ_LOG: "AA-- W-----",
}
NO_ROLE = Actor(kind=ActorKind.PERSON, person_id=9, login="nobody")
PARTS = (
    EVERYTHING,
    Scope(regions=frozenset({"n"})),
    Scope(languages=frozenset({"fr"})),
    Scope(regions=frozenset({"n"}), languages=frozenset({"fr"})),
)


def in_table(action: Action, role: Role | ConsultationRole) -> str:
    everywhere, here = TABLE[action].split()
    return everywhere[list(Role).index(role)] if isinstance(role, Role) else here[list(ConsultationRole).index(role)]


def test_the_table_names_every_action_and_role() -> None:
    assert set(TABLE) == set(Action)
    assert {tuple(map(len, line.split())) for line in TABLE.values()} == {(len(Role), len(ConsultationRole))}


@pytest.mark.parametrize(("action", "role"), list(product(TABLE, Role)))
def test_a_role_of_the_installation_may_do_everywhere_what_the_table_says(action: Action, role: Role) -> None:
    allowed = in_table(action, role) == "A"
    for consultation in ("", SLUG):
        decision = decide(person(role), action, consultation)
        assert (decision.allowed, decision.reason) == (allowed, "access.role" if allowed else "access.denied")
        assert decision.scope == EVERYTHING


@pytest.mark.parametrize(("action", "role", "part"), list(product(TABLE, ConsultationRole, PARTS)))
def test_a_role_of_a_consultation_may_do_there_what_the_table_says(
    action: Action, role: ConsultationRole, part: Scope
) -> None:
    who, cell = granted(role, part), in_table(action, role)
    allowed = cell == "A" or (cell == "W" and part == EVERYTHING)
    reason = "access.grant" if allowed else "access.part_only" if cell == "W" else "access.denied"
    decision = decide(who, action, SLUG)
    assert (decision.allowed, decision.reason) == (allowed, reason)
    assert decision.scope == (part if allowed else EVERYTHING)
    if allowed:
        assert require(who, action, SLUG) == part
    else:
        with refused(NotAllowed, reason):
            require(who, action, SLUG)
    for elsewhere in ("", "other"):
        assert decide(who, action, elsewhere).allowed is False
    with refused(NotFound, "consultation.unknown"):
        require(who, action, "other")


def test_the_page_about_access_says_what_the_code_decides() -> None:
    assert access_page.PAGE.read_text(encoding="utf-8") == access_page.page()


@pytest.mark.parametrize(("action", "actor"), list(product(Action, (OPERATOR, SYSTEM))))
def test_the_operator_and_the_system_may_do_everything(action: Action, actor: Actor) -> None:
    assert decide(actor, action).allowed is True


@pytest.mark.parametrize(("action", "actor"), list(product(Action, (ANONYMOUS, NO_ROLE))))
def test_nobody_in_particular_may_do_nothing(action: Action, actor: Actor) -> None:
    for consultation in ("", SLUG):
        with refused(NotAllowed, "access.sign_in") as caught:
            require(actor, action, consultation)
        assert caught.value.params == {"action": str(action)}


# use cases

_REVIEW = {"language": "en", "filters": Filters()}
_CARD = {**_REVIEW, "now": NOW}
_CHANGE = {"revision": 1, "now": NOW}
_SAME = (waves.Wave(slug=SLUG), waves.Wave(slug=SLUG))
_DRAWN = {"words": WORDS, "now": NOW}
_RECOMMENDATION = {
    "text": "a",
    "addressee": "b",
    "level": "local",
    "challenge": "",
    "finding_ids": (),
    "answers": (),
    "now": NOW,
}
UseCase = Callable[[Store, Actor], object]


def a_state(store: Store, actor: Actor) -> str:
    """The first snapshot that the actor may know of, or one that is not there."""
    return next((each.sha256 for each in reversed(snapshots.listed(store, SLUG, actor=actor))), "0" * 64)


def read_alike(store: Store, actor: Actor) -> bool | None:
    """Whether the first snapshot that the actor may know of is read as then; None when there is none."""
    try:
        return snapshots.reads_alike(store, SLUG, a_state(store, actor), actor=actor)
    except NotFound as error:
        if error.code != "snapshot.unknown":
            raise
        return None


def a_picture_file(store: Store, actor: Actor) -> take_away.File | None:
    """The file of a picture of who answered; None when nothing in it may be shown."""
    try:
        return take_away.monitor_file(store, SLUG, "coverage", "svg", actor=actor, words=WORDS, now=NOW)
    except NotFound as error:
        if error.code != "report.picture_gone":
            raise
        return None


def an_internal_card(store: Store, actor: Actor) -> Card:
    """A card that only staff may see: the actor's own, or one that somebody handed to those who have none."""
    asked: dict[str, object] = {"audience": Audience.INTERNAL, **_CARD}
    try:
        return review.card(store, SLUG, "region", actor=actor, **asked)  # type: ignore[arg-type]
    except (NotAllowed, NotFound):
        return review.card(store, SLUG, "region", actor=OPERATOR, **asked)  # type: ignore[arg-type]


def of_a_report(store: Store, actor: Actor, act: Callable[[int], object]) -> object:
    """What comes of the first report that the actor may know of; None when there is none."""
    found = [each.id for each in reports.listed(store, SLUG, actor=actor)]
    return act(found[0]) if found else None


_TEXT = Item(kind=ItemKind.TEXT, key=1, text="words")


STAFF_ONLY: dict[str, UseCase] = {
    "publish": lambda s, a: publications.publish(
        s, from_markdown(FORM), slug="new", title={"en": "New"}, actor=a, now=NOW
    ),
    "preview_publish": lambda s, a: publications.preview_publish(s, from_markdown(FORM), slug=SLUG, actor=a),
    "renames_that_hold": lambda s, a: publications.renames_that_hold(
        s, from_markdown(FORM), slug=SLUG, renames=RenameMap(), actor=a
    ),
    "projects": lambda s, a: preparation.projects(s, actor=a),
    "open_project": lambda s, a: preparation.open_project(s, 1, actor=a),
    "begin_project": lambda s, a: preparation.begin_project(s, name="x", actor=a, now=NOW),
    "begin_from_version": lambda s, a: preparation.begin_from_version(s, SLUG, name="x", actor=a, now=NOW),
    "rename_project": lambda s, a: preparation.rename_project(s, 1, "y", **_CHANGE, actor=a),
    "delete_project": lambda s, a: preparation.delete_project(s, 1, **_CHANGE, actor=a),
    "edit_rows": lambda s, a: preparation.edit_rows(s, 1, "survey", **_CHANGE, actor=a),
    "replace_rows": lambda s, a: preparation.replace_rows(s, 1, from_markdown(FORM), act="edited", **_CHANGE, actor=a),
    "move_row": lambda s, a: preparation.move_row(s, 1, "survey", 2, 1, **_CHANGE, actor=a),
    "rename_question": lambda s, a: preparation.rename_question(s, 1, "region", "area", **_CHANGE, actor=a),
    "add_library_block": lambda s, a: preparation.add_library_block(s, 1, "sdgs", after=2, **_CHANGE, actor=a),
    "undo": lambda s, a: preparation.undo(s, 1, **_CHANGE, actor=a),
    "import_translation": lambda s, a: preparation.import_translation(s, 1, b"", **_CHANGE, actor=a),
    "note_published": lambda s, a: preparation.note_published(s, 1, SLUG, actor=a, now=NOW),
    "history": lambda s, a: publications.history(s, SLUG, actor=a),
    "workbook": lambda s, a: publications.workbook(s, SLUG, 1, actor=a),
    "set_status": lambda s, a: consultations.set_status(s, SLUG, ConsultationStatus.CLOSED, actor=a, now=NOW),
    "import_responses": lambda s, a: imports.import_responses(s, SLUG, (), actor=a, now=NOW),
    "import_frame": lambda s, a: invitations.import_frame(s, SLUG, (), actor=a, now=NOW),
    "preview_frame": lambda s, a: invitations.preview_frame(
        s, SLUG, ContactTable(headers=(), rows=()), {"organisation": ""}, actor=a
    ),
    "organisations": lambda s, a: invitations.organisations(s, SLUG, actor=a),
    "keys_of": lambda s, a: invitations.keys_of(s, SLUG, (), actor=a),
    "template": lambda s, a: mailings.template(s, SLUG, MailKind.THANKS, "en", actor=a),
    "set_template": lambda s, a: mailings.set_template(
        s, SLUG, MailKind.THANKS, "en", subject="a", body="b", actor=a, now=NOW
    ),
    "recipients": lambda s, a: mailings.recipients(s, SLUG, MailKind.THANKS, actor=a, now=NOW),
    "queue": lambda s, a: mailings.queue(s, SLUG, MailKind.THANKS, actor=a, now=NOW),
    "send": lambda s, a: mailings.send(s, SLUG, server=None, base_url="", actor=a, clock=lambda: NOW),
    "mailings": lambda s, a: mailings.mailings(s, SLUG, actor=a),
    "troubled": lambda s, a: mailings.troubled(s, SLUG, actor=a),
    "retry": lambda s, a: mailings.retry(s, SLUG, actor=a, now=NOW),
    "mark_bounced": lambda s, a: mailings.mark_bounced(s, SLUG, 1, actor=a, now=NOW),
    "take_bounces": lambda s, a: mailings.take_bounces(s, SLUG, (), actor=a, now=NOW),
    "merge_file": lambda s, a: mailings.merge_file(s, SLUG, MailKind.THANKS, "csv", base_url="", actor=a, now=NOW),
    "letters": lambda s, a: letters.letters(s, SLUG, base_url="", actor=a, now=NOW),
    "renew_link": lambda s, a: links.renew_link(s, SLUG, 1, actor=a, now=NOW),
    "revoke_links": lambda s, a: links.revoke_links(s, SLUG, 1, actor=a, now=NOW),
    "invited": lambda s, a: monitoring.invited(s, SLUG, actor=a, language="en"),
    "outreach": lambda s, a: monitoring.outreach(s, SLUG, actor=a, language="en"),
    "outreach_csv": lambda s, a: monitoring.outreach_csv(s, SLUG, actor=a, language="en", heads=()),
    "change": lambda s, a: consultations.change(
        s, SLUG, title={}, opens_at=None, deadline_at=None, closes_at=None, actor=a, now=NOW
    ),
    "set_roles": lambda s, a: question_roles.set_roles(s, SLUG, {}, actor=a, now=NOW),
    "parts": lambda s, a: publications.parts(s, from_markdown(FORM), slug=SLUG, actor=a),
    "doubted": lambda s, a: invitations.doubted(s, SLUG, actor=a),
    "count_reply": lambda s, a: invitations.count_reply(s, SLUG, 1, 1, actor=a, now=NOW),
    "flagged": lambda s, a: quality.flagged(s, SLUG, actor=a, language="en"),
    "decide_replies": lambda s, a: quality.decide_replies(
        s, SLUG, Flag.SPEEDING, [(1, 0)], Decision.KEPT, "Seen", actor=a, now=NOW
    ),
    "comparable_questions": lambda s, a: quality.comparable_questions(s, SLUG, actor=a, language="en"),
    "with_and_without": lambda s, a: quality.with_and_without(s, SLUG, "region", actor=a, language="en"),
    "state_rule": lambda s, a: quality.state_rule(s, SLUG, "Nobody", "${staff} = 0", actor=a, now=NOW),
    "drop_rule": lambda s, a: quality.drop_rule(s, SLUG, 1, actor=a, now=NOW),
    "set_policies": lambda s, a: consultation_rules.set_policies(s, SLUG, {}, actor=a, now=NOW),
    "write_outcome": lambda s, a: outcomes.write_outcome(s, SLUG, words={}, link="", on="", actor=a, now=NOW),
    "grant": lambda s, a: grants.grant(s, SLUG, "x", ConsultationRole.VIEWER, actor=a, now=NOW),
    "revoke": lambda s, a: grants.revoke(s, SLUG, "x", actor=a, now=NOW),
    "granted": lambda s, a: grants.granted(s, SLUG, actor=a),
    "everywhere": lambda s, a: grants.everywhere(s, SLUG, actor=a),
    "regions_of": lambda s, a: grants.regions_of(s, SLUG, actor=a, language="en"),
    "staff_files": lambda s, a: response_files.staff_files(s, SLUG, actor=a),
    "trash.ask": lambda s, a: trash.ask(s, SLUG, "R-1", "reason", actor=a, now=NOW),
    "agree": lambda s, a: trash.agree(s, SLUG, 1, actor=a, now=NOW),
    "refuse": lambda s, a: trash.refuse(s, SLUG, 1, actor=a, now=NOW),
    "restore": lambda s, a: trash.restore(s, SLUG, 1, actor=a, now=NOW),
    "empty": lambda s, a: trash.empty(s, actor=a, now=NOW),
    "deletions": lambda s, a: trash.deletions(s, SLUG, actor=a, now=NOW),
    "erase_by_reference": lambda s, a: erasure.erase_by_reference(s, SLUG, "R-1", actor=a, now=NOW),
    "preview": lambda s, a: retention.preview(s, SLUG, actor=a, now=NOW),
    "run": lambda s, a: retention.run(s, SLUG, actor=a, now=NOW),
    "run_all": lambda s, a: retention.run_all(s, actor=a, now=NOW),
    "processing_record.record": lambda s, a: processing_record.record(s, Settings(), words=WORDS, actor=a, now=NOW),
    "look": lambda s, a: log.look(s, LogFilter(consultation=SLUG), actor=a),
    "look everything": lambda s, a: log.look(s, LogFilter(), actor=a),
    "export": lambda s, a: log.export(s, LogFilter(consultation=SLUG), "csv", actor=a, now=NOW),
    "export everything": lambda s, a: log.export(s, LogFilter(), "jsonl", actor=a, now=NOW),
    "reset_link": lambda s, a: people.reset_link(s, "x", actor=a, now=NOW),
    "frame": lambda s, a: microdata.frame(s, SLUG, actor=a, language="en", now=NOW),
    "demo.load": lambda s, a: demo.load(s, actor=a, now=NOW),
    "staff_file": lambda s, a: response_files.staff_file(s, "0" * 32, actor=a),
    "invite": lambda s, a: people.invite(s, login="x", name="X", role=Role.SECRETARIAT, actor=a, now=NOW),
    "people.listed": lambda s, a: people.listed(s, actor=a),
    "standings": lambda s, a: people.standings(s, actor=a, now=NOW),
    "set_role": lambda s, a: people.set_role(s, 7, Role.SECRETARIAT, actor=a, now=NOW),
    "reset_second_factor": lambda s, a: people.reset_second_factor(s, "x", actor=a, now=NOW),
    "reset": lambda s, a: second_factor.reset(s, 7, actor=a, now=NOW),
    "end_of_person": lambda s, a: sessions.end_of_person(s, 7, actor=a, now=NOW),
    "set_active": lambda s, a: people.set_active(s, 7, False, actor=a, now=NOW),
    "estimate internal": lambda s, a: estimates.estimate(
        s, SLUG, "region", actor=a, audience=Audience.INTERNAL, language="en", now=NOW
    ),
    "opinions internal": lambda s, a: opinions.opinions(
        s, SLUG, "m_serv", actor=a, audience=Audience.INTERNAL, language="en", now=NOW
    ),
    "trend internal": lambda s, a: waves.trend(
        s, _SAME, "region", actor=a, audience=Audience.INTERNAL, language="en", now=NOW
    ),
    "cards internal": lambda s, a: review.cards(s, SLUG, actor=a, audience=Audience.INTERNAL, **_CARD),
    "card internal": lambda s, a: review.card(s, SLUG, "region", actor=a, audience=Audience.INTERNAL, **_CARD),
    "under_way internal": lambda s, a: gradual.under_way(
        s, SLUG, ["region"], actor=a, audience=Audience.INTERNAL, **_CARD
    ).card(0),
    "one_by_one internal": lambda s, a: list(
        review.one_by_one(s, SLUG, ["region"], actor=a, audience=Audience.INTERNAL, **_CARD)
    ),
    "assessed internal": lambda s, a: list(review.assessed(s, SLUG, [an_internal_card(s, a)], actor=a)),
    "first_quotes internal": lambda s, a: open_answers.first_quotes(
        s, SLUG, "finding", actor=a, audience=Audience.INTERNAL, limit=1, **_REVIEW
    ),
    "book internal": lambda s, a: review.book(s, SLUG, by=["region"], actor=a, audience=Audience.INTERNAL, **_CARD),
    "hidden_figures": lambda s, a: review.hidden_figures(s, SLUG, "region", actor=a, filters=Filters(), now=NOW),
    "notes internal": lambda s, a: card_notes.notes(s, SLUG, actor=a, audience=Audience.INTERNAL, now=NOW),
    "releases": lambda s, a: ledger.releases(s, SLUG, actor=a),
    "quotes internal": lambda s, a: open_answers.quotes(
        s, SLUG, "finding", actor=a, audience=Audience.INTERNAL, **_REVIEW
    ),
    "progress internal": lambda s, a: monitoring.progress(
        s, SLUG, actor=a, language="en", now=NOW, audience=Audience.INTERNAL
    ),
    "keep_finding": lambda s, a: recommendations.keep_finding(
        s, SLUG, "region", "words", actor=a, filters=Filters(), now=NOW
    ),
    "write_note": lambda s, a: card_notes.write_note(
        s, SLUG, "region", "All were asked.", revision=0, actor=a, now=NOW
    ),
    "keep_groups": lambda s, a: recommendations.keep_groups(s, SLUG, "m_serv", "words", actor=a, now=NOW),
    "reword_finding": lambda s, a: recommendations.reword_finding(s, 1, "words", revision=1, actor=a, now=NOW),
    "drop_finding": lambda s, a: recommendations.drop_finding(s, 1, actor=a, now=NOW),
    "write_recommendation": lambda s, a: recommendations.write_recommendation(s, SLUG, actor=a, **_RECOMMENDATION),
    "prepared": lambda s, a: published.prepared(s, SLUG, actor=a),
    "prepare": lambda s, a: published.prepare(s, SLUG, published.Choice(findings=(1,)), revision=0, actor=a, now=NOW),
    "published.preview": lambda s, a: published.preview(s, SLUG, "en", actor=a, now=NOW),
    "published.publish": lambda s, a: published.publish(s, SLUG, revision=0, actor=a, now=NOW),
    "published.withdraw": lambda s, a: published.withdraw(s, SLUG, revision=0, actor=a, now=NOW),
    "drop_recommendation": lambda s, a: recommendations.drop_recommendation(s, 1, actor=a, now=NOW),
    "move": lambda s, a: recommendations.move(s, SLUG, "findings", 1, 1, actor=a, now=NOW),
    "create_report": lambda s, a: reports.create_report(s, SLUG, "x", "en", actor=a, now=NOW),
    "rename_report": lambda s, a: reports.rename_report(s, SLUG, 1, "x", "en", **_CHANGE, actor=a),
    "drop_report": lambda s, a: reports.drop_report(s, SLUG, 1, actor=a, now=NOW),
    "add_item": lambda s, a: reports.add_item(s, SLUG, 1, _TEXT, **_CHANGE, actor=a),
    "change_item": lambda s, a: reports.change_item(s, SLUG, 1, _TEXT, **_CHANGE, actor=a),
    "move_item": lambda s, a: reports.move_item(s, SLUG, 1, 1, 1, **_CHANGE, actor=a),
    "remove_item": lambda s, a: reports.remove_item(s, SLUG, 1, 1, **_CHANGE, actor=a),
    "accept_numbers": lambda s, a: reports.accept_numbers(s, SLUG, 1, **_CHANGE, actor=a),
    "unprotected": lambda s, a: microdata.unprotected(s, SLUG, actor=a, language="en", now=NOW),
    "answers_file": lambda s, a: data_out.answers_file(
        s, SLUG, "r", actor=a, words=WORDS, filters=Filters(), now=NOW, texts=True
    ),
    "answers_file names": lambda s, a: data_out.answers_file(
        s, SLUG, "r", actor=a, words=WORDS, filters=Filters(), now=NOW, names=True
    ),
    "figures_file internal": lambda s, a: data_out.figures_file(
        s, SLUG, "r", actor=a, words=WORDS, filters=Filters(), now=NOW, audience=Audience.INTERNAL
    ),
    "take": lambda s, a: snapshots.take(s, SLUG, actor=a, now=NOW),
    "recompute": lambda s, a: snapshots.recompute(s, a_state(s, a), actor=a, now=NOW, slug=SLUG),
    "compare": lambda s, a: snapshots.compare(
        s, a_state(s, a), a_state(s, a), actor=a, language="en", now=NOW, slug=SLUG
    ),
    "present_state": lambda s, a: opened_data.present_state(s, SLUG, actor=a),
    "chart_file internal": lambda s, a: take_away.chart_file(
        s, SLUG, "region", "csv", actor=a, words=WORDS, filters=Filters(), now=NOW, audience=Audience.INTERNAL
    ),
    "slope internal": lambda s, a: waves.slope(s, _SAME, "region", actor=a, audience=Audience.INTERNAL, **_DRAWN),
    "trend_file internal": lambda s, a: waves.trend_file(
        s, _SAME, "region", "csv", actor=a, audience=Audience.INTERNAL, **_DRAWN
    ),
    "slope_file internal": lambda s, a: waves.slope_file(
        s, _SAME, "region", "svg", actor=a, audience=Audience.INTERNAL, **_DRAWN
    ),
    "charts_zip internal": lambda s, a: take_away.charts_zip(
        s, SLUG, ["svg"], actor=a, words=WORDS, filters=Filters(), now=NOW, audience=Audience.INTERNAL
    ),
    "dashboard_file internal": lambda s, a: take_away.dashboard_file(
        s, SLUG, "xlsx", actor=a, words=WORDS, filters=Filters(), now=NOW, audience=Audience.INTERNAL
    ),
}
ANY_ROLE: dict[str, UseCase] = {
    "cards": lambda s, a: review.cards(s, SLUG, actor=a, audience=Audience.MEETING, **_CARD),
    "card": lambda s, a: review.card(s, SLUG, "region", actor=a, audience=Audience.PUBLIC, **_CARD),
    "set_against": lambda s, a: review.set_against(
        s,
        SLUG,
        review.card(s, SLUG, "region", actor=a, audience=Audience.MEETING, **_CARD),
        actor=a,
        filters=Filters(),
        now=NOW,
    ),
    "drawn_card": lambda s, a: review.drawn_card(
        s, SLUG, "region", Form.TABLE, actor=a, audience=Audience.MEETING, **_CARD
    ),
    "forms_offered": lambda s, a: reports.forms_offered(
        s, SLUG, Item(kind=ItemKind.CHART, question="region"), language="en", actor=a, now=NOW
    ),
    "notes": lambda s, a: card_notes.notes(s, SLUG, actor=a, audience=Audience.MEETING, now=NOW),
    "remarked": lambda s, a: card_notes.remarked(
        s,
        SLUG,
        [review.card(s, SLUG, "region", actor=a, audience=Audience.MEETING, **_CARD)],
        actor=a,
        audience=Audience.MEETING,
        now=NOW,
    ),
    "hidden_number": lambda s, a: review.hidden_number(
        s, SLUG, "region", " ".join(map(str, range(999))), actor=a, audience=Audience.MEETING, now=NOW
    ),
    "under_way": lambda s, a: gradual.under_way(s, SLUG, ["region"], actor=a, audience=Audience.MEETING, **_CARD).card(
        0
    ),
    "reading": lambda s, a: reading.reading(s, SLUG, actor=a),
    "one_by_one": lambda s, a: list(
        review.one_by_one(s, SLUG, ["region"], actor=a, audience=Audience.MEETING, **_CARD)
    ),
    "first_quotes": lambda s, a: open_answers.first_quotes(
        s, SLUG, "finding", actor=a, audience=Audience.MEETING, limit=1, **_REVIEW
    ),
    "book": lambda s, a: review.book(s, SLUG, by=["region"], actor=a, audience=Audience.MEETING, **_CARD),
    "weights": lambda s, a: estimates.weights(s, SLUG, PLAIN, actor=a, language="en"),
    "margins": lambda s, a: estimates.margins(s, SLUG, actor=a, language="en"),
    "framed": lambda s, a: estimates.framed(s, SLUG, actor=a),
    "estimate": lambda s, a: estimates.estimate(
        s, SLUG, "region", actor=a, audience=Audience.MEETING, language="en", now=NOW
    ),
    "opinions": lambda s, a: opinions.opinions(
        s, SLUG, "m_serv", actor=a, audience=Audience.MEETING, language="en", now=NOW
    ),
    "trend": lambda s, a: waves.trend(s, _SAME, "region", actor=a, audience=Audience.PUBLIC, language="en", now=NOW),
    "quotes": lambda s, a: open_answers.quotes(s, SLUG, "finding", actor=a, audience=Audience.MEETING, **_REVIEW),
    "released": lambda s, a: ledger.released(
        s,
        SLUG,
        opened_data.open_data(s, SLUG, OPERATOR, Audience.INTERNAL).dataset,
        lambda part: "0" * 64,
        (),
        audience=Audience.PUBLIC,
        actor=a,
        now=NOW,
    ),
    "released_as_kept": lambda s, a: ledger.released_as_kept(s, SLUG, (), kept_at=NOW, actor=a, now=NOW, kept=False),
    "languages": lambda s, a: inventory.languages(s, SLUG, actor=a),
    "label_languages": lambda s, a: inventory.label_languages(s, SLUG, actor=a),
    "require_language": lambda s, a: inventory.require_language(s, SLUG, "en", actor=a),
    "digest": lambda s, a: opened_data.digest(s, SLUG, actor=a),
    "source": lambda s, a: opened_data.source(s, SLUG, actor=a, language="en", now=NOW),
    "replies": lambda s, a: inventory.replies(s, SLUG, actor=a),
    "questions": lambda s, a: inventory.questions(s, SLUG, actor=a, language="en"),
    "offer": lambda s, a: data_out.offer(s, SLUG, actor=a, language="en"),
    "figures_file": lambda s, a: data_out.figures_file(
        s, SLUG, "r", actor=a, words=WORDS, filters=Filters(), now=NOW, questions=["m_serv"], by="region"
    ),
    "offered": lambda s, a: inventory.offered(s, SLUG, actor=a, language="en"),
    "reports.listed": lambda s, a: reports.listed(s, SLUG, actor=a),
    "preview_text": lambda s, a: reports.preview_text(s, SLUG, "{{m_serv|what=n}}", language="en", actor=a, now=NOW),
    "open_report": lambda s, a: of_a_report(s, a, lambda key: reports.open_report(s, SLUG, key, actor=a, now=NOW)),
    "check_report": lambda s, a: of_a_report(s, a, lambda key: reports.check_report(s, SLUG, key, actor=a, now=NOW)),
    "compose_report": lambda s, a: of_a_report(
        s, a, lambda key: reports.compose_report(s, SLUG, key, actor=a, now=NOW)
    ),
    "report_file": lambda s, a: of_a_report(
        s, a, lambda key: reports.report_file(s, SLUG, key, "pptx", actor=a, now=NOW)
    ),
    "snapshots.listed": lambda s, a: snapshots.listed(s, SLUG, actor=a),
    "snapshots.reads_alike": lambda s, a: read_alike(s, a),
    "filter_variables": lambda s, a: inventory.filter_variables(s, SLUG, actor=a, language="en"),
    "options": lambda s, a: inventory.options(s, SLUG, "region", actor=a, language="en"),
    "progress": lambda s, a: monitoring.progress(s, SLUG, actor=a, language="en", now=NOW),
    "overview.progress": lambda s, a: overview.progress(s, SLUG, actor=a, words=WORDS, now=NOW),
    "overview.source_line": lambda s, a: overview.source_line(
        s, SLUG, overview.progress(s, SLUG, actor=a, words=WORDS, now=NOW), actor=a, words=WORDS
    ),
    "overview.under_way": lambda s, a: overview.under_way(s, SLUG, actor=a, words=WORDS, now=NOW).card(0),
    "overview.strongest": lambda s, a: overview.strongest(s, SLUG, (), actor=a, words=WORDS),
    "picture": lambda s, a: overview.picture(s, SLUG, "coverage", actor=a, words=WORDS, now=NOW),
    "pictures_to_take": lambda s, a: overview.pictures_to_take(s, SLUG, actor=a, words=WORDS, now=NOW),
    "overview.offered": lambda s, a: overview.offered(s, SLUG, actor=a, words=WORDS, now=NOW),
    "findings": lambda s, a: recommendations.findings(s, SLUG, actor=a, language="en"),
    "recommendations": lambda s, a: recommendations.recommendations(s, SLUG, actor=a, language="en"),
    "challenges": lambda s, a: recommendations.challenges(s, SLUG, actor=a, language="en"),
    "asked_for": lambda s, a: recommendations.asked_for(s, SLUG, "recommendation", actor=a, **_REVIEW),
    "agenda": lambda s, a: meetings.agenda(s, SLUG, actor=a, language="en"),
    "record": lambda s, a: take_away.record(s, "x.png", actor=a, now=NOW),
    "chart_file": lambda s, a: take_away.chart_file(
        s, SLUG, "region", "csv", actor=a, words=WORDS, filters=Filters(), now=NOW
    ),
    "trend_file": lambda s, a: waves.trend_file(
        s, _SAME, "region", "csv", actor=a, audience=Audience.MEETING, **_DRAWN
    ),
    "slope": lambda s, a: waves.slope(s, _SAME, "region", actor=a, audience=Audience.MEETING, **_DRAWN),
    "slope_file": lambda s, a: waves.slope_file(s, _SAME, "region", "svg", actor=a, **_DRAWN),
    "sloping": lambda s, a: waves.sloping(s, SLUG, actor=a, language="en"),
    "comparable": lambda s, a: waves.comparable(s, _SAME, actor=a, language="en"),
    "embedded": lambda s, a: take_away.embedded(s, SLUG, "region", actor=a, words=WORDS, filters=Filters(), now=NOW),
    "charts_zip": lambda s, a: take_away.charts_zip(s, SLUG, ["svg"], actor=a, words=WORDS, filters=Filters(), now=NOW),
    "monitor_file": a_picture_file,
    "dashboard_file": lambda s, a: take_away.dashboard_file(
        s, SLUG, "xlsx", actor=a, words=WORDS, filters=Filters(), now=NOW
    ),
}
FOR_ADMINISTRATORS = (
    "invite",
    "people.listed",
    "standings",
    "set_active",
    "set_role",
    "reset_link",
    "reset_second_factor",
    "reset",
    "end_of_person",
    "look everything",
    "export everything",
)
FOR_ONESELF: dict[str, UseCase] = {
    "own_record": lambda s, a: people.own_record(s, actor=a),
    "has_password": lambda s, a: people.has_password(s, actor=a),
    "change_password": lambda s, a: people.change_password(s, old="a", new="b", actor=a, token="t", now=NOW),
    "own": lambda s, a: sessions.own(s, "t", actor=a, now=NOW),
    "end_own": lambda s, a: sessions.end_own(s, 1, actor=a, now=NOW),
    "end_others": lambda s, a: sessions.end_others(s, "t", actor=a, now=NOW),
    "standing": lambda s, a: second_factor.standing(s, actor=a),
    "new_recovery_codes": lambda s, a: second_factor.new_recovery_codes(s, "1", actor=a, now=NOW),
    "remove": lambda s, a: second_factor.remove(s, "1", required=False, actor=a, token="t", now=NOW),
    "remove required": lambda s, a: second_factor.remove(s, "1", required=True, actor=a, token="t", now=NOW),
}
"""What somebody with an account does with that account, whatever the role."""
# What each of them takes: one of the actions on a line lets nobody in who lacks another.
NEEDS: dict[Action, str] = {
    Action.MANAGE_PEOPLE: "invite people.listed standings set_active set_role reset_link reset_second_factor reset"
    " end_of_person look+everything export+everything",
    Action.CREATE_CONSULTATIONS: "publish begin_project demo.load",
    Action.GRANT_ROLES: "grant revoke granted everywhere regions_of",
    Action.EDIT_QUESTIONNAIRE: "preview_publish renames_that_hold parts begin_from_version rename_project"
    " delete_project edit_rows replace_rows move_row rename_question add_library_block undo note_published state_rule"
    " drop_rule",
    Action.TRANSLATE: "projects open_project import_translation",
    Action.MANAGE_CONSULTATIONS: "history workbook set_status template set_template mailings change set_roles"
    " set_policies write_outcome import_responses import_frame preview_frame queue send retry mark_bounced take_bounces"
    " merge_file letters renew_link revoke_links trash.ask agree refuse restore empty deletions"
    " erase_by_reference preview run run_all processing_record.record prepared prepare published.preview"
    " published.publish published.withdraw",
    Action.READ_ANSWERS: "staff_files staff_file import_responses trash.ask agree refuse restore deletions"
    " erase_by_reference answers_file answers_file+names",
    Action.READ_CONTACTS: "organisations answers_file+names recipients troubled invited outreach outreach_csv doubted"
    " keys_of count_reply flagged decide_replies comparable_questions with_and_without import_frame"
    " preview_frame queue send retry mark_bounced take_bounces merge_file letters renew_link revoke_links",
    Action.REVIEW_REPLIES: "count_reply flagged decide_replies comparable_questions with_and_without",
    Action.READ_LOG: "look export look+everything export+everything",
    Action.READ_INTERNAL_FIGURES: "frame unprotected answers_file answers_file+names figures_file+internal"
    " cards+internal card+internal book+internal quotes+internal progress+internal"
    " under_way+internal one_by_one+internal assessed+internal first_quotes+internal"
    " slope+internal slope_file+internal trend_file+internal"
    " chart_file+internal charts_zip+internal dashboard_file+internal estimate+internal trend+internal"
    " hidden_figures releases recompute notes+internal"
    " compare present_state opinions+internal",
    Action.WRITE_FINDINGS: "keep_finding keep_groups reword_finding drop_finding write_recommendation"
    " drop_recommendation move"
    " write_note take prepared prepare published.preview published.publish published.withdraw"
    " create_report rename_report drop_report add_item change_item move_item remove_item accept_numbers",
    Action.READ_PROTECTED_FIGURES: " ".join(ANY_ROLE),
}
EVERYWHERE_ONLY = {"begin_project", "publish", "demo.load", "empty", "look everything", "export everything"} | {
    "run_all",
    "processing_record.record",
}


def log_of(store: Store) -> tuple[object, ...]:
    with store.read() as kept:
        return kept.log()


def test_every_use_case_that_takes_an_actor_stands_in_a_table() -> None:
    names = [
        each.name
        for package in (survey, analysis)
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not {"ui", "pages", "channels", "__main__", "access"} & set(each.name.split("."))
    ]
    modules = [importlib.import_module(name) for name in names]
    found = {
        (function.__name__)
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == module.__name__
        and "actor" in inspect.signature(function).parameters
    }
    tabled = {name.split(" ")[0].split(".")[-1] for name in (*STAFF_ONLY, *ANY_ROLE, *FOR_ONESELF)}
    # A file that comes back names its consultations itself: tests/analysis/test_homecoming.py denies each of them.
    # The others only say what an actor would see or may do, or bring into the log what was done.
    assert found == tabled | {"finding_file", "check", "refresh"} | {
        "screen_audience",
        "may_write",
        "may_note",
        "number_in",  # nothing to say to whoever sees no internal figures
        "may_publish",
        "may_edit",
        "visible",
        "require_publishing",
        "admitted",
        "open_data",
        "require_person",
        "note_staff",
        "note_settings",
    }


@pytest.mark.parametrize("name", [*STAFF_ONLY, *ANY_ROLE])
def test_without_an_account_every_use_case_is_denied(small: Store, name: str) -> None:
    before = log_of(small)
    with refused(NotAllowed, "access.sign_in"):
        {**STAFF_ONLY, **ANY_ROLE}[name](small, ANONYMOUS)
    assert log_of(small) == before


@pytest.mark.parametrize("actor", [ANONYMOUS, OPERATOR, SYSTEM])
@pytest.mark.parametrize("name", FOR_ONESELF)
def test_without_an_account_there_is_none_of_ones_own(small: Store, name: str, actor: Actor) -> None:
    before = log_of(small)
    with refused(NotAllowed, "access.sign_in"):
        FOR_ONESELF[name](small, actor)
    assert log_of(small) == before


@pytest.mark.parametrize("name", STAFF_ONLY)
def test_a_report_writer_is_denied_what_is_for_staff(small: Store, name: str) -> None:
    before = log_of(small)
    with refused(NotAllowed, "access.denied"):
        STAFF_ONLY[name](small, REPORT_WRITER)
    assert log_of(small) == before


@pytest.mark.parametrize("name", FOR_ADMINISTRATORS)
def test_the_secretariat_is_denied_the_accounts(small: Store, name: str) -> None:
    with refused(NotAllowed, "access.denied"):
        STAFF_ONLY[name](small, SECRETARIAT)


@pytest.mark.parametrize("name", ANY_ROLE)
def test_a_report_writer_may_read_what_is_protected(small: Store, name: str) -> None:
    ANY_ROLE[name](small, REPORT_WRITER)


REPORT_READERS: dict[str, UseCase] = {
    "open_report": lambda s, a: reports.open_report(s, SLUG, 1, actor=a, now=NOW),
    "check_report": lambda s, a: reports.check_report(s, SLUG, 1, actor=a, now=NOW),
    "compose_report": lambda s, a: reports.compose_report(s, SLUG, 1, actor=a, now=NOW),
    "report_file": lambda s, a: reports.report_file(s, SLUG, 1, "pptx", actor=a, now=NOW),
}


@pytest.mark.parametrize("name", REPORT_READERS)
def test_a_report_by_its_key_is_denied_to_those_without_a_role(worked: Store, name: str) -> None:
    with refused(NotAllowed, "access.sign_in"):
        REPORT_READERS[name](worked, ANONYMOUS)
    with refused(NotAllowed, "access.denied"):
        REPORT_READERS[name](worked, granted(ConsultationRole.TRANSLATOR))
    with refused(NotFound, "consultation.unknown"):
        REPORT_READERS[name](worked, granted(ConsultationRole.OWNER, consultation="other"))


def test_a_finding_file_is_denied_without_an_account(small: Store) -> None:
    with refused(NotAllowed, "access.sign_in"):
        take_away.finding_file(small, SLUG, 1, "csv", actor=ANONYMOUS, words=WORDS)


@pytest.mark.parametrize(
    ("actor", "label"),
    [(ANONYMOUS, "anonymous"), (OPERATOR, "operator"), (SYSTEM, "system"), (SECRETARIAT, "person:secretariat")],
)
def test_the_log_names_an_actor(actor: Actor, label: str) -> None:
    assert actor.label == label


# roles in one consultation


def needed(name: str) -> list[Action]:
    return [action for action, names in NEEDS.items() if name.replace(" ", "+") in names.split()]


def outcome(store: Store, name: str, actor: Actor) -> SoundingsError | None:
    """Why a use case was refused; None when it was not, whatever else may have been wrong with the call."""
    try:
        {**STAFF_ONLY, **ANY_ROLE}[name](store, actor)
    except SoundingsError as error:
        return error if error.code.startswith("access.") or error.code == "consultation.unknown" else None
    return None


@pytest.fixture(scope="module")
def _worked_database(small_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    path = tmp_path_factory.mktemp("worked") / "worked.db"
    settings = copied(small_database, path)
    store = open_store(settings)
    publish(store, slug="other")
    preparation.begin_from_version(store, SLUG, name="x", actor=SECRETARIAT, now=NOW)
    recommendations.keep_finding(store, SLUG, "region", "words", actor=SECRETARIAT, filters=Filters(), now=NOW)
    recommendations.write_recommendation(store, SLUG, actor=SECRETARIAT, **_RECOMMENDATION)
    report = reports.create_report(store, SLUG, "x", "en", actor=SECRETARIAT, now=NOW)
    chart = Item(kind=ItemKind.CHART, question="m_serv")
    reports.add_item(store, SLUG, report, chart, **_CHANGE, actor=SECRETARIAT)
    store.close()
    yield settings
    dropped(path)


@pytest.fixture
def worked(_worked_database: Settings, tmp_path: Path) -> Iterator[Store]:
    """The small consultation with one of each thing that has a key."""
    store = open_store(copied(_worked_database, tmp_path / "soundings.db"))
    yield store
    store.close()
    dropped(tmp_path / "soundings.db")


def test_every_use_case_says_which_actions_it_takes() -> None:
    assert [name for name in (*STAFF_ONLY, *ANY_ROLE) if not needed(name)] == []


@pytest.mark.parametrize("name", [*STAFF_ONLY, *ANY_ROLE])
def test_a_role_in_the_consultation_opens_a_use_case_or_not_as_the_table_says(worked: Store, name: str) -> None:
    for role, part in product(ConsultationRole, (EVERYTHING, PARTS[1])):
        cells = [in_table(action, role) for action in needed(name)]
        allowed = name not in EVERYWHERE_ONLY and all(c == "A" or (c == "W" and part == EVERYTHING) for c in cells)
        with worked.read() as kept:
            before = len(kept.log())
        error = outcome(worked, name, granted(role, part))
        assert (error is None) == allowed, (role, part, error)
        with worked.read() as kept:
            assert allowed or len(kept.log()) == before


@pytest.mark.parametrize("name", [*STAFF_ONLY, *ANY_ROLE])
def test_the_owner_of_another_consultation_does_not_learn_that_this_one_exists(worked: Store, name: str) -> None:
    before = log_of(worked)
    stranger = granted(ConsultationRole.OWNER, consultation="other")
    if name in ("projects", "record"):  # what they may, among their own
        assert not {**STAFF_ONLY, **ANY_ROLE}[name](worked, stranger)
        return
    with pytest.raises(SoundingsError) as caught:
        {**STAFF_ONLY, **ANY_ROLE}[name](worked, stranger)
    if set(needed(name)) & {Action.MANAGE_PEOPLE} or name in EVERYWHERE_ONLY | {"parts"}:
        assert (type(caught.value), caught.value.code) == (NotAllowed, "access.denied")
    else:
        assert isinstance(caught.value, NotFound)
        assert caught.value.code.endswith((".unknown", "unknown_code"))
    assert log_of(worked) == before


@pytest.mark.parametrize("name", [*STAFF_ONLY, *ANY_ROLE])
def test_a_member_without_any_role_gets_nothing(worked: Store, name: str) -> None:
    before = log_of(worked)
    with pytest.raises((NotAllowed, NotFound)):
        {**STAFF_ONLY, **ANY_ROLE}[name](worked, MEMBER)
    assert log_of(worked) == before


def test_a_finding_file_is_denied_to_the_owner_of_another_consultation(worked: Store) -> None:
    with refused(NotFound, "consultation.unknown"):
        take_away.finding_file(
            worked, SLUG, 1, "csv", actor=granted(ConsultationRole.OWNER, consultation="other"), words=WORDS
        )


def test_only_consultations_with_a_role_are_offered(worked: Store) -> None:
    def offered(actor: Actor) -> list[str]:
        found = consultations.visible(worked, actor=actor, action=Action.READ_PROTECTED_FIGURES)
        return sorted(each.slug for each in found)

    assert offered(REPORT_WRITER) == ["other", SLUG]
    assert offered(granted(ConsultationRole.VIEWER)) == [SLUG]
    assert offered(granted(ConsultationRole.TRANSLATOR)) == []
    assert offered(MEMBER) == offered(ANONYMOUS) == []
