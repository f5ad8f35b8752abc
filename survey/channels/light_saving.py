"""A posted section of the light form is kept, or shown again with what was entered and why it was not kept."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from data.errors import Conflict, InvalidInput, NotFound, SoundingsError, Unavailable
from survey import asking, response_files, responses, saving
from survey.channels import light_view
from survey.channels.light_acts import Acts
from survey.channels.light_address import Address, following, instance_in, number_in, only, said, section_at, stays
from survey.channels.light_html import in_language, words_for
from survey.channels.light_pages import Pages, saved_words
from survey.channels.requests import Site, address_of, now, status_of
from survey.guard import Guard
from survey.logic.form_state import Issue
from survey.logic.instances import name_of
from survey.logic.marks import mark, written
from survey.logic.merging import Clash
from survey.open_responses import OpenResponse
from survey.policies import policies_of
from survey.questionnaire import Answer
from survey.receipts import Told, answer_words
from survey.saving import AnsweredElsewhere
from survey.translator import Words
from survey.words import ANSWER_WORDS, MESSAGES

_OVER = frozenset({"response.submitted", "consultation.closed"})
"""Why a section can be saved no more, whatever is in it."""


class Sections:
    """What the buttons of a section do: all of them keep it first."""

    def __init__(self, site: Site, guard: Guard, pages: Pages, acts: Acts) -> None:
        self._site = site
        self._guard = guard
        self._pages = pages
        self._acts = acts
        self._limit_mb = site.settings.upload_limit_mb

    def saved(
        self, request: Request, slug: str, code: str, form: FormData, files: Mapping[str, UploadFile]
    ) -> Response:
        """Keeps the section with its files, and leads to the page that its button names."""
        act, place, instance = said(form, "act"), said(form, "s"), said(form, "at")
        quiet = request.headers.get("x-soundings") == "quiet"
        version = number_in(said(form, "version"))
        marks = light_view.settled(form, light_view.read_marks(said(form, "marks")))
        reading: light_view.Reading | None = None
        try:
            with (
                self._guard.guessing(address_of(request), slug, code),
                saving.changing(self._site.store(), code, now=now(), language=said(form, "lang")) as draft,
            ):
                opened = draft.opened
                if opened.consultation.slug != slug:
                    raise NotFound("response.unknown_code")
                state, section = opened.state, section_at(opened, place)
                is_own = version in (0, opened.response.version_number)
                asked_in = state.form if is_own else draft.form_of_version(version)
                read_in = said(form, "in") or state.language
                marks = light_view.with_own(form, asked_in, state, marks, read_in)
                reading = light_view.read(form, asked_in, marks, read_in)
                before = light_view.asked_now(state, section, instance) if section and not stays(act) else {}
                draft.save(
                    reading.changes,
                    seen=light_view.seen_answers(state, marks),
                    section=place if section else "",
                    language=state.language,
                    draft_days=self._site.settings.draft_days,
                    version=version,
                    instance=instance_in(act, "add", "remove"),
                )
            # The answers are safe, also when a file is refused.
            opened = draft.opened
            marks = light_view.kept_marks(opened.state, marks, reading)
            kept = self._files(opened, code, files, act, version)
        except (Conflict, InvalidInput, Unavailable) as error:
            if quiet or error.code in _OVER:
                raise
            if isinstance(error, Unavailable) and instance_in(act, "add", "remove"):
                raise  # what would be drawn has instances that are not kept
            if error.code == "request.too_many_guesses":
                raise  # a right code would show its response
            if reading is None:
                return self._not_begun(error, slug, code, form, marks, instance)
            if section is None:
                raise
            return self._not_saved(opened, code, place, reading, error, marks, instance)
        at = Address(slug=slug, code=code, language=opened.state.language)
        kept = in_language(kept, opened.state.language)
        if act == "keep":
            saved = saved_words(kept, words_for(kept.state.language))
            return JSONResponse({"saved": saved, "at": kept.response.updated_at.isoformat(), "marks": written(marks)})
        if reading.faults:
            query = {"check": "1", "at": instance}
            typed = {key: reading.posted[key] for key in reading.faults}
            return self._pages.page(kept, code, place, query=query, status=422, typed=typed, faults=reading.faults)
        if act == "mail":
            return self._acts.mailed(kept, code, replace(at, place=place, marks=only(at=instance)))
        target = following(kept, act, place, before, replace(at, marks=only(at=instance)))
        # The script of the page dropped here what it kept under this number.
        number = said(form, "n")
        if number.isalnum() and len(number) <= 20:
            target = replace(target, marks={**target.marks, "kept": number})
        return RedirectResponse(str(target), status_code=303)

    def _not_begun(
        self,
        error: SoundingsError,
        slug: str,
        code: str,
        form: FormData,
        marks: Mapping[str, str],
        instance: str,
    ) -> Response:
        """The section with what was entered, as far as it can be read while nothing can be written; else the error."""
        place, version = said(form, "s"), number_in(said(form, "version"))
        try:
            opened = responses.resume(self._site.store(), code, now=now(), language=said(form, "lang"))
        except SoundingsError:
            raise error from None
        is_here = opened.consultation.slug == slug and version in (0, opened.response.version_number)
        if opened.submitted or not is_here or section_at(opened, place) is None:
            raise error
        read_in = said(form, "in") or opened.state.language
        reading = light_view.read(form, opened.state.form, marks, read_in)
        return self._not_saved(opened, code, place, reading, error, marks, instance)

    def _files(
        self,
        kept: OpenResponse,
        code: str,
        files: Mapping[str, UploadFile],
        act: str,
        version: int,
    ) -> OpenResponse:
        store = self._site.store()
        for key, file in files.items():
            try:
                response_files.attach(
                    store,
                    code,
                    key,
                    name=file.filename or "",
                    content=file.file.read(),
                    limit_bytes=self._limit_mb * 1_000_000,
                    now=now(),
                    version=version,
                )
            except InvalidInput as error:
                raise InvalidInput(error.code, **{**error.params, "question": key}) from error
        if act.startswith("drop:"):
            response_files.detach(store, code, act.removeprefix("drop:"), now=now(), version=version)
        if files or act.startswith("drop:"):
            return responses.resume(store, code, now=now(), language=kept.state.language)
        return kept

    def _not_saved(
        self,
        opened: OpenResponse,
        code: str,
        place: str,
        reading: light_view.Reading,
        error: SoundingsError,
        marks: Mapping[str, str],
        instance: str,
    ) -> Response:
        """The section with what was entered, and why it was not kept."""
        words = words_for(opened.state.language)
        faults = dict(reading.faults)
        question = str(error.params.get("question", ""))
        if error.code in ANSWER_WORDS and question:
            faults[question] = Issue(code=error.code, params=error.params)
        query = {"at": instance, **({"check": "1"} if faults else {})}
        how: dict[str, Any] = {"status": status_of(error), "error": words.error(error, MESSAGES), "faults": faults}
        if isinstance(error, AnsweredElsewhere):  # all but the clashes is kept
            fresh = in_language(responses.resume(self._site.store(), code, now=now()), opened.state.language)
            section = section_at(fresh, place)
            parts = {} if section is None else light_view.marks_of(fresh.state, section, instance)
            clashes = {clash.question: clash for clash in error.clashes}
            others = {key: _other(fresh, clash, error, words) for key, clash in clashes.items() if key in parts}
            lost = [_lost(fresh, clash, words) for key, clash in clashes.items() if key not in parts]
            typed = {key: reading.posted[key] for key in {*others, *reading.faults} if key in reading.posted}
            seen = {key: marks[key] for key in others if key in marks}
            return self._pages.page(
                fresh, code, place, query=query, typed=typed, others=others, lost=lost, seen=seen, **how
            )
        for key, value in reading.changes.items():
            try:
                opened.state.set(key, value)
            except SoundingsError:
                continue  # it is shown as it was typed
        typed = {key: value for key, value in reading.posted.items() if key in reading.changes or key in reading.faults}
        return self._pages.page(opened, code, place, query=query, typed=typed, seen=marks, **how)


def both_answered(error: SoundingsError) -> dict[str, dict[str, Answer | None]]:
    """What a script is told of two answers to one question: what was entered in its page, as it was read here."""
    if not isinstance(error, AnsweredElsewhere):
        return {}
    return {"entered": {clash.question: clash.entered for clash in error.clashes}}


def _other(opened: OpenResponse, clash: Clash, error: AnsweredElsewhere, words: Words) -> light_view.Other:
    """Both answers to a question, from which its reader chooses."""
    by = asking.elsewhere_words(error, clash.question, words, policies_of(opened.consultation).clock)
    stored, entered = (_answer(opened, clash, answer, words) for answer in (clash.stored, clash.entered))
    return light_view.Other(by=by, words=stored, here=entered, mark=mark(clash.stored))


def _lost(opened: OpenResponse, clash: Clash, words: Words) -> tuple[str, Told]:
    """(question, what was entered) that cannot be shown at its place."""
    return asking.place_of(clash.question, opened.state), _answer(opened, clash, clash.entered, words)


def _answer(opened: OpenResponse, clash: Clash, answer: Answer | None, words: Words) -> Told:
    if answer is None:
        return Told(text=words.translate("No answer"))
    question = opened.state.questionnaire.question(name_of(clash.question))
    return answer_words(question, clash.question, answer, opened.state, opened.files)
