"""Sign in, sign out and one-time links: plain forms that set an HttpOnly cookie, which a Streamlit script cannot."""

import html

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from data.errors import SoundingsError
from survey import people
from survey.access import Action, somewhere
from survey.channels.requests import COOKIE, Site, error_page, now, page, require_same_site, words_of
from survey.translator import Words


def routes(site: Site) -> list[Route]:
    """/account/sign-in, /account/sign-out, /account/demo, /account/link."""

    async def sign_in(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=10)
        words = words_of(request, str(form.get("lang", "")))
        login, password = str(form.get("login", ""))[:300], str(form.get("password", ""))[:1000]
        try:
            require_same_site(request)
            token = await run_in_threadpool(
                people.sign_in,
                site.store(),
                login=login,
                password=password,
                now=now(),
                hours=site.settings.session_hours,
            )
        except SoundingsError as error:
            return error_page(error, words)
        return _signed_in(request, site, token, words)

    async def demo(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=10)
        words = words_of(request, str(form.get("lang", "")))
        try:
            require_same_site(request)
            token = await run_in_threadpool(
                people.sign_in_demo,
                site.store(),
                str(form.get("login", "")),
                demo=site.settings.demo,
                now=now(),
                hours=site.settings.session_hours,
            )
        except SoundingsError as error:
            return error_page(error, words)
        return _signed_in(request, site, token, words)

    async def sign_out(request: Request) -> Response:
        try:
            require_same_site(request)
            if token := request.cookies.get(COOKIE):
                await run_in_threadpool(people.sign_out, site.store(), token)
        except SoundingsError as error:
            return error_page(error, words_of(request))
        answer = RedirectResponse("/", status_code=303)
        answer.delete_cookie(COOKIE, path="/")
        return answer

    async def link_form(request: Request) -> Response:
        words = words_of(request)
        token = request.query_params.get("t", "")
        try:
            found = await run_in_threadpool(people.link, site.store(), token, now=now())
        except SoundingsError as error:
            return error_page(error, words)
        return _link_page(words, token, found.login, found.name)

    async def accept(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=10)
        words = words_of(request, str(form.get("lang", "")))
        fields = {name: str(form.get(name, ""))[:1000] for name in ("t", "login", "name", "password")}
        try:
            require_same_site(request)
            made = await run_in_threadpool(
                people.accept_link,
                site.store(),
                fields["t"],
                login=fields["login"],
                name=fields["name"],
                password=fields["password"],
                now=now(),
            )
            token = await run_in_threadpool(
                people.sign_in,
                site.store(),
                login=made.login,
                password=fields["password"],
                now=now(),
                hours=site.settings.session_hours,
            )
        except SoundingsError as error:
            return error_page(error, words)
        return _signed_in(request, site, token, words)

    return [
        Route("/account/sign-in", sign_in, methods=["POST"]),
        Route("/account/demo", demo, methods=["POST"]),
        Route("/account/sign-out", sign_out, methods=["POST"]),
        Route("/account/link", link_form, methods=["GET"]),
        Route("/account/link", accept, methods=["POST"]),
    ]


def _signed_in(request: Request, site: Site, token: str, words: Words) -> Response:
    actor = people.actor_of(site.store(), token, now=now())
    first = "monitor" if actor is not None and somewhere(actor, Action.READ_PROTECTED_FIGURES) else ""
    answer = RedirectResponse(f"/{first}?lang={words.language}", status_code=303)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=site.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=site.settings.base_url.startswith("https:"),
        path="/",
    )
    return answer


def _link_page(words: Words, token: str, login: str, name: str) -> Response:
    _ = words.translate
    fixed = " readonly" if login else ""
    body = (
        f'<form method="post" action="/account/link"><input type="hidden" name="t" value="{html.escape(token)}">'
        f'<input type="hidden" name="lang" value="{words.language}">'
        f'<label for="login">{html.escape(_("Sign-in name"))}</label>'
        f'<input id="login" name="login" value="{html.escape(login)}"{fixed} required autocomplete="username" '
        'maxlength="200">'
        f'<label for="name">{html.escape(_("Your name"))}</label>'
        f'<input id="name" name="name" value="{html.escape(name)}" autocomplete="name" maxlength="200">'
        f'<label for="password">{html.escape(_("New password"))}</label>'
        f'<input id="password" name="password" type="password" required minlength="{people.PASSWORD_LENGTH[0]}" '
        'autocomplete="new-password" maxlength="200">'
        f"<button>{html.escape(_('Create the account'))}</button></form>"
    )
    text = _("Choose a password of at least {minimum} characters.", minimum=people.PASSWORD_LENGTH[0])
    return page(words, _("Create your account"), text, body=body)
