"""The light form: the questionnaire as plain HTML, one section a page, for old phones, weak connections, screen
readers and text browsers. No script is needed; a small one keeps unsent text and asks for skip logic at once.

Every page is drawn from the store alone, every act answers with the address of the next page, so that a reload or a
second click does no harm. A response begun here goes on in the Streamlit page and the other way round.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from data.errors import InvalidInput, NotFound, SoundingsError, Unavailable
from data.group_commit import Turn
from survey import own_data, responses
from survey.channels import light_team
from survey.channels.bodies import read_form, require_size
from survey.channels.light_acts import AFTERWARDS, Acts
from survey.channels.light_address import ASIDE, OWN, REVIEW, Address, aside, only, place_in, said
from survey.channels.light_html import in_language
from survey.channels.light_pages import Pages, problem
from survey.channels.light_saving import Sections, both_answered
from survey.channels.light_start import Start
from survey.channels.requests import Site, address_of, now, require_same_site, status_of, words_of
from survey.guard import Guard
from survey.open_responses import TO_ERASE, OpenResponse
from survey.words import MESSAGES

THREADS = 32
"""How many requests are at work at once. One of them makes its page, the others wait for the disk: a second one at work
would take the interpreter away between two statements of the first, which holds the write lock meanwhile."""
MOST_FILES = 50
MOST_FIELDS = 4_000
MOST_TEXT_BYTES = 2_000_000
"""What a section without files may weigh."""
_ELSEWHERE = frozenset({"send", "erase", "erase-now", *AFTERWARDS})
"""Acts of the whole response."""
_NOTHING_TO_SAVE = frozenset({"open", "erase", "erase-now", *AFTERWARDS})


def routes(site: Site, guard: Guard) -> list[Route]:
    """/f/<slug>: GET draws the start, a section, the last look or the receipt; POST does what a button says."""
    form = _LightForm(site, guard)
    return [
        Route("/f/{slug}", form.show, methods=["GET"]),
        Route("/f/{slug}", form.act, methods=["POST"]),
    ]


class _LightForm:
    def __init__(self, site: Site, guard: Guard) -> None:
        self._site = site
        self._guard = guard
        self._pages = Pages(site)
        self._start = Start(site, guard)
        self._acts = Acts(site, self._pages)
        self._sections = Sections(site, guard, self._pages, self._acts)
        self._threads = CapacityLimiter(THREADS)
        self._turn = Turn()

    async def show(self, request: Request) -> Response:
        return await self._in_turn(self._shown, request)

    async def _in_turn(self, work: Callable[..., Response], *given: object) -> Response:
        def run() -> Response:
            with self._turn:
                return work(*given)

        return await to_thread.run_sync(run, limiter=self._threads)

    def _shown(self, request: Request) -> Response:
        slug, code = request.path_params["slug"], request.query_params.get("r", "")
        wanted = request.query_params.get("lang", "")
        try:
            self._guard.require_calm(address_of(request), "look")
            if not code:
                return self._start.welcomed(request, slug, wanted, request.query_params.get("i", ""))
            try:
                opened = self._reopened(request, slug, code, wanted)
            except NotFound as error:
                if error.code == "response.erased":
                    raise
                if error.code == "response.not_begun":
                    return self._start.welcomed(request, slug, wanted, code, error)
                if error.code in TO_ERASE:
                    left = own_data.opened_to_erase(self._site.store(), code, now=now())
                    if left.consultation.slug == slug:
                        unsure = bool(request.query_params.get("unsure"))
                        return self._pages.own(in_language(left, wanted), code, unsure=unsure, cause=error)
                return self._start.mistyped(request, slug, code, error, wanted)
            if request.query_params.get("s") == OWN:
                return self._pages.own(opened, code, unsure=bool(request.query_params.get("unsure")))
            if opened.submitted:
                return self._pages.receipt(opened, code, unsure=bool(request.query_params.get("unsure")))
            return self._pages.page(opened, code, request.query_params.get("s", ""), query=request.query_params)
        except SoundingsError as error:
            place = request.query_params.get("s", "")
            back = (code, place) if isinstance(error, Unavailable) else ("", "")
            if error.code == "response.erased":
                back = (code, "")
            asked = Address(slug=slug, code=code, place=place, marks=only(i=request.query_params.get("i", "")))
            return problem(error, slug, words_of(request, wanted), *back, asked=asked)

    def _reopened(self, request: Request, slug: str, code: str, wanted: str) -> OpenResponse:
        with self._guard.guessing(address_of(request), slug, code):
            opened = responses.reopen(self._site.store(), code, now=now(), language="")
        if opened.consultation.slug != slug:
            raise NotFound("response.unknown_code")
        return in_language(opened, wanted)

    async def act(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        quiet = request.headers.get("x-soundings") == "quiet"
        words = words_of(request)
        form = FormData()
        try:
            require_same_site(request)
            form = await self._read(request)
            words = words_of(request, said(form, "lang"))
            files = {
                name.removeprefix("f."): file
                for name, file in form.multi_items()
                if isinstance(file, UploadFile) and file.filename and name.startswith("f.")
            }
            return await self._in_turn(self._acted, request, slug, form, files)
        except (MultiPartException, HTTPException):
            return problem(InvalidInput("request.unreadable"), slug, words, *place_in(request, form))
        except SoundingsError as error:
            if quiet:
                message = words.error(error, MESSAGES)
                told = {"code": error.code, "message": message, **both_answered(error)}
                return JSONResponse(told, status_code=status_of(error))
            again = _sent_fields(form) if isinstance(error, Unavailable) else ()
            saves = said(form, "act") not in _NOTHING_TO_SAVE
            return problem(error, slug, words, *place_in(request, form), again=again, saves=saves)
        finally:
            await form.close()

    async def _read(self, request: Request) -> FormData:
        if request.headers.get("content-type", "").startswith("multipart/"):
            return await read_form(
                request,
                self._site.settings.upload_limit_mb,
                most_files=MOST_FILES,
                most_fields=MOST_FIELDS,
                most_text_bytes=MOST_TEXT_BYTES,
            )
        await require_size(request, MOST_TEXT_BYTES, self._site.settings.upload_limit_mb)
        return await request.form(max_fields=MOST_FIELDS)

    def _acted(self, request: Request, slug: str, form: FormData, files: Mapping[str, UploadFile]) -> Response:
        act, language = said(form, "act"), said(form, "lang")
        store = self._site.store()
        code = said(form, "r")
        if act == "begin":
            return self._start.begun(request, slug, form, language)
        if act == "open":
            return self._start.opened(request, slug, code, language)
        self._guard.require_calm(address_of(request), "save", code)
        if act == "read":
            with self._guard.guessing(address_of(request), slug, code):
                responses.dismiss_note(store, code, now=now())
        if _is_section(act, said(form, "s")):
            return self._sections.saved(request, slug, code, form, files)
        if act == "send":
            with self._guard.guessing(address_of(request), slug, code):
                entry = responses.entry(store, code, now=now())
                if not entry.begun:
                    raise NotFound("response.not_begun")
            if entry.slug != slug:
                raise NotFound("response.unknown_code")
            return self._acts.sent(entry, form, language)
        with self._guard.guessing(address_of(request), slug, code):
            open_it = own_data.opened_to_erase if act in ("erase", "erase-now") else responses.resume
            opened = in_language(open_it(store, code, now=now()), language)
        if opened.consultation.slug != slug:
            raise NotFound("response.unknown_code")
        at = Address(slug=slug, code=code, language=opened.state.language)
        if act in AFTERWARDS:
            if act == "withdraw" and not said(form, "sure"):
                return RedirectResponse(str(replace(at, marks={"unsure": "1"})), status_code=303)
            AFTERWARDS[act](store, code, now=now())
            return RedirectResponse(str(at), status_code=303)
        if act in ("erase", "erase-now"):
            return self._acts.erased(
                opened, code, act, at, sure=bool(said(form, "erase-sure")), asked=said(form, "reference")
            )
        here = replace(at, place=said(form, "s"))
        if here.place in ASIDE.values():
            here = replace(here, marks=only(**{"from": said(form, "from")}))
        if act.partition(":")[0] in light_team.ACTS:
            return self._acts.together(opened, code, form, here)
        if act == "mail":
            return self._acts.mailed(opened, code, here)
        return RedirectResponse(str(aside(act, here)), status_code=303)


def _is_section(act: str, place: str) -> bool:
    """True for what a button does with a section: it is saved first."""
    elsewhere = act in _ELSEWHERE or act.partition(":")[0] in light_team.ACTS
    return not elsewhere and place not in ("", REVIEW, OWN, *ASIDE.values())


def _sent_fields(form: FormData) -> tuple[tuple[str, str], ...]:
    """All that was sent but for files, which only the person can choose again."""
    sent = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))
    return sent if said(form, "act") else ()
