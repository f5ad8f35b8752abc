"""Mailings over a real SMTP server: who gets what, once, in which words; what fails, what comes back."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from data.errors import InvalidInput, NotFound, Unavailable
from data.invitation_records import MailStatus
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, invitations, letters, links, mailings, responses
from survey.__main__ import main
from survey.bounces import Bounce, Returned, read_bounces
from survey.mail_templates import MailKind, checked, default_template
from survey.smtp import Server, server_of
from survey.translator import LANGUAGES, Words
from tests.databases import rows
from tests.small import CLOSES_AT, DAY, FORM, NOW, SECRETARIAT, fill, publish, refused, send, send_by_link
from tests.survey.mail_server import Post, mail_server

ROOT = Path(__file__).resolve().parents[2]
SLUG = "real"
BASE = "https://voices.example"
FRAME = [
    {"organisation": "Étoile", "language": "fr", "email": "etoile@post.example", "region": "n"},
    {"organisation": "Luna", "language": "en", "email": "luna@post.example", "region": "s"},
    {"organisation": "No Address"},
    {"organisation": "Sol", "language": "xx", "email": "sol@post.example"},
]


@pytest.fixture
def real(store: Store) -> Store:
    """A consultation that is not fictional, with four invited organisations."""
    publish(store, slug=SLUG, fictional=False)
    invitations.import_frame(store, SLUG, FRAME, actor=SECRETARIAT, now=NOW)
    return store


@pytest.fixture(scope="module")
def _running() -> Iterator[Post]:
    with mail_server() as post:
        yield post


@pytest.fixture
def post(_running: Post) -> Post:
    """The mail server with an empty box."""
    _running.messages.clear()
    _running.addresses.clear()
    _running.refuse.clear()
    return _running


def server(post: Post) -> Server:
    found = server_of(Settings(smtp_url=post.url, mail_from="Büro <office@voices.example>"))
    assert found is not None
    return found


def queue(store: Store, kind: str = "invitation", **changes: object) -> int:
    values: dict[str, object] = {"actor": SECRETARIAT, "now": NOW, **changes}
    return mailings.queue(store, SLUG, MailKind(kind), **values)  # type: ignore[arg-type]


def deliver(store: Store, post: Post, **changes: object) -> mailings.Sent:
    values: dict[str, object] = {"server": server(post), "base_url": BASE, "actor": SECRETARIAT, "clock": lambda: NOW}
    return mailings.send(store, SLUG, **{**values, **changes})  # type: ignore[arg-type]


def statuses(store: Store) -> list[tuple[str, str, str]]:
    with store.read() as kept:
        return [(mail.email.partition("@")[0], str(mail.status), mail.reason) for mail in kept.mails(1)]


def text_of(post: Post, address: str) -> str:
    (found,) = [m for m in post.messages if m["To"] == address]
    return str(found.get_content())


# who and what


def test_everybody_with_an_address_is_invited_once_in_their_language(real: Store, post: Post) -> None:
    assert queue(real) == 3
    assert deliver(real, post) == mailings.Sent(sent=3, failed=0, left=0)
    assert sorted(post.addresses) == ["etoile@post.example", "luna@post.example", "sol@post.example"]
    french = next(m for m in post.messages if m["To"] == "etoile@post.example")
    assert (str(french["Subject"]), french["Content-Language"]) == ("Invitation\u00a0: Petite consultation", "fr")
    assert str(french["From"]) == "Büro <office@voices.example>"
    assert "Étoile" in french.get_content() and "31 octobre 2026" in french.get_content()
    assert "31 October 2026, 23:59 UTC" in text_of(post, "sol@post.example")
    assert (queue(real), deliver(real, post).sent) == (0, 0)


def test_a_title_in_one_language_stands_in_the_mails_of_every_other(store: Store, post: Post) -> None:
    publish(store, slug=SLUG, fictional=False, title={"fr": "La voie"})
    invitations.import_frame(store, SLUG, FRAME, actor=SECRETARIAT, now=NOW)
    queue(store)
    deliver(store, post)
    assert {str(message["Subject"]).partition(": ")[2] for message in post.messages} == {"La voie"}


def test_the_link_in_a_mail_opens_the_organisations_response(real: Store, post: Post) -> None:
    queue(real)
    deliver(real, post)
    (line,) = [line for line in text_of(post, "luna@post.example").splitlines() if line.startswith(BASE)]
    token = line.partition("&i=")[2]
    assert line == links.address(BASE, SLUG, token)
    found, begun = responses.invited(real, SLUG, token)
    assert (found.organisation, begun) == ("Luna", False)


def test_reminders_go_only_to_those_who_have_not_replied(real: Store, post: Post) -> None:
    queue(real)
    deliver(real, post)
    send(real, slug=SLUG, org_name="sol")  # anybody can type a name: it stops no reminder
    send_by_link(real, "Luna", slug=SLUG)
    assert queue(real, "reminder", now=NOW + DAY) == 0, "nobody is reminded the day after the invitation"
    assert queue(real, "reminder", now=NOW + 4 * DAY) == 2
    post.addresses.clear()
    deliver(real, post, clock=lambda: NOW + 4 * DAY)
    assert sorted(post.addresses) == ["etoile@post.example", "sol@post.example"]
    assert queue(real, "thanks") == 1
    found = mailings.recipients(real, SLUG, MailKind.REMINDER, actor=SECRETARIAT, now=NOW + 5 * DAY)
    assert dict(found.skipped) == {"replied": 1, "mailed": 2, "no_address": 1}


def test_who_replies_while_a_reminder_waits_gets_none(real: Store, post: Post) -> None:
    queue(real, "reminder")
    send_by_link(real, "Luna", slug=SLUG)
    assert deliver(real, post).sent == 2
    assert ("luna", "failed", mailings.NOT_NEEDED) in statuses(real)
    assert mailings.retry(real, SLUG, actor=SECRETARIAT, now=NOW) == 0


def test_only_those_who_were_chosen_get_one(real: Store, post: Post) -> None:
    with real.read() as kept:
        (key,) = [each.id for each in kept.invitations(1) if each.organisation == "Luna"]
    assert queue(real, only=[key, 999]) == 1
    deliver(real, post)
    assert post.addresses == ["luna@post.example"]


def test_while_other_mails_wait_or_failed_only_those_who_were_chosen_get_one(real: Store, post: Post) -> None:
    with real.read() as kept:
        (key,) = [each.id for each in kept.invitations(1) if each.organisation == "Luna"]
    post.refuse |= {f"{name}@post.example": "450 try later" for name in ("luna", "sol")}
    queue(real)
    deliver(real, post)
    assert mailings.retry(real, SLUG, actor=SECRETARIAT, now=NOW, only=[key]) == 1
    post.refuse.clear()
    post.addresses.clear()
    assert mailings.retry(real, SLUG, actor=SECRETARIAT, now=NOW) == 1
    assert deliver(real, post, only=[key]) == mailings.Sent(sent=1, failed=0, left=1)
    assert post.addresses == ["luna@post.example"]


def test_a_closed_consultation_invites_nobody_but_may_thank(real: Store) -> None:
    with refused(InvalidInput, "mailing.closed"):
        queue(real, now=CLOSES_AT + DAY)
    assert queue(real, "thanks", now=CLOSES_AT + DAY) == 0


def test_a_fictional_consultation_sends_nothing(small: Store) -> None:
    with refused(InvalidInput, "mailing.fictional"):
        mailings.queue(small, "small", MailKind.INVITATION, actor=SECRETARIAT, now=NOW)


# failures


def test_a_refused_address_is_told_with_the_servers_words_and_tried_again_when_asked(real: Store, post: Post) -> None:
    post.refuse["luna@post.example"] = "450 try later"
    queue(real)
    assert deliver(real, post) == mailings.Sent(sent=2, failed=1, left=0)
    assert ("luna", "failed", "450 try later") in statuses(real)
    ((organisation, mail),) = mailings.troubled(real, SLUG, actor=SECRETARIAT)
    assert (organisation.organisation, mail.reason) == ("Luna", "450 try later")
    post.refuse.clear()
    assert mailings.retry(real, SLUG, actor=SECRETARIAT, now=NOW) == 1
    assert deliver(real, post).sent == 1
    assert sorted(post.addresses) == ["etoile@post.example", "luna@post.example", "sol@post.example"]


def test_without_a_server_everything_waits(real: Store, post: Post) -> None:
    queue(real)
    nowhere = server_of(Settings(smtp_url="smtp://127.0.0.1:1", mail_from="a@b.example"))
    with refused(Unavailable, "mail.unreachable"):
        deliver(real, post, server=nowhere)
    with refused(InvalidInput, "mail.no_server"):
        deliver(real, post, server=None)
    assert {status for _, status, _ in statuses(real)} == {"queued"}
    assert deliver(real, post).sent == 3


def test_a_run_that_ends_in_the_middle_sends_no_one_twice(real: Store, post: Post) -> None:
    def ended() -> None:
        raise KeyboardInterrupt

    queue(real)
    with pytest.raises(KeyboardInterrupt):
        deliver(real, post, pause=ended)
    assert deliver(real, post) == mailings.Sent(sent=2, failed=0, left=0)
    assert sorted(post.addresses) == ["etoile@post.example", "luna@post.example", "sol@post.example"]


def test_a_mail_of_which_nobody_knows_is_not_sent_again(real: Store, post: Post) -> None:
    queue(real)
    with real.write() as kept:
        mail = kept.mails(1)[0]
        assert kept.move_mail(mail.id, MailStatus.QUEUED, MailStatus.SENDING, now=NOW)
        assert not kept.move_mail(mail.id, MailStatus.QUEUED, MailStatus.SENDING, now=NOW)
    assert deliver(real, post, clock=lambda: NOW + timedelta(minutes=11)).sent == 2
    assert ("luna", "failed", mailings.INTERRUPTED) in statuses(real)
    assert mailings.retry(real, SLUG, actor=SECRETARIAT, now=NOW) == 0
    assert queue(real) == 0
    assert "luna@post.example" not in post.addresses


def test_a_killed_program_sends_no_one_twice(real: Store, post: Post, settings: Settings) -> None:
    frame = [{"organisation": f"Org {number}", "email": f"org{number}@post.example"} for number in range(30)]
    invitations.import_frame(real, SLUG, frame, actor=SECRETARIAT, now=NOW)
    with real.write() as kept:
        kept.change_consultation(1, opens_at=None, deadline_at=None, closes_at=None)
    environment = {
        **os.environ,
        "SOUNDINGS_DATABASE_URL": settings.database_url,
        "SOUNDINGS_PUBLIC_URL": BASE,
        "SOUNDINGS_SMTP_URL": post.url,
        "SOUNDINGS_MAIL_FROM": "a@b.example",
        "SOUNDINGS_MAIL_PAUSE_SECONDS": "0.02",
    }
    command = [sys.executable, "-m", "survey", "invite", SLUG, "--json"]
    for _ in range(2):
        before = len(post.messages)
        child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        while len(post.messages) < before + 5 and child.poll() is None:
            time.sleep(0.005)
        child.send_signal(signal.SIGKILL)
        child.communicate()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    assert len(post.addresses) == len(set(post.addresses))
    unknown = [status for _, status, _ in statuses(real) if status == "sending"]
    assert len(post.addresses) + len(unknown) >= 33
    assert len(unknown) <= 2


# wording


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("kind", list(MailKind))
def test_the_default_wording_of_every_language_can_be_kept(kind: MailKind, language: str) -> None:
    found = default_template(kind, Words(language))
    assert checked(kind, found.subject, found.body) == found


def test_staff_write_their_own_words_and_a_line_without_its_value_is_left_out(real: Store, post: Post) -> None:
    body = "Bonjour {organisation},\r\njusqu’au {closes}\n{link}\nLes accolades {} non"
    with refused(InvalidInput, "template.placeholder") as caught:
        mailings.set_template(real, SLUG, MailKind.INVITATION, "fr", subject="S", body=body, actor=SECRETARIAT, now=NOW)
    assert caught.value.params["names"] == "{}"
    body = body.replace("{}", "")
    mailings.set_template(
        real, SLUG, MailKind.INVITATION, "fr", subject="S {code}", body=body, actor=SECRETARIAT, now=NOW
    )
    with real.write() as kept:
        kept.change_consultation(1, closes_at=None)
    queue(real)
    deliver(real, post)
    words = text_of(post, "etoile@post.example")
    assert words.startswith("Bonjour Étoile,\r\nhttps://voices.example/respond")
    assert "Invitation" in str(next(m for m in post.messages if m["To"] == "luna@post.example")["Subject"])


@pytest.mark.parametrize(
    ("subject", "body", "code"),
    [
        ("", "{link}", "template.empty"),
        ("S", " ", "template.empty"),
        ("S", "no way to answer", "template.no_link"),
        ("S", "{link} {organization}", "template.placeholder"),
        ("S", "{link.__class__}", "template.placeholder"),
        ("S" * 201, "{link}", "template.too_long"),
    ],
)
def test_a_wording_that_cannot_be_used_is_refused(subject: str, body: str, code: str) -> None:
    with refused(InvalidInput, code):
        checked(MailKind.INVITATION, subject, body)


def test_a_name_with_line_breaks_adds_no_header(real: Store, post: Post) -> None:
    frame = [{"organisation": "Evil\r\nBcc: x@y.example", "email": "evil@post.example"}]
    invitations.import_frame(real, SLUG, frame, actor=SECRETARIAT, now=NOW)
    mailings.set_template(
        real, SLUG, MailKind.INVITATION, "en", subject="{organisation}", body="{link}", actor=SECRETARIAT, now=NOW
    )
    queue(real)
    deliver(real, post)
    evil = next(m for m in post.messages if m["To"] == "evil@post.example")
    assert (str(evil["Subject"]), evil["Bcc"]) == ("Evil Bcc: x@y.example", None)


# mail merge


def test_the_table_for_mail_merge_has_a_link_for_each_and_no_formula(real: Store) -> None:
    invitations.import_frame(real, SLUG, [{"organisation": "=1+1"}], actor=SECRETARIAT, now=NOW)
    content = mailings.merge_file(real, SLUG, MailKind.INVITATION, "csv", base_url=BASE, actor=SECRETARIAT, now=NOW)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["organisation"] for row in rows] == ["'=1+1", "Luna", "No Address", "Sol", "Étoile"]
    assert responses.invited(real, SLUG, rows[1]["code"])[0].organisation == "Luna"
    assert rows[1]["link"] == links.address(BASE, SLUG, rows[1]["code"]) and rows[1]["link"] in rows[1]["body"]
    assert queue(real) == 0, "who stands in the table counts as invited"
    with refused(InvalidInput, "mailing.nobody"):
        mailings.merge_file(real, SLUG, MailKind.INVITATION, "xlsx", base_url=BASE, actor=SECRETARIAT, now=NOW)
    content = mailings.merge_file(
        real, SLUG, MailKind.REMINDER, "xlsx", base_url=BASE, actor=SECRETARIAT, now=NOW + 4 * DAY
    )
    table = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in table] == ["organisation", "=1+1", "Luna", "No Address", "Sol", "Étoile"]


def test_a_format_that_there_is_not_is_refused(real: Store) -> None:
    with refused(InvalidInput, "format.unknown"):
        mailings.merge_file(real, SLUG, MailKind.THANKS, "doc", base_url=BASE, actor=SECRETARIAT, now=NOW)


# what comes back

REPORT = """From MAILER-DAEMON Tue Sep 15 12:00:00 2026
From: MAILER-DAEMON@mx.example
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such
 mailbox

--b
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Invitation

Words
From here it goes on
--b--

"""


def test_reports_of_returned_mail_are_read_and_the_address_gets_nothing_more(real: Store, post: Post) -> None:
    queue(real)
    deliver(real, post)
    ids = {m["To"]: str(m["Message-ID"]) for m in post.messages}
    box = "".join(
        REPORT.format(address=address, action=action, message_id=message_id)
        for address, action, message_id in (
            ("forwarded@elsewhere.example", "failed", ids["luna@post.example"]),
            ("SOL@post.example", "failed", "<lost@b>"),
            ("etoile@post.example", "delayed", ids["etoile@post.example"]),
            ("strange@elsewhere.example", "failed", "<x@y>"),
        )
    )
    returned = read_bounces(box.encode())
    found = returned.bounces
    assert (returned.mails, returned.others) == (4, 1)
    assert found[0] == Bounce(
        address="forwarded@elsewhere.example", message_id=ids["luna@post.example"], reason="5.1.1 550 no such mailbox"
    )
    assert mailings.take_bounces(real, SLUG, found, actor=SECRETARIAT, now=NOW) == (2, 1)
    assert mailings.take_bounces(real, SLUG, found, actor=SECRETARIAT, now=NOW) == (0, 1)
    assert sorted(name for name, status, _ in statuses(real) if status == "bounced") == ["luna", "sol"]
    later = NOW + 9 * DAY
    found_now = mailings.recipients(real, SLUG, MailKind.REMINDER, actor=SECRETARIAT, now=later)
    assert ([each.organisation for each in found_now.to], found_now.skipped["bounced"]) == (["Étoile"], 2)
    rows = [{"organisation": "Luna", "email": "new@post.example"}]
    invitations.import_frame(real, SLUG, rows, actor=SECRETARIAT, now=NOW, update=True)
    assert queue(real, now=later) == 1, "a new address is invited"


def test_a_returned_mail_is_marked_by_hand(real: Store, post: Post) -> None:
    queue(real)
    deliver(real, post)
    with real.read() as kept:
        keys = {each.organisation: each.id for each in kept.invitations(1)}
    mailings.mark_bounced(real, SLUG, keys["Luna"], actor=SECRETARIAT, now=NOW)
    assert ("luna", "bounced", mailings.BY_HAND) in statuses(real)
    for name in ("Luna", "No Address"):
        with refused(InvalidInput, "mailing.none_sent"):
            mailings.mark_bounced(real, SLUG, keys[name], actor=SECRETARIAT, now=NOW)
    with refused(NotFound, "invitation.unknown"):
        mailings.mark_bounced(real, SLUG, 999, actor=SECRETARIAT, now=NOW)


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 50, b"just words"])
def test_a_file_without_mail_is_refused(content: bytes) -> None:
    with refused(InvalidInput, "bounces.unreadable"):
        read_bounces(content)


def test_a_nul_in_the_number_of_a_returned_mail_is_passed_over() -> None:
    text = REPORT.format(address="a@x.org", action="failed", message_id="<1@b\0>")
    assert [bounce.message_id for bounce in read_bounces(text.encode()).bounces] == ["<1@b>"]


@pytest.mark.parametrize(
    "junk", [b"From x\nContent-Type: multipart/report\n\n", b"From x\nSubject: =?x?q?=\xff\n\nhello"]
)
def test_mails_that_are_no_reports_are_passed_over(junk: bytes) -> None:
    assert read_bounces(junk) == Returned(bounces=(), mails=1, others=1)


NOTICES = {
    "postfix": (
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\n\nI'm sorry.\n\n"
        "<a@x.org>: host mx.x.org[192.0.2.1] said:\n    550 5.1.1 no such user (in reply to RCPT TO)\n\n"
        "--- Below this line is a copy of the message.\nMessage-ID: <1@b>\nTo: list@x.org\n"
    ),
    "exim": (
        "From: Mail Delivery System <Mailer-Daemon@mx.example>\nX-Failed-Recipients: a@x.org\n"
        "Subject: Mail delivery failed: returning message to sender\n\nThe following address(es) failed:\n\n"
        "  a@x.org\n    Unrouteable address\n"
    ),
    "qmail": (
        "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send program.\n\n"
        "<A@x.org>:\n192.0.2.1 does not like recipient.\nRemote host said: 554 delivery error\n"
    ),
    "sendmail": (
        "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\nSubject: Returned mail: see transcript\n\n"
        "   ----- The following addresses had permanent fatal errors -----\n<a@x.org>\n"
        "    (reason: 550 5.7.1 rejected)\n"
    ),
    "a person who forwards": "From: b@c.example\nSubject: Undeliverable: Invitation\n\na@x.org: 550 5.1.1\n",
}


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_in_words_is_read_too(name: str) -> None:
    (found,) = read_bounces(NOTICES[name].encode()).bounces
    assert found.address == "a@x.org"
    assert found.message_id == ("<1@b>" if name == "postfix" else "")


@pytest.mark.parametrize(
    "mail",
    [
        "From: a@x.org\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nWrite to b@x.org, room 550.\n",
        "From: a@x.org\nSubject: Re: Invitation\n\nThank you. My number is 550. a@x.org\n",
        "From: MAILER-DAEMON@mx.example\nSubject: Warning: message delayed 4 hours\n\n<a@x.org>: 451 4.2.0 later\n",
        "From: MAILER-DAEMON@mx.example\nSubject: Delivery status\n\n<a@x.org>: 4.4.1 will be retried 550 times\n",
    ],
)
def test_absence_an_answer_or_a_delay_is_no_returned_mail(mail: str) -> None:
    assert read_bounces(mail.encode()).bounces == ()


# where nobody knows who answered


@pytest.fixture
def anonymous(store: Store) -> Store:
    """An anonymous consultation with the same invited organisations."""
    nameless = "\n".join(
        line for line in FORM.splitlines() if " org_name " not in line and " contact_email " not in line
    )
    publish(store, slug=SLUG, fictional=False, form=nameless)
    consultation_rules.set_policies(store, SLUG, {"identification": "anonymous"}, actor=SECRETARIAT, now=NOW)
    invitations.import_frame(store, SLUG, FRAME, actor=SECRETARIAT, now=NOW)
    return store


def test_anonymous_reminders_go_to_everybody_and_claim_nothing(
    anonymous: Store, post: Post, settings: Settings
) -> None:
    assert queue(anonymous, "reminder") == 3
    deliver(anonymous, post)
    for address in ("luna@post.example", "sol@post.example"):
        text = text_of(post, address)
        assert "If you have not answered the consultation" in text
        assert "We have not received" not in text
        assert f"{BASE}/respond?c={SLUG}" in text.split()
        assert "code" not in text
    assert rows(settings, "SELECT count(*) FROM invitation_links") == [(0,)]


def test_nobody_is_thanked_where_nobody_is_known_to_have_answered(anonymous: Store) -> None:
    found = mailings.recipients(anonymous, SLUG, MailKind.THANKS, actor=SECRETARIAT, now=NOW)
    assert (found.to, dict(found.skipped), found.anonymous) == ((), {"anonymous": 4}, True)


def test_anonymous_tables_and_letters_have_one_link_for_all(anonymous: Store) -> None:
    page = letters.letters(anonymous, SLUG, base_url=BASE, actor=SECRETARIAT, now=NOW)
    assert ("Your personal code" in page, page.count("<svg")) == (False, 4)
    content = mailings.merge_file(
        anonymous, SLUG, MailKind.INVITATION, "csv", base_url=BASE, actor=SECRETARIAT, now=NOW
    )
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {(row["link"], row["code"]) for row in rows} == {(f"{BASE}/respond?c={SLUG}", "")}


def test_an_anonymous_mail_needs_the_link_because_there_is_no_code(anonymous: Store) -> None:
    with refused(InvalidInput, "template.no_link"):
        mailings.set_template(
            anonymous, SLUG, MailKind.REMINDER, "en", subject="S", body="Type {code}", actor=SECRETARIAT, now=NOW
        )


# links that lead nowhere


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("http://127.0.0.1:8501", False),
        ("http://localhost:8501", False),
        ("http://app.localhost", False),
        ("http://[::1]:8501", False),
        ("http://0.0.0.0", False),
        ("", False),
        ("https://voices.example", True),
        ("http://192.168.1.5:8501", True),
    ],
)
def test_which_addresses_others_can_reach(address: str, good: bool) -> None:
    assert links.is_reachable(address) is good


def test_nothing_with_links_goes_out_while_they_lead_to_this_computer_only(real: Store, post: Post) -> None:
    here = "http://127.0.0.1:8501"
    queue(real)
    with refused(InvalidInput, "link.only_here"):
        deliver(real, post, base_url=here)
    assert {status for _, status, _ in statuses(real)} == {"queued"}
    with refused(InvalidInput, "link.only_here"):
        mailings.merge_file(real, SLUG, MailKind.REMINDER, "csv", base_url=here, actor=SECRETARIAT, now=NOW)
    with refused(InvalidInput, "link.only_here"):
        letters.letters(real, SLUG, base_url=here, actor=SECRETARIAT, now=NOW)


# the commands


@pytest.fixture
def operator(
    real: Store,
    post: Post,
    settings: Settings,
    environment: Callable[[Settings], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Store:
    """What the commands read from the environment."""
    environment(settings)
    for name, value in (
        ("PUBLIC_URL", BASE),
        ("SMTP_URL", post.url),
        ("MAIL_FROM", "a@b.example"),
        ("MAIL_PAUSE_SECONDS", "0"),
    ):
        monkeypatch.setenv(f"SOUNDINGS_{name}", value)
    with real.write() as kept:
        kept.change_consultation(1, opens_at=None, deadline_at=None, closes_at=None)
    return real


def test_the_command_looks_first_sends_then_and_reads_what_comes_back(
    operator: Store, post: Post, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["invite", SLUG, "--dry-run", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert ([each["email"] for each in shown["to"]], shown["skipped"]) == (
        ["luna@post.example", "sol@post.example", "etoile@post.example"],
        {"no_address": 1},
    )
    assert post.messages == []
    post.refuse["sol@post.example"] = "550 no"
    assert main(["invite", SLUG, "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"sent": 2, "failed": 1, "left": 0}
    post.refuse.clear()
    assert main(["invite", SLUG, "--retry"]) == 0
    assert capsys.readouterr().out == "sent: 1\nfailed: 0\nleft: 0\n"
    box = tmp_path / "box.mbox"
    box.write_text(REPORT.format(address="luna@post.example", action="failed", message_id=""))
    assert main(["bounces", SLUG, str(box), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "mails": 1,
        "others": 0,
        "reports": 1,
        "marked": 1,
        "known": 0,
        "strange": 0,
    }
    assert main(["bounces", SLUG, str(box)]) == 0
    assert "mails read: 1; 0 of them report nothing" in capsys.readouterr().out
    assert main(["invite", SLUG, "--kind", "reminder", "--dry-run", "--pause-days", "0"]) == 0
    assert capsys.readouterr().out.endswith("to: 2\nno_address: 1\nbounced: 1\n")
    assert main(["invite", SLUG, "--kind", "reminder", "--pause-days", "0", "--merge", str(tmp_path / "m.csv")]) == 0
    assert (tmp_path / "m.csv").stat().st_size > 500
    assert main(["invite", SLUG, "--letters", str(tmp_path / "letters.html")]) == 0
    assert (tmp_path / "letters.html").read_text(encoding="utf-8").count("<svg") == 4


def test_the_commands_write_to_nobody_but_those_that_a_file_names(
    operator: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen, merged, printed = tmp_path / "first.csv", tmp_path / "m.csv", tmp_path / "letters.html"
    chosen.write_text("Organisation,Region\nLUNA,s\n,\n", encoding="utf-8-sig")
    assert main(["invite", SLUG, "--only", str(chosen), "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("Luna <luna@post.example>\nto: 1\n")
    assert main(["invite", SLUG, "--only", str(chosen), "--letters", str(printed), "--merge", str(merged)]) == 0
    assert printed.read_text(encoding="utf-8").count("<svg") == 1
    assert len(list(csv.DictReader(merged.open(encoding="utf-8-sig")))) == 1
    assert main(["invite", SLUG, "--only", str(chosen), "--kind", "reminder", "--pause-days", "0"]) == 0
    assert capsys.readouterr().out.endswith("sent: 1\nfailed: 0\nleft: 0\n")


def test_a_file_that_names_others_than_the_contact_list_sends_nothing(
    operator: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = tmp_path / "first.csv"
    chosen.write_text("Organisation\nLuna\nMarte\n", encoding="utf-8")
    assert main(["invite", SLUG, "--only", str(chosen)]) == 1
    assert capsys.readouterr().err.strip() == (
        "Nobody was written to: the contact list does not have 1 of the organisations, such as Marte."
    )
    chosen.write_text("Region\ns\n", encoding="utf-8")
    assert main(["invite", SLUG, "--only", str(chosen)]) == 1
    assert capsys.readouterr().err.startswith("Say which column names the organisation.")
    assert mailings.mailings(operator, SLUG, actor=SECRETARIAT) == ()


def test_the_commands_say_what_is_wrong(
    operator: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SOUNDINGS_SMTP_URL")
    assert main(["invite", SLUG]) == 1
    assert capsys.readouterr().err.startswith("No mail server is set.")
    assert main(["invite", "nowhere", "--dry-run"]) == 1
    assert main(["bounces", SLUG, str(tmp_path / "missing")]) == 1
    assert main(["invite", SLUG, "--merge", str(tmp_path / "no" / "m.csv")]) == 1
    assert main(["invite", SLUG, "--merge", str(tmp_path / "m.doc")]) == 1


# the way to the server


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 587, "", "", False, "offered")),
        ("smtps://u%40x:p%2Fw@mail.example", ("mail.example", 465, "u@x", "p/w", True, "offered")),
        ("smtp://mail.example:25?starttls=required", ("mail.example", 25, "", "", False, "required")),
    ],
)
def test_the_address_of_the_server_says_how_to_reach_it(url: str, expected: tuple[object, ...]) -> None:
    found = server_of(Settings(smtp_url=url, mail_from="a@b.example"))
    assert found is not None
    assert (found.host, found.port, found.user, found.password, found.implicit_tls, found.starttls) == expected
    assert "p/w" not in repr(found)


@pytest.mark.parametrize("query", ["?starttls=required", ""])
def test_no_password_and_no_mail_goes_unencrypted_where_that_is_wanted(real: Store, post: Post, query: str) -> None:
    queue(real)
    url = post.url.replace("//", "//user:secret@") + query
    with refused(Unavailable, "mail.unreachable"):
        deliver(real, post, server=server_of(Settings(smtp_url=url, mail_from="a@b.example")))
    assert post.messages == []


def test_a_mail_merge_and_its_reply_are_joined(real: Store) -> None:
    content = mailings.merge_file(real, SLUG, MailKind.INVITATION, "csv", base_url=BASE, actor=SECRETARIAT, now=NOW)
    code = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))["code"]
    begun = responses.begin(real, SLUG, language="en", channel="web", now=NOW, invitation_token=code)
    fill(real, begun)
    assert responses.submit(real, begun, now=NOW).response.invitation_id is not None
