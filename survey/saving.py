"""Use cases that keep changed answers of a draft or correction, beside what other windows entered meanwhile."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from data.errors import Conflict, InvalidInput
from data.store import Store, Transaction
from survey import published_forms, question_roles
from survey.acts import note
from survey.draft_versions import brought
from survey.logic.compiled_form import CompiledForm
from survey.logic.instances import name_of
from survey.logic.merging import Clash, clashes
from survey.open_responses import DRAFT_DAYS, OpenResponse, as_opened, held, keep, require_changeable, with_state
from survey.policies import policies_of
from survey.questionnaire import UPLOAD_KINDS, Answer
from survey.response_files import forget


class AnsweredElsewhere(Conflict):
    """Another window answered a question otherwise. What else was entered is kept; a person chooses about the rest.

    question  the first such question, or the repeat whose instances another window added or removed
    before    the response as it was before this save: who changed it last, and when
    """

    def __init__(self, question: str, found: tuple[Clash, ...], before: "OpenResponse") -> None:
        super().__init__("response.changed_elsewhere", question=question)
        # Beside the parameters, which may be logged: these are answers.
        self.clashes, self.before = found, before


def save(
    store: Store,
    code: str,
    changes: Mapping[str, object],
    *,
    seen: Mapping[str, Answer],
    section: str,
    language: str,
    now: datetime,
    draft_days: int = DRAFT_DAYS,
    version: int = 0,
    instance: tuple[str, int] | None = None,
) -> OpenResponse:
    """`changing` and `Changing.save` in one, for what is known before the response is opened."""
    with changing(store, code, now=now, language=language) as draft:
        draft.save(
            changes,
            seen=seen,
            section=section,
            language=language,
            draft_days=draft_days,
            version=version,
            instance=instance,
        )
    return draft.opened


@contextmanager
def changing(store: Store, code: str, *, now: datetime, language: str = "") -> Iterator["Changing"]:
    """A response that is read and changed in one transaction, which is kept when the block ends.

    Raises what `resume` and `Changing.save` raise, and after all else was kept AnsweredElsewhere: another window
    answered a question otherwise, or changed how many instances there are.
    """
    with store.write() as kept:
        opened = as_opened(kept, held(kept, code, now), now=now, language=language)
        draft = Changing(kept, opened, now=now)
        yield draft
    if draft.clash is not None:
        raise draft.clash


class Changing:
    """A response while it is changed; `opened` is what it was, and after `save` what it is now."""

    def __init__(self, kept: Transaction, opened: OpenResponse, *, now: datetime) -> None:
        self.opened = opened
        self.clash: AnsweredElsewhere | None = None
        self._kept, self._now = kept, now

    def form_of_version(self, version: int) -> CompiledForm:
        """The questionnaire as a version of the response's consultation had it."""
        return published_forms.form(self._kept, self.opened.response.consultation_id, version)

    def save(
        self,
        changes: Mapping[str, object],
        *,
        seen: Mapping[str, Answer],
        section: str,
        language: str,
        draft_days: int = DRAFT_DAYS,
        version: int = 0,
        instance: tuple[str, int] | None = None,
    ) -> None:
        """Keeps changed answers; without a change nothing is written.

        changes   question -> answer as a form sends it; None or empty clears. Faulty answers are kept, with their
                  issues.
        seen      the answers that this window showed before they were changed. Another window's answer to the same
                  question is never overwritten unseen; answers to different questions are merged (`logic.merging`).
        version   of the questionnaire that this window shows, 0 for the draft's own. When the draft was moved
                  meanwhile, changes and seen follow the renames; an answer that has no place any more is kept beside
                  the others.
        instance  (repeat, number): after the changes this instance is removed, or with the number 0 one is added.
        Raises    Conflict("response.submitted") when it was sent; InvalidInput("answer.not_askable",
                  "answer.too_long", "consultation.closed"), and ("file.not_asked") for the id of a file that was not
                  attached to this question.
        """
        kept, opened, now = self._kept, self.opened, self._now
        response = opened.response
        require_changeable(opened, now)
        if response.correcting:
            language = response.language
        aside: dict[str, Answer] = {}
        if version and version < response.version_number:
            line = published_forms.lineage_of(kept, response.consultation_id).until(response.version_number)
            changes, aside = brought(line, version, changes, language)
            roles = question_roles.roles_in(kept, opened.consultation, version)
            for role in policies_of(opened.consultation).apart:
                if role in roles:  # what is not asked any more has no place to be kept apart from the answers
                    aside.pop(line.key(version, roles[role]), None)
            seen = line.carry(version, seen)
            section = section if section in {group.name for group in opened.state.questionnaire.sections()} else ""
        before = opened.state.answers
        gone = []
        for name, answer in changes.items():
            if "[" in name and not opened.state.is_known(name):  # another window removed that instance
                gone.append(Clash(question=name, stored=None, entered=_as_text(answer), gone=True))
                continue
            _require_own_file(opened, name, answer)
            opened.state.set(name, answer)
        lost = {clash.question for clash in gone}
        placed = [name for name in changes if name not in lost]
        found = clashes(placed, seen=seen, stored=before, entered=opened.state.answers)
        for clash in found:
            opened.state.set(clash.question, clash.stored, written_in="", typed=False)
        found = (*found, *gone)
        question = found[0].question if found else ""
        if instance is not None and not found:
            if opened.state.answers.get(instance[0]) == seen.get(instance[0]):
                _restructure(kept, opened, *instance)
            else:
                question = instance[0]
        same_place = section in ("", response.section) and language == response.language
        if opened.state.answers != before or not same_place or aside:
            section = section or response.section
            saved = keep(kept, opened, section=section, language=language, now=now, draft_days=draft_days, aside=aside)
            details = {"section": section, "answers": len(changes) - len(found)}
            note(kept, response, "response.saved", now=now, details=details)
            self.opened = with_state(kept, saved, opened.consultation, opened.state)
        if question:
            self.clash = AnsweredElsewhere(question, found, opened)


def _as_text(answer: object) -> str:
    """What was entered where no question is that could read it."""
    return "; ".join(map(str, answer)) if isinstance(answer, list | tuple) else str(answer or "")


def _restructure(kept: Transaction, opened: OpenResponse, repeat: str, number: int) -> None:
    """Adds or removes an instance, with its files."""
    if not number:
        opened.state.add_instance(repeat)
        return
    opened.state.remove_instance(repeat, number)
    places = {str(answer): key for key, answer in opened.state.answers.items() if "[" in key}
    for key, file in opened.files.items():
        if key.startswith(f"{repeat}["):
            if file.id not in places:
                forget(kept, opened, file)
            elif places[file.id] != key and not opened.response.correcting:
                kept.rename_file(file.id, places[file.id])


def _require_own_file(opened: OpenResponse, name: str, answer: object) -> None:
    asked = opened.state.form.questions.get(name_of(name))
    if asked is not None and asked.question.kind in UPLOAD_KINDS and answer != opened.state.answers.get(name):
        raise InvalidInput("file.not_asked")
