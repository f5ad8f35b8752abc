"""The record of processing activities (GDPR Art. 30), printed from the settings and the rules of the consultations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment

from data.records import ConsultationRecord
from data.settings import Settings
from data.store import Store, Transaction
from survey import asking, published_forms
from survey.access import Action, Actor, require
from survey.policies import Identification, Policies, closing, policies_of
from survey.questionnaire import UPLOAD_KINDS, Questionnaire
from survey.translator import Words, direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One processing activity: what it is called, and (heading, text) of what Art. 30 asks for."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingRecord:
    """The whole record: the controller, what holds for every activity, and each activity."""

    title: str
    made: str
    controller: tuple[tuple[str, str], ...]
    activities: tuple[Activity, ...]


def record(store: Store, settings: Settings, *, words: Words, actor: Actor, now: datetime) -> ProcessingRecord:
    """The record as it is now; what the settings do not say is named as missing."""
    require(actor, Action.MANAGE_CONSULTATIONS)
    _ = words.translate
    with store.read() as kept:
        each = [_consultation(kept, one, settings, words) for one in kept.consultations()]
    return ProcessingRecord(
        title=_("Record of processing activities (GDPR Art. 30)"),
        made=words.date(now.date()),
        controller=(
            (_("Controller"), _stated(settings.controller, "SOUNDINGS_CONTROLLER", words)),
            (_("Contact"), _stated(settings.controller_contact, "SOUNDINGS_CONTROLLER_CONTACT", words)),
            (
                _("Data protection officer"),
                _stated(settings.data_protection_officer, "SOUNDINGS_DATA_PROTECTION_OFFICER", words),
            ),
            (_("Transfers to other countries"), _stated(settings.transfers, "SOUNDINGS_TRANSFERS", words)),
            (_("Security measures"), "\n".join(_measures(settings, words))),
        ),
        activities=(*each, _accounts(settings, words)),
    )


def as_text(found: ProcessingRecord) -> str:
    """The record for the console."""
    lines = [found.title, found.made, ""]
    for title, rows in (("", found.controller), *((each.title, each.rows) for each in found.activities)):
        lines += [title] if title else []
        for heading, text in rows:
            lines.append(f"{heading}: " + text.replace("\n", "\n  "))
        lines.append("")
    return "\n".join(lines).rstrip()


def as_html(found: ProcessingRecord, words: Words) -> str:
    """The record as one page that needs nothing else and prints well."""
    return _PAGE.render(found=found, language=words.language, direction=direction(words.language))


def _consultation(kept: Transaction, found: ConsultationRecord, settings: Settings, words: Words) -> Activity:
    _ = words.translate
    rules = policies_of(found)
    form = published_forms.form(kept, found.id).questionnaire
    people = [_("People who answer for organisations")]
    if kept.invited_organisations(found.id):
        people.append(_("Contacts of invited organisations"))
    return Activity(
        title=f"{asking.title_of(found, words)} ({found.slug})",
        rows=(
            (_("Purpose"), _("To consult organisations and to report what they say")),
            (_("Legal basis"), _consent(form, found, words)),
            (_("Data subjects"), "\n".join(people)),
            (_("Categories of data"), "\n".join(_categories(form, found, rules, words))),
            (_("Recipients"), "\n".join(_recipients(settings, words))),
            (_("Retention"), "\n".join(_retention(found, rules, settings, words))),
        ),
    )


def _consent(form: Questionnaire, found: ConsultationRecord, words: Words) -> str:
    asked = found.roles.get("consent", "") in {question.name for question in form.questions()}
    if asked:
        return words.translate("Consent, whose text is kept with each response")
    return words.translate("No question asks for consent: state the legal basis")


def _categories(form: Questionnaire, found: ConsultationRecord, rules: Policies, words: Words) -> Iterator[str]:
    _ = words.translate
    asked = {question.name for question in form.questions()}
    yield {
        Identification.IDENTIFIED: _("Named: answers with the name of the organisation"),
        Identification.PSEUDONYMOUS: _("Pseudonymous: the name is kept apart from the answers"),
        Identification.ANONYMOUS: _("Anonymous: nobody can tell whose answer it is"),
    }[rules.identification]
    yield _("Answers to the questionnaire")
    if found.roles.get("contact", "") in asked:
        yield _("E-mail address for questions, kept apart and encrypted")
    if any(question.kind in UPLOAD_KINDS for question in form.questions()):
        yield _("Uploaded files")
    if not rules.anonymous:
        yield _("When a response was begun, saved and sent, and in which language")


def _recipients(settings: Settings, words: Words) -> Iterator[str]:
    _ = words.translate
    yield _("Staff with an account, by their role")
    if settings.smtp_url:
        yield _("The mail server that sends invitations and receipts")
    yield _stated(settings.recipients, "SOUNDINGS_RECIPIENTS", words)


def _retention(found: ConsultationRecord, rules: Policies, settings: Settings, words: Words) -> Iterator[str]:
    _ = words.translate
    if last := closing(found):
        yield _("Closes: {moment}", moment=words.moment(last, rules.clock))
    for name, months in (
        (_("Contact data, addresses on the contact list and in mails"), rules.keep_contacts_months),
        (_("Drafts that were never sent"), rules.keep_drafts_months),
        (_("Answers and files"), rules.keep_answers_months),
    ):
        term = (
            _("Never: there is no rule")
            if months is None
            else words.plural("{count} month after closing", "{count} months after closing", months)
        )
        yield f"{name}: {term}"
    yield _("Respondents can erase their response at any time by their code")
    yield _(
        "Back-ups are deleted after {days} days; what was erased is erased again on restore", days=settings.backup_days
    )


def _accounts(settings: Settings, words: Words) -> Activity:
    _ = words.translate
    return Activity(
        title=_("Accounts of staff"),
        rows=(
            (_("Purpose"), _("To let staff in, and to be able to say who did what")),
            (_("Data subjects"), _("Staff with an account, by their role")),
            (
                _("Categories of data"),
                "\n".join(
                    (
                        _("Name, sign-in name, hash of the password, log of acts"),
                        _("Sessions with browser and time, second factor, account at the identity provider"),
                    )
                ),
            ),
            (_("Recipients"), _stated(settings.recipients, "SOUNDINGS_RECIPIENTS", words)),
            (_("Retention"), _("As long as the database is kept")),
        ),
    )


def _measures(settings: Settings, words: Words) -> Iterator[str]:
    _ = words.translate
    yield _("Contact data are encrypted (AES-256-GCM) with a key outside the database and its back-ups")
    yield _("Passwords are kept as argon2 hashes, codes and links as hashes")
    yield _("Each role may do only what it needs; acts of staff are in a log")
    if settings.base_url.startswith("https:"):
        yield _("Connections are encrypted (TLS)")


def _stated(text: str, setting: str, words: Words) -> str:
    return text.strip() or words.translate("Not stated: set {setting}", setting=setting)


_PAGE = Environment(autoescape=True).from_string(
    (Path(__file__).parent / "processing_record.html").read_text(encoding="utf-8")
)
