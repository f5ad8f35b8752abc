"""Mails to a respondent who gave an address: that the response was received, and on request the link of a draft.

They are sent beside the visit and may fail: nobody waits for them, and no one learns whether an address exists.
"""

import logging
import threading
from datetime import datetime

from data.errors import InvalidInput, SoundingsError
from data.settings import Settings
from data.store import Store
from survey import links, responses
from survey.contact_lists import is_address
from survey.mail_templates import Template
from survey.open_responses import OpenResponse
from survey.policies import policies_of
from survey.smtp import Connection, Refused, Server, message_to, server_of
from survey.translator import LANGUAGES, Words, nearest

LINK_PAUSE_SECONDS = 600
"""The link of one draft is sent once in this time, so that nobody floods somebody else's mailbox."""
_log = logging.getLogger("soundings.mail")


def address_of(opened: OpenResponse) -> str:
    """The e-mail address that the respondent gave, "" without one."""
    answer = str(opened.state.answers.get(opened.consultation.roles.get("contact", ""), "") or "").strip()
    return answer if is_address(answer) else ""


def can_mail(opened: OpenResponse, settings: Settings) -> bool:
    """True when a mail to this respondent can be sent; a fictional consultation sends none."""
    return server_of(settings) is not None and not opened.consultation.fictional and bool(address_of(opened))


def confirm(opened: OpenResponse, *, settings: Settings, now: datetime) -> threading.Thread | None:
    """Tells the respondent the reference of what was sent; None when there is no server, address, or sent response.

    It never raises: the response was received, whatever becomes of the mail.
    """
    try:
        if not opened.submitted or not can_mail(opened, settings):
            return None
        words, title = _words(opened)
        _ = words.translate
        sent_at, rules = opened.response.submitted_at or now, policies_of(opened.consultation)
        moment = words.date(sent_at.date()) if rules.anonymous else words.moment(sent_at, rules.clock)
        lines = (
            _("Your response to “{consultation}” was received.", consultation=title),
            f"{_('Reference')}{words.colon}{opened.response.reference}\n{_('Received')}{words.colon}{moment}",
            _("Please keep the reference. With your personal code you can read what you sent and take a copy."),
        )
        subject = _("Received: {consultation}", consultation=title)
        return _post(opened, Template(subject=subject, body="\n\n".join(lines) + "\n"), settings, now)
    except SoundingsError as error:
        _log.warning("a confirmation was not sent: %s", error.code)
        return None


def mail_link(store: Store, code: str, *, settings: Settings, now: datetime) -> threading.Thread | None:
    """Sends the link of a draft to the address in it.

    Raises InvalidInput("mail.no_address"), ("mail.just_sent"), ("link.only_here"), and what `resume` raises.
    """
    opened = responses.resume(store, code, now=now)
    if not can_mail(opened, settings):
        raise InvalidInput("mail.no_address")
    links.require_reachable(opened.consultation, settings.base_url)
    key = f"link mailed {opened.response.id}"
    if store.counted({key: (1, LINK_PAUSE_SECONDS)})[key][0] > 1:
        raise InvalidInput("mail.just_sent", minutes=LINK_PAUSE_SECONDS // 60)
    words, title = _words(opened)
    _ = words.translate
    link = f"{settings.base_url}/respond?c={opened.consultation.slug}&r={code.strip()}"
    lines = (
        _("With this link you go on with your response to “{consultation}”:", consultation=title),
        link,
        _("Whoever holds the link can read and change the response. If you did not ask for it, ignore this mail."),
    )
    subject = _("Your link: {consultation}", consultation=title)
    return _post(opened, Template(subject=subject, body="\n\n".join(lines) + "\n"), settings, now)


def _words(opened: OpenResponse) -> tuple[Words, str]:
    words = Words(nearest(opened.response.language, tuple(LANGUAGES)))
    title = opened.consultation.title
    return words, title.get(words.language) or title.get("en") or opened.consultation.slug


def _post(opened: OpenResponse, wording: Template, settings: Settings, now: datetime) -> threading.Thread | None:
    server = server_of(settings)
    if server is None:
        return None
    message = message_to(server, address_of(opened), wording, language=opened.response.language, now=now)

    def run(server: Server = server) -> None:
        try:
            with Connection(server) as connection:
                connection.send(message)
        except (SoundingsError, Refused) as error:
            # Without the address: the log is no place for contact data.
            _log.warning("a mail to a respondent was not sent: %s", type(error).__name__)

    thread = threading.Thread(target=run, daemon=True, name="mail-to-respondent")
    thread.start()
    return thread
