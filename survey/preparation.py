"""Use cases about questionnaires in preparation ("projects"): begin, change, check, undo, hand over to be published.

A project is kept as rows, so that columns which mean nothing here survive. It is no consultation: nobody can answer it,
and what is tried out on the page Prepare is never kept (docs/decisions/0007-test-answers.md).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from data.errors import Conflict, InvalidInput, NotAllowed, NotFound
from data.records import ProjectRecord, ProjectState
from data.store import Store, Transaction
from survey.access import Action, Actor, decide, require, require_somewhere
from survey.library.adding import Added, add_block
from survey.library.blocks import block
from survey.logic.compiled_form import CompiledForm, compile_form
from survey.questionnaire import Questionnaire
from survey.versions.renames import NO_RENAMES, RenameMap
from survey.versions.renames import from_json as renames_from_json
from survey.versions.renames import to_json as renames_to_json
from survey.xlsform.checker import check, is_usable
from survey.xlsform.drawable import drawable
from survey.xlsform.editing import moved, names_changed, renamed, with_edits, without_languages
from survey.xlsform.issues import CheckIssue
from survey.xlsform.reader import NAME, read, read_questionnaire
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets, from_json, read_sheets, to_json
from survey.xlsform.translation_files import delivered
from survey.xlsform.translation_import import Report, take_in
from survey.xlsform.translation_memory import (
    TranslationMemory,
    memory_from_json,
    memory_in,
    with_memory,
    without_memory,
)
from survey.xlsform.translations import Progress, followed, language_named, progress, publishable, remembered
from survey.xlsform.wording import first_cells
from survey.xlsform.writer import spelling_of

STATES_KEPT = 30
"""Earlier states that can be brought back."""
NAME_LENGTH = 200
_REMEMBERED = 16
"""Questionnaires whose issues and compiled form stay in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A questionnaire in preparation as it stands.

    workbook  its rows as text, which names this state of them
    renames   what was renamed since it began or was published last
    undoable  acts that can be undone, the newest first
    """

    record: ProjectRecord
    workbook: str
    sheets: Sheets
    memory: TranslationMemory
    renames: RenameMap
    undoable: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What beginning gave: the project's key, and what was seen when the file was opened."""

    project_id: int
    findings: tuple[CheckIssue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPublish:
    """What goes to publication: the rows in the languages that are complete enough, and those that are left out."""

    sheets: Sheets
    left_out: tuple[Progress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnForm:
    """A questionnaire as far as it can be tried out, and the errors for which parts of it are left out."""

    form: CompiledForm
    left_out: tuple[CheckIssue, ...] = ()


# The list


def projects(store: Store, *, actor: Actor) -> tuple[ProjectRecord, ...]:
    """The questionnaires in preparation that the actor may at least translate, the one changed last first."""
    require_somewhere(actor, Action.TRANSLATE)
    with store.read() as kept:
        return tuple(each for each in kept.projects() if _may(actor, Action.TRANSLATE, each))


def may_edit(project: ProjectRecord, *, actor: Actor) -> bool:
    """Whether the actor may change more of it than its translations."""
    return _may(actor, Action.EDIT_QUESTIONNAIRE, project)


def _may(actor: Actor, action: Action, project: ProjectRecord) -> bool:
    """A questionnaire of no consultation is for those who may make one of it."""
    if not project.slug:
        return decide(actor, Action.CREATE_CONSULTATIONS).allowed
    return decide(actor, action, project.slug).allowed


def _admitted(kept: Transaction, project_id: int, actor: Actor, action: Action) -> ProjectRecord:
    """The project that the actor may do this with; NotFound("project.unknown") when they may not know of it."""
    require_somewhere(actor, action)
    found = kept.project(project_id)
    if not _may(actor, Action.TRANSLATE, found):
        raise NotFound("project.unknown")
    if found.slug:
        require(actor, action, found.slug, unknown="project.unknown")
    return found


def open_project(store: Store, project_id: int, *, actor: Actor) -> Project:
    """One of them as it stands; NotFound("project.unknown")."""
    with store.read() as kept:
        _admitted(kept, project_id, actor, Action.TRANSLATE)
        return _opened(kept, project_id)


def begin_project(
    store: Store,
    *,
    name: str,
    actor: Actor,
    now: datetime,
    content: bytes = b"",
    filename: str = "",
    attachments: Mapping[str, bytes] | None = None,
    languages: Iterable[str] = ("en",),
    block_name: str = "",
) -> Begun:
    """A new project: from an uploaded file, from a block of the library, or empty in these languages.

    name       of the project; without one, the questionnaire's own title.
    languages  tags, the default language first; an uploaded file and a block have their own.
    Raises     InvalidInput project.name, workbook.unreadable, workbook.too_large, workbook.no_survey_sheet;
               NotFound block.unknown.
    """
    require(actor, Action.CREATE_CONSULTATIONS)
    if filename:
        sheets = read_sheets(content, filename, attachments=attachments)
    elif block_name:
        sheets = block(block_name).sheets
    else:
        sheets = _empty(tuple(languages), name)
    name = _name(name or read(sheets)[0].title)
    with store.write() as kept:
        project_id = _add(kept, name, "", sheets, actor, now)
    return Begun(project_id=project_id, findings=sheets.findings)


def begin_from_version(store: Store, slug: str, *, name: str, actor: Actor, now: datetime) -> Begun:
    """A new project with the rows of a consultation's newest version; NotFound("consultation.unknown").

    A translation that is older than its source text is stale here too: the versions tell when each was changed.
    """
    require(actor, Action.EDIT_QUESTIONNAIRE, slug)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        memory = TranslationMemory()
        for version in kept.versions(consultation.id):
            sheets = from_json(version.workbook)
            memory = remembered(memory.joined(memory_in(sheets)), sheets, now=version.created_at)
        sheets = with_memory(sheets, memory)
        return Begun(project_id=_add(kept, _name(name or slug), slug, sheets, actor, now))


def rename_project(store: Store, project_id: int, name: str, *, revision: int, actor: Actor, now: datetime) -> None:
    """The project has another name; InvalidInput("project.name"), Conflict("record.changed_elsewhere")."""
    require_somewhere(actor, Action.EDIT_QUESTIONNAIRE)
    name = _name(name)
    with store.write() as kept:
        before = _admitted(kept, project_id, actor, Action.EDIT_QUESTIONNAIRE)
        kept.change_project(
            project_id, expected_revision=revision, name=name, changed_at=now, changed_by=actor.label[:NAME_LENGTH]
        )
        details = {"id": project_id, "before": before.name}
        kept.record(at=now, actor=actor.label, action="project.renamed", subject=name, details=details)


def delete_project(store: Store, project_id: int, *, revision: int, actor: Actor, now: datetime) -> None:
    """The project and its earlier states are gone; Conflict("record.changed_elsewhere")."""
    with store.write() as kept:
        name = _admitted(kept, project_id, actor, Action.EDIT_QUESTIONNAIRE).name
        kept.remove_project(project_id, expected_revision=revision)
        kept.record(at=now, actor=actor.label, action="project.deleted", subject=name, details={"id": project_id})


# Changing


def edit_rows(
    store: Store,
    project_id: int,
    sheet: str,
    *,
    revision: int,
    actor: Actor,
    now: datetime,
    changed: Mapping[int, Mapping[str, str]] | None = None,
    added: Iterable[Mapping[str, str]] = (),
    removed: Iterable[int] = (),
) -> Project:
    """Cells of a sheet changed, rows added and removed, as `editing.with_edits` does; nothing is written without need.

    Raises Conflict("record.changed_elsewhere") when it was changed since `revision`; InvalidInput workbook.too_large.
    """
    require_somewhere(actor, Action.EDIT_QUESTIONNAIRE)
    added, removed = tuple(added), frozenset(removed)
    act = "removed" if removed else "added" if added else "edited"
    return _change(
        store,
        project_id,
        act,
        lambda sheets: with_edits(sheets, sheet, changed=changed, added=added, removed=removed),
        revision=revision,
        actor=actor,
        now=now,
    )


def replace_rows(
    store: Store, project_id: int, sheets: Sheets, *, act: str, revision: int, actor: Actor, now: datetime
) -> Project:
    """The project has these rows; as `edit_rows` otherwise."""
    require_somewhere(actor, Action.EDIT_QUESTIONNAIRE)
    return _change(store, project_id, act, lambda _: sheets, revision=revision, actor=actor, now=now)


def move_row(
    store: Store, project_id: int, sheet: str, row: int, step: int, *, revision: int, actor: Actor, now: datetime
) -> tuple[Project, int]:
    """A row or a whole group goes up (-1) or down (1); the project and the row's new number."""
    require_somewhere(actor, Action.EDIT_QUESTIONNAIRE)
    place = [row]

    def move(sheets: Sheets) -> Sheets:
        found, place[0] = moved(sheets, sheet, row, step)
        return found

    return _change(store, project_id, "moved", move, revision=revision, actor=actor, now=now), place[0]


def rename_question(
    store: Store, project_id: int, old: str, new: str, *, revision: int, actor: Actor, now: datetime
) -> Project:
    """The question or group has another name, and so has every `${reference}` to it.

    Raises InvalidInput("project.question_name") for a name that cannot be used or is taken; Conflict as above.
    """
    require_somewhere(actor, Action.EDIT_QUESTIONNAIRE)
    new = new.strip()

    def rename(sheets: Sheets) -> Sheets:
        taken = {first_cells(row).get("name") for row in sheets["survey"]}
        if old not in taken or new in taken - {old} or not NAME.fullmatch(new):
            raise InvalidInput("project.question_name", name=new)
        return renamed(sheets, {old: new})

    return _change(store, project_id, "renamed", rename, revision=revision, actor=actor, now=now, references={old: new})


def add_library_block(
    store: Store, project_id: int, name: str, *, after: int, revision: int, actor: Actor, now: datetime
) -> tuple[Project, Added]:
    """The project with a block of the library below the section of the row `after`, and what was fitted."""
    require_somewhere(actor, Action.EDIT_QUESTIONNAIRE)
    brought = block(name).sheets
    found: list[Added] = []

    def add(sheets: Sheets) -> Sheets:
        found.append(add_block(sheets, brought, after=after))
        return found[0].sheets

    return _change(store, project_id, "block", add, revision=revision, actor=actor, now=now), found[0]


def undo(store: Store, project_id: int, *, revision: int, actor: Actor, now: datetime) -> Project:
    """The project as it was before its last change; Conflict as above, InvalidInput("project.nothing_to_undo")."""
    with store.write() as kept:
        _admitted(kept, project_id, actor, Action.EDIT_QUESTIONNAIRE)
        before = kept.take_project_state(project_id)
        if before is None:
            raise InvalidInput("project.nothing_to_undo")
        kept.change_project(
            project_id,
            expected_revision=revision,
            workbook=before.workbook,
            memory=before.memory,
            changed_at=now,
            changed_by=actor.label[:NAME_LENGTH],
        )
        _note(kept, project_id, "project.undone", {"act": before.act}, actor, now)
        return _opened(kept, project_id)


def import_translation(
    store: Store, project_id: int, content: bytes, *, language: str = "", revision: int, actor: Actor, now: datetime
) -> tuple[Project, Report]:
    """A translator's file filled in, with what became of each text.

    Raises InvalidInput as `translation_files.delivered` and `translation_import.take_in` do; Conflict as above.
    """
    with store.read() as kept:
        record = _admitted(kept, project_id, actor, Action.TRANSLATE)
        project = _opened(kept, project_id)
    languages = decide(actor, Action.TRANSLATE, record.slug).scope.languages
    delivery = delivered(content)
    taken = take_in(project.sheets, delivery, memory=project.memory, language=language, now=now)
    if languages is not None and taken.report.language not in languages:
        raise NotAllowed("access.part_only", action=str(Action.TRANSLATE))
    changed = _change(
        store,
        project_id,
        "translation",
        lambda _: taken.sheets,
        revision=revision,
        actor=actor,
        now=now,
        memory=taken.memory,
        action=Action.TRANSLATE,
    )
    return changed, taken.report


def note_published(
    store: Store, project_id: int, slug: str, *, left_out: Iterable[str] = (), actor: Actor, now: datetime
) -> None:
    """The project was published under that slug: renames are counted from here on, and what is stale stays stale."""
    with store.write() as kept:
        _admitted(kept, project_id, actor, Action.EDIT_QUESTIONNAIRE)
        require(actor, Action.EDIT_QUESTIONNAIRE, slug)
        project = _opened(kept, project_id)
        memory = remembered(project.memory, project.sheets, without=tuple(left_out), now=now)
        kept.change_project(
            project_id, expected_revision=project.record.revision, slug=slug, memory=_kept_memory(memory, NO_RENAMES)
        )
        _note(kept, project_id, "project.published", {"consultation": slug}, actor, now)


# Looking


def issues_of(workbook: str) -> tuple[CheckIssue, ...]:
    """Every issue of a project's rows (`Project.workbook`)."""
    return _issues(workbook)


def questionnaire_of(project: Project) -> Questionnaire:
    """The questionnaire as far as it can be read, also with errors in it."""
    return read(project.sheets)[0]


def drawn_form(workbook: str) -> DrawnForm:
    """The compiled questionnaire, to be tried out; what has errors is left out of it.

    Raises InvalidInput("questionnaire.invalid", issues=...) when nothing that can be drawn is left.
    """
    if is_usable(_issues(workbook)):
        return DrawnForm(form=_compiled(workbook))
    return _drawn(workbook)


def translation_progress(project: Project) -> tuple[Progress, ...]:
    """How far each language but the default one is."""
    return progress(project.sheets, project.memory)


def taken_away(project: Project, *, now: datetime) -> Sheets:
    """The rows with the memory of their translations, so that what is stale is still known where they go."""
    return with_memory(project.sheets, remembered(project.memory, project.sheets, now=now))


def to_publish(project: Project, *, now: datetime, least_share: float = 0.0) -> ToPublish:
    """The rows, as `taken_away`, in those languages of which at least this share (0 to 1) is translated."""
    left_out = tuple(each for each in translation_progress(project) if not publishable(each, least_share))
    tags = {each.language.tag for each in left_out}
    sheets = taken_away(project, now=now)
    return ToPublish(sheets=without_languages(sheets, tags) if tags else sheets, left_out=left_out)


@lru_cache(maxsize=_REMEMBERED)
def _issues(workbook: str) -> tuple[CheckIssue, ...]:
    return check(from_json(workbook))


@lru_cache(maxsize=_REMEMBERED)
def _drawn(workbook: str) -> DrawnForm:
    sheets, left_out = drawable(from_json(workbook))
    errors = tuple(issue for issue in _issues(workbook) if issue.severity == "error")
    refused = InvalidInput("questionnaire.invalid", count=len(errors), issues=errors)
    try:
        form = compile_form(read_questionnaire(sheets))
    except InvalidInput:
        raise refused from None
    if not any(True for _ in form.questionnaire.questions()):
        raise refused
    return DrawnForm(form=form, left_out=left_out)


@lru_cache(maxsize=_REMEMBERED)
def _compiled(workbook: str) -> CompiledForm:
    return compile_form(read_questionnaire(from_json(workbook)))


def _opened(kept: Transaction, project_id: int) -> Project:
    record = kept.project(project_id)
    workbook, memory = kept.project_content(project_id)
    return Project(
        record=record,
        workbook=workbook,
        sheets=from_json(workbook),
        memory=memory_from_json(memory) if memory else TranslationMemory(),
        renames=renames_from_json(json.loads(memory).get("renames", {}) if memory else {}),
        undoable=kept.project_acts(project_id),
    )


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise InvalidInput("project.name", limit=NAME_LENGTH)
    return name


def _add(kept: Transaction, name: str, slug: str, sheets: Sheets, actor: Actor, now: datetime) -> int:
    project_id = kept.add_project(
        name=name,
        slug=slug,
        workbook=to_json(without_memory(sheets)),
        memory=_kept_memory(remembered(memory_in(sheets), sheets, now=now), NO_RENAMES),
        created_at=now,
        changed_at=now,
        changed_by=actor.label[:NAME_LENGTH],
    )
    kept.record(at=now, actor=actor.label, action="project.begun", subject=name, details={"id": project_id})
    return project_id


def _kept_memory(memory: TranslationMemory, renames: RenameMap) -> str:
    """What a project remembers besides its rows, as one text: with each state of the rows goes what was known then."""
    return json.dumps(json.loads(memory.to_json()) | {"renames": renames_to_json(renames)}, ensure_ascii=False)


def _empty(tags: tuple[str, ...], name: str) -> Sheets:
    """No question yet: headers in these languages, and settings."""
    form = Questionnaire(
        title="", form_id="", version="", languages=(), default_language="en", children=(), choice_lists={}
    )
    spellings = [spelling_of(language_named(tag, form)) for tag in tags or ("en",)]
    labels = tuple(f"label::{spelling}" for spelling in spellings)
    hints = tuple(f"hint::{spelling}" for spelling in spellings)
    messages = tuple(f"constraint_message::{spelling}" for spelling in spellings)
    settings = {"form_title": name.strip() or "Questionnaire", "version": "1", "default_language": spellings[0]}
    return Sheets(
        rows={"survey": (), "choices": (), "settings": (Row(2, settings),)},
        headers={
            "survey": ("type", "name", *labels, *hints, "required", "relevant", "constraint", *messages, "appearance"),
            "choices": ("list_name", "name", *labels),
            "settings": tuple(settings),
        },
    )


def _change(
    store: Store,
    project_id: int,
    act: str,
    change: Callable[[Sheets], Sheets],
    *,
    revision: int,
    actor: Actor,
    now: datetime,
    memory: TranslationMemory | None = None,
    references: Mapping[str, str] | None = None,
    action: Action = Action.EDIT_QUESTIONNAIRE,
) -> Project:
    """The project after a change.

    memory      what is known of its translations after it; None: what was known before, for the rows as they are now
    references  old name -> new name of questions to which every reference was rewritten
    """
    with store.write() as kept:
        _admitted(kept, project_id, actor, action)
        project = _opened(kept, project_id)
        if project.record.revision != revision:
            raise Conflict("record.changed_elsewhere")
        sheets = change(project.sheets)
        workbook = to_json(sheets)
        if workbook == project.workbook and memory in (None, project.memory):
            return project
        _, old_memory = kept.project_content(project_id)
        if memory is None:
            known = remembered(project.memory, project.sheets, now=now)
            memory = followed(known, project.sheets, sheets, references)
        questions, choices = names_changed(project.sheets, sheets)
        made = RenameMap(questions={**questions, **(references or {})}, choices=choices)
        new_memory = _kept_memory(memory, project.renames.then(made))
        before = ProjectState(act=act, workbook=project.workbook, memory=old_memory)
        kept.add_project_state(project_id, before, kept=STATES_KEPT)
        kept.change_project(
            project_id,
            expected_revision=revision,
            workbook=workbook,
            memory=new_memory,
            changed_at=now,
            changed_by=actor.label[:NAME_LENGTH],
        )
        _note(kept, project_id, "project.changed", {"act": act}, actor, now)
        return _opened(kept, project_id)


def _note(
    kept: Transaction, project_id: int, action: str, details: dict[str, object], actor: Actor, now: datetime
) -> None:
    """The log names the rows by their digest; they are in the project, and in the version that comes of them."""
    record = kept.project(project_id)
    rows = hashlib.sha256(kept.project_content(project_id)[0].encode()).hexdigest()
    details = {"id": project_id, "revision": record.revision, "rows_sha256": rows, **details}
    kept.record(at=now, actor=actor.label, action=action, subject=record.name, details=details)
