"""The identity provider: OpenID Connect with the authorization code flow and PKCE. What it says of a person, checked.

No page and no store here: `survey.provider_accounts` decides whose account it is.
"""

import hmac
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6749.errors import OAuth2Error
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from data.errors import NotAllowed, Unavailable
from data.settings import LOOPBACK, Settings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""With public keys only: neither unsigned tokens nor those signed with a shared secret are taken."""
LEEWAY_SECONDS = 60
KEPT_SECONDS = 3600
"""Addresses and keys of the provider are asked for again after an hour."""
_TIMEOUT_SECONDS = 10
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the provider vouches for: an unchanging subject, and what else it says."""

    issuer: str
    subject: str
    said: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A claim as text, "" when it is not one that can be shown."""
        value = self.said.get(name)
        return value.strip() if isinstance(value, str) and value.isprintable() else ""


@dataclass(slots=True)
class _Known:
    """What was asked of the provider lately."""

    metadata: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)
    until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Provider:
    """The one provider that the settings name; threads share it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._issuer = settings.oidc_issuer
        self._levels = settings.oidc_acr.split()
        self._ways = frozenset(settings.oidc_amr.split())
        self._known = _Known()

    @property
    def name(self) -> str:
        """What the button calls it."""
        return self._settings.oidc_name or urlsplit(self._issuer).hostname or self._issuer

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent. Raises Unavailable("oidc.unreachable") when the provider does not answer.

        Where the settings ask for strength, the provider asks the person anew: a session that was begun weaker there
        would come back as weak each time.
        """
        asked = {"acr_values": " ".join(self._levels)} if self._levels else {}
        if self._levels or self._ways:
            asked["prompt"] = "login"
        url, _state = self._session().create_authorization_url(
            self._metadata()["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier, **asked
        )
        return str(url)

    def claims(self, code: str, *, nonce: str, verifier: str) -> Claims:
        """What the provider says of the person who brought this code.

        Raises NotAllowed("oidc.refused") for a code that it does not take, ("oidc.invalid", reason=) for an answer
        that is not signed by it, not for us, not for this visit, or over; ("oidc.too_weak", claim=) for a sign-in that
        was not as strong as the settings ask; Unavailable("oidc.unreachable").
        """
        try:
            token = self._session().fetch_token(
                self._metadata()["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                allow_redirects=False,
                timeout=_TIMEOUT_SECONDS,
            )
        except (OAuthError, OAuth2Error):
            raise NotAllowed("oidc.refused") from None
        except (requests.RequestException, ValueError):
            raise Unavailable("oidc.unreachable", name=self.name) from None
        said = self._checked(str(token.get("id_token") or ""), nonce)
        claim = self._settings.oidc_login_claim
        if claim not in said and (endpoint := self._metadata().get("userinfo_endpoint")):
            more = self._get(str(endpoint), bearer=str(token.get("access_token") or ""))
            if more.get("sub") != said["sub"]:
                raise NotAllowed("oidc.invalid", reason="sub")
            said = {**more, **said}
        return Claims(issuer=self._issuer, subject=said["sub"], said=said)

    def _checked(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token (OpenID Connect Core 1.0, section 3.1.3.7)."""
        rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            sub={"essential": True},
            aud={"essential": True, "value": self._settings.oidc_client_id},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            said = dict(self._decoded(id_token).claims)
            rules.validate(said)
        except JoseError as error:
            raise NotAllowed("oidc.invalid", reason=str(getattr(error, "claim", "") or error.error)) from None
        except (ValueError, TypeError, KeyError):
            raise NotAllowed("oidc.invalid", reason="id_token") from None
        audience = said["aud"]
        party = said.get("azp")
        others = isinstance(audience, list) and audience != [self._settings.oidc_client_id]
        if (others or party is not None) and party != self._settings.oidc_client_id:
            raise NotAllowed("oidc.invalid", reason="azp")
        if not hmac.compare_digest(str(said.get("nonce") or "").encode(), nonce.encode()):
            raise NotAllowed("oidc.invalid", reason="nonce")
        if not said["sub"] or len(said["sub"]) > 255 or not said["sub"].isprintable():
            raise NotAllowed("oidc.invalid", reason="sub")
        self._require_strength(said)
        return said

    def _require_strength(self, said: Mapping[str, Any]) -> None:
        """Returns when the token itself says that somebody signed in as strongly as the settings ask."""
        level, ways = said.get("acr"), said.get("amr")
        if self._levels and (not isinstance(level, str) or level not in self._levels):
            raise NotAllowed("oidc.too_weak", claim="acr")
        named = {each for each in ways if isinstance(each, str)} if isinstance(ways, list) else set()
        if not self._ways <= named:
            raise NotAllowed("oidc.too_weak", claim="amr")

    def _decoded(self, id_token: str) -> jwt.Token:
        try:
            return jwt.decode(id_token, self._keys(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # A provider changes its keys; a token with one of the new ones is no fault.
            return jwt.decode(id_token, self._keys(anew=True), algorithms=ALGORITHMS)

    def _session(self) -> OAuth2Session:
        offered = self._metadata().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        methods = ("client_secret_basic", "client_secret_post") if self._settings.oidc_client_secret else ("none",)
        return OAuth2Session(
            self._settings.oidc_client_id,
            self._settings.oidc_client_secret or None,
            scope=self._settings.oidc_scopes,
            redirect_uri=f"{self._settings.base_url}/account/oidc/back",
            token_endpoint_auth_method=next((each for each in methods if each in offered), methods[0]),
            code_challenge_method="S256",
        )

    def _metadata(self) -> dict[str, Any]:
        with self._known.lock:
            if self._known.until < time.monotonic():
                found = self._get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self._issuer:
                    raise Unavailable("oidc.unreachable", name=self.name)
                for needed in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    self._require_safe(str(found.get(needed) or ""))
                self._known.metadata, self._known.keys = found, {}
                self._known.until = time.monotonic() + KEPT_SECONDS
            return self._known.metadata

    def _keys(self, *, anew: bool = False) -> KeySet:
        address = str(self._metadata()["jwks_uri"])
        with self._known.lock:
            if anew or not self._known.keys:
                self._known.keys = self._get(address)
            return KeySet.import_key_set(self._known.keys)  # type: ignore[arg-type]

    def _get(self, url: str, *, bearer: str = "") -> dict[str, Any]:
        self._require_safe(url)
        headers = {"Accept": "application/json"}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        try:
            with requests.get(
                url, headers=headers, timeout=_TIMEOUT_SECONDS, allow_redirects=False, stream=True
            ) as answer:
                if answer.status_code != 200:
                    raise Unavailable("oidc.unreachable", name=self.name)
                found = json.loads(answer.raw.read(_MOST_BYTES, decode_content=True))
        except (requests.RequestException, OSError, ValueError):
            raise Unavailable("oidc.unreachable", name=self.name) from None
        if not isinstance(found, dict):
            raise Unavailable("oidc.unreachable", name=self.name)
        return found

    def _require_safe(self, url: str) -> None:
        """The provider may name further hosts, but only over TLS; on this machine, plain."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise Unavailable("oidc.unreachable", name=self.name)


@lru_cache(maxsize=4)
def provider(settings: Settings) -> Provider | None:
    """The provider that the settings name; None for none."""
    return Provider(settings) if settings.oidc_issuer else None
