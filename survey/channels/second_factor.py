"""The second factor as plain pages: the code at sign-in, the set-up with a QR code, recovery codes."""

import html

import segno
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from data.errors import NotAllowed, SoundingsError
from data.people_records import Awaits, PersonRecord
from survey import people, second_factor, sessions
from survey.access import ActorKind
from survey.channels.account import HOME, form, form_of, private, set_session, signed_in, terms_of, token_of
from survey.channels.requests import Site, actor_of, error_page, now, page, require_same_site, words_of
from survey.second_factor import SetUp
from survey.translator import Words


def routes(site: Site) -> list[Route]:
    """/account/code, /account/second-factor, /account/second-factor/codes, /account/second-factor/remove."""

    async def ask(request: Request) -> Response:
        words = words_of(request)
        if not await _awaits(request, site, Awaits.CODE):
            return RedirectResponse(f"/?lang={words.language}", status_code=303)
        return private(_code_page(request, site, words))

    async def give(request: Request) -> Response:
        fields, words = await form_of(request, "code")
        try:
            require_same_site(request)
            token = await run_in_threadpool(
                people.give_code, site.store(), token_of(request, site), fields["code"], **terms_of(site)
            )
        except SoundingsError as error:
            back_to = "/account/code" if error.code == "second_factor.wrong" else "/"
            return error_page(error, words, back_to=f"{back_to}?lang={words.language}")
        return await signed_in(site, token, words)

    async def show(request: Request) -> Response:
        words = words_of(request)
        try:
            person = await run_in_threadpool(_who, request, site)
            shown = await run_in_threadpool(second_factor.begin, site.store(), person=person, now=now())
        except SoundingsError as error:
            return error_page(error, words)
        return private(_set_up_page(request, site, words, shown))

    async def confirm(request: Request) -> Response:
        fields, words = await form_of(request, "code")
        token, answer = token_of(request, site), ""
        try:
            require_same_site(request)
            if await _awaits(request, site, Awaits.SET_UP):
                answer, codes = await run_in_threadpool(
                    people.set_up_at_sign_in, site.store(), token, fields["code"], **terms_of(site)
                )
            else:
                person = await run_in_threadpool(_who, request, site)
                codes = await run_in_threadpool(
                    second_factor.confirm, site.store(), fields["code"], person=person, keep=token, now=now()
                )
        except SoundingsError as error:
            return error_page(error, words, back_to=f"/account/second-factor?lang={words.language}")
        shown = _codes_page(words, codes)
        if answer:
            set_session(shown, site, answer)
        return private(shown)

    async def codes(request: Request) -> Response:
        fields, words = await form_of(request, "code")
        try:
            require_same_site(request)
            fresh = await run_in_threadpool(
                second_factor.new_recovery_codes,
                site.store(),
                fields["code"],
                actor=await run_in_threadpool(actor_of, request, site),
                now=now(),
            )
        except SoundingsError as error:
            return error_page(error, words, back_to=HOME)
        return private(_codes_page(words, fresh))

    async def remove(request: Request) -> Response:
        fields, words = await form_of(request, "code")
        try:
            require_same_site(request)
            await run_in_threadpool(
                second_factor.remove,
                site.store(),
                fields["code"],
                required=site.settings.require_second_factor,
                actor=await run_in_threadpool(actor_of, request, site),
                token=token_of(request, site),
                now=now(),
            )
        except SoundingsError as error:
            return error_page(error, words, back_to=HOME)
        return RedirectResponse(f"{HOME}?lang={words.language}&done=removed", status_code=303)

    return [
        Route("/account/code", ask, methods=["GET"]),
        Route("/account/code", give, methods=["POST"]),
        Route("/account/second-factor", show, methods=["GET"]),
        Route("/account/second-factor", confirm, methods=["POST"]),
        Route("/account/second-factor/codes", codes, methods=["POST"]),
        Route("/account/second-factor/remove", remove, methods=["POST"]),
    ]


async def _awaits(request: Request, site: Site, what: Awaits) -> bool:
    found = await run_in_threadpool(sessions.awaiting, site.store(), token_of(request, site), now=now())
    return found is not None and found[0] is what


def _who(request: Request, site: Site) -> PersonRecord:
    """Whoever may set a second factor up: signed in, or at the step of the sign-in that asks for it."""
    found = sessions.awaiting(site.store(), token_of(request, site), now=now())
    if found is not None and found[0] is Awaits.SET_UP:
        return found[1]
    actor = actor_of(request, site)
    if actor.kind is not ActorKind.PERSON:
        raise NotAllowed("access.sign_in")
    return people.own_record(site.store(), actor=actor)


def code_field(words: Words, label: str) -> str:
    """A field for a code, with its label."""
    return (
        f'<label for="code">{html.escape(label)}</label>'
        '<input id="code" name="code" required autocomplete="one-time-code" autocapitalize="characters" '
        'spellcheck="false" dir="ltr" maxlength="40">'
    )


def _code_page(request: Request, site: Site, words: Words) -> Response:
    _ = words.translate
    text = _("Type the six digits that your authenticator app shows now, or one of your recovery codes.")
    body = form(request, site, words, "/account/code", code_field(words, _("Code")), _("Sign in"))
    return page(words, _("One more step"), text, body=body)


def _set_up_page(request: Request, site: Site, words: Words, shown: SetUp) -> Response:
    _ = words.translate
    picture = segno.make(shown.uri, error="m", micro=False).svg_data_uri(scale=5, border=4, light="white")
    secret = " ".join(shown.secret[at : at + 4] for at in range(0, len(shown.secret), 4))
    body = (
        f'<p><img src="{html.escape(picture)}" width="230" height="230" alt="{html.escape(_("QR code"))}"></p>'
        f"<p>{html.escape(_('Without a camera, type this secret into the app:'))}<br>"
        f'<code dir="ltr">{secret}</code></p>'
        + form(
            request,
            site,
            words,
            "/account/second-factor",
            code_field(words, _("The six digits that the app shows")),
            _("Confirm"),
        )
    )
    text = _("Open an authenticator app on your telephone, add an account, and point the camera at this picture.")
    return page(words, _("Set up the second factor"), text, body=body)


def _codes_page(words: Words, codes: tuple[str, ...]) -> Response:
    _ = words.translate
    listed = "".join(f'<li><code dir="ltr">{code}</code></li>' for code in codes)
    go_on = html.escape(_("I have kept them: go on"))
    body = f'<ul>{listed}</ul><p><a href="{HOME}?lang={words.language}">{go_on}</a></p>'
    text = _(
        "These are your recovery codes, shown this once. Each opens your account one time in the place of the app. "
        "Print them or write them down, and keep them apart from your telephone."
    )
    return page(words, _("Recovery codes"), text, body=body)
