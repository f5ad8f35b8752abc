"""The copy of what was sent: reference, time with zone, every answer in words; as a page to keep and as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment

from data.errors import InvalidInput
from data.records import FileRecord
from data.store import Store
from survey.logic.form_state import FormState
from survey.questionnaire import NUMBER_KINDS, UNASKED_KINDS, UPLOAD_KINDS, Answer, Group, Kind, Question
from survey.responses import OpenResponse, resume
from survey.translator import Words, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One answer in words and as it is kept."""

    question: str
    label: str
    words: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a respondent keeps. `sections` are (heading, entries)."""

    title: str
    reference: str
    submitted_at: datetime
    late: bool
    fictional: bool
    language: str
    sections: tuple[tuple[str, tuple[Entry, ...]], ...]


def receipt(store: Store, code: str, *, now: datetime, language: str = "") -> Receipt:
    """The receipt of a sent response; InvalidInput("response.not_sent") for a draft."""
    opened = resume(store, code, now=now, language=language)
    if opened.response.submitted_at is None:
        raise InvalidInput("response.not_sent")
    state = opened.state
    sent = state.submission()
    return Receipt(
        title=_title(opened),
        reference=opened.response.reference,
        submitted_at=opened.response.submitted_at,
        late=opened.response.late,
        fictional=opened.consultation.fictional,
        language=state.language,
        sections=tuple(
            (state.words(section.label), entries)
            for section in state.questionnaire.sections()
            if (entries := _entries(section, state, sent, opened.files))
        ),
    )


def _title(opened: OpenResponse) -> str:
    title = opened.consultation.title
    return title.get(opened.state.language) or title.get("en") or opened.state.questionnaire.title


def _entries(
    section: Group, state: FormState, sent: Mapping[str, Answer], files: Mapping[str, FileRecord]
) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            question=question.name,
            label=state.words(question.label) or question.name,
            words=answer_words(question, sent[question.name], state, files),
            answer=sent[question.name],
        )
        for question in section.questions()
        if question.name in sent and question.kind not in UNASKED_KINDS
    )


def answer_words(question: Question, answer: Answer, state: FormState, files: Mapping[str, FileRecord]) -> str:
    """An answer as a person reads it: labels for codes, the file's name for a file."""
    names = {choice.name: state.words(choice.label) for choice in state.questionnaire.choices(question)}
    if isinstance(answer, tuple):
        labels = [names.get(code) or code for code in answer]
        if question.kind is Kind.RANK:
            return "; ".join(f"{place}. {label}" for place, label in enumerate(labels, start=1))
        return "; ".join(labels)
    if question.kind in UPLOAD_KINDS:
        return files[question.name].name if question.name in files else str(answer)
    if question.kind in NUMBER_KINDS and isinstance(answer, float):
        return f"{answer:g}"
    return names.get(str(answer)) or str(answer)


def as_json(kept: Receipt) -> str:
    """The receipt for programs: names and values as they are kept, labels beside them."""
    document = {
        "consultation": kept.title,
        "reference": kept.reference,
        "submitted_at": kept.submitted_at.isoformat(timespec="seconds"),
        "late": kept.late,
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


def as_html(kept: Receipt) -> str:
    """The receipt as one page that needs nothing else and prints well."""
    words = Words(nearest(kept.language, ("ar", "en", "es", "fr", "ru", "zh")))
    return _PAGE.render(
        kept=kept,
        _=words.translate,
        language=kept.language,
        direction=words.direction,
        moment=words.moment(kept.submitted_at, UTC),
    )


_PAGE = Environment(autoescape=True).from_string((Path(__file__).parent / "receipt.html").read_text(encoding="utf-8"))
