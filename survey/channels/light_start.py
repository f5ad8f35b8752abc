"""The start of the light form: what it is about, a new response, or the way back to one by its code."""

from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data.errors import NotFound, SoundingsError
from survey import asking, consultations, published_forms, responses
from survey.channels.light_address import Address, said
from survey.channels.light_html import html, languages_of, offered, words_for
from survey.channels.requests import Site, address_of, now, status_of, words_of
from survey.guard import TRAP, Guard
from survey.open_responses import TO_ERASE
from survey.policies import policies_of
from survey.words import MESSAGES


class Start:
    """The page on which a response begins, and what its buttons do."""

    def __init__(self, site: Site, guard: Guard) -> None:
        self._site = site
        self._guard = guard

    def welcomed(
        self, request: Request, slug: str, wanted: str, token: str, absent: SoundingsError | None = None
    ) -> Response:
        """The start, or what was begun by the personal link of an organisation already.

        absent  that nothing was, where a response was asked for
        """
        if not token:
            return self._start(request, slug, wanted)
        with self._guard.guessing(address_of(request), slug, token):
            invitation, begun = responses.invited(self._site.store(), slug, token)
        if begun:
            return RedirectResponse(str(Address(slug=slug, code=token, language=wanted)), status_code=303)
        return self._start(
            request,
            slug,
            wanted or invitation.language,
            absent=absent,
            status=200 if absent is None else status_of(absent),
            token=token,
            organisation=invitation.organisation,
        )

    def opened(self, request: Request, slug: str, typed: str, language: str) -> Response:
        """What a typed code leads to; a wrong one is told at its field, where it can be mended."""
        try:
            with self._guard.guessing(address_of(request), slug, typed):
                entry = responses.entry(self._site.store(), typed, now=now())
        except NotFound as error:
            if error.code in TO_ERASE:
                return RedirectResponse(str(Address(slug=slug, code=typed.strip(), language=language)), status_code=303)
            return self.mistyped(request, slug, typed, error, language)
        marks = {} if entry.begun else {"i": entry.code}
        address = Address(slug=entry.slug, code=entry.code if entry.begun else "", language=language, marks=marks)
        return RedirectResponse(str(address), status_code=303)

    def mistyped(self, request: Request, slug: str, typed: str, error: SoundingsError, language: str) -> Response:
        """The start, with what is wrong with a code at the field where it was typed."""
        return self._start(request, slug, language, typed=typed[:100], wrong=error, status=status_of(error))

    def _start(
        self,
        request: Request,
        slug: str,
        wanted: str,
        *,
        note: str = "",
        absent: SoundingsError | None = None,
        status: int = 200,
        token: str = "",
        organisation: str = "",
        typed: str = "",
        wrong: SoundingsError | None = None,
    ) -> Response:
        consultation = consultations.find(self._site.store(), slug)
        form = published_forms.newest_form(self._site.store(), consultation)
        tag = offered(wanted, form.questionnaire, words_of(request).language)
        words = words_for(tag)
        stands = consultations.standing(consultation, now())
        closed = ""
        if stands is not consultations.Standing.OPEN:
            known = "closed" if stands is consultations.Standing.CLOSED else "not_open_yet"
            closed = words.translate(MESSAGES[f"consultation.{known}"])
        return html(
            "start",
            words,
            tag,
            status=status,
            title=asking.title_of(consultation, words),
            fictional=consultation.fictional,
            languages=languages_of(form.questionnaire),
            lines=asking.until_when(consultation, now(), words),
            untranslated=asking.untranslated(form, tag, words),
            closed=closed,
            note=note if absent is None else words.error(absent, MESSAGES),
            typed=typed,
            mistyped="" if wrong is None else words.error(wrong, MESSAGES),
            token=self._guard.token(_door(slug)),
            invitation=token,
            organisation="" if policies_of(consultation).anonymous else organisation,
            at=Address(slug=slug, language=tag, marks={"i": token}),
            full=f"/respond?{urlencode({'c': slug, 'lang': tag, **({'i': token} if token else {})})}",
        )

    def begun(self, request: Request, slug: str, form: FormData, language: str) -> Response:
        """A new draft; who is not known to be human presses the button once more."""
        consultation = consultations.find(self._site.store(), slug)
        questionnaire = published_forms.newest_form(self._site.store(), consultation).questionnaire
        tag = offered(language, questionnaire, "")
        if not self._guard.is_human(said(form, "t"), said(form, TRAP), _door(slug)):
            words = words_for(tag)
            note = words.translate("Please press the button once more.")
            return self._start(request, slug, tag, note=note, status=400, token=said(form, "i"))
        self._guard.require_calm(address_of(request), "begin")
        with self._guard.guessing(address_of(request), slug, said(form, "i")):
            code = responses.begin(
                self._site.store(),
                slug,
                language=tag,
                channel="light",
                now=now(),
                draft_days=self._site.settings.draft_days,
                invitation_token=said(form, "i"),
            )
        self._guard.opened(address_of(request), code)
        address = Address(slug=slug, code=code, language=tag, marks={"new": "1"})
        return RedirectResponse(str(address), status_code=303)


def _door(slug: str) -> str:
    """What the token of a start page is signed for."""
    return f"light/{slug}"
