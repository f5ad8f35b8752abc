"""Use cases about the versions of a questionnaire: what a new one would change, which there are, their workbooks."""

from collections.abc import Mapping

from data.errors import NotFound
from data.records import VersionRecord
from data.store import Store
from survey import consultations
from survey.access import Action, Actor, require
from survey.consultations import Difference, Workbook
from survey.questionnaire import Question
from survey.versions.changes import Suggestion, as_suggestions
from survey.versions.renames import NO_RENAMES, RenameMap
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import Sheets


def preview_publish(
    store: Store, sheets: Sheets, *, slug: str, actor: Actor, renames: RenameMap = NO_RENAMES
) -> Difference:
    """What publishing this workbook would change, with the replies and drafts touched; nothing is written.

    Raises NotFound("consultation.unknown"); InvalidInput("questionnaire.invalid"), ("renames.invalid").
    """
    require(actor, Action.EDIT_QUESTIONNAIRE, slug)
    questionnaire = consultations.usable(sheets)
    with store.read() as kept:
        return consultations.compare(kept, kept.consultation(slug), questionnaire, renames)


def renames_that_hold(
    store: Store, sheets: Sheets, *, slug: str, renames: RenameMap, actor: Actor
) -> tuple[Suggestion, ...]:
    """Those of the renames that can hold between the newest version and this workbook, with the words of both.

    Raises NotFound("consultation.unknown"); InvalidInput("questionnaire.invalid").
    """
    require(actor, Action.EDIT_QUESTIONNAIRE, slug)
    questionnaire = consultations.usable(sheets)
    with store.read() as kept:
        line = consultations.lineage_of(kept, kept.consultation(slug).id)
    return as_suggestions(line.questionnaire, questionnaire, renames)


def parts(
    store: Store, sheets: Sheets, *, slug: str, actor: Actor, renames: RenameMap = NO_RENAMES
) -> tuple[tuple[Question, ...], Mapping[str, str]]:
    """(questions that can play a part, part -> the question that plays it unless another is chosen).

    sheets  without errors: they are not checked again, which takes long
    """
    consultations.require_publishing(actor, slug)
    questionnaire = read_questionnaire(sheets)
    with store.read() as kept:
        existing = next((each for each in kept.consultations() if each.slug == slug), None)
        roles = consultations.roles_of_next(kept, existing, questionnaire, renames)
    return consultations.askable(questionnaire), roles


def history(store: Store, slug: str, *, actor: Actor) -> tuple[VersionRecord, ...]:
    """Every version of a consultation, the oldest first."""
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.read() as kept:
        return kept.versions(kept.consultation(slug).id)


def workbook(store: Store, slug: str, number: int, *, actor: Actor) -> Workbook:
    """The file that a version came from, as it was given; NotFound("version.no_file") when none was kept."""
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.read() as kept:
        consultation = kept.consultation(slug)
        for version in kept.versions(consultation.id):
            if version.number == number:
                content = kept.version_file(consultation.id, number)
                return Workbook(name=f"{slug}-v{number}-{version.file_name}", content=content)
    raise NotFound("version.no_file")
