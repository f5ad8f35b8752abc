"""Use cases of mailings: whom, with which words, sent by SMTP or handed over for mail merge, and what came back.

A mail is marked as being sent before it is handed to the server and as sent afterwards, each in a transaction of its
own. A run that is ended in between leaves a mail of which nobody knows; it is never sent again by itself, so that no
one gets a mail twice (docs/decisions/0009-mailings.md).
"""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage

from data.audit import differences
from data.errors import Conflict, InvalidInput
from data.formulas import guarded
from data.invitation_records import InvitationRecord, MailingRecord, MailRecord, MailStatus
from data.records import EVERYTHING, ConsultationRecord, Scope
from data.store import Store, Transaction
from survey import asking, consultations, links, published_forms
from survey.access import Action, Actor, require
from survey.acts import note_staff
from survey.bounces import Bounce
from survey.consultations import Standing
from survey.contact_lists import is_address
from survey.mail_templates import MailKind, Template, checked, default_template, filled_in
from survey.policies import closing, policies_of
from survey.smtp import Connection, Refused, Server, message_to
from survey.translator import LANGUAGES, Words, nearest
from survey.xlsform.workbook_writer import TableColumn, table_workbook

PAUSE_DAYS = 3
"""Who got a mail within these days is left out of a reminder."""
INTERRUPTED, NOT_NEEDED, BY_HAND = "interrupted", "replied meanwhile", "by hand"
"""Our own reasons; all others are words of a mail server."""
_STALE = timedelta(minutes=10)
_MERGE_COLUMNS = ("organisation", "email", "language", "region", "country", "link", "code", "subject", "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Who would get a mail of a kind, and why the others would not: reason -> organisations.

    Reasons: "no_address", "bounced", "replied" ("silent" for thanks), "mailed" (got this kind, or any mail just now),
    "anonymous" (thanks to somebody of whom nobody knows whether they answered)
    anonymous  nobody knows who has answered: a reminder goes to everybody
    """

    to: tuple[InvitationRecord, ...]
    anonymous: bool = False
    skipped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a run of sending did; `left` are mails that still wait."""

    sent: int
    failed: int
    left: int


def template(store: Store, slug: str, kind: MailKind, language: str, *, actor: Actor) -> Template:
    """The wording of a kind of mail in a language: what staff wrote, else the default."""
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.read() as kept:
        return _template(kept, kept.consultation(slug), kind, language)


def set_template(
    store: Store,
    slug: str,
    kind: MailKind,
    language: str,
    *,
    subject: str,
    body: str,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
) -> None:
    """Keeps the wording; the default is not kept, so that it follows the program.

    revision  of the consultation when the writer read the wording; None: whatever it is now
    Raises    what `checked` raises; Conflict "record.changed_elsewhere".
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        anonymous = policies_of(consultation).anonymous
        wording = checked(kind, subject, body, anonymous=anonymous)
        default = default_template(kind, Words(nearest(language, tuple(LANGUAGES))), anonymous=anonymous)
        own = None if wording == default else (wording.subject, wording.body)
        before = _template(kept, consultation, kind, language)
        kept.change_consultation(consultation.id, expected_revision=revision)
        kept.set_mail_template(consultation.id, kind, language, own)
        details = {"kind": kind, "language": language}
        changes = differences(asdict(before), asdict(wording))
        note_staff(kept, slug, "template.changed", actor=actor, now=now, details=details, changes=changes)


def recipients(
    store: Store, slug: str, kind: MailKind, *, actor: Actor, now: datetime, pause_days: int = PAUSE_DAYS
) -> Recipients:
    """Who would get this kind of mail now."""
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_CONTACTS)
        return _recipients(kept, consultation, kind, now, pause_days, scope=scope)


def queue(
    store: Store,
    slug: str,
    kind: MailKind,
    *,
    actor: Actor,
    now: datetime,
    pause_days: int = PAUSE_DAYS,
    only: Collection[int] | None = None,
) -> int:
    """Puts a mail to each recipient in the queue and returns how many.

    only  keys of invitations: nobody else gets one
    Raises InvalidInput("mailing.fictional"), ("mailing.closed").
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    require(actor, Action.READ_CONTACTS, slug)
    with store.write(takes_long=True) as kept:
        consultation = kept.consultation(slug)
        _require_mailable(consultation, kind, now)
        found = _among(_recipients(kept, consultation, kind, now, pause_days).to, only)
        if found:
            mails = [(each.id, each.email) for each in found]
            kept.add_mailing(consultation.id, kind, mails, now=now, by=actor.label)
            details = {"kind": kind, "mails": len(mails)}
            note_staff(kept, slug, "mailing.queued", actor=actor, now=now, details=details)
    return len(found)


def _among(found: tuple[InvitationRecord, ...], only: Collection[int] | None) -> tuple[InvitationRecord, ...]:
    return found if only is None else tuple(each for each in found if each.id in only)


def send(
    store: Store,
    slug: str,
    *,
    server: Server | None,
    base_url: str,
    actor: Actor,
    clock: Callable[[], datetime],
    pause: Callable[[], None] = lambda: None,
    only: Collection[int] | None = None,
) -> Sent:
    """Sends every mail of the consultation that waits, with a pause after each; can be run again at any time.

    only    keys of invitations: mails to others go on waiting
    Raises InvalidInput("mail.no_server"), ("mailing.fictional"), ("link.only_here"); Conflict("mailing.running") while
    another run, of another process perhaps, is at it; Unavailable("mail.unreachable"): what waits, waits.
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    require(actor, Action.READ_CONTACTS, slug)
    if server is None:
        raise InvalidInput("mail.no_server")
    # Two runs would send no mail twice, but both together faster than the mail server may allow.
    with store.alone(_run_of(slug)) as mine:
        if not mine:
            raise Conflict("mailing.running")
        sent = failed = 0
        with store.write() as kept:
            consultation = kept.consultation(slug)
            _require_mailable(consultation, MailKind.THANKS, clock())
            links.require_reachable(consultation, base_url)
            waiting = [
                mail for mail in _waiting(kept, consultation.id, clock()) if only is None or mail.invitation_id in only
            ]
        with Connection(server) as connection:
            for mail in waiting:
                connection.open()
                with store.write() as kept:
                    claimed = _claim(kept, consultation, mail, server, base_url, clock())
                if claimed is None:
                    continue
                try:
                    connection.send(claimed)
                except Refused as refused:
                    status, reason = MailStatus.FAILED, str(refused)
                    failed += 1
                else:
                    status, reason = MailStatus.SENT, ""
                    sent += 1
                with store.write() as kept:
                    kept.move_mail(mail.id, MailStatus.SENDING, status, now=clock(), reason=reason)
                pause()
        with store.write() as kept:
            left = len(_waiting(kept, consultation.id, clock()))
            details = {"sent": sent, "failed": failed}
            if sent or failed:
                note_staff(kept, slug, "mailing.sent", actor=actor, now=clock(), details=details)
        return Sent(sent=sent, failed=failed, left=left)


def is_sending(store: Store, slug: str) -> bool:
    """True while a run sends mails of the consultation, in this process or another one."""
    return store.is_held(_run_of(slug))


def _run_of(slug: str) -> str:
    return f"mails {slug}"


def mailings(store: Store, slug: str, *, actor: Actor) -> tuple[MailingRecord, ...]:
    """The mailings of a consultation with their mails by status, newest first."""
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.read() as kept:
        return kept.mailings(kept.consultation(slug).id)


def troubled(store: Store, slug: str, *, actor: Actor) -> tuple[tuple[InvitationRecord, MailRecord], ...]:
    """The organisations whose last mail failed or came back, with that mail."""
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_CONTACTS)
        frame = {each.id: each for each in kept.invitations(consultation.id, scope)}
        last = {mail.invitation_id: mail for mail in kept.mails(consultation.id, scope)}
    bad = (MailStatus.FAILED, MailStatus.BOUNCED)
    found = [(frame[key], mail) for key, mail in last.items() if mail.status in bad and mail.reason != NOT_NEEDED]
    return tuple(sorted(found, key=lambda pair: pair[0].organisation))


def retry(store: Store, slug: str, *, actor: Actor, now: datetime, only: Collection[int] | None = None) -> int:
    """Failed mails wait again, but those of which nobody knows whether they went out; how many.

    only  keys of invitations: mails to others stay failed
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    require(actor, Action.READ_CONTACTS, slug)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        last = {mail.invitation_id: mail for mail in kept.mails(consultation.id)}
        again = [
            mail
            for mail in last.values()
            if mail.status is MailStatus.FAILED
            and mail.reason not in (INTERRUPTED, NOT_NEEDED)
            and (only is None or mail.invitation_id in only)
        ]
        for mail in again:
            kept.move_mail(mail.id, MailStatus.FAILED, MailStatus.QUEUED, now=now, reason="")
        note_staff(kept, slug, "mailing.retried", actor=actor, now=now, details={"mails": len(again)})
    return len(again)


def mark_bounced(store: Store, slug: str, invitation_id: int, *, actor: Actor, now: datetime) -> None:
    """The last mail to the organisation came back; it gets no other until its address changes.

    Raises NotFound("invitation.unknown"), InvalidInput("mailing.none_sent").
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    require(actor, Action.READ_CONTACTS, slug)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        kept.invitation(consultation.id, invitation_id)
        mails = [mail for mail in kept.mails(consultation.id) if mail.invitation_id == invitation_id]
        if not mails or not kept.move_mail(mails[-1].id, MailStatus.SENT, MailStatus.BOUNCED, now=now, reason=BY_HAND):
            raise InvalidInput("mailing.none_sent")
        note_staff(kept, slug, "mail.bounced", of=invitation_id, actor=actor, now=now)


def take_bounces(store: Store, slug: str, bounces: Iterable[Bounce], *, actor: Actor, now: datetime) -> tuple[int, int]:
    """(mails marked as bounced, reports that belong to no mail of this consultation).

    A report belongs to the mail whose identifier it names, else to the last one that was sent to its address.
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    require(actor, Action.READ_CONTACTS, slug)
    marked = strange = 0
    with store.write() as kept:
        consultation = kept.consultation(slug)
        mails = kept.mails(consultation.id)
        by_message = {mail.message_id: mail for mail in mails if mail.message_id}
        by_address = {mail.email.casefold(): mail for mail in mails if mail.status is not MailStatus.QUEUED}
        for bounce in bounces:
            mail = by_message.get(bounce.message_id) or by_address.get(bounce.address)
            if mail is None:
                strange += 1
                continue
            for before in (MailStatus.SENT, MailStatus.SENDING):
                marked += kept.move_mail(mail.id, before, MailStatus.BOUNCED, now=now, reason=bounce.reason)
        details = {"marked": marked, "strange": strange}
        note_staff(kept, slug, "mail.bounces_read", actor=actor, now=now, details=details)
    return marked, strange


def merge_file(
    store: Store,
    slug: str,
    kind: MailKind,
    file_format: str,
    *,
    base_url: str,
    actor: Actor,
    now: datetime,
    only: Collection[int] | None = None,
) -> bytes:
    """A table for mail merge, one recipient a row with a link of its own; its mails count as sent.

    file_format  "csv" (UTF-8) or "xlsx"; cells that a spreadsheet would calculate begin with an apostrophe in CSV
    only         keys of invitations: nobody else stands in it
    Organisations without an address are in it too: their letters go by post.
    Raises InvalidInput("format.unknown"), ("mailing.closed"), ("mailing.nobody"), ("link.only_here").
    """
    require(actor, Action.READ_CONTACTS, slug)
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    if file_format not in ("csv", "xlsx"):
        raise InvalidInput("format.unknown", format=file_format)
    with store.write(takes_long=True) as kept:
        consultation = kept.consultation(slug)
        _require_mailable(consultation, kind, now, by_smtp=False)
        links.require_reachable(consultation, base_url)
        found = _among(_recipients(kept, consultation, kind, now, PAUSE_DAYS, addressed=False).to, only)
        if not found:
            raise InvalidInput("mailing.nobody")
        tokens = tokens_for(kept, consultation, (each.id for each in found), purpose="merge", now=now)
        rows = []
        for each in found:
            wording, language, values = worded(kept, consultation, each, kind, tokens[each.id], base_url)
            values = {**values, "subject": wording.subject, "body": wording.body, "language": language}
            values |= {"email": each.email, "region": each.region, "country": each.country}
            rows.append([values[name] for name in _MERGE_COLUMNS])
        key = kept.add_mailing(consultation.id, kind, [(e.id, e.email) for e in found], now=now, by=actor.label)
        for mail in kept.mails(consultation.id, mailing_id=key):
            kept.move_mail(mail.id, MailStatus.QUEUED, MailStatus.SENT, now=now, reason="merge")
        details = {"kind": kind, "mails": len(rows), "format": file_format}
        note_staff(kept, slug, "mailing.exported", actor=actor, now=now, details=details)
    if file_format == "xlsx":
        widths = {"organisation": 32, "email": 30, "link": 60, "subject": 40, "body": 80}
        columns = [TableColumn(head=name, width=widths.get(name, 14)) for name in _MERGE_COLUMNS]
        return table_workbook("mails", columns, rows)
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([guarded(head) for head in _MERGE_COLUMNS])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def _require_mailable(consultation: ConsultationRecord, kind: MailKind, now: datetime, *, by_smtp: bool = True) -> None:
    # Demo accounts need no password while all is fictional: nobody may send mails to the world through them.
    if by_smtp and consultation.fictional:
        raise InvalidInput("mailing.fictional")
    if kind is not MailKind.THANKS and consultations.standing(consultation, now) is Standing.CLOSED:
        raise InvalidInput("mailing.closed")


def _recipients(
    kept: Transaction,
    consultation: ConsultationRecord,
    kind: MailKind,
    now: datetime,
    pause_days: int,
    *,
    addressed: bool = True,
    scope: Scope = EVERYTHING,
) -> Recipients:
    anonymous = policies_of(consultation).anonymous
    replied = kept.replied_invitations(consultation.id, scope)
    mails = kept.mails(consultation.id, scope)
    bounced = {(mail.invitation_id, mail.email) for mail in mails if mail.status is MailStatus.BOUNCED}
    there = [mail for mail in mails if mail.status not in (MailStatus.FAILED, MailStatus.BOUNCED)]
    # A mail of which nobody knows whether it went out counts as one that did.
    there += [mail for mail in mails if mail.status is MailStatus.FAILED and mail.reason == INTERRUPTED]
    waiting = {mail.invitation_id for mail in mails if mail.status is MailStatus.QUEUED}
    had = {mail.invitation_id for mail in there if mail.kind == kind}
    lately = {mail.invitation_id for mail in there if mail.changed_at > now - timedelta(days=pause_days)}
    to, skipped = [], dict.fromkeys(("no_address", "anonymous", "replied", "silent", "mailed", "bounced"), 0)
    for each in kept.invitations(consultation.id, scope):
        if anonymous and kind is MailKind.THANKS:
            skipped["anonymous"] += 1
        elif (each.id in replied) != (kind is MailKind.THANKS):
            skipped["silent" if kind is MailKind.THANKS else "replied"] += 1
        elif each.id in waiting or each.id in (lately if kind is MailKind.REMINDER else had):
            skipped["mailed"] += 1
        elif addressed and not is_address(each.email):
            skipped["no_address"] += 1
        elif addressed and (each.id, each.email) in bounced:
            skipped["bounced"] += 1
        else:
            to.append(each)
    return Recipients(
        to=tuple(to), anonymous=anonymous, skipped={reason: count for reason, count in skipped.items() if count}
    )


def _waiting(kept: Transaction, consultation_id: int, now: datetime) -> list[MailRecord]:
    """The mails in the queue; one that has been on its way for too long belongs to a run that was ended."""
    mails = kept.mails(consultation_id)
    for mail in mails:
        if mail.status is MailStatus.SENDING and mail.changed_at < now - _STALE:
            kept.move_mail(mail.id, MailStatus.SENDING, MailStatus.FAILED, now=now, reason=INTERRUPTED)
    return [mail for mail in mails if mail.status is MailStatus.QUEUED]


def _claim(
    kept: Transaction, consultation: ConsultationRecord, mail: MailRecord, server: Server, base_url: str, now: datetime
) -> EmailMessage | None:
    """The message of a mail that is ours to send now; None when another run was faster or it is needed no more."""
    invitation = kept.invitation(consultation.id, mail.invitation_id)
    kind = MailKind(mail.kind)
    if kind is not MailKind.THANKS and invitation.id in kept.replied_invitations(consultation.id):
        kept.move_mail(mail.id, MailStatus.QUEUED, MailStatus.FAILED, now=now, reason=NOT_NEEDED)
        return None
    token = tokens_for(kept, consultation, (invitation.id,), purpose=kind, now=now)[invitation.id]
    wording, language, _values = worded(kept, consultation, invitation, kind, token, base_url)
    message = message_to(server, mail.email, wording, language=language, now=now)
    claimed = kept.move_mail(
        mail.id, MailStatus.QUEUED, MailStatus.SENDING, now=now, message_id=str(message["Message-ID"])
    )
    return message if claimed else None


def tokens_for(
    kept: Transaction, consultation: ConsultationRecord, invitation_ids: Iterable[int], *, purpose: str, now: datetime
) -> dict[int, str]:
    """A new personal link for each organisation; "" for each where respondents are anonymous.

    There everybody gets the same link: one of their own in the log of a proxy would tell when an organisation answered.
    """
    if policies_of(consultation).anonymous:
        return dict.fromkeys(invitation_ids, "")
    return links.made(kept, invitation_ids, purpose=purpose, now=now)


def worded(
    kept: Transaction,
    consultation: ConsultationRecord,
    invitation: InvitationRecord,
    kind: MailKind,
    token: str,
    base_url: str,
) -> tuple[Template, str, dict[str, str]]:
    """(the words for one organisation, their language, what was filled in)."""
    form = published_forms.form(kept, consultation.id).questionnaire
    language = nearest(invitation.language, tuple(each.tag for each in form.languages), form.default_language)
    words = Words(nearest(language, tuple(LANGUAGES)))
    values = {
        "organisation": invitation.organisation,
        "consultation": asking.title_of(consultation, Words(language)),
        "link": links.address(base_url, consultation.slug, token),
        "code": token,
        "deadline": _moment(consultation.deadline_at or closing(consultation), consultation, words),
        "closes": _moment(closing(consultation), consultation, words),
    }
    named = words.isolating({name: values[name] for name in ("organisation", "consultation")})
    shown = {**values, **{name: str(value) for name, value in named.items()}}
    return filled_in(_template(kept, consultation, kind, language), shown), language, values


def _template(kept: Transaction, consultation: ConsultationRecord, kind: MailKind, language: str) -> Template:
    own = kept.mail_template(consultation.id, kind, language)
    if own is not None:
        return Template(subject=own[0], body=own[1])
    anonymous = policies_of(consultation).anonymous
    return default_template(kind, Words(nearest(language, tuple(LANGUAGES))), anonymous=anonymous)


def _moment(moment: datetime | None, consultation: ConsultationRecord, words: Words) -> str:
    return "" if moment is None else words.moment(moment, policies_of(consultation).clock)
