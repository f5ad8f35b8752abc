"""The wording of mails: which kinds there are, what stands in them by default in six languages, how they are filled.

A template is a subject and a body of plain text with placeholders such as {link}. Pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.errors import InvalidInput
from survey.translator import Words

PLACEHOLDERS = ("organisation", "consultation", "link", "code", "deadline", "closes")
SUBJECT_LENGTH = 200
BODY_LENGTH = 10_000
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


class MailKind(StrEnum):
    """What a mailing is for."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A subject line and a body, with placeholders."""

    subject: str
    body: str


def default_template(kind: MailKind, words: Words, *, anonymous: bool = False) -> Template:
    """What is sent in a language when staff wrote nothing of their own.

    anonymous  nobody knows who has answered, and the link is the same for everybody
    """
    _ = words.translate
    greeting = _("Dear colleagues at {organisation},")
    link = _("Your personal link, which you can use again until you have sent your answers:")
    code = _("Your personal code, if you are asked for it: {code}")
    until = _("Please answer by {deadline}.")
    forward = _("The link is for your organisation only. Whoever has it can read and change your response.")
    if anonymous and kind is not MailKind.THANKS:
        link = _("The link to the consultation, the same for everybody:")
        unknown = _("The consultation is anonymous: nobody, we neither, can see who has answered.")
        if kind is MailKind.INVITATION:
            subject = _("Invitation: {consultation}")
            first = _("You are invited to take part in the consultation “{consultation}”. You need no account.")
        else:
            subject = _("Reminder: {consultation}")
            first = _(
                "If you have not answered the consultation “{consultation}” yet: your view counts. If you have, thank "
                "you, and please do not answer again."
            )
        parts = [greeting, first, f"{link}\n{{link}}", until, unknown]
    elif kind is MailKind.INVITATION:
        subject = _("Invitation: {consultation}")
        first = _("You are invited to take part in the consultation “{consultation}”. You need no account.")
        parts = [greeting, first, f"{link}\n{{link}}", f"{code}\n{until}", forward]
    elif kind is MailKind.REMINDER:
        subject = _("Reminder: {consultation}")
        first = _("We have not received your answers to the consultation “{consultation}” yet. Your view counts.")
        parts = [greeting, first, f"{link}\n{{link}}", f"{code}\n{until}", forward]
    else:
        subject = _("Thank you: {consultation}")
        first = _("Thank you for taking part in the consultation “{consultation}”. Your response was received.")
        copy = _("Your personal link shows what you sent:")
        parts = [greeting, first, f"{copy}\n{{link}}"]
    return Template(subject=subject, body="\n\n".join(parts) + "\n")


def checked(kind: MailKind, subject: str, body: str, *, anonymous: bool = False) -> Template:
    """The template as typed, without blanks around it.

    Raises InvalidInput("template.empty"), ("template.too_long"), ("template.placeholder") for an unknown one, and
    ("template.no_link") when an invitation or reminder has neither {link} nor {code}, of which an anonymous
    consultation has the link only.
    """
    subject, body = _in_one_line(subject), body.strip().replace("\r\n", "\n") + "\n"
    if not subject or not body.strip():
        raise InvalidInput("template.empty")
    if len(subject) > SUBJECT_LENGTH or len(body) > BODY_LENGTH:
        raise InvalidInput("template.too_long", subject=SUBJECT_LENGTH, body=BODY_LENGTH)
    named = set(_PLACEHOLDER.findall(subject + body))
    if unknown := sorted(named - set(PLACEHOLDERS)):
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise InvalidInput("template.placeholder", names=", ".join(f"{{{name}}}" for name in unknown), known=known)
    if kind is not MailKind.THANKS and not named & ({"link"} if anonymous else {"link", "code"}):
        raise InvalidInput("template.no_link")
    return Template(subject=subject, body=body)


def filled_in(template: Template, values: Mapping[str, str]) -> Template:
    """The template with the values; a line of the body whose placeholder has no value is left out."""

    def fill(text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)

    lines = [
        fill(line)
        for line in template.body.split("\n")
        if all(values.get(name, name) for name in _PLACEHOLDER.findall(line))
    ]
    return Template(subject=_in_one_line(fill(template.subject)), body="\n".join(lines))


def _in_one_line(subject: str) -> str:
    """The subject without line breaks; the blanks at which no line ends stay, as French has them."""
    return re.sub(r"[^\S\u00a0\u202f]+", " ", subject).strip()
