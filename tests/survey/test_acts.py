"""Every act that changes something is in the log: who, what, when, which object, before and after."""

import ast
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from analysis import card_notes, published, quality, recommendations, reports, snapshots, take_away
from analysis.opened_data import Filters
from analysis.report.outline import Item, ItemKind
from data.analysis_records import Decision, Flag
from data.audit import verify
from data.log_records import LogRecord
from data.people_records import PersonRecord
from data.records import ConsultationStatus
from data.settings import Settings
from data.store import Store
from survey import (
    colleagues,
    consultation_rules,
    consultations,
    corrections,
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
    provider_accounts,
    question_roles,
    response_files,
    responses,
    retention,
    second_factor,
    sessions,
    trash,
)
from survey.access import OPERATOR, Actor, ConsultationRole, Role
from survey.bounces import Bounce
from survey.identity_provider import Claims, Provider
from survey.imported_rows import ImportRow
from survey.mail_templates import MailKind
from survey.policies import NAMES
from survey.smtp import Server
from survey.translator import Words
from survey.ui.act_words import act_words, field_words
from survey.xlsform.sheets import from_markdown
from tests.small import ADMINISTRATOR, ANSWERS, CLOSES_AT, DAY, FORM, NOW, SECRETARIAT, SLUG, begin, fill, publish, send
from tests.survey.mail_server import mail_server

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a long enough one"
STAFF = {"actor": SECRETARIAT, "now": NOW}
BASE = "https://x.example"


def entries(store: Store) -> list[LogRecord]:
    with store.read() as kept:
        return list(kept.log_entries())


def key_of(store: Store, organisation: str) -> int:
    with store.read() as kept:
        frame = kept.invitations(kept.consultation(SLUG).id)
    return next(each.id for each in frame if each.organisation == organisation)


def project(store: Store) -> tuple[int, int]:
    """(key, revision) of a project with the rows of the small form."""
    key = preparation.begin_from_version(store, SLUG, name="Next", **STAFF).project_id
    return key, preparation.open_project(store, key, actor=SECRETARIAT).record.revision


def changed(store: Store) -> int:
    key, revision = project(store)
    preparation.rename_question(store, key, "region", "area", revision=revision, **STAFF)
    return key


def joined(store: Store, login: str = "ana") -> None:
    token = people.invite(store, login=login, name="Ana", role=Role.SECRETARIAT, actor=ADMINISTRATOR, now=NOW)
    people.accept_link(store, token, login="", name="", password=PASSWORD, now=NOW)


def signed_in(store: Store) -> str:
    joined(store)
    return people.sign_in(store, login="ana", password=PASSWORD, now=NOW, hours=1)


def failed_sign_in(store: Store) -> None:
    joined(store)
    with pytest.raises(people.NotAllowed):
        people.sign_in(store, login="ana", password="wrong password", now=NOW, hours=1)


def ana(store: Store) -> PersonRecord:
    joined(store)
    return next(each for each in people.listed(store, actor=ADMINISTRATOR) if each.login == "ana")


def role_given(store: Store) -> None:
    joined(store)
    grants.grant(store, SLUG, "ana", ConsultationRole.VIEWER, actor=OPERATOR, now=NOW)


def acting(store: Store) -> Actor:
    return sessions.actor_for(ana(store))


def factor(store: Store) -> tuple[PersonRecord, pyotp.TOTP]:
    """Somebody with a second factor, and the app."""
    person = ana(store)
    app = pyotp.TOTP(second_factor.begin(store, person=person, now=NOW).secret)
    second_factor.confirm(store, app.at(NOW), person=person, keep="", now=NOW)
    return person, app


def wrong_code(store: Store) -> None:
    person, _app = factor(store)
    with pytest.raises(people.NotAllowed):
        second_factor.check(store, "000000", person=person, now=NOW)


def new_codes(store: Store) -> None:
    person, app = factor(store)
    later = NOW + timedelta(minutes=1)
    second_factor.new_recovery_codes(store, app.at(later), actor=sessions.actor_for(person), now=later)


def factor_removed(store: Store) -> None:
    person, app = factor(store)
    later = NOW + timedelta(minutes=1)
    actor = sessions.actor_for(person)
    second_factor.remove(store, app.at(later), required=False, actor=actor, token="", now=later)


def completed(store: Store) -> None:
    _person, app = factor(store)
    later = NOW + timedelta(minutes=1)
    half = people.sign_in(store, login="ana", password=PASSWORD, now=later, hours=1)
    people.give_code(store, half, app.at(later), now=later, hours=1)


class Vouching(Provider):
    """A provider that vouches for everybody without being asked."""

    def __init__(self) -> None:
        self.sent: dict[str, str] = {}

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        self.sent = {"state": state, "nonce": nonce, "verifier": verifier}
        return "https://id.example"

    def claims(self, code: str, *, nonce: str, verifier: str) -> Claims:
        said = {"email": "bo@id.example", "email_verified": True}
        return Claims(issuer="https://id.example", subject=code, said=said)


def by_provider(store: Store) -> None:
    provider = Vouching()
    _address, browser = provider_accounts.begin(store, provider, now=NOW)
    provider_accounts.come_back(
        store,
        provider,
        browser=browser,
        state=provider.sent["state"],
        code="7",
        login_claim="email",
        allowed=provider_accounts.allow_list("*@id.example=secretariat"),
        now=NOW,
        hours=1,
    )


def without_factor(store: Store) -> None:
    signed_in(store)
    people.close_without_second_factor(store, required=True, now=NOW)


def own_ended(store: Store) -> None:
    token = signed_in(store)
    actor = people.actor_of(store, token, now=NOW)
    assert actor is not None
    ((session, _here),) = sessions.own(store, token, actor=actor, now=NOW)
    sessions.end_own(store, session.id, actor=actor, now=NOW)


def password_changed(store: Store) -> None:
    people.change_password(store, old=PASSWORD, new="another long one", actor=acting(store), token="", now=NOW)


def demo_closed(store: Store) -> None:
    people.sign_in_demo(store, "demo-secretariat", demo=True, now=NOW, hours=1)
    people.close_demo(store, demo=False, now=NOW)


def rule(store: Store) -> int:
    return quality.state_rule(store, SLUG, "Nobody", "${staff} = 0", **STAFF)


def invited(store: Store) -> int:
    rows = [{"organisation": "Southern Cross", "email": "post@invited.example", "region": "s"}]
    invitations.import_frame(store, SLUG, rows, **STAFF)
    return key_of(store, "Southern Cross")


def queued(store: Store) -> None:
    publish(store, slug="new", fictional=False)  # a fictional one sends no mail
    invitations.import_frame(store, "new", [{"organisation": "A", "email": "a@invited.example"}], **STAFF)
    mailings.queue(store, "new", MailKind.INVITATION, **STAFF)


def merged(store: Store) -> int:
    key = invited(store)
    mailings.merge_file(store, SLUG, MailKind.INVITATION, "csv", base_url=BASE, **STAFF)
    return key


def sent_mails(store: Store) -> None:
    queued(store)
    with mail_server() as post:
        mailings.send(
            store,
            "new",
            server=Server(host="127.0.0.1", port=int(post.url.rsplit(":", 1)[1]), sender="s@x.example"),
            base_url=BASE,
            actor=SECRETARIAT,
            clock=lambda: NOW,
        )


def correctable(store: Store) -> str:
    consultation_rules.set_policies(store, SLUG, {"corrections_until": "2027-06-30"}, **STAFF)
    return send(store)


def correcting(store: Store) -> str:
    code = correctable(store)
    corrections.correct(store, code, now=NOW)
    return code


def with_file(store: Store) -> str:
    code = begin(store)
    fill(store, code, {**ANSWERS, "story_yes": "yes"})
    response_files.attach(store, code, "story_file", name="a.txt", content=b"a", limit_bytes=9, now=NOW)
    return code


def moved(store: Store) -> str:
    code = begin(store)
    publish(store, form=FORM.replace("Members of staff", "People in staff"))
    responses.reopen(store, code, now=NOW)
    return code


def colleague(store: Store) -> str:
    code = begin(store)
    colleagues.invite_colleague(store, code, name="Bo", role="writer", now=NOW)
    return code


def asked(store: Store) -> int:
    reference = responses.resume(store, send(store), now=NOW).response.reference
    return trash.ask(store, SLUG, reference, "twice", **STAFF)


def trashed(store: Store) -> int:
    key = asked(store)
    trash.agree(store, SLUG, key, actor=ADMINISTRATOR, now=NOW)
    return key


def finding(store: Store) -> int:
    return recommendations.keep_finding(store, SLUG, "region", "words", filters=Filters(), **STAFF)


def report(store: Store) -> dict[str, Any]:
    """Where a report with one item is, as the acts on it are told."""
    key = reports.create_report(store, SLUG, "x", "en", **STAFF)
    reports.add_item(store, SLUG, key, TEXT, revision=1, **STAFF)
    return {"store": store, "slug": SLUG, "report_id": key, "revision": 2, **STAFF}


TEXT = Item(kind=ItemKind.TEXT, key=1, text="words")


def recommendation(store: Store, *, key: int = 0, text: str = "Do it") -> int:
    return recommendations.write_recommendation(
        store,
        SLUG,
        text=text,
        addressee="b",
        level="local",
        challenge="",
        finding_ids=(),
        answers=(),
        recommendation_id=key,
        revision=1,
        **STAFF,
    )


AFTERWARDS = {"actor": SECRETARIAT, "now": CLOSES_AT + 100 * DAY}


def overdue(store: Store) -> Store:
    begin(store)
    consultation_rules.set_policies(store, SLUG, {"keep_drafts_months": "1"}, **STAFF)
    return store


def by_reference(store: Store) -> None:
    reference = responses.resume(store, send(store), now=NOW).response.reference
    erasure.erase_by_reference(store, SLUG, reference, **STAFF)


def page(store: Store) -> None:
    """A public page is prepared."""
    for number in range(6):
        send(store, org_name=f"Organisation {number}")
    choice = published.Choice(findings=(finding(store),))
    published.prepare(store, SLUG, choice, revision=0, **STAFF)


def published_page(store: Store) -> None:
    page(store)
    published.publish(store, SLUG, revision=1, **STAFF)


Act = Callable[[Store], object]

WRITES: dict[str, tuple[str, Act]] = {
    "survey.publications.publish": ("consultation.published", lambda s: publish(s, slug="new")),
    "survey.consultations.change": (
        "consultation.changed",
        lambda s: consultations.change(s, SLUG, title={}, opens_at=None, deadline_at=None, closes_at=None, **STAFF),
    ),
    "survey.question_roles.set_roles": (
        "consultation.roles",
        lambda s: question_roles.set_roles(s, SLUG, {"finding": "action_local"}, **STAFF),
    ),
    "survey.consultation_rules.set_policies": (
        "consultation.policies",
        lambda s: consultation_rules.set_policies(s, SLUG, {"late": "refuse"}, **STAFF),
    ),
    "survey.consultations.set_status": (
        "consultation.status",
        lambda s: consultations.set_status(s, SLUG, ConsultationStatus.CLOSED, **STAFF),
    ),
    "survey.outcomes.write_outcome": (
        "consultation.outcome",
        lambda s: outcomes.write_outcome(s, SLUG, words={"en": "We read it."}, link="", on="", **STAFF),
    ),
    "survey.imports._add": (
        "responses.imported",
        lambda s: imports.import_responses(s, SLUG, [ImportRow(number=2, values=dict(ANSWERS))], **STAFF),
    ),
    "survey.invitations.import_frame": ("frame.imported", invited),
    "survey.invitations.count_reply": (
        "invitation.reply_counted",
        lambda s: invitations.count_reply(
            s, SLUG, responses.resume(s, send(s, org_name="X"), now=NOW).response.id, invited(s), **STAFF
        ),
    ),
    "analysis.quality.decide_replies": (
        "reply.kept",
        lambda s: quality.decide_replies(
            s,
            SLUG,
            Flag.SPEEDING,
            [(responses.resume(s, send(s), now=NOW).response.id, 0)],
            Decision.KEPT,
            "Seen",
            **STAFF,
        ),
    ),
    "analysis.quality.state_rule": ("review_rule.stated", rule),
    "analysis.quality.drop_rule": (
        "review_rule.dropped",
        lambda s: quality.drop_rule(s, SLUG, rule(s), **STAFF),
    ),
    "survey.links.renew_link": ("link.renewed", lambda s: links.renew_link(s, SLUG, invited(s), **STAFF)),
    "survey.links.revoke_links": ("link.revoked", lambda s: links.revoke_links(s, SLUG, invited(s), **STAFF)),
    "survey.letters.letters": (
        "letters.made",
        lambda s: letters.letters(s, SLUG, base_url=BASE, **STAFF) if invited(s) else None,
    ),
    "survey.mailings.set_template": (
        "template.changed",
        lambda s: mailings.set_template(s, SLUG, MailKind.THANKS, "en", subject="Thanks", body="Thank you", **STAFF),
    ),
    "survey.mailings.queue": ("mailing.queued", queued),
    "survey.mailings.send": ("mailing.sent", sent_mails),
    "survey.mailings.retry": ("mailing.retried", lambda s: mailings.retry(s, SLUG, **STAFF)),
    "survey.mailings.mark_bounced": ("mail.bounced", lambda s: mailings.mark_bounced(s, SLUG, merged(s), **STAFF)),
    "survey.mailings.take_bounces": (
        "mail.bounces_read",
        lambda s: mailings.take_bounces(s, SLUG, [Bounce(address="x@y.example", message_id="", reason="")], **STAFF),
    ),
    "survey.mailings.merge_file": ("mailing.exported", merged),
    "survey.preparation.begin_project": (
        "project.begun",
        lambda s: preparation.begin_project(s, name="x", languages=("en",), **STAFF),
    ),
    "survey.preparation.begin_from_version": ("project.begun", project),
    "survey.preparation.rename_project": (
        "project.renamed",
        lambda s: preparation.rename_project(s, project(s)[0], "Other", revision=1, **STAFF),
    ),
    "survey.preparation.delete_project": (
        "project.deleted",
        lambda s: preparation.delete_project(s, project(s)[0], revision=1, **STAFF),
    ),
    "survey.preparation._change": ("project.changed", changed),
    "survey.preparation.undo": (
        "project.undone",
        lambda s: preparation.undo(s, changed(s), revision=2, **STAFF),
    ),
    "survey.preparation.note_published": (
        "project.published",
        lambda s: preparation.note_published(s, project(s)[0], SLUG, **STAFF),
    ),
    "survey.people.first_administrator_link": (
        "person.invited",
        lambda s: people.first_administrator_link(s, now=NOW),
    ),
    "survey.people.invite": (
        "person.invited",
        lambda s: people.invite(s, login="bo", name="Bo", role=Role.SECRETARIAT, actor=ADMINISTRATOR, now=NOW),
    ),
    "survey.people.reset_link": (
        "person.invited",
        lambda s: (joined(s), people.reset_link(s, "ana", actor=ADMINISTRATOR, now=NOW)),
    ),
    "survey.people.accept_link": ("person.joined", joined),
    "survey.people.sign_in": ("sign_in", signed_in),
    "survey.people._record_failure": ("sign_in.failed", failed_sign_in),
    "survey.people.sign_in_demo": (
        "sign_in",
        lambda s: people.sign_in_demo(s, "demo-secretariat", demo=True, now=NOW, hours=1),
    ),
    "survey.people.close_demo": ("demo.closed", demo_closed),
    "survey.people.close_without_second_factor": ("sessions.ended", without_factor),
    "survey.people.change_password": ("person.password", password_changed),
    "survey.people.set_role": (
        "person.role",
        lambda s: people.set_role(s, ana(s).id, Role.REPORT_WRITER, actor=OPERATOR, now=NOW),
    ),
    "survey.grants.grant": ("role.granted", role_given),
    "survey.grants.revoke": (
        "role.revoked",
        lambda s: (role_given(s), grants.revoke(s, SLUG, "ana", actor=OPERATOR, now=NOW)),
    ),
    "survey.people._completed": ("sign_in", completed),
    "survey.provider_accounts.come_back": ("person.provider", by_provider),
    "survey.second_factor.begin": (
        "second_factor.begun",
        lambda s: second_factor.begin(s, person=ana(s), now=NOW),
    ),
    "survey.second_factor.confirm": ("second_factor.set_up", factor),
    "survey.second_factor.check": ("second_factor.failed", wrong_code),
    "survey.second_factor.new_recovery_codes": ("second_factor.new_codes", new_codes),
    "survey.second_factor.remove": ("second_factor.removed", factor_removed),
    "survey.second_factor.reset": (
        "second_factor.reset",
        lambda s: second_factor.reset(s, factor(s)[0].id, actor=OPERATOR, now=NOW),
    ),
    "survey.sessions.sign_out": ("sign_out", lambda s: people.sign_out(s, signed_in(s), now=NOW)),
    "survey.sessions.end_own": ("session.ended", own_ended),
    "survey.sessions.end_others": (
        "sessions.ended",
        lambda s: sessions.end_others(s, None, actor=acting(s), now=NOW),
    ),
    "survey.sessions.end_of_person": (
        "sessions.ended",
        lambda s: sessions.end_of_person(s, ana(s).id, actor=OPERATOR, now=NOW),
    ),
    "survey.people.set_active": (
        "person.stopped",
        lambda s: (joined(s), people.set_active(s, 1, False, actor=OPERATOR, now=NOW)),
    ),
    "survey.responses.begin": ("response.begun", begin),
    "survey.responses.reopen": ("response.moved", moved),
    "survey.responses.dismiss_note": (
        "response.note_read",
        lambda s: responses.dismiss_note(s, moved(s), now=NOW),
    ),
    "survey.saving.changing": ("response.saved", lambda s: fill(s, begin(s))),
    "survey.response_files.attach": ("response.file_attached", with_file),
    "survey.response_files.detach": (
        "response.file_removed",
        lambda s: response_files.detach(s, with_file(s), "story_file", now=NOW),
    ),
    "survey.responses.submit": ("response.submitted", send),
    "survey.corrections.correct": ("response.correction_begun", correcting),
    "survey.corrections.drop_correction": (
        "response.correction_dropped",
        lambda s: corrections.drop_correction(s, correcting(s), now=NOW),
    ),
    "survey.corrections.withdraw": ("response.withdrawn", lambda s: corrections.withdraw(s, send(s), now=NOW)),
    "survey.colleagues.invite_colleague": ("response.code_given", colleague),
    "survey.colleagues.revoke_colleague": (
        "response.code_revoked",
        lambda s: colleagues.revoke_colleague(s, colleague(s), 1, now=NOW),
    ),
    "survey.colleagues.ask_for_approval": (
        "response.approval_asked",
        lambda s: colleagues.ask_for_approval(s, begin(s), True, now=NOW),
    ),
    "survey.colleagues.hand_over": ("response.handed_over", lambda s: colleagues.hand_over(s, begin(s), now=NOW)),
    "survey.trash.ask": ("deletion.asked", asked),
    "survey.trash.agree": ("deletion.agreed", trashed),
    "survey.trash.refuse": ("deletion.refused", lambda s: trash.refuse(s, SLUG, asked(s), **STAFF)),
    "survey.trash.restore": ("deletion.restored", lambda s: trash.restore(s, SLUG, trashed(s), **STAFF)),
    "survey.trash.empty": (
        "response.erased",
        lambda s: (trashed(s), trash.empty(s, actor=OPERATOR, now=NOW + 31 * DAY)),
    ),
    "survey.erasure.erase": ("response.erased", lambda s: erasure.erase(s, begin(s), now=NOW)),
    "survey.erasure.erase_by_reference": ("response.erased", by_reference),
    "survey.retention.run": ("retention.erased", lambda s: retention.run(overdue(s), SLUG, **AFTERWARDS)),
    "survey.log.export": (
        "log.exported",
        lambda s: log.export(s, log.LogFilter(), "csv", actor=OPERATOR, now=NOW),
    ),
    "analysis.snapshots.take": ("snapshot.taken", lambda s: snapshots.take(s, SLUG, **STAFF)),
    "analysis.take_away.record": ("file.taken_away", lambda s: take_away.record(s, "x.png", **STAFF)),
    "analysis.recommendations._keep": ("finding.kept", finding),
    "analysis.recommendations.reword_finding": (
        "finding.reworded",
        lambda s: recommendations.reword_finding(s, finding(s), "other words", revision=1, **STAFF),
    ),
    "analysis.recommendations.drop_finding": (
        "finding.dropped",
        lambda s: recommendations.drop_finding(s, finding(s), **STAFF),
    ),
    "analysis.recommendations.write_recommendation": ("recommendation.written", recommendation),
    "analysis.recommendations.drop_recommendation": (
        "recommendation.dropped",
        lambda s: recommendations.drop_recommendation(s, recommendation(s), **STAFF),
    ),
    "analysis.card_notes.write_note": (
        "card.noted",
        lambda s: card_notes.write_note(s, SLUG, "region", "Asked of all.", revision=0, **STAFF),
    ),
    "analysis.reports.create_report": ("report.created", report),
    "analysis.reports.rename_report": (
        "report.renamed",
        lambda s: reports.rename_report(title="y", language="fr", **report(s)),
    ),
    "analysis.reports.drop_report": (
        "report.dropped",
        lambda s: reports.drop_report(s, SLUG, report(s)["report_id"], **STAFF),
    ),
    "analysis.reports.add_item": ("report.item_added", report),
    "analysis.reports.change_item": (
        "report.item_changed",
        lambda s: reports.change_item(item=replace(TEXT, text="others"), **report(s)),
    ),
    "analysis.reports.move_item": ("report.items_ordered", lambda s: reports.move_item(key=1, steps=1, **report(s))),
    "analysis.reports.remove_item": ("report.item_removed", lambda s: reports.remove_item(key=1, **report(s))),
    "analysis.reports.accept_numbers": ("report.numbers_accepted", lambda s: reports.accept_numbers(**report(s))),
    "analysis.published.prepare": ("results.prepared", page),
    "analysis.published.publish": ("results.published", published_page),
    "analysis.published.withdraw": (
        "results.withdrawn",
        lambda s: (published_page(s), published.withdraw(s, SLUG, revision=2, **STAFF)),
    ),
    "analysis.recommendations.move": (
        "findings.ordered",
        lambda s: recommendations.move(s, SLUG, "findings", finding(s), 1, **STAFF),
    ),
}
NO_ACTS = {
    "survey.sessions._note_use",
    "survey.second_factor._count_attempt",
    "survey.provider_accounts.begin",
    "analysis.ledger.released",
    "analysis.ledger.released_as_kept",
}
"""When a session was last used, how often a code was tried, a visit to the provider that may never end, what a
reader was shown (the ledger of releases says it): no acts."""
OF_NO_CONSULTATION = (
    "person.",
    "project.",
    "second_factor.",
    "session.",
    "sessions.",
    "sign_",
    "demo.",
    "file.",
    "log.",
)


def writing_functions() -> set[str]:
    """Every function of the upper floors in which a writing transaction is opened."""
    found = set()
    for package in ("survey", "analysis"):
        for path in (ROOT / package).rglob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
                calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call) and not node.args)
                if any(isinstance(called, ast.Attribute) and called.attr == "write" for called in calls):
                    found.add(f"{module}.{function.name}")
    return found


def test_every_use_case_that_writes_stands_in_the_table() -> None:
    assert writing_functions() == set(WRITES) | NO_ACTS


@pytest.mark.parametrize("name", WRITES)
def test_what_changes_something_leaves_an_entry(small: Store, name: str) -> None:
    action, act = WRITES[name]
    before = len(entries(small))
    act(small)
    found = entries(small)
    new = [entry for entry in found[before:] if entry.action == action]
    assert new, [entry.action for entry in found[before:]]
    assert verify(found).holds
    for entry in found:
        assert entry.actor
        assert entry.subject or entry.action in ("log.exported",)
        belongs = not entry.action.startswith(OF_NO_CONSULTATION)
        assert (entry.consultation in (SLUG, "new")) == belongs, entry


def test_every_act_is_called_something_on_the_page_of_the_log() -> None:
    assert {action for action, _ in WRITES.values()} - set(act_words(Words("en"))) == set()


def test_every_rule_of_a_consultation_is_called_something_on_the_page_of_the_log() -> None:
    assert set(NAMES) - set(field_words(Words("en"))) == set()


def test_what_was_sent_is_there_question_by_question_and_contact_data_are_not(small: Store, settings: Settings) -> None:
    code = correctable(small)
    corrections.correct(small, code, now=NOW + DAY)
    fill(small, code, {"finding": "Services are near.", "contact_email": "new@southern.example"}, now=NOW + DAY)
    responses.submit(small, code, now=NOW + DAY)
    by_action = {entry.action: entry for entry in entries(small)}
    first, second = by_action["response.submitted"], by_action["response.corrected"]
    assert first.changes["org_name"] == (None, "Southern Cross")
    assert first.changes["fields"] == (None, ["prev", "hr"])
    assert first.details["contact"] == ["contact_email"]
    assert second.changes == {"finding": ("Services are far away.", "Services are near.")}
    assert second.details["contact"] == ["contact_email"]
    reference = responses.resume(small, code, now=NOW + DAY).response.reference
    assert (first.actor, first.subject, first.at) == ("respondent", f"{SLUG}/{reference}", NOW)
    whole = json.dumps([[entry.subject, entry.actor, entry.content] for entry in entries(small)])
    assert "southern.example" not in whole


def test_what_is_in_a_draft_is_not_in_the_log(small: Store) -> None:
    code = begin(small)
    fill(small, code, {**ANSWERS, "finding": "Not for you yet"})
    (saved,) = [entry for entry in entries(small) if entry.action == "response.saved"]
    assert saved.details == {"section": "s1", "answers": len(ANSWERS)}
    assert not [entry for entry in entries(small) if "Not for you yet" in entry.content]


def test_the_colleague_who_did_it_is_named(small: Store) -> None:
    code = begin(small)
    given = colleagues.invite_colleague(small, code, name="Bo", role="writer", now=NOW)
    fill(small, given)
    (saved,) = [entry for entry in entries(small) if entry.action == "response.saved"]
    assert (saved.actor, saved.details["by"]) == ("respondent", "Bo")


def test_settings_are_told_before_and_after(small: Store) -> None:
    consultation_rules.set_policies(small, SLUG, {"late": "grace", "grace_days": "7"}, **STAFF)
    consultations.change(
        small,
        SLUG,
        title={"en": "Another title"},
        opens_at=None,
        deadline_at=None,
        closes_at=NOW + timedelta(days=90),
        **STAFF,
    )
    policies, change = entries(small)[-2:]
    assert policies.changes == {"late": ("accept", "grace"), "grace_days": ("0", "7")}
    assert change.changes["title en"] == ("Small consultation", "Another title")
    assert change.changes["deadline_at"] == ("2026-10-31T23:59:59.999999Z", None)
    assert "title fr" not in change.changes


def test_nothing_that_was_refused_is_in_the_log(small: Store) -> None:
    before = entries(small)
    with pytest.raises(consultations.InvalidInput):
        consultation_rules.set_policies(small, SLUG, {"late": "never"}, **STAFF)
    assert entries(small) == before


def test_an_anonymous_consultation_logs_nothing_of_those_who_answer(store: Store) -> None:
    names = (" org_name ", " contact_email ")
    nameless = "\n".join(line for line in FORM.splitlines() if not any(name in line for name in names))
    assert from_markdown(nameless)
    publish(store, form=nameless)
    consultation_rules.set_policies(
        store, SLUG, {"identification": "anonymous", "corrections_until": "2027-06-30"}, **STAFF
    )
    before = entries(store)
    answers = {name: value for name, value in ANSWERS.items() if name not in ("org_name", "contact_email")}
    code = begin(store)
    fill(store, code, {**answers, "story_yes": "yes"})
    response_files.attach(store, code, "story_file", name="a.txt", content=b"a", limit_bytes=9, now=NOW)
    response_files.detach(store, code, "story_file", now=NOW)
    colleagues.invite_colleague(store, code, name="Bo", role="approver", now=NOW)
    colleagues.revoke_colleague(store, code, colleagues.colleagues(store, code, now=NOW)[0].id, now=NOW)
    colleagues.ask_for_approval(store, code, True, now=NOW)
    colleagues.ask_for_approval(store, code, False, now=NOW)
    colleagues.hand_over(store, code, now=NOW)
    responses.submit(store, code, now=NOW)
    corrections.correct(store, code, now=NOW)
    corrections.drop_correction(store, code, now=NOW)
    corrections.withdraw(store, code, now=NOW)
    assert entries(store) == before
