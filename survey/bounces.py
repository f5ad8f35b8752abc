"""Mails that came back: a mailbox file or a single message read for what the mail servers report. Pure.

Most report by RFC 3464. Others (Exim, qmail, older servers) write words only: such a notice is known by its sender or
subject, and names an address beside a permanent code of RFC 5321 or RFC 3463.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from data.errors import InvalidInput

MAX_BYTES = 50_000_000
_SENDERS = ("mailer-daemon", "postmaster", "mail delivery")
_SUBJECT = re.compile(
    r"undeliver|undelivered|returned mail|failure notice|delivery (status notification|has failed|failed|failure)"
    r"|(mail|message) (delivery )?(could not be delivered|not delivered|delivery failed)|unzustellbar|non remis"
    r"|échec de (la )?remise|no se (ha podido|pudo|puede) entregar|не доставлен|无法送达|退信|تعذر (ال)?تسليم",
    re.IGNORECASE,
)
_DELAYED = re.compile(r"\bdelayed\b|will (be )?retr|still trying|\bwarning\b|(?<![\d.])4\.\d\.\d{1,3}\b", re.IGNORECASE)
_PERMANENT = re.compile(
    r"(?<![\d.])5\d\d(?![\d.])|(?<![\d.])5\.\d{1,3}\.\d{1,3}\b|(no such|unknown|unrouteable|invalid) "
    r"(user|recipient|mailbox|address)|user unknown|does not exist|mailbox (is )?(full|unavailable|disabled)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s@<>,;:\"'()\[\]]+@[A-Za-z0-9.-]+\.[A-Za-z][A-Za-z0-9-]+")
_MESSAGE_ID = re.compile(r"^>?\s*Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_SENT = re.compile(
    r"^\W*(?:-{2,}.*(?:original|copy of|below|undelivered message).*|This is a copy of the message.*"
    r"|Below this line is a copy.*|Message header follows.*|Received: from .*)$",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the mail that came back begins, whose own addresses are nobody's fault."""
_TAG = re.compile(r"<(?!/?[^\s<>]+@)[^<>]*>")
_FROM_LINE = re.compile(rb"(?:\A|(?<=\n))From [^\n]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """One recipient that a mail did not reach for good. `message_id` of our mail, "" when the report keeps silent."""

    address: str
    message_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a file holds: its failed recipients, how many mails it has, and how many of them report none."""

    bounces: tuple[Bounce, ...]
    mails: int
    others: int


def read_bounces(content: bytes) -> Returned:
    """The failed recipients of every delivery report in an mbox file, or in one message (.eml).

    Reports of a delay or a delivery, answers and notes of absence are not bounces.
    Raises InvalidInput("bounces.too_large"), ("bounces.unreadable") when nothing in the file is a message.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput("bounces.too_large", limit_mb=MAX_BYTES // 1_000_000)
    messages = [message_from_bytes(part, policy=policy.default) for part in _parts(content)]
    # A line of a mail that begins with "From " looks like the beginning of another, which has no head.
    messages = [message for message in messages if message.keys()]
    if not messages:
        raise InvalidInput("bounces.unreadable")
    found = [tuple(_of(message)) for message in messages]
    return Returned(
        bounces=tuple(bounce for each in found for bounce in each),
        mails=len(messages),
        others=sum(not each for each in found),
    )


def _parts(content: bytes) -> list[bytes]:
    content = content.replace(b"\r\n", b"\n")
    if not content.startswith(b"From "):
        return [content]
    return [part for part in _FROM_LINE.split(content) if part.strip()]


def _of(message: EmailMessage | Message) -> Iterator[Bounce]:
    message_id = ""
    reports = []
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            blocks = part.get_payload()
            reports += [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            message_id = message_id or _original(part)
    if not reports:
        yield from _in_words(message, message_id)
    for block in reports:
        if _header(block, "Action").lower() != "failed":
            continue
        address = _header(block, "Final-Recipient") or _header(block, "Original-Recipient")
        reason = f"{_header(block, 'Status')} {_header(block, 'Diagnostic-Code').partition(';')[2].strip()}"
        yield Bounce(
            address=address.rpartition(";")[2].strip().strip("<>").casefold(),
            message_id=message_id,
            reason=" ".join(reason.split())[:300],
        )


def _in_words(message: Message, message_id: str) -> Iterator[Bounce]:
    """The failed recipients of a notice without a report for machines."""
    text = _text(message)
    if not message_id and (quoted := _MESSAGE_ID.search(text)):
        message_id = quoted[1]
    named = {address.casefold(): "" for address in _ADDRESS.findall(_header(message, "X-Failed-Recipients"))}
    if named or _is_notice(message):
        for place, line in enumerate(lines := _SENT.split(text, maxsplit=1)[0].splitlines()):
            for address in _ADDRESS.findall(line):
                # The server's words stand beside the address or in the lines below it, up to the next address.
                below = itertools.takewhile(lambda each: not _ADDRESS.search(each), lines[place + 1 : place + 6])
                reason = " ".join(" ".join([line, *below]).split())
                if _PERMANENT.search(reason) and not _DELAYED.search(reason):
                    named[address.casefold()] = reason
    for address, reason in named.items():
        yield Bounce(address=address, message_id=message_id if len(named) == 1 else "", reason=reason[:300])


def _is_notice(message: Message) -> bool:
    sender = _header(message, "From").casefold()
    if _DELAYED.search(_header(message, "Subject")):
        return False
    return any(each in sender for each in _SENDERS) or _SUBJECT.search(_header(message, "Subject")) is not None


def _text(message: Message) -> str:
    """The words of the notice itself, without the mail that came back."""
    parts = []
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            break
        if part.get_content_type() in ("text/plain", "text/html"):
            raw = part.get_payload(decode=True)
            text = raw.decode(part.get_content_charset("utf-8"), "replace") if isinstance(raw, bytes) else ""
            parts.append(_TAG.sub(" ", text) if part.get_content_type() == "text/html" else text)
    return "\n".join(parts)


def _original(part: Message) -> str:
    """The Message-ID of the mail that came back."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return _header(payload[0], "Message-ID")
    text = part.get_payload(decode=True)
    raw = text if isinstance(text, bytes) else b""
    return _header(message_from_bytes(raw, policy=policy.default), "Message-ID")


def _header(block: Message, name: str) -> str:
    # A broken header of a foreign server must not end the reading of the others.
    try:
        return " ".join(str(block.get(name, "")).replace("\0", "").split())
    except Exception:
        return ""
