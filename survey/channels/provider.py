"""Sign-in by an identity provider: there and back. A link, not a form: a form may lead to our own site only."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from data.errors import NotAllowed, NotFound, SoundingsError
from data.settings import Settings
from survey import provider_accounts
from survey.channels.account import device_of, private, signed_in, terms_of
from survey.channels.requests import Site, address_of, error_page, now, words_of
from survey.guard import Guard
from survey.identity_provider import Provider, provider


def routes(site: Site, guard: Guard) -> list[Route]:
    """/account/oidc/start, /account/oidc/back."""
    allowed = provider_accounts.allow_list(site.settings.oidc_accounts)
    visit_cookie, language_cookie = _cookies(site.settings)

    async def start(request: Request) -> Response:
        words = words_of(request)
        try:
            guard.require_calm(address_of(request), "provider")
            address, browser = await run_in_threadpool(
                provider_accounts.begin, site.store(), _provider(site), now=now()
            )
        except SoundingsError as error:
            return error_page(error, words)
        answer = RedirectResponse(address, status_code=303)
        for name, value in ((visit_cookie, browser), (language_cookie, words.language)):
            answer.set_cookie(
                name,
                value,
                max_age=provider_accounts.VISIT_MINUTES * 60,
                httponly=True,
                samesite="lax",
                secure=site.settings.is_secure,
                path="/",
            )
        return private(answer)

    async def back(request: Request) -> Response:
        words = words_of(request, request.cookies.get(language_cookie, ""))
        asked = request.query_params
        try:
            if asked.get("error") == "unmet_authentication_requirements":
                raise NotAllowed("oidc.too_weak", claim="acr")
            if asked.get("error"):
                raise NotAllowed("oidc.refused")
            # Providers that say who they are here must be the one that was asked (RFC 9207).
            if asked.get("iss", site.settings.oidc_issuer) != site.settings.oidc_issuer:
                raise NotAllowed("oidc.invalid", reason="iss")
            token = await run_in_threadpool(
                provider_accounts.come_back,
                site.store(),
                _provider(site),
                browser=request.cookies.get(visit_cookie, ""),
                state=asked.get("state", ""),
                code=asked.get("code", ""),
                login_claim=site.settings.oidc_login_claim,
                allowed=allowed,
                device=device_of(request),
                **terms_of(site),
            )
        except SoundingsError as error:
            answer = error_page(error, words)
        else:
            answer = await signed_in(site, token, words)
        for name in (visit_cookie, language_cookie):
            answer.delete_cookie(name, path="/", secure=site.settings.is_secure, httponly=True, samesite="lax")
        return private(answer)

    return [
        Route("/account/oidc/start", start, methods=["GET"]),
        Route("/account/oidc/back", back, methods=["GET"]),
    ]


def _provider(site: Site) -> Provider:
    found = provider(site.settings)
    if found is None:
        raise NotFound("oidc.none")
    return found


def _cookies(settings: Settings) -> tuple[str, str]:
    return settings.cookie("soundings_provider"), settings.cookie("soundings_language")
