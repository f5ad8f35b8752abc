"""The questionnaires of a consultation as they were published: compiled, and all versions joined."""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Generic, TypeVar

from data.records import ConsultationRecord
from data.store import Store, Transaction
from survey.logic.compiled_form import CompiledForm, compile_form
from survey.questionnaire import Questionnaire
from survey.versions.lineage import Lineage
from survey.versions.renames import RenameMap
from survey.versions.renames import from_json as renames_from_json
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_json

FORMS_KEPT = 64
_Made = TypeVar("_Made")


class Remembered(Generic[_Made]):
    """What was made of versions, by what names a version for ever; immutable, shared by all threads.

    When there are more than `most`, all are forgotten.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[tuple[object, ...], _Made] = {}
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], make: Callable[[], _Made]) -> _Made:
        """What was made under this key, made now when it is not there; every caller gets the same object."""
        if (found := self._made.get(key)) is not None:  # another thread may forget it from here on
            return found
        made = make()  # outside the lock: it may take long, and reads the store
        with self._lock:
            if key not in self._made and len(self._made) >= self._most:
                self._made.clear()
            return self._made.setdefault(key, made)


_LINEAGES: Remembered[Lineage] = Remembered(FORMS_KEPT)
_FORMS: Remembered[CompiledForm] = Remembered(FORMS_KEPT)


def form(kept: Transaction, consultation_id: int, number: int = 0) -> CompiledForm:
    """The compiled questionnaire of a version, the newest for number 0."""

    def made() -> CompiledForm:
        versions = kept.versions(consultation_id)
        return _compiled((versions[-1] if number == 0 else versions[number - 1]).workbook)

    return _FORMS.get(kept.version_key(consultation_id, number), made)


@lru_cache(maxsize=FORMS_KEPT)
def _compiled(workbook: str) -> CompiledForm:
    return compile_form(read_questionnaire(from_json(workbook)))


def newest_form(store: Store, consultation: ConsultationRecord) -> CompiledForm:
    """The compiled questionnaire that a new response gets."""
    with store.read() as kept:
        return form(kept, consultation.id)


def questionnaire(store: Store, consultation: ConsultationRecord) -> Questionnaire:
    """The newest questionnaire of a consultation."""
    return newest_form(store, consultation).questionnaire


def lineage_of(kept: Transaction, consultation_id: int) -> Lineage:
    """All versions of a consultation joined."""

    def made() -> Lineage:
        versions = kept.versions(consultation_id)
        forms = {each.number: form(kept, consultation_id, each.number).questionnaire for each in versions}
        return Lineage(forms, {each.number: renames_from_json(each.renames) for each in versions})

    return _LINEAGES.get(kept.version_key(consultation_id), made)


def extended(kept: Transaction, consultation_id: int, number: int, new: Questionnaire, renames: RenameMap) -> Lineage:
    """All versions of a consultation joined with one that is not kept yet."""
    line = lineage_of(kept, consultation_id)
    return Lineage({**line.questionnaires, number: new}, {**line.renames, number: renames})
