"""Mailings and letters on the page Collect: to whom, in which words, send, hand over, and what came back."""

import html
import threading
import time
from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from data.errors import Conflict, SoundingsError
from data.invitation_records import MailingRecord, MailStatus
from data.records import ConsultationRecord
from data.store import Store
from survey import consultations, invitations, letters, links, mailings, published_forms
from survey.access import Actor
from survey.bounces import read_bounces
from survey.mail_templates import MailKind
from survey.policies import policies_of
from survey.smtp import server_of
from survey.translator import Words
from survey.ui import messages, resources, session
from survey.ui.response_frame import now
from survey.ui.shared_forms import SharedForm
from survey.uploads import STAFF_FILE_MB

_RUNNING: dict[str, threading.Thread] = {}
"""Runs of sending in this process, by consultation. A mailing outlives the visit that began it."""


def show_mailings(store: Store, consultation: ConsultationRecord, actor: Actor, words: Words) -> None:
    """Whatever can be done with mails of a consultation."""
    _, slug = words.translate, consultation.slug
    kinds = {
        MailKind.INVITATION: _("Invitation"),
        MailKind.REMINDER: _("Reminder"),
        MailKind.THANKS: _("Thanks"),
    }
    kind = st.radio(
        _("Kind of mail"), list(kinds), format_func=kinds.__getitem__, horizontal=True, key=f"mail_kind_{slug}"
    )
    found = mailings.recipients(store, slug, kind, actor=actor, now=now())
    if found.anonymous:
        st.info(
            _(
                "This consultation is anonymous: nobody knows who has answered. Everybody gets the same link; a "
                "reminder goes to everybody on the list and says “if you have not answered yet”. There are no thanks."
            )
        )
    count = words.plural(
        "{count} organisation would get this mail.", "{count} organisations would get this mail.", len(found.to)
    )
    st.html(f"<div><b>{html.escape(count)}</b> {html.escape(_skipped(found, words))}</div>")
    if consultations.standing(consultation, now()) is consultations.Standing.NOT_YET:
        st.warning(_("This consultation takes no answers yet. Whoever follows a link now is told so."))
    _wording(store, consultation, kind, actor, words)
    with messages.explained(words):
        links.require_reachable(consultation, resources.settings().base_url)
        show_sending(store, consultation, kind, len(found.to), actor, words)
        _files(store, slug, kind, actor, words)
    past = mailings.mailings(store, slug, actor=actor)
    if past:
        _show_past(past, kinds, policies_of(consultation).clock, words)
        _returned(store, slug, actor, words)
    _links(store, slug, actor, words, anonymous=found.anonymous)


def _skipped(found: mailings.Recipients, words: Words) -> str:
    _ = words.translate
    reasons = {
        "replied": _("replied: {count}"),
        "silent": _("not replied yet: {count}"),
        "anonymous": _("nobody knows who has answered: {count}"),
        "mailed": _("had a mail already: {count}"),
        "no_address": _("without e-mail: {count}"),
        "bounced": _("mail came back: {count}"),
    }
    parts = [reasons[reason].format(count=words.number(count)) for reason, count in found.skipped.items()]
    return _("Left out: {reasons}.", reasons=words.listed(parts)) if parts else ""


def _wording(store: Store, consultation: ConsultationRecord, kind: MailKind, actor: Actor, words: Words) -> None:
    _, slug = words.translate, consultation.slug
    form = published_forms.newest_form(store, consultation)
    names = {each.tag: each.name for each in form.questionnaire.languages}
    with st.popover(_("Words of the mail")):
        tag = st.selectbox(_("Language"), list(names), format_func=names.__getitem__, key=f"mail_language_{slug}")
        wording = mailings.template(store, slug, kind, tag, actor=actor)
        shared = SharedForm(f"mail_{kind}_{tag}_{slug}_", consultation.revision, asdict(wording))
        with st.form(f"words_{kind}_{tag}_{slug}", border=False):
            st.text_input(_("Subject"), key=f"{shared.key}subject")
            st.text_area(_("Text"), height=320, key=f"{shared.key}body")
            told = _(
                "{names} are filled in. A line whose value is missing is left out.",
                names="{organisation} {consultation} {link} {code} {deadline} {closes}",
            )
            st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
            if st.form_submit_button(_("Save")):
                try:
                    mailings.set_template(
                        store, slug, kind, tag, **shared.typed(), actor=actor, now=now(), revision=shared.revision
                    )
                except SoundingsError as error:
                    shared.refused(error, words)
                else:
                    shared.saved()
                    st.success(_("Saved."))


def show_sending(
    store: Store,
    consultation: ConsultationRecord,
    kind: MailKind,
    count: int,
    actor: Actor,
    words: Words,
    *,
    only: Collection[int] | None = None,
) -> None:
    """The button that sends mails of a kind, or why there is none.

    count  how many would get one
    only   keys of invitations: nobody else gets one
    """
    _, slug = words.translate, consultation.slug
    waiting = sum(each.counts.get(MailStatus.QUEUED, 0) for each in mailings.mailings(store, slug, actor=actor))
    if server_of(resources.settings()) is None:
        told = _("No mail server is set. Make a table for mail merge, or ask the administrator.")
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        return
    if consultation.fictional:
        st.html(f'<div class="sd-muted">{html.escape(_("This consultation is fictional; it sends no mail."))}</div>')
        return
    if is_sending(store, slug):
        st.info(words.plural("{count} mail waits to be sent.", "{count} mails wait to be sent.", waiting))
        if st.button(_("Look again"), key=f"mail_look_{slug}"):
            st.rerun()
        return
    with st.container(horizontal=True):
        label = words.plural("Send {count} mail", "Send {count} mails", count)
        if st.button(label, key=f"mail_send_{slug}", type="primary", disabled=not count):
            with messages.explained(words):
                mailings.queue(store, slug, kind, actor=actor, now=now(), only=only)
                begin_sending(store, slug, actor, only)
                st.rerun()
        if (
            waiting
            and only is None
            and st.button(
                words.plural("Go on with {count} mail that waits", "Go on with {count} mails that wait", waiting),
                key=f"mail_go_on_{slug}",
            )
        ):
            begin_sending(store, slug, actor)
            st.rerun()


def is_sending(store: Store, slug: str) -> bool:
    """True while mails of the consultation are sent, by this process or by another one."""
    thread = _RUNNING.get(slug)
    return (thread is not None and thread.is_alive()) or mailings.is_sending(store, slug)


def begin_sending(store: Store, slug: str, actor: Actor, only: Collection[int] | None = None) -> None:
    """Sends what waits beside the visit; what is not sent when the program ends waits until somebody goes on.

    only  keys of invitations: mails to others go on waiting
    """
    settings = resources.settings()

    def run() -> None:
        try:
            mailings.send(
                store,
                slug,
                server=server_of(settings),
                base_url=settings.base_url,
                actor=actor,
                clock=lambda: datetime.now(UTC),
                pause=lambda: time.sleep(settings.mail_pause_seconds),
                only=only,
            )
        except Conflict:
            pass  # another process was faster; what it does not send waits until somebody goes on
        except SoundingsError as error:
            messages.log_bug(error)

    if not is_sending(store, slug):
        _RUNNING[slug] = threading.Thread(target=run, daemon=True, name=f"mails-{slug}")
        _RUNNING[slug].start()


def _files(store: Store, slug: str, kind: MailKind, actor: Actor, words: Words) -> None:
    _ = words.translate
    settings = resources.settings()
    with st.container(horizontal=True):
        for ending, label in (("csv", _("Table for mail merge (CSV)")), ("xlsx", _("Table for mail merge (Excel)"))):
            if st.button(label, key=f"merge_{ending}_{slug}"):
                with messages.explained(words):
                    content = mailings.merge_file(
                        store, slug, kind, ending, base_url=settings.base_url, actor=actor, now=now()
                    )
                    session.remember(f"mail_file_{slug}", (f"{slug}-{kind}.{ending}", content))
        if st.button(_("Letters to print, with QR codes"), key=f"letters_{slug}"):
            with messages.explained(words):
                page = letters.letters(
                    store, slug, base_url=settings.base_url, actor=actor, now=now(), language=words.language
                )
                session.remember(f"mail_file_{slug}", (f"{slug}-letters.html", page.encode()))
    if made := session.recall(f"mail_file_{slug}"):
        name, content = made
        told = _(
            "The file holds personal links: keep it as you would keep passwords. "
            "Who stands in a table counts as written to."
        )
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        st.download_button(
            _("Download {name}", name=name), content, file_name=name, key=f"mail_download_{slug}", type="primary"
        )


def _show_past(past: tuple[MailingRecord, ...], kinds: dict[MailKind, str], clock: ZoneInfo, words: Words) -> None:
    _ = words.translate
    columns = {
        MailStatus.QUEUED: _("waiting"),
        MailStatus.SENDING: _("on the way"),
        MailStatus.SENT: _("sent"),
        MailStatus.FAILED: _("failed"),
        MailStatus.BOUNCED: _("came back"),
    }
    head = "".join(f"<th>{html.escape(text)}</th>" for text in (_("Mailing"), "", *columns.values()))
    rows = "".join(
        f"<tr><td>{html.escape(kinds[MailKind(each.kind)])}</td>"
        f"<td>{html.escape(words.moment(each.created_at, clock))}</td>"
        + "".join(f"<td>{words.number(each.counts.get(status, 0))}</td>" for status in columns)
        + "</tr>"
        for each in past
    )
    st.html(f'<div class="sd-table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>')


def _returned(store: Store, slug: str, actor: Actor, words: Words) -> None:
    _ = words.translate
    bad = mailings.troubled(store, slug, actor=actor)
    reasons = {
        mailings.INTERRUPTED: _("sending was interrupted; nobody knows whether it arrived"),
        mailings.BY_HAND: _("marked by hand"),
    }
    if bad:
        rows = "".join(
            f"<tr><td>{html.escape(each.organisation)}</td><td>{html.escape(mail.email)}</td>"
            f"<td>{html.escape(reasons.get(mail.reason, mail.reason))}</td></tr>"
            for each, mail in bad
        )
        st.html(f'<div class="sd-table sd-tall" tabindex="0"><table><tbody>{rows}</tbody></table></div>')
        again = any(mail.status is MailStatus.FAILED and mail.reason != mailings.INTERRUPTED for _each, mail in bad)
        if again and st.button(_("Try failed mails again"), key=f"mail_retry_{slug}"):
            with messages.explained(words):
                mailings.retry(store, slug, actor=actor, now=now())
                st.rerun()
    file = st.file_uploader(
        _("Returned mails (.mbox or .eml)"),
        type=["mbox", "eml", "txt"],
        key=f"bounces_{slug}",
        max_upload_size=STAFF_FILE_MB,
    )
    if file is not None and st.button(_("Mark what came back"), key=f"take_bounces_{slug}"):
        with messages.explained(words):
            found = read_bounces(file.getvalue())
            marked, strange = mailings.take_bounces(store, slug, found.bounces, actor=actor, now=now())
            known = len(found.bounces) - marked - strange
            told = _(
                "Mails read: {mails}; {others} of them report nothing that came back. Addresses that could not be "
                "reached: {reports}; {marked} marked now, {known} marked before, {strange} of no mail of this "
                "consultation.",
                mails=words.number(found.mails),
                others=words.number(found.others),
                reports=words.number(len(found.bounces)),
                marked=words.number(marked),
                known=words.number(known),
                strange=words.number(strange),
            )
            (st.success if marked else st.warning)(told)


def _links(store: Store, slug: str, actor: Actor, words: Words, *, anonymous: bool) -> None:
    _ = words.translate
    frame = invitations.organisations(store, slug, actor=actor)
    if not frame:
        return
    with st.popover(_("One organisation")):
        key = st.selectbox(_("Organisation"), list(frame), format_func=frame.__getitem__, key=f"link_of_{slug}")
        with st.container(horizontal=True):
            if not anonymous and st.button(_("New link; earlier ones end"), key=f"renew_{slug}"):
                with messages.explained(words):
                    token = links.renew_link(store, slug, key, actor=actor, now=now())
                    st.code(links.address(resources.settings().base_url, slug, token), language=None, wrap_lines=True)
            if st.button(_("End all its links"), key=f"revoke_{slug}"):
                with messages.explained(words):
                    links.revoke_links(store, slug, key, actor=actor, now=now())
                    st.success(_("Its links open nothing any more."))
            if st.button(_("Its mail came back"), key=f"came_back_{slug}"):
                with messages.explained(words):
                    mailings.mark_bounced(store, slug, key, actor=actor, now=now())
                    st.rerun()
