"""Sign in, sign out, one-time links and passwords: plain forms that set an HttpOnly cookie, which a Streamlit script
cannot."""

import html
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from data.errors import NotAllowed, SoundingsError
from data.people_records import Awaits
from survey import passwords, people, sessions
from survey.access import Action, somewhere
from survey.channels.requests import (
    Site,
    actor_of,
    address_of,
    error_page,
    form_field,
    now,
    page,
    require_same_site,
    words_of,
)
from survey.translator import Words

HOME = "/my-account"
"""The page of one's own account."""
_NEXT = {Awaits.CODE: "/account/code", Awaits.SET_UP: "/account/second-factor"}


def routes(site: Site) -> list[Route]:
    """/account/sign-in, /account/sign-out, /account/demo, /account/link, /account/password."""

    async def sign_in(request: Request) -> Response:
        fields, words = await form_of(request, "login", "password")
        try:
            require_same_site(request)
            require_passwords(site)
            token = await run_in_threadpool(
                people.sign_in,
                site.store(),
                login=fields["login"][:300],
                password=fields["password"],
                **origin_of(request, site),
                **terms_of(site),
                factor_required=site.settings.require_second_factor,
            )
        except SoundingsError as error:
            return error_page(error, words)
        return await signed_in(site, token, words)

    async def demo(request: Request) -> Response:
        fields, words = await form_of(request, "login")
        try:
            require_same_site(request)
            token = await run_in_threadpool(
                people.sign_in_demo,
                site.store(),
                fields["login"],
                demo=site.settings.demo,
                now=now(),
                hours=site.settings.session_hours,
                device=device_of(request),
            )
        except SoundingsError as error:
            return error_page(error, words)
        return await signed_in(site, token, words)

    async def sign_out(request: Request) -> Response:
        try:
            require_same_site(request)
            if token := token_of(request, site):
                await run_in_threadpool(people.sign_out, site.store(), token, now=now())
        except SoundingsError as error:
            return error_page(error, words_of(request))
        answer = RedirectResponse("/", status_code=303)
        answer.delete_cookie(
            site.settings.session_cookie, path="/", secure=site.settings.is_secure, httponly=True, samesite="lax"
        )
        return answer

    async def link_form(request: Request) -> Response:
        words = words_of(request)
        token = request.query_params.get("t", "")
        try:
            found = await run_in_threadpool(people.link, site.store(), token, now=now())
        except SoundingsError as error:
            return error_page(error, words)
        return private(_link_page(request, site, words, token, found.login, found.name))

    async def accept(request: Request) -> Response:
        fields, words = await form_of(request, "t", "login", "name", "password")
        try:
            require_same_site(request)
            require_passwords(site)
            made = await run_in_threadpool(
                people.accept_link,
                site.store(),
                fields["t"],
                login=fields["login"],
                name=fields["name"],
                password=fields["password"],
                now=now(),
                address=_counted_address(request, site),
                minimum=site.settings.password_minimum,
            )
            token = await run_in_threadpool(
                people.sign_in,
                site.store(),
                login=made.login,
                password=fields["password"],
                **origin_of(request, site),
                **terms_of(site),
                factor_required=site.settings.require_second_factor,
            )
        except SoundingsError as error:
            return error_page(error, words)
        return await signed_in(site, token, words)

    async def password(request: Request) -> Response:
        fields, words = await form_of(request, "old", "password")
        try:
            require_same_site(request)
            await run_in_threadpool(
                people.change_password,
                site.store(),
                old=fields["old"],
                new=fields["password"],
                actor=await run_in_threadpool(actor_of, request, site),
                token=token_of(request, site),
                now=now(),
                minimum=site.settings.password_minimum,
            )
        except SoundingsError as error:
            return error_page(error, words, back_to=HOME)
        return RedirectResponse(f"{HOME}?lang={words.language}&done=password", status_code=303)

    return [
        Route("/account/sign-in", sign_in, methods=["POST"]),
        Route("/account/demo", demo, methods=["POST"]),
        Route("/account/sign-out", sign_out, methods=["POST"]),
        Route("/account/link", link_form, methods=["GET"]),
        Route("/account/link", accept, methods=["POST"]),
        Route("/account/password", password, methods=["POST"]),
    ]


async def form_of(request: Request, *names: str) -> tuple[dict[str, str], Words]:
    """The named fields of a form, "" for what is missing, and the words in the language that it names."""
    form = await request.form(max_files=0, max_fields=10)
    # No database keeps the sign of number zero.
    fields = {name: str(form.get(name, "")).replace("\0", "")[: passwords.LONGEST + 1] for name in names}
    return fields, words_of(request, str(form.get("lang", "")))


def token_of(request: Request, site: Site) -> str:
    """The session token that the browser sends, "" for none."""
    return request.cookies.get(site.settings.session_cookie, "")


def device_of(request: Request) -> str:
    """What the browser says about itself."""
    return request.headers.get("user-agent", "")[:300]


def origin_of(request: Request, site: Site) -> dict[str, Any]:
    """Where an attempt to sign in comes from."""
    return {"address": _counted_address(request, site), "device": device_of(request)}


def terms_of(site: Site) -> dict[str, Any]:
    """When it is now, and how long sessions last."""
    settings = site.settings
    return {"now": now(), "hours": settings.session_hours, "idle_minutes": settings.session_idle_minutes}


def _counted_address(request: Request, site: Site) -> str:
    # Without limits by address all readers may look like one (docs/administrators.md).
    return address_of(request) if site.settings.rate_limits else ""


def require_passwords(site: Site) -> None:
    """Raises NotAllowed("sign_in.provider_only") where passwords open nothing."""
    if not site.settings.password_sign_in:
        raise NotAllowed("sign_in.provider_only")


async def signed_in(site: Site, token: str, words: Words) -> Response:
    """Gives the browser its session, and leads on to what that still awaits, or to the first page of staff."""
    found = await run_in_threadpool(sessions.awaiting, site.store(), token, now=now())
    where = await run_in_threadpool(_first_page, site, token) if found is None else _NEXT[found[0]]
    answer = RedirectResponse(f"{where}?lang={words.language}", status_code=303)
    set_session(answer, site, token)
    return answer


def _first_page(site: Site, token: str) -> str:
    actor = sessions.actor_of(site.store(), token, now=now())
    return "/overview" if actor is not None and somewhere(actor, Action.READ_PROTECTED_FIGURES) else "/"


def set_session(answer: Response, site: Site, token: str) -> None:
    """The browser keeps the token where scripts cannot read it, other sites cannot send it, and over TLS only."""
    answer.set_cookie(
        site.settings.session_cookie,
        token,
        max_age=site.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=site.settings.is_secure,
        path="/",
    )


def private(answer: Response) -> Response:
    """The same answer, which no cache keeps."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def form(
    request: Request,
    site: Site,
    words: Words,
    action: str,
    inner: str,
    button: str,
    hidden: Mapping[str, str] | None = None,
) -> str:
    """A form of ours as HTML; `inner` is trusted, the rest is not."""
    kept = form_field(request, site) + "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in {"lang": words.language, **(hidden or {})}.items()
    )
    return f'<form method="post" action="{action}">{kept}{inner}<button>{html.escape(button)}</button></form>'


def _link_page(request: Request, site: Site, words: Words, token: str, login: str, name: str) -> Response:
    _, minimum = words.translate, site.settings.password_minimum
    fixed = " readonly" if login else ""
    inner = (
        f'<label for="login">{html.escape(_("Sign-in name"))}</label>'
        f'<input id="login" name="login" value="{html.escape(login)}"{fixed} required autocomplete="username" '
        'maxlength="200">'
        f'<label for="name">{html.escape(_("Your name"))}</label>'
        f'<input id="name" name="name" value="{html.escape(name)}" autocomplete="name" maxlength="200">'
        f'<label for="password">{html.escape(_("New password"))}</label>'
        f'<input id="password" name="password" type="password" required minlength="{minimum}" '
        f'autocomplete="new-password" maxlength="{passwords.LONGEST}">'
    )
    body = form(request, site, words, "/account/link", inner, _("Create the account"), {"t": token})
    text = _("Choose a password of at least {minimum} characters.", minimum=minimum)
    return page(words, _("Create your account"), text, body=body)
