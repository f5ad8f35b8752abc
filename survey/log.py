"""Use cases of the log of acts: look through it, and take it away with all that it takes to verify it elsewhere."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from data.audit import as_line, canonical, written
from data.errors import InvalidInput
from data.formulas import guarded
from data.log_records import LogFilter, LogRecord
from data.store import Store, Transaction
from survey import published_forms
from survey.access import Action, Actor, decide, require
from survey.logic.instances import name_of
from survey.questionnaire import Question, Questionnaire

PAGE = 50
FORMATS = ("csv", "jsonl")
_COLUMNS = (
    "number",
    "at",
    "actor",
    "action",
    "subject",
    "consultation",
    "details",
    "changes",
    "content_sha256",
    "previous",
    "sha256",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some entries, the newest first.

    total    how many there are in all, on other pages too
    earlier  the number of the last entry on this page when there are earlier ones, else 0
    actors, actions  what can be chosen from, whatever is looked for now
    """

    entries: tuple[LogRecord, ...]
    total: int
    earlier: int
    actors: tuple[str, ...]
    actions: tuple[str, ...]


def look(store: Store, found: LogFilter, *, before: int = 0, actor: Actor, limit: int = PAGE) -> LogPage:
    """A page of the log; what entries hold of answers only for those who may read answers.

    found   without a consultation: everything, for who may manage accounts
    before  the number of an entry, of which only earlier ones are wanted
    """
    _require(actor, found)
    with store.read() as kept:
        entries = kept.log(limit + 1, found, before=before)
        actors, actions = kept.log_names(found.consultation)
        return LogPage(
            entries=tuple(_shown(entries[:limit], actor, found)),
            total=kept.count_log(found),
            earlier=entries[limit - 1].id if len(entries) > limit else 0,
            actors=actors,
            actions=actions,
        )


def export(store: Store, found: LogFilter, file_format: str, *, actor: Actor, now: datetime) -> bytes:
    """The entries that are looked for, the first one first; that they were taken away is the newest of the log.

    file_format  "csv" for people; cells that a spreadsheet would calculate begin with an apostrophe.
                 "jsonl" for evidence: `python -m data verify-audit --file` reads it; its last line names the head.
    Raises InvalidInput("format.unknown").
    """
    _require(actor, found)
    if file_format not in FORMATS:
        raise InvalidInput("format.unknown", format=file_format)
    complete = found == LogFilter() and _reads_answers(actor, found)
    with store.write() as kept:
        kept.record(
            at=now,
            actor=actor.label,
            action="log.exported",
            subject=found.consultation or "",
            consultation=found.consultation or "",
            details={"format": file_format, "complete": complete},
        )
    with store.read() as kept:
        entries = _shown(kept.log_entries(found), actor, found)
        if file_format == "csv":
            return _as_csv(entries)
        return _as_lines(kept, entries, complete=complete, now=now)


def _require(actor: Actor, found: LogFilter) -> None:
    require(actor, Action.READ_LOG, found.consultation or "")
    if not found.consultation:
        require(actor, Action.MANAGE_PEOPLE)


def _reads_answers(actor: Actor, found: LogFilter) -> bool:
    return decide(actor, Action.READ_ANSWERS, found.consultation or "").allowed


def _shown(entries: Iterable[LogRecord], actor: Actor, found: LogFilter) -> Iterable[LogRecord]:
    if _reads_answers(actor, found):
        return entries
    return (replace(each, salt="", content="") if each.action.startswith("response.") else each for each in entries)


def _as_csv(entries: Iterable[LogRecord]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(_COLUMNS)
    for entry in entries:
        cells = {
            **{name: getattr(entry, name) for name in _COLUMNS if name not in ("number", "at")},
            "number": str(entry.id),
            "at": written(entry.at),
            "details": _text(entry.details),
            "changes": _text(entry.changes),
        }
        writer.writerow([guarded(cells[name]) for name in _COLUMNS])
    return target.getvalue().encode("utf-8-sig")


def _text(value: object) -> str:
    return canonical(value) if value else ""


def _as_lines(kept: Transaction, entries: Iterable[LogRecord], *, complete: bool, now: datetime) -> bytes:
    lines = [as_line(entry) for entry in entries]
    end = {"head": str(kept.log_head()), "entries": len(lines), "complete": complete, "exported_at": written(now)}
    return "\n".join([*lines, json.dumps(end), ""]).encode()


def readable(store: Store, entries: Iterable[LogRecord], language: str) -> dict[int, dict[str, tuple[str, str, str]]]:
    """Entry -> field -> (question, before, after) of answers, in the words of the version they were given to."""
    found: dict[int, dict[str, tuple[str, str, str]]] = {}
    with store.read() as kept:
        for entry in entries:
            if not entry.action.startswith("response.") or not entry.changes or not entry.consultation:
                continue
            consultation, version = kept.consultation(entry.consultation), entry.details.get("version")
            form = published_forms.form(kept, consultation.id, version if isinstance(version, int) else 0)
            found[entry.id] = {
                name: (
                    _label(form.questionnaire, name, language),
                    _answer(form.questionnaire, name, before, language),
                    _answer(form.questionnaire, name, after, language),
                )
                for name, (before, after) in entry.changes.items()
            }
    return found


def _label(questionnaire: Questionnaire, key: str, language: str) -> str:
    asked = _asked(questionnaire, key)
    return key if asked is None else asked.label.in_language(language, questionnaire.default_language) or key


def _answer(questionnaire: Questionnaire, key: str, value: object, language: str) -> str:
    asked = _asked(questionnaire, key)
    labels = {choice.name: choice.label for choice in questionnaire.choices(asked)} if asked is not None else {}
    values = value if isinstance(value, list) else [] if value is None else [value]
    return ", ".join(labels[str(each)].in_language(language) if str(each) in labels else str(each) for each in values)


def _asked(questionnaire: Questionnaire, key: str) -> Question | None:
    return next((each for each in questionnaire.questions() if each.name == name_of(key)), None)
