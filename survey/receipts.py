"""The copy of what was sent: reference, time with zone, every answer in words; as a page to keep and as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment

from data.errors import InvalidInput
from data.records import ConsentRecord, FileRecord
from data.store import Store
from survey import asking
from survey.logic.dates import moment_of
from survey.logic.form_state import FormState
from survey.logic.geography import points
from survey.open_responses import OpenResponse
from survey.policies import policies_of
from survey.questionnaire import PLACE_KINDS, UNASKED_KINDS, UPLOAD_KINDS, Answer, Group, Kind, Question
from survey.responses import resume_sent
from survey.translator import LANGUAGES, Words, direction, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One answer in words and as it is kept.

    direction  of the words, as in `Told`
    """

    question: str
    label: str
    words: str
    direction: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a respondent keeps.

    revision      how often it was sent: 1 as it came, 2 after the first correction
    changed_at    when it was corrected last; None: never
    withdrawn_at  when it was withdrawn; None: it counts
    whole_days    True when only the days of all moments are kept
    consent       what was agreed to, word for word; None where it was not asked, or not kept then
    sent_by       the colleague whose code sent it; "": the code it was begun with, or a colleague without a name
    approved      True when that code was one of somebody who approves
    sections      (heading, entries)
    """

    title: str
    reference: str
    submitted_at: datetime
    revision: int
    changed_at: datetime | None
    withdrawn_at: datetime | None
    late: bool
    fictional: bool
    language: str
    zone: str
    whole_days: bool
    consent: ConsentRecord | None
    sent_by: str
    approved: bool
    sections: tuple[tuple[str, tuple[Entry, ...]], ...]

    def moment(self, moment: datetime, words: Words) -> str:
        """A moment in the stated zone; its day only where no more is kept."""
        return words.date(moment.date()) if self.whole_days else words.moment(moment, ZoneInfo(self.zone))


def receipt(store: Store, code: str, *, now: datetime, language: str = "") -> Receipt:
    """The receipt of a sent response; InvalidInput("response.not_sent") for a draft."""
    opened = resume_sent(store, code, now=now, language=language)
    if opened.response.submitted_at is None:
        raise InvalidInput("response.not_sent")
    with store.read() as kept:
        revisions = kept.revisions(opened.response.id)
    state = opened.state
    sent = state.submission()
    return Receipt(
        title=_title(opened),
        reference=opened.response.reference,
        submitted_at=opened.response.submitted_at,
        revision=max(len(revisions), 1),
        changed_at=revisions[-1].saved_at if len(revisions) > 1 else None,
        withdrawn_at=opened.response.withdrawn_at,
        late=opened.response.late,
        fictional=opened.consultation.fictional,
        language=state.language,
        zone=policies_of(opened.consultation).zone,
        whole_days=policies_of(opened.consultation).anonymous,
        sent_by=revisions[-1].sent_by if revisions else "",
        approved=bool(revisions) and revisions[-1].approved,
        consent=revisions[-1].consent if revisions else None,
        sections=tuple(
            (asking.heading(section, state), entries)
            for section in state.questionnaire.sections()
            if (entries := entries_of(section, state, sent, opened.files))
        ),
    )


def _title(opened: OpenResponse) -> str:
    title = opened.consultation.title
    return title.get(opened.state.language) or title.get("en") or opened.state.questionnaire.title


def entries_of(
    section: Group, state: FormState, sent: Mapping[str, Answer], files: Mapping[str, FileRecord]
) -> tuple[Entry, ...]:
    """Those of the answers that the section asks for, in words."""
    entries = []
    for key, question in state.asked((section,)):
        if key in sent and question.kind not in UNASKED_KINDS:
            told = answer_words(question, key, sent[key], state, files)
            label = asking.place_of(key, state)
            entries.append(
                Entry(question=key, label=label, words=told.text, direction=told.direction, answer=sent[key])
            )
    return tuple(entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer in words.

    direction  "ltr" for figures, which no neighbour may turn round; "auto": each line has that of its first letter
    """

    text: str
    direction: str = "auto"


def answer_words(
    question: Question, key: str, answer: Answer, state: FormState, files: Mapping[str, FileRecord]
) -> Told:
    """An answer as a person reads it: labels for codes, the file's name for a file, figures as the language writes."""
    words = Words(state.language)
    names = asking.choice_names(state.questionnaire.choices(question), key, state)
    if isinstance(answer, tuple):
        labels = [names.get(code) or code for code in answer]
        if question.kind is Kind.RANK:
            labels = [f"{place}. {label}" for place, label in enumerate(labels, start=1)]
        return Told(text=words.listed(labels))
    if isinstance(answer, int | float):
        return Told(text=words.exactly(answer), direction="ltr")
    match question.kind:
        case kind if kind in UPLOAD_KINDS and key in files:
            return Told(text=files[key].name)
        case Kind.DATE | Kind.DATETIME:
            return Told(text=_moment_words(question, answer, words))
        case Kind.TIME:
            return Told(text=answer, direction="ltr")
        case Kind.ACKNOWLEDGE:
            return Told(text=words.translate("Confirmed"))
        case kind if kind in PLACE_KINDS and (parts := _places(answer)):
            return Told(text="\n".join(parts), direction="ltr")
    return Told(text=names.get(answer) or answer)


def _moment_words(question: Question, answer: str, words: Words) -> str:
    """A date with no more of it than was asked; as it was typed where it is none."""
    moment = moment_of(answer)
    if moment is None:
        return answer
    if question.kind is Kind.DATETIME:
        return words.moment(moment, moment.tzinfo) if moment.tzinfo else words.local_moment(moment)
    if "month-year" in question.appearance:
        return words.month(moment)
    return str(moment.year) if "year" in question.appearance else words.date(moment)


def _places(answer: str) -> list[str]:
    """Each point as "latitude, longitude", with what the device added; nothing when one of them is none."""
    if points(answer) is None:
        return []
    found = []
    for figures in (part.split() for part in answer.split(";") if part.strip()):
        added = [f"{sign}{value} m" for sign, value in zip(("", "±"), figures[2:4], strict=False) if float(value)]
        found.append(", ".join(figures[:2]) + (f" ({', '.join(added)})" if added else ""))
    return found


def since(kept: Receipt, words: Words) -> tuple[str, ...]:
    """What became of the response after it was sent, as sentences."""
    _ = words.translate
    lines = []
    if kept.approved:
        lines.append(_("Approved and sent by {name}", name=kept.sent_by) if kept.sent_by else _("Approved and sent"))
    elif kept.sent_by:
        lines.append(_("Sent by {name}", name=kept.sent_by))
    if kept.changed_at is not None:
        moment = kept.moment(kept.changed_at, words)
        lines.append(_("Corrected: {moment}, version {number} of what was sent", moment=moment, number=kept.revision))
    if kept.withdrawn_at is not None:
        moment = kept.moment(kept.withdrawn_at, words)
        lines.append(_("Withdrawn: {moment}. This response counts nowhere.", moment=moment))
    return tuple(lines)


def as_json(kept: Receipt) -> str:
    """The receipt for programs: names and values as they are kept, labels beside them."""
    document = {
        "consultation": kept.title,
        "reference": kept.reference,
        "submitted_at": kept.submitted_at.isoformat(timespec="seconds"),
        "revision": kept.revision,
        "changed_at": _written(kept.changed_at),
        "withdrawn_at": _written(kept.withdrawn_at),
        "sent_by": kept.sent_by,
        "approved": kept.approved,
        "late": kept.late,
        "consent": None if kept.consent is None else asdict(kept.consent),
        "fictional": kept.fictional,
        "language": kept.language,
        "answers": [
            {
                "section": heading,
                "question": entry.question,
                "label": entry.label,
                "answer": entry.answer,
                "words": entry.words,
            }
            for heading, entries in kept.sections
            for entry in entries
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def as_html(kept: Receipt) -> str:
    """The receipt as one page that needs nothing else and prints well."""
    words = Words(nearest(kept.language, tuple(LANGUAGES)))
    return _PAGE.render(
        kept=kept,
        _=words.translate,
        colon=words.colon,
        language=kept.language,
        direction=direction(kept.language),
        moment=kept.moment(kept.submitted_at, words),
        since=since(kept, words),
    )


_PAGE = Environment(autoescape=True).from_string((Path(__file__).parent / "receipt.html").read_text(encoding="utf-8"))
