"""The light form: the questionnaire as plain HTML, one section a page, for old phones, weak connections, screen
readers and text browsers. No script is needed; a small one keeps unsent text and asks for skip logic at once.

Every page is drawn from the store alone, every act answers with the address of the next page, so that a reload or a
second click does no harm. A response begun here goes on in the Streamlit page and the other way round.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from data.errors import Conflict, InvalidInput, NotFound, SoundingsError, Unavailable
from data.records import KeyRole
from survey import (
    asking,
    confirmations,
    consultations,
    corrections,
    erasure,
    markup,
    outcomes,
    receipts,
    responses,
)
from survey.channels import light_team, light_view
from survey.channels.bodies import read_form, require_size
from survey.channels.requests import Site, address_of, now, require_same_site, status_of, words_of
from survey.guard import TRAP, Guard
from survey.logic.form_state import MAX_INSTANCES, Issue
from survey.logic.instances import name_of
from survey.logic.marks import mark, written
from survey.logic.merging import Clash
from survey.policies import policies_of
from survey.questionnaire import Answer, Group, Kind, Questionnaire
from survey.receipts import Told, answer_words
from survey.responses import AnsweredElsewhere, OpenResponse
from survey.translator import LANGUAGES, Words, direction, nearest
from survey.ui import look
from survey.words import ANSWER_WORDS, MESSAGES

REVIEW, OWN = "_review", "_own"
"""The place after the last section, and that of what a respondent may do with all that is kept."""
LATER = "_later"
"""The place of the page with code and link."""
ASIDE = {"later": LATER, "team": light_team.TEAM}
"""The pages beside the questionnaire, by the buttons that lead to them."""
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""These pages load nothing but one script of ours."""
THREADS = 1
"""How many pages are made at once. A second one takes the interpreter away between two statements of the first, which
holds the write lock meanwhile: measured with 1,000 respondents, the 95th percentile is twelve times longer."""
MOST_FILES = 50
MOST_FIELDS = 4_000
MOST_TEXT_BYTES = 2_000_000
"""What a section without files may weigh."""


def routes(site: Site, guard: Guard) -> list[Route]:
    """/f/<slug>: GET draws the start, a section, the last look or the receipt; POST does what a button says."""
    form = _LightForm(site, guard)
    return [
        Route("/f/{slug}", form.show, methods=["GET"]),
        Route("/f/{slug}", form.act, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    """Where a page of the light form is."""

    slug: str
    code: str = ""
    place: str = ""
    language: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    anchor: str = ""

    def within(self, language: str) -> "_Address":
        """The same page in another language."""
        return replace(self, language=language)

    def __str__(self) -> str:
        parts = {"r": self.code, "s": self.place, "lang": self.language, **self.marks}
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"/f/{self.slug}" + (f"?{query}" if query else "") + (f"#{self.anchor}" if self.anchor else "")


class _LightForm:
    def __init__(self, site: Site, guard: Guard) -> None:
        self._site = site
        self._guard = guard
        self._limit_mb = site.settings.upload_limit_mb
        # More threads would only take the interpreter from each other, and from the pages beside.
        self._threads = CapacityLimiter(THREADS)

    async def show(self, request: Request) -> Response:
        return await to_thread.run_sync(self._shown, request, limiter=self._threads)

    def _shown(self, request: Request) -> Response:
        slug, code = request.path_params["slug"], request.query_params.get("r", "")
        wanted = request.query_params.get("lang", "")
        try:
            self._guard.require_calm(address_of(request), "look")
            if not code:
                return self._welcomed(request, slug, wanted, request.query_params.get("i", ""))
            try:
                opened = self._reopened(request, slug, code, wanted)
            except NotFound as error:
                if error.code == "response.erased":
                    raise
                return self._mistyped(request, slug, code, error, wanted)
            if request.query_params.get("s") == OWN:
                return self._own(opened, code, unsure=bool(request.query_params.get("unsure")))
            if opened.submitted:
                return self._receipt(opened, code, unsure=bool(request.query_params.get("unsure")))
            return self._page(opened, code, request.query_params.get("s", ""), query=request.query_params)
        except SoundingsError as error:
            place = request.query_params.get("s", "")
            back = (code, place) if isinstance(error, Unavailable) else ("", "")
            if error.code == "response.erased":
                back = (code, "")
            return self._problem(error, slug, words_of(request, wanted), *back)

    def _reopened(self, request: Request, slug: str, code: str, wanted: str) -> OpenResponse:
        with self._guard.guessing(address_of(request), slug):
            opened = responses.reopen(self._site.store(), code, now=now(), language="")
        if opened.consultation.slug != slug:
            raise NotFound("response.unknown_code")
        return _in_language(opened, wanted)

    async def act(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        quiet = request.headers.get("x-soundings") == "quiet"
        words = words_of(request)
        form = FormData()
        try:
            require_same_site(request)
            form = await self._read(request)
            words = words_of(request, _said(form, "lang"))
            files = {
                name.removeprefix("f."): file
                for name, file in form.multi_items()
                if isinstance(file, UploadFile) and file.filename and name.startswith("f.")
            }
            return await to_thread.run_sync(self._acted, request, slug, form, files, limiter=self._threads)
        except (MultiPartException, HTTPException):
            return self._problem(InvalidInput("request.unreadable"), slug, words, *_place_in(request, form))
        except SoundingsError as error:
            if quiet:
                message = words.error(error, MESSAGES)
                return JSONResponse({"code": error.code, "message": message}, status_code=status_of(error))
            again = _sent_fields(form) if isinstance(error, Unavailable) else ()
            return self._problem(error, slug, words, *_place_in(request, form), again=again)
        finally:
            await form.close()

    async def _read(self, request: Request) -> FormData:
        if request.headers.get("content-type", "").startswith("multipart/"):
            return await read_form(
                request, self._limit_mb, most_files=MOST_FILES, most_fields=MOST_FIELDS, most_text_bytes=MOST_TEXT_BYTES
            )
        await require_size(request, MOST_TEXT_BYTES, self._limit_mb)
        return await request.form(max_fields=MOST_FIELDS)

    def _acted(self, request: Request, slug: str, form: FormData, files: Mapping[str, UploadFile]) -> Response:
        act, language = _said(form, "act"), _said(form, "lang")
        store = self._site.store()
        code = _said(form, "r")
        if act == "begin":
            return self._begun(request, slug, form, language)
        if act == "open":
            return self._opened(request, slug, code, language)
        self._guard.require_calm(address_of(request), "save", code)
        if act == "read":
            with self._guard.guessing(address_of(request), slug):
                responses.dismiss_note(store, code, now=now())
        if _is_section(act, _said(form, "s")):
            return self._saved(request, slug, code, form, files)
        with self._guard.guessing(address_of(request), slug):
            opened = _in_language(responses.resume(store, code, now=now()), language)
        if opened.consultation.slug != slug:
            raise NotFound("response.unknown_code")
        at = _Address(slug=slug, code=code, language=opened.state.language)
        if act == "send":
            return self._sent(opened, code, form, at)
        if act in _AFTERWARDS:
            if act == "withdraw" and not _said(form, "sure"):
                return RedirectResponse(str(replace(at, marks={"unsure": "1"})), status_code=303)
            _AFTERWARDS[act](store, code, now=now())
            return RedirectResponse(str(at), status_code=303)
        if act in ("erase", "erase-now"):
            return self._erased(opened, code, act, at, sure=bool(_said(form, "erase-sure")))
        here = replace(at, place=_said(form, "s"))
        if here.place in ASIDE.values():
            here = replace(here, marks=_only(**{"from": _said(form, "from")}))
        if act.partition(":")[0] in light_team.ACTS:
            return self._together(opened, code, form, here)
        if act == "mail":
            return self._mailed(opened, code, here)
        return RedirectResponse(str(_aside(act, here)), status_code=303)

    # The start

    def _opened(self, request: Request, slug: str, typed: str, language: str) -> Response:
        """What a typed code leads to; a wrong one is told at its field, where it can be mended."""
        try:
            with self._guard.guessing(address_of(request), slug):
                entry = responses.entry(self._site.store(), typed, now=now())
        except NotFound as error:
            return self._mistyped(request, slug, typed, error, language)
        marks = {} if entry.begun else {"i": entry.code}
        address = _Address(slug=entry.slug, code=entry.code if entry.begun else "", language=language, marks=marks)
        return RedirectResponse(str(address), status_code=303)

    def _mistyped(self, request: Request, slug: str, typed: str, error: SoundingsError, language: str) -> Response:
        return self._start(request, slug, language, typed=typed[:100], wrong=error, status=status_of(error))

    def _welcomed(self, request: Request, slug: str, wanted: str, token: str) -> Response:
        """The start, or what was begun by the personal link of an organisation already."""
        if not token:
            return self._start(request, slug, wanted)
        with self._guard.guessing(address_of(request), slug):
            invitation, begun = responses.invited(self._site.store(), slug, token)
        if begun:
            return RedirectResponse(str(_Address(slug=slug, code=token, language=wanted)), status_code=303)
        return self._start(
            request, slug, wanted or invitation.language, token=token, organisation=invitation.organisation
        )

    def _start(
        self,
        request: Request,
        slug: str,
        wanted: str,
        *,
        note: str = "",
        status: int = 200,
        token: str = "",
        organisation: str = "",
        typed: str = "",
        wrong: SoundingsError | None = None,
    ) -> Response:
        consultation = consultations.find(self._site.store(), slug)
        form = consultations.newest_form(self._site.store(), consultation)
        tag = _offered(wanted, form.questionnaire, words_of(request).language)
        words = _words(tag)
        stands = consultations.standing(consultation, now())
        closed = ""
        if stands is not consultations.Standing.OPEN:
            known = "closed" if stands is consultations.Standing.CLOSED else "not_open_yet"
            closed = words.translate(MESSAGES[f"consultation.{known}"])
        return _html(
            "start",
            words,
            tag,
            status=status,
            title=asking.title_of(consultation, words),
            fictional=consultation.fictional,
            languages=_languages(form.questionnaire),
            lines=asking.until_when(consultation, now(), words),
            untranslated=asking.untranslated(form.questionnaire, tag, words),
            closed=closed,
            note=note,
            typed=typed,
            mistyped="" if wrong is None else words.error(wrong, MESSAGES),
            token=self._guard.token(_door(slug)),
            invitation=token,
            organisation="" if policies_of(consultation).anonymous else organisation,
            at=_Address(slug=slug, language=tag, marks={"i": token}),
            full=f"/respond?{urlencode({'c': slug, 'lang': tag, **({'i': token} if token else {})})}",
        )

    def _begun(self, request: Request, slug: str, form: FormData, language: str) -> Response:
        consultation = consultations.find(self._site.store(), slug)
        questionnaire = consultations.newest_form(self._site.store(), consultation).questionnaire
        tag = _offered(language, questionnaire, "")
        if not self._guard.is_human(_said(form, "t"), _said(form, TRAP), _door(slug)):
            words = _words(tag)
            note = words.translate("Please press the button once more.")
            return self._start(request, slug, tag, note=note, status=400, token=_said(form, "i"))
        self._guard.require_calm(address_of(request), "begin")
        with self._guard.guessing(address_of(request), slug):
            code = responses.begin(
                self._site.store(),
                slug,
                language=tag,
                channel="light",
                now=now(),
                draft_days=self._site.settings.draft_days,
                invitation_token=_said(form, "i"),
            )
        address = _Address(slug=slug, code=code, language=tag, marks={"new": "1"})
        return RedirectResponse(str(address), status_code=303)

    # A section

    def _page(
        self,
        opened: OpenResponse,
        code: str,
        wanted: str,
        *,
        query: Mapping[str, str],
        status: int = 200,
        error: str = "",
        typed: Mapping[str, object] | None = None,
        faults: Mapping[str, Issue] | None = None,
        others: Mapping[str, light_view.Other] | None = None,
        lost: Sequence[tuple[str, Told]] = (),
        seen: Mapping[str, str] | None = None,
    ) -> Response:
        """A section, or one of the pages after it.

        typed, faults, others  as in `light_view.Drawing`
        lost  (question, what was entered) that has no place on the page any more
        seen  marks that the page keeps, because its reader has not seen the stored answers
        """
        state, words = opened.state, _words(opened.state.language)
        sections = asking.shown_sections(state)
        names = [section.name for section in sections]
        place = wanted or opened.response.section or names[0]
        if place in ASIDE.values():
            draw = self._team if place == light_team.TEAM else self._later
            return draw(opened, code, words, query=query, error=error, status=status)
        if place == REVIEW and not opened.declined:
            return self._review(opened, code, sections, words, error=error, status=status)
        if place not in names:
            place = names[0]
        number = names.index(place)
        section = sections[number]
        at = query.get("at", "")
        drawing = light_view.Drawing(
            state=state,
            words=words,
            files=opened.files,
            with_issues=bool(query.get("check")),
            typed=typed or {},
            faults=faults or {},
            others=others or {},
            at=at,
        )
        blocks = light_view.draw(section, drawing)
        fields = list(light_view.fields_of(blocks))
        return _html(
            "section",
            words,
            state.language,
            status=status,
            title=state.words(section.label) or asking.title_of(opened.consultation, words),
            consultation=asking.title_of(opened.consultation, words),
            fictional=opened.consultation.fictional and number == 0,
            languages=_languages(state.questionnaire),
            at=_Address(slug=opened.consultation.slug, code=code, place=place, language=state.language),
            instance=at,
            ends=asking.closes(opened.consultation, now(), words),
            untranslated=asking.untranslated(state.questionnaire, state.language, words, section),
            number=number + 1,
            total=len(sections),
            share=100 * number // max(len(sections), 1),
            first=number == 0,
            declined=opened.declined,
            blocks=blocks,
            wrong=[(each, asking.place_of(each.key, state)) for each in fields if each.issues or each.other],
            lost=lost,
            files=any(each.control == "file" for each in fields),
            marks=written(light_view.marks_of(state, section, at) | dict(seen or {})),
            version=opened.response.version_number,
            limit_mb=self._limit_mb,
            error=error,
            changed=asking.changed_words(opened.changed.get(place), words, policies_of(opened.consultation).clock),
            more=bool(query.get("more")),
            note=_note(opened),
            fresh=bool(query.get("new")),
            saved=_saved_words(opened, words),
            correcting=opened.response.correcting,
            mailed=bool(query.get("mailed")),
            **self._link(opened, code, words),
        )

    def _link(self, opened: OpenResponse, code: str, words: Words) -> dict[str, Any]:
        base, slug = self._site.settings.base_url, opened.consultation.slug
        until = opened.response.expires_at
        query = urlencode({"c": slug, "r": code, "lang": opened.state.language})
        mailing = self._site.settings.smtp_url and confirmations.can_mail(opened, self._site.settings)
        return {
            "reference": f"{slug}/{code[-4:]}",
            "address": confirmations.address_of(opened) if mailing else "",
            "team": opened.holder.role is KeyRole.OWNER,
            "code": code,
            "own": _Address(slug=slug, code=code, place=OWN, language=opened.state.language),
            "link": f"{base}/f/{slug}?{urlencode({'r': code})}",
            "until": "" if until is None else words.moment(until, policies_of(opened.consultation).clock),
            "full": f"/respond?{query}",
        }

    def _saved(
        self, request: Request, slug: str, code: str, form: FormData, files: Mapping[str, UploadFile]
    ) -> Response:
        act, place, instance = _said(form, "act"), _said(form, "s"), _said(form, "at")
        quiet = request.headers.get("x-soundings") == "quiet"
        version = _number(_said(form, "version"))
        marks = light_view.settled(form, light_view.read_marks(_said(form, "marks")))
        reading: light_view.Reading | None = None
        try:
            with (
                self._guard.guessing(address_of(request), slug),
                responses.changing(self._site.store(), code, now=now(), language=_said(form, "lang")) as draft,
            ):
                opened = draft.opened
                if opened.consultation.slug != slug:
                    raise NotFound("response.unknown_code")
                state, section = opened.state, _section(opened, place)
                is_own = version in (0, opened.response.version_number)
                asked_in = state.questionnaire if is_own else draft.form_of_version(version)
                reading = light_view.read(form, asked_in, marks, _said(form, "in") or state.language)
                before = light_view.asked_now(state, section, instance) if section and not _stays(act) else {}
                draft.save(
                    reading.changes,
                    seen=light_view.seen_answers(state, marks),
                    section=place if section else "",
                    language=state.language,
                    draft_days=self._site.settings.draft_days,
                    version=version,
                    instance=_instance(act, "add", "remove"),
                )
            # The answers are safe, also when a file is refused.
            opened = draft.opened
            marks = light_view.kept_marks(opened.state, marks, reading)
            kept = self._files(opened, code, files, act, version)
        except (Conflict, InvalidInput, Unavailable) as error:
            if quiet or error.code in _OVER:
                raise
            if isinstance(error, Unavailable) and _instance(act, "add", "remove"):
                raise  # what would be drawn has instances that are not kept
            if reading is None:
                return self._not_begun(error, slug, code, form, marks, instance)
            if section is None:
                raise
            return self._not_saved(opened, code, place, reading, error, marks, instance)
        at = _Address(slug=slug, code=code, language=opened.state.language)
        kept = _in_language(kept, opened.state.language)
        if act == "keep":
            saved = _saved_words(kept, _words(kept.state.language))
            return JSONResponse({"saved": saved, "at": kept.response.updated_at.isoformat(), "marks": written(marks)})
        if reading.faults:
            query = {"check": "1", "at": instance}
            typed = {key: reading.posted[key] for key in reading.faults}
            return self._page(kept, code, place, query=query, status=422, typed=typed, faults=reading.faults)
        if act == "mail":
            return self._mailed(kept, code, replace(at, place=place, marks=_only(at=instance)))
        target = _next(kept, act, place, before, replace(at, marks=_only(at=instance)))
        # The script of the page dropped here what it kept under this number.
        number = _said(form, "n")
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
        place, version = _said(form, "s"), _number(_said(form, "version"))
        try:
            opened = responses.resume(self._site.store(), code, now=now(), language=_said(form, "lang"))
        except SoundingsError:
            raise error from None
        is_here = opened.consultation.slug == slug and version in (0, opened.response.version_number)
        if opened.submitted or not is_here or _section(opened, place) is None:
            raise error
        read_in = _said(form, "in") or opened.state.language
        reading = light_view.read(form, opened.state.questionnaire, marks, read_in)
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
                responses.attach(
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
            responses.detach(store, code, act.removeprefix("drop:"), now=now(), version=version)
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
        words = _words(opened.state.language)
        faults = dict(reading.faults)
        question = str(error.params.get("question", ""))
        if error.code in ANSWER_WORDS and question:
            faults[question] = Issue(code=error.code, params=error.params)
        query = {"at": instance, **({"check": "1"} if faults else {})}
        how: dict[str, Any] = {"status": status_of(error), "error": words.error(error, MESSAGES), "faults": faults}
        if isinstance(error, AnsweredElsewhere):  # all but the clashes is kept
            fresh = _in_language(responses.resume(self._site.store(), code, now=now()), opened.state.language)
            section = _section(fresh, place)
            parts = {} if section is None else light_view.marks_of(fresh.state, section, instance)
            clashes = {clash.question: clash for clash in error.clashes}
            others = {key: _other(fresh, clash, error, words) for key, clash in clashes.items() if key in parts}
            lost = [_lost(fresh, clash, words) for key, clash in clashes.items() if key not in parts]
            typed = {key: reading.posted[key] for key in {*others, *reading.faults} if key in reading.posted}
            seen = {key: marks[key] for key in others if key in marks}
            return self._page(fresh, code, place, query=query, typed=typed, others=others, lost=lost, seen=seen, **how)
        for key, value in reading.changes.items():
            try:
                opened.state.set(key, value)
            except SoundingsError:
                continue  # it is shown as it was typed
        typed = {key: value for key, value in reading.posted.items() if key in reading.changes or key in reading.faults}
        return self._page(opened, code, place, query=query, typed=typed, seen=marks, **how)

    # Several people at one response

    def _together(self, opened: OpenResponse, code: str, form: FormData, here: _Address) -> Response:
        try:
            given = light_team.act(self._site.store(), opened, code, form, now=now())
        except (Conflict, InvalidInput, NotFound) as error:
            words = _words(opened.state.language)
            message = words.error(error, MESSAGES)
            return self._page(opened, code, here.place, query=here.marks, status=status_of(error), error=message)
        return RedirectResponse(str(replace(here, marks={**here.marks, **_only(given=given)})), status_code=303)

    def _later(
        self, opened: OpenResponse, code: str, words: Words, *, query: Mapping[str, str], error: str, status: int
    ) -> Response:
        state, origin = opened.state, query.get("from", "")
        here = _Address(slug=opened.consultation.slug, code=code, place=LATER, language=state.language)
        return _html(
            "later",
            words,
            state.language,
            status=status,
            title=words.translate("Go on later or on another device"),
            consultation=asking.title_of(opened.consultation, words),
            languages=_languages(state.questionnaire),
            at=replace(here, marks=_only(**{"from": origin})),
            origin=origin,
            back=replace(here, place=origin or opened.response.section),
            error=error,
            mailed=bool(query.get("mailed")),
            **self._link(opened, code, words),
        )

    def _team(
        self, opened: OpenResponse, code: str, words: Words, *, query: Mapping[str, str], error: str, status: int
    ) -> Response:
        given, origin = query.get("given", ""), query.get("from", "")
        state, rules, store = opened.state, policies_of(opened.consultation), self._site.store()
        at = _Address(slug=opened.consultation.slug, code=code, place=light_team.TEAM, language=state.language)
        owner = opened.holder.role is KeyRole.OWNER
        return _html(
            "team",
            words,
            state.language,
            status=status,
            title=words.translate("Colleagues at this response"),
            consultation=asking.title_of(opened.consultation, words),
            languages=_languages(state.questionnaire),
            at=replace(at, marks=_only(**{"from": origin})),
            origin=origin,
            back=replace(at, place=origin or opened.response.section),
            error=error or ("" if owner else words.translate(MESSAGES["response.not_yours"])),
            owner=owner,
            members=light_team.members(store, code, words, now=now()),
            given=given,
            given_to=light_team.given_to(store, opened, given, words, now=now()),
            given_link=f"{self._site.settings.base_url}/f/{at.slug}?{urlencode({'r': given})}",
            anonymous=rules.anonymous,
            asks_approval=opened.response.sign_off,
            must_approve=rules.sign_off_required,
        )

    def _mailed(self, opened: OpenResponse, code: str, here: _Address) -> Response:
        """The link of the draft goes to the address in it."""
        try:
            confirmations.mail_link(self._site.store(), code, settings=self._site.settings, now=now())
        except InvalidInput as error:
            message = _words(opened.state.language).error(error, MESSAGES)
            return self._page(opened, code, here.place, query=here.marks, status=status_of(error), error=message)
        return RedirectResponse(str(replace(here, marks={**here.marks, "mailed": "1"})), status_code=303)

    # The end

    def _review(
        self,
        opened: OpenResponse,
        code: str,
        sections: list[Group],
        words: Words,
        *,
        error: str = "",
        status: int = 200,
    ) -> Response:
        state, clock = opened.state, policies_of(opened.consultation).clock
        sent = state.submission()
        at = _Address(slug=opened.consultation.slug, code=code, language=state.language)
        rows = []
        for section in sections:
            answered = [k for k, q in state.asked((section,)) if k in sent and q.kind is not Kind.NOTE]
            issues = [
                (
                    replace(at, place=section.name, marks={"check": "1", **_at(key)}, anchor=f"q-{key}"),
                    asking.place_of(key, state),
                    asking.issue_words(issue, state, words),
                )
                for key, issue in state.section_issues(section.name)
            ]
            count = words.plural("{count} answer", "{count} answers", len(answered))
            label = state.words(section.label) or asking.title_of(opened.consultation, words)
            changed = asking.changed_words(opened.changed.get(section.name), words, clock)
            rows.append((replace(at, place=section.name), label, count, issues, changed))
        return _html(
            "review",
            words,
            state.language,
            status=status,
            title=words.translate("Look it over and send it"),
            consultation=asking.title_of(opened.consultation, words),
            fictional=opened.consultation.fictional,
            languages=_languages(state.questionnaire),
            at=replace(at, place=REVIEW),
            back=replace(at, place=sections[-1].name),
            total=len(sections),
            rows=rows,
            correcting=opened.response.correcting,
            open_points=sum(len(row[3]) for row in rows),
            approval=light_team.approval(self._site.store(), opened, code, words, now=now()),
            may_send=opened.may_send,
            duplicate=responses.duplicate_hint(self._site.store(), code, now=now()),
            version=opened.response.version_number,
            error=error,
            note=_note(opened),
            **self._link(opened, code, words),
        )

    def _sent(self, opened: OpenResponse, code: str, form: FormData, at: _Address) -> Response:
        words = _words(opened.state.language)
        try:
            responses.submit(self._site.store(), code, now=now(), version=_number(_said(form, "version")))
        except (Conflict, InvalidInput) as error:
            if error.code == "consultation.closed":
                raise
            opened = _in_language(responses.reopen(self._site.store(), code, now=now()), opened.state.language)
            message = words.error(error, MESSAGES)
            return self._page(opened, code, REVIEW, query={}, status=status_of(error), error=message)
        if not opened.submitted:
            confirmations.confirm(self._site.store(), code, settings=self._site.settings, now=now())
        return RedirectResponse(str(at), status_code=303)

    def _erased(self, opened: OpenResponse, code: str, act: str, at: _Address, *, sure: bool) -> Response:
        """Asks once more before the response is erased; without the tick nothing happens."""
        words = _words(opened.state.language)
        if not sure:
            return RedirectResponse(str(replace(at, place=OWN, marks={"unsure": "1"})), status_code=303)
        if act == "erase":
            return _html(
                "erase",
                words,
                opened.state.language,
                title=words.translate("Erase this response?"),
                consultation=asking.title_of(opened.consultation, words),
                reference=opened.response.reference,
                at=at,
            )
        erasure.erase(self._site.store(), code, now=now())
        return RedirectResponse(str(at), status_code=303)

    def _own(self, opened: OpenResponse, code: str, *, unsure: bool) -> Response:
        """Everything as a zip, and erasing; `unsure` when it was to be erased without the tick that this takes."""
        words = _words(opened.state.language)
        at = _Address(slug=opened.consultation.slug, code=code, language=opened.state.language)
        return _html(
            "own",
            words,
            opened.state.language,
            title=words.translate("Your data"),
            consultation=asking.title_of(opened.consultation, words),
            languages=_languages(opened.state.questionnaire),
            at=replace(at, place=OWN),
            back=at,
            code=code,
            may_erase=opened.holder.role is not KeyRole.WRITER,
            unsure=unsure,
        )

    def _receipt(self, opened: OpenResponse, code: str, *, unsure: bool) -> Response:
        """What was sent; `unsure` when it was to be withdrawn without the tick that this takes."""
        tag = opened.state.language
        words = _words(tag)
        kept = receipts.receipt(self._site.store(), code, now=now(), language=tag)
        return _html(
            "receipt",
            words,
            tag,
            title=words.translate(
                "This response was withdrawn." if kept.withdrawn_at else "Thank you. Your response was received."
            ),
            consultation=kept.title,
            fictional=kept.fictional,
            languages=_languages(opened.state.questionnaire),
            at=_Address(slug=opened.consultation.slug, code=code, language=tag),
            kept=kept,
            moment=kept.moment(kept.submitted_at, words),
            since=receipts.since(kept, words),
            wrong=unsure and not kept.withdrawn_at,
            outcome=outcomes.outcome_of(opened.consultation),
            may=corrections.afterwards(opened, now=now()),
            clock=policies_of(opened.consultation).clock,
            **self._link(opened, code, words),
        )

    def _problem(
        self,
        error: SoundingsError,
        slug: str,
        words: Words,
        code: str = "",
        place: str = "",
        again: Sequence[tuple[str, str]] = (),
    ) -> Response:
        """What is wrong, and the way back.

        again  fields of what could not be done now, which the page sends once more when asked to
        """
        erased = error.code == "response.erased"
        title = words.translate("Not saved yet") if again else words.translate("This page cannot be shown")
        return _html(
            "problem",
            words,
            words.language,
            status=status_of(error),
            title=words.translate("This response was erased") if erased else title,
            erased=erased,
            error=words.error(error, MESSAGES),
            again=again,
            at=_Address(slug=slug, code=code if erased else "", language=words.language),
            back=_Address(slug=slug, code=code, place=place, language=words.language),
            unknown=error.code == "consultation.unknown",
            problem=True,
        )


_AFTERWARDS = {
    "correct": corrections.correct,
    "drop-correction": corrections.drop_correction,
    "withdraw": corrections.withdraw,
}
"""What can be done with a response that was sent, by the button's name."""
_ELSEWHERE = frozenset({"send", "erase", "erase-now", *_AFTERWARDS})
"""Acts of the whole response."""
_OVER = frozenset({"response.submitted", "consultation.closed"})
"""Why a section can be saved no more, whatever is in it."""


def _is_section(act: str, place: str) -> bool:
    """True for what a button does with a section: it is saved first."""
    elsewhere = act in _ELSEWHERE or act.partition(":")[0] in light_team.ACTS
    return not elsewhere and place not in ("", REVIEW, OWN, *ASIDE.values())


def _said(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _door(slug: str) -> str:
    """What the token of a start page is signed for."""
    return f"light/{slug}"


def _sent_fields(form: FormData) -> tuple[tuple[str, str], ...]:
    """All that was sent but for files, which only the person can choose again."""
    sent = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))
    return sent if _said(form, "act") else ()


def _place_in(request: Request, form: FormData) -> tuple[str, str]:
    """(code, section) that were sent; the address has them for a form that could not be read."""
    code, place = (_said(form, name) or request.query_params.get(name, "") for name in ("r", "s"))
    return code, place


def _saved_words(opened: OpenResponse, words: Words) -> str:
    """When it was saved, in the stated zone; the day alone where no more is kept."""
    rules, moment = policies_of(opened.consultation), opened.response.updated_at
    shown = words.date(moment.date()) if rules.anonymous else words.moment(moment, rules.clock)
    return words.translate("Saved at {moment}", moment=shown)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _instance(act: str, *acts: str) -> tuple[str, int] | None:
    """(repeat, number) that a button of one of these acts names: removed, shown, or with the number 0 added."""
    kind, _colon, rest = act.partition(":")
    number, _colon, key = rest.partition(":")
    return (key, _number(number)) if kind in acts and key else None


def _aside(act: str, here: _Address) -> _Address:
    """The page beside the questionnaire that a button leads to, which leads back here; else here."""
    return replace(here, place=ASIDE[act], marks={"from": here.place}) if act in ASIDE else here


def _only(**marks: str) -> dict[str, str]:
    return {name: value for name, value in marks.items() if value}


def _at(key: str) -> dict[str, str]:
    """The mark of an address that shows the instance in which a question is."""
    return _only(at=asking.prefix(key).rstrip("/"))


def _other(opened: OpenResponse, clash: Clash, error: AnsweredElsewhere, words: Words) -> light_view.Other:
    """Both answers to a question, from which its reader chooses."""
    by = asking.elsewhere_words(error, clash.question, words, policies_of(opened.consultation).clock)
    stored, entered = (_answer(opened, clash, answer, words) for answer in (clash.stored, clash.entered))
    return light_view.Other(by=by, words=stored, here=entered, mark=mark(clash.stored))


def _lost(opened: OpenResponse, clash: Clash, words: Words) -> tuple[str, Told]:
    """(question, what was entered) that cannot be shown at its place."""
    question = opened.state.questionnaire.question(name_of(clash.question))
    return opened.state.words(question.label) or question.name, _answer(opened, clash, clash.entered, words)


def _answer(opened: OpenResponse, clash: Clash, answer: Answer | None, words: Words) -> Told:
    if answer is None:
        return Told(text=words.translate("No answer"))
    question = opened.state.questionnaire.question(name_of(clash.question))
    return answer_words(question, clash.question, answer, opened.state, opened.files)


def _section(opened: OpenResponse, place: str) -> Group | None:
    return next((each for each in opened.state.questionnaire.sections() if each.name == place), None)


def _stays(act: str) -> bool:
    """True when the page after a section was saved is the same one, whatever was entered."""
    return act in ("stay", "keep", "language", "read", "mail") or act.startswith("drop:")


def _next(kept: OpenResponse, act: str, place: str, before: Mapping[str, tuple[str, ...]], at: _Address) -> _Address:
    """The page after a section was saved."""
    here = replace(at, place=place)
    at = replace(at, marks={})
    section, instance = _section(kept, place), here.marks.get("at", "")
    if section is None:  # it is gone in the version to which the draft was moved
        return at
    state = kept.state
    if act in ASIDE:
        return _aside(act, replace(at, place=place))
    if wanted := _instance(act, "add", "remove", "show"):
        repeat, number = wanted
        number = min(number or MAX_INSTANCES, len(state.instances(repeat)) if state.is_known(repeat) else 0)
        there = f"{repeat}[{number}]" if number else repeat
        return replace(here, marks=_only(at=there if number else ""), anchor=f"g-{there}")
    if _stays(act):
        return here
    names = [each.name for each in asking.shown_sections(state)]
    number = names.index(place) if place in names else 0
    if act == "back":
        return replace(at, place=names[max(number - 1, 0)])
    if kept.declined:
        return here
    answers = state.answers
    asked = light_view.asked_now(state, section, instance)
    fresh = [key for key, codes in asked.items() if key not in before or (codes != before[key] and key not in answers)]
    if fresh:
        return replace(here, marks={**here.marks, "more": "1"}, anchor=f"q-{fresh[0]}")
    wrong = [key for key, _issue in state.section_issues(place)]
    parts = light_view.parts_of(state, section, instance)
    if any(light_view.is_shown(key, parts) for key in wrong):
        return replace(here, marks={**here.marks, "check": "1"})
    if later := light_view.later_instances(state, section, instance):
        return replace(here, marks={"at": later}, anchor=f"g-{later}")
    if wrong:
        return replace(here, marks={"check": "1", **_at(wrong[0])})
    return replace(at, place=names[number + 1] if number + 1 < len(names) else REVIEW)


def _in_language(opened: OpenResponse, wanted: str) -> OpenResponse:
    """The response in the wanted language of its questionnaire."""
    tags = {language.tag for language in opened.state.questionnaire.languages}
    if wanted in tags:
        opened.state.language = wanted
    return opened


def _note(opened: OpenResponse) -> tuple[str, ...] | None:
    """Questions to look at again after the questionnaire was changed; None when there is nothing to tell."""
    if not opened.response.moved_from:
        return None
    state = opened.state
    return tuple(state.words(state.questionnaire.question(name).label) or name for name in opened.attention)


def _offered(wanted: str, questionnaire: Questionnaire, otherwise: str) -> str:
    tags = tuple(language.tag for language in questionnaire.languages)
    for tag in (wanted, otherwise):
        if tag and (found := nearest(tag, tags, fallback="")) in tags:
            return found
    return nearest("en", tags)


def _languages(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    return [(language.tag, language.name) for language in questionnaire.languages]


def _words(tag: str) -> Words:
    """The application's words for a language of the questionnaire."""
    return Words(nearest(tag, tuple(LANGUAGES)))


def _markdown(text: str) -> Markup:
    """A note as its author set it."""
    return Markup(markup.html_of(text))


_PLAIN = re.compile(r"[\w.-]+", re.ASCII)


def _quoted(value: str) -> str | Markup:
    """The value of an attribute; without quotation marks where HTML needs none, of which long lists have many."""
    return value if _PLAIN.fullmatch(value) else Markup('"') + escape(value) + Markup('"')


class _Kept:
    """Questions as they were drawn: the same choice among the same options gives the same text.

    Kept are those that are answered by a choice; nobody's own words are remembered.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._drawn: dict[tuple[object, ...], Markup] = {}

    def __call__(self, draw: Callable[..., Markup], field: light_view.Field, *around: object) -> Markup:
        """What `draw(field, ...)` gives; `around` is all else that it depends on."""
        if field.control not in _CHOSEN or field.other is not None:
            return draw(field)
        key = (field, *around)
        if (drawn := self._drawn.get(key)) is None:
            if len(self._drawn) >= self._most:
                self._drawn.clear()
            drawn = self._drawn[key] = draw(field)
        return drawn


_CHOSEN = frozenset({"radio", "boxes", "rank", "menu", "several", "tick", "note"})
_TEMPLATES = Environment(
    autoescape=True, loader=FileSystemLoader(Path(__file__).parent / "light"), trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.filters["markdown"] = _markdown
_TEMPLATES.filters["quoted"] = _quoted
_TEMPLATES.globals["kept"] = _Kept(4_000)
_STYLE = Markup((look.ASSETS / "light.css").read_text(encoding="utf-8"))
_SHEET = f"/{look.address('light.css')}"


_SCRIPT = f"/{look.address('light.js')}"


def _html(template: str, words: Words, tag: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page; `tag` is the language of what it shows, whose direction it has."""
    page = _TEMPLATES.get_template(f"{template}.html").render(
        _=words.translate,
        words=words,
        tag=tag,
        direction=direction(tag),
        style=_STYLE,
        script=_SCRIPT,
        sheet=_SHEET,
        **values,
    )
    return HTMLResponse(
        page,
        status_code=status,
        headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
    )
