"""Who may do what: the whole table, and every use case that takes an actor."""

import inspect
from collections.abc import Callable
from itertools import product

import pytest

from analysis import ledger, meetings, monitoring, recommendations, review, take_away
from analysis.disclosure import Audience
from analysis.review import Filters
from data.errors import NotAllowed
from data.records import ConsultationStatus, LogFilter
from data.store import Store
from survey import (
    consultations,
    demo,
    imports,
    invitations,
    letters,
    links,
    log,
    mailings,
    outcomes,
    people,
    preparation,
    publications,
    responses,
    second_factor,
    sessions,
    trash,
)
from survey.access import ANONYMOUS, OPERATOR, SYSTEM, Action, Actor, ActorKind, Role, decide, require
from survey.contact_lists import ContactTable
from survey.mail_templates import MailKind
from survey.translator import Words
from survey.versions.renames import RenameMap
from survey.xlsform.sheets import from_markdown
from tests.small import ADMINISTRATOR, FORM, NOW, REPORT_WRITER, SECRETARIAT, SLUG, refused

# administrator, secretariat, report writer
TABLE = {
    Action.MANAGE_PEOPLE: (True, False, False),
    Action.MANAGE_CONSULTATIONS: (True, True, False),
    Action.READ_INTERNAL_FIGURES: (True, True, False),
    Action.READ_PROTECTED_FIGURES: (True, True, True),
    Action.READ_ANSWERS: (True, True, False),
    Action.READ_CONTACTS: (True, True, False),
    Action.WRITE_FINDINGS: (True, True, False),
    Action.READ_LOG: (True, True, False),
}
NO_ROLE = Actor(kind=ActorKind.PERSON, person_id=9, login="nobody")


def test_the_table_names_every_action_and_role() -> None:
    assert (set(TABLE), len(Role)) == (set(Action), 3)


@pytest.mark.parametrize(("action", "actor"), list(product(TABLE, range(3))))
def test_a_role_may_do_what_the_table_says(action: Action, actor: int) -> None:
    who = (ADMINISTRATOR, SECRETARIAT, REPORT_WRITER)[actor]
    decision = decide(who, action)
    expected = TABLE[action][actor]
    assert (decision.allowed, decision.reason) == (expected, "access.role" if expected else "access.denied")


@pytest.mark.parametrize(("action", "actor"), list(product(Action, (OPERATOR, SYSTEM))))
def test_the_operator_and_the_system_may_do_everything(action: Action, actor: Actor) -> None:
    assert decide(actor, action).allowed is True


@pytest.mark.parametrize(("action", "actor"), list(product(Action, (ANONYMOUS, NO_ROLE))))
def test_nobody_in_particular_may_do_nothing(action: Action, actor: Actor) -> None:
    with refused(NotAllowed, "access.sign_in") as caught:
        require(actor, action)
    assert caught.value.params == {"action": str(action)}


# use cases

_REVIEW = {"language": "en", "filters": Filters()}
_CARD = {**_REVIEW, "now": NOW}
_CHANGE = {"revision": 1, "now": NOW}
_RECOMMENDATION = {
    "text": "a",
    "addressee": "b",
    "level": "local",
    "challenge": "",
    "finding_ids": (),
    "answers": (),
    "now": NOW,
}
WORDS = Words("en")
UseCase = Callable[[Store, Actor], object]

STAFF_ONLY: dict[str, UseCase] = {
    "publish": lambda s, a: consultations.publish(
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
    "set_roles": lambda s, a: consultations.set_roles(s, SLUG, {}, actor=a, now=NOW),
    "parts": lambda s, a: publications.parts(s, from_markdown(FORM), slug=SLUG, actor=a),
    "doubted": lambda s, a: invitations.doubted(s, SLUG, actor=a),
    "count_reply": lambda s, a: invitations.count_reply(s, SLUG, 1, 1, actor=a, now=NOW),
    "set_policies": lambda s, a: consultations.set_policies(s, SLUG, {}, actor=a, now=NOW),
    "write_outcome": lambda s, a: outcomes.write_outcome(s, SLUG, words={}, link="", on="", actor=a, now=NOW),
    "staff_files": lambda s, a: responses.staff_files(s, SLUG, actor=a),
    "trash.ask": lambda s, a: trash.ask(s, SLUG, "R-1", "reason", actor=a, now=NOW),
    "agree": lambda s, a: trash.agree(s, SLUG, 1, actor=a, now=NOW),
    "refuse": lambda s, a: trash.refuse(s, SLUG, 1, actor=a, now=NOW),
    "restore": lambda s, a: trash.restore(s, SLUG, 1, actor=a, now=NOW),
    "empty": lambda s, a: trash.empty(s, actor=a, now=NOW),
    "deletions": lambda s, a: trash.deletions(s, SLUG, actor=a, now=NOW),
    "look": lambda s, a: log.look(s, LogFilter(consultation=SLUG), actor=a),
    "look everything": lambda s, a: log.look(s, LogFilter(), actor=a),
    "export": lambda s, a: log.export(s, LogFilter(consultation=SLUG), "csv", actor=a, now=NOW),
    "export everything": lambda s, a: log.export(s, LogFilter(), "jsonl", actor=a, now=NOW),
    "reset_link": lambda s, a: people.reset_link(s, "x", actor=a, now=NOW),
    "frame": lambda s, a: review.frame(s, SLUG, actor=a, language="en"),
    "demo.load": lambda s, a: demo.load(s, actor=a, now=NOW),
    "staff_file": lambda s, a: responses.staff_file(s, "0" * 32, actor=a),
    "invite": lambda s, a: people.invite(s, login="x", name="X", role=Role.SECRETARIAT, actor=a, now=NOW),
    "people.listed": lambda s, a: people.listed(s, actor=a),
    "standings": lambda s, a: people.standings(s, actor=a, now=NOW),
    "set_role": lambda s, a: people.set_role(s, 7, Role.SECRETARIAT, actor=a, now=NOW),
    "reset_second_factor": lambda s, a: people.reset_second_factor(s, "x", actor=a, now=NOW),
    "reset": lambda s, a: second_factor.reset(s, 7, actor=a, now=NOW),
    "end_of_person": lambda s, a: sessions.end_of_person(s, 7, actor=a, now=NOW),
    "set_active": lambda s, a: people.set_active(s, 7, False, actor=a, now=NOW),
    "cards internal": lambda s, a: review.cards(s, SLUG, actor=a, audience=Audience.INTERNAL, **_CARD),
    "card internal": lambda s, a: review.card(s, SLUG, "region", actor=a, audience=Audience.INTERNAL, **_CARD),
    "hidden_figures": lambda s, a: review.hidden_figures(s, SLUG, "region", actor=a, filters=Filters(), now=NOW),
    "releases": lambda s, a: ledger.releases(s, SLUG, actor=a),
    "quotes internal": lambda s, a: review.quotes(s, SLUG, "finding", actor=a, audience=Audience.INTERNAL, **_REVIEW),
    "progress internal": lambda s, a: monitoring.progress(
        s, SLUG, actor=a, language="en", now=NOW, audience=Audience.INTERNAL
    ),
    "keep_finding": lambda s, a: recommendations.keep_finding(
        s, SLUG, "region", "words", actor=a, filters=Filters(), now=NOW
    ),
    "reword_finding": lambda s, a: recommendations.reword_finding(s, 1, "words", revision=1, actor=a, now=NOW),
    "drop_finding": lambda s, a: recommendations.drop_finding(s, 1, actor=a, now=NOW),
    "write_recommendation": lambda s, a: recommendations.write_recommendation(s, SLUG, actor=a, **_RECOMMENDATION),
    "drop_recommendation": lambda s, a: recommendations.drop_recommendation(s, 1, actor=a, now=NOW),
    "move": lambda s, a: recommendations.move(s, SLUG, "findings", 1, 1, actor=a, now=NOW),
    "chart_file internal": lambda s, a: take_away.chart_file(
        s, SLUG, "region", "csv", actor=a, words=WORDS, filters=Filters(), now=NOW, audience=Audience.INTERNAL
    ),
    "dashboard_file internal": lambda s, a: take_away.dashboard_file(
        s, SLUG, "xlsx", actor=a, words=WORDS, filters=Filters(), now=NOW, audience=Audience.INTERNAL
    ),
}
ANY_ROLE: dict[str, UseCase] = {
    "cards": lambda s, a: review.cards(s, SLUG, actor=a, audience=Audience.MEETING, **_CARD),
    "card": lambda s, a: review.card(s, SLUG, "region", actor=a, audience=Audience.PUBLIC, **_CARD),
    "quotes": lambda s, a: review.quotes(s, SLUG, "finding", actor=a, audience=Audience.MEETING, **_REVIEW),
    "released": lambda s, a: ledger.released(
        s,
        consultations.find(s, SLUG),
        review._open(s, SLUG, OPERATOR, Audience.INTERNAL).dataset,
        "0" * 64,
        (),
        audience=Audience.PUBLIC,
        actor=a,
        now=NOW,
    ),
    "languages": lambda s, a: review.languages(s, SLUG, actor=a),
    "digest": lambda s, a: review.digest(s, SLUG, actor=a),
    "replies": lambda s, a: review.replies(s, SLUG, actor=a),
    "filter_variables": lambda s, a: review.filter_variables(s, SLUG, actor=a, language="en"),
    "options": lambda s, a: review.options(s, SLUG, "region", actor=a, language="en"),
    "progress": lambda s, a: monitoring.progress(s, SLUG, actor=a, language="en", now=NOW),
    "findings": lambda s, a: recommendations.findings(s, SLUG, actor=a, language="en"),
    "recommendations": lambda s, a: recommendations.recommendations(s, SLUG, actor=a, language="en"),
    "challenges": lambda s, a: recommendations.challenges(s, SLUG, actor=a, language="en"),
    "asked_for": lambda s, a: recommendations.asked_for(s, SLUG, "recommendation", actor=a, **_REVIEW),
    "agenda": lambda s, a: meetings.agenda(s, SLUG, actor=a, language="en"),
    "record": lambda s, a: take_away.record(s, "x.png", actor=a, now=NOW),
    "chart_file": lambda s, a: take_away.chart_file(
        s, SLUG, "region", "csv", actor=a, words=WORDS, filters=Filters(), now=NOW
    ),
    "monitor_file": lambda s, a: take_away.monitor_file(s, SLUG, "coverage", "svg", actor=a, words=WORDS, now=NOW),
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


def log_of(store: Store) -> tuple[object, ...]:
    with store.read() as kept:
        return kept.log()


def test_every_use_case_that_takes_an_actor_stands_in_a_table() -> None:
    modules = (
        consultations,
        publications,
        preparation,
        responses,
        imports,
        invitations,
        links,
        people,
        sessions,
        second_factor,
        demo,
        mailings,
        letters,
        outcomes,
        log,
        trash,
    )
    modules += (ledger, review, monitoring, recommendations, meetings, take_away)
    found = {
        (function.__name__)
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == module.__name__
        and "actor" in inspect.signature(function).parameters
    }
    tabled = {name.split(" ")[0].split(".")[-1] for name in (*STAFF_ONLY, *ANY_ROLE, *FOR_ONESELF)}
    # These three only say what an actor would see or may do.
    assert found == tabled | {"finding_file"} | {"screen_audience", "may_write", "require_person"}


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


def test_a_finding_file_is_denied_without_an_account(small: Store) -> None:
    with refused(NotAllowed, "access.sign_in"):
        take_away.finding_file(small, SLUG, 1, "csv", actor=ANONYMOUS, words=WORDS)


@pytest.mark.parametrize(
    ("actor", "label"),
    [(ANONYMOUS, "anonymous"), (OPERATOR, "operator"), (SYSTEM, "system"), (SECRETARIAT, "person:secretariat")],
)
def test_the_log_names_an_actor(actor: Actor, label: str) -> None:
    assert actor.label == label
