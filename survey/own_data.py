"""Everything that is kept about one response, for whoever holds its code, as a zip: a page to read, JSON, its files."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path

from jinja2 import Environment

from data.invitation_records import InvitationRecord, MailRecord
from data.records import FileRecord, ResponseRecord
from data.store import Store, Transaction
from survey import asking
from survey.open_responses import TO_ERASE, TO_TAKE, OpenResponse, as_opened, held
from survey.policies import policies_of
from survey.receipts import Entry, entries_of
from survey.translator import LANGUAGES, Words, direction, nearest

_INWARD = frozenset({"id", "consultation_id", "invitation_id", "salt"})
"""Numbers of rows and what was drawn by chance, which say nothing about anybody."""


def opened_to_erase(store: Store, code: str, *, now: datetime, language: str = "") -> OpenResponse:
    """The response that the code opens, also a draft left too long and what was sent and is shown no more.

    Else raises what `responses.resume` raises.
    """
    with store.read() as kept:
        return as_opened(kept, held(kept, code, now, but=TO_ERASE), now=now, language=language)


def everything(store: Store, code: str, *, now: datetime, language: str = "") -> tuple[str, bytes]:
    """(reference, zip) of the response that the code opens, also of a draft left too long; else what `resume` raises.

    In it: index.html to read, data.json for programs, and under files/ every file, earlier ones too.
    """
    with store.read() as kept:
        opened = as_opened(kept, held(kept, code, now, but=TO_TAKE), now=now, language=language)
        files = [(each, kept.file_content(each.id)) for each in kept.files(opened.response.id)]
        document = _document(kept, opened)
    names = {each.id: f"files/{number:02d}-{each.name}" for number, (each, _content) in enumerate(files, start=1)}
    document["files"] = [{**_shown(each), "in_this_archive": names[each.id]} for each, _content in files]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", _page(opened, document, names))
        archive.writestr("data.json", json.dumps(document, ensure_ascii=False, indent=2, default=_written))
        for each, content in files:
            archive.writestr(names[each.id], content)
    return opened.response.reference, target.getvalue()


def _document(kept: Transaction, opened: OpenResponse) -> dict[str, object]:
    response, consultation = opened.response, opened.consultation
    invitation, mails = _invited(kept, response)
    return {
        "consultation": {"short_name": consultation.slug, "title": dict(consultation.title)},
        "response": _shown(response),
        "contact": kept.contact(response.id),
        "contact_in_an_unsent_correction": kept.contact(response.id, correction=True),
        "sent": [asdict(each) for each in kept.revisions(response.id)],
        "colleagues": [_shown(each) for each in kept.keys(response.id)],
        "sections_changed": {name: asdict(each) for name, each in kept.section_changes(response.id).items()},
        "section_visits": [dict(each) for each in kept.section_visits(response.id)],
        "quality_review": [
            {"flag": each.flag, "decision": each.decision, "reason": each.reason, "decided_at": each.decided_at}
            for each in kept.decisions_on(response.id)
        ],
        "contact_list": None if invitation is None else _shown(invitation),
        "mails": [_shown(each) for each in mails],
        "not_in_this_file": "Hashes of codes, the log of acts, frozen states that refer to it, and figures made of it.",
    }


def _invited(kept: Transaction, response: ResponseRecord) -> tuple[InvitationRecord | None, tuple[MailRecord, ...]]:
    """The entry of the contact list whose personal link began the response, and the mails to it.

    Who only typed a name is not shown what the list knows under it.
    """
    key = response.invitation_id
    if key is None or kept.linked_response(key) != response.id:
        return None, ()
    mails = tuple(each for each in kept.mails(response.consultation_id) if each.invitation_id == key)
    return kept.invitation(response.consultation_id, key), mails


def _shown(record: object) -> dict[str, object]:
    names = (each.name for each in fields(record))  # type: ignore[arg-type]
    return {name: getattr(record, name) for name in names if name not in _INWARD and not name.endswith("_id")}


def _written(value: object) -> object:
    return (
        value.isoformat() if isinstance(value, datetime) else dict(value) if isinstance(value, Mapping) else str(value)
    )


def _page(opened: OpenResponse, document: Mapping[str, object], files: Mapping[str, str]) -> str:
    tag = opened.state.language
    words = Words(nearest(tag, tuple(LANGUAGES)))
    rules = policies_of(opened.consultation)

    def moment(value: datetime) -> str:
        return words.date(value.date()) if rules.anonymous else words.moment(value, rules.clock)

    by_id: Mapping[str, FileRecord] = opened.files
    answers = opened.state.answers
    sections: list[tuple[str, tuple[Entry, ...]]] = [
        (asking.heading(section, opened.state), entries)
        for section in opened.state.questionnaire.sections()
        if (entries := entries_of(section, opened.state, answers, by_id))
    ]
    return _PAGE.render(
        _=words.translate,
        colon=words.colon,
        language=tag,
        direction=direction(tag),
        title=asking.title_of(opened.consultation, words),
        response=opened.response,
        moment=moment,
        sections=sections,
        files=files.values(),
        revisions=document["sent"],
        invited=document["contact_list"],
        mails=document["mails"],
        colleagues=document["colleagues"],
    )


_PAGE = Environment(autoescape=True).from_string((Path(__file__).parent / "own_data.html").read_text(encoding="utf-8"))
