"""Mails that came back: a mailbox file or a single message read for what the mail servers report (RFC 3464). Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from data.errors import InvalidInput

MAX_BYTES = 50_000_000
_FROM_LINE = re.compile(rb"(?:\A|(?<=\n))From [^\n]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """One recipient that a mail did not reach for good. `message_id` of our mail, "" when the report keeps silent."""

    address: str
    message_id: str
    reason: str


def read_bounces(content: bytes) -> tuple[Bounce, ...]:
    """The failed recipients of every delivery report in an mbox file, or in one message (.eml).

    Reports of a delay or a delivery are not bounces. Raises InvalidInput("bounces.too_large"), ("bounces.unreadable")
    when nothing in the file is a message.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput("bounces.too_large", limit_mb=MAX_BYTES // 1_000_000)
    messages = [message_from_bytes(part, policy=policy.default) for part in _parts(content)]
    if not any(message.keys() for message in messages):
        raise InvalidInput("bounces.unreadable")
    return tuple(bounce for message in messages for bounce in _of(message))


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
        return " ".join(str(block.get(name, "")).split())
    except Exception:
        return ""
