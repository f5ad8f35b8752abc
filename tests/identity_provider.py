"""A small OpenID Connect provider as a process of its own, on this machine only: discovery, keys, sign-in, tokens.

It checks what a provider must: client and secret, the registered address, PKCE (S256), each code once. A test tells it
who signs in next and what it shall do wrong.

python -m tests.identity_provider PORT REDIRECT_URI    serves until stopped
"""

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.ports import free_port
from tests.server.process import ROOT

CLIENT, SECRET = "soundings", "a secret of the client: %+&"
WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "issuer": {"iss": "https://elsewhere.example"},
    "audience": {"aud": "somebody-else"},
    "audiences": {"aud": [CLIENT, "somebody-else"]},
    "party": {"azp": "somebody-else"},
    "expired": {"exp": 1_000_000_000},
    "no expiry": {"exp": None},
    "from the future": {"iat": 4_000_000_000},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
}


class Provider(ThreadingHTTPServer):
    """What the provider remembers."""

    daemon_threads = True

    def __init__(self, port: int, redirect_uri: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.issuer = f"http://127.0.0.1:{port}"
        self.redirect_uri = redirect_uri
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.stranger = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.codes: dict[str, dict[str, str]] = {}
        self.person: dict[str, Any] = {}
        self.fault = ""
        self.user_info: dict[str, Any] = {}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Provider

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """Discovery, keys, sign-in, what else is known of a person."""
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self._json(200, self._metadata())
        elif parts.path == "/keys":
            self._json(200, {"keys": [self.server.key.as_dict(private=False)]})
        elif parts.path == "/authorize":
            self._authorize(asked)
        elif parts.path == "/userinfo" and self.headers.get("Authorization") == "Bearer access":
            self._json(200, self.server.user_info)
        else:
            self._json(404, {})

    def do_POST(self) -> None:
        """Tokens, and what a test wants next."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == "/control":
            for name, value in json.loads(body).items():
                if name == "new_key":
                    self.server.key = RSAKey.generate_key(2048, {"kid": value, "use": "sig"})
                else:
                    setattr(self.server, name, value)
            self._json(200, {})
        elif self.path == "/token":
            self._token({name: values[0] for name, values in parse_qs(body.decode()).items()})
        else:
            self._json(404, {})

    def _metadata(self) -> dict[str, Any]:
        issuer = self.server.issuer
        return {
            "issuer": "https://elsewhere.example" if self.server.fault == "discovery" else issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/keys",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _authorize(self, asked: dict[str, str]) -> None:
        right = (
            asked.get("client_id") == CLIENT
            and asked.get("redirect_uri") == self.server.redirect_uri
            and asked.get("response_type") == "code"
            and "openid" in asked.get("scope", "").split()
            and asked.get("code_challenge_method") == "S256"
            and len(asked.get("code_challenge", "")) == 43
        )
        if not right:
            self._json(400, {"error": "invalid_request"})
            return
        if self.server.fault == "denied":
            back = {"error": "access_denied", "state": asked["state"]}
        elif self.server.fault == "no stronger way":
            back = {"error": "unmet_authentication_requirements", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self.server.codes[code] = asked
            back = {"code": code, "state": "another" if self.server.fault == "state" else asked["state"]}
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def _token(self, form: dict[str, str]) -> None:
        user = base64.b64encode(f"{quote_plus(CLIENT)}:{quote_plus(SECRET)}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") not in (f"Basic {user}", f"Basic {plain}"):
            self._json(401, {"error": "invalid_client"})
            return
        asked = self.server.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
        ):
            self._json(400, {"error": "invalid_grant"})
            return
        self._json(200, {"access_token": "access", "token_type": "Bearer", "id_token": self._id_token(asked)})

    def _id_token(self, asked: dict[str, str]) -> str:
        server, now, nonce = self.server, int(time.time()), asked["nonce"]
        claims = {"iss": server.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **server.person}
        if claims.get("acr") == "as asked":
            claims["acr"] = asked.get("acr_values", "").split()[0]
        for name, value in WRONG_CLAIMS.get(server.fault, {}).items():
            claims.pop(name, None)
            if value is not None:
                claims[name] = value
        if server.fault == "unsigned":
            head, body = ({"alg": "none", "typ": "JWT"}, claims)
            parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (head, body)]
            return ".".join([*parts, ""])
        if server.fault == "shared secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET.ljust(32)))
        if server.fault == "public key as secret":
            return jwt.encode(
                {"alg": "HS256"}, claims, OctKey.import_key(base64.b64encode(server.key.as_pem()).decode())
            )
        if server.fault == "no token":
            return ""
        if server.fault == "rubbish":
            return "a.b.c"
        key = server.stranger if server.fault == "another key" else server.key
        token = jwt.encode({"alg": "RS256", "kid": str(key.kid)}, claims, key)
        if server.fault == "changed":
            head, body, signature = token.split(".")
            said = {**claims, "email": "root@example.org"}
            body = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
            return ".".join([head, body, signature])
        return token

    def _json(self, status: int, document: object) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Running:
    """The process, and who signs in next."""

    def __init__(self, redirect_uri: str) -> None:
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.identity_provider", str(self.port), redirect_uri], cwd=ROOT
        )
        until = time.monotonic() + 30
        while True:
            try:
                self.says()
                return
            except OSError:
                assert time.monotonic() < until and self.process.poll() is None
                time.sleep(0.1)

    def says(self, fault: str = "", **person: object) -> None:
        """Who signs in next, and what goes wrong then."""
        self.control(person=person, fault=fault)

    def control(self, **wanted: object) -> None:
        """Sets what the provider remembers."""
        request = urllib.request.Request(f"{self.issuer}/control", data=json.dumps(wanted).encode(), method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def visit(self, address: str) -> str:
        """Where the provider sends a browser that comes to this address."""

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_args: object) -> None:
                return None

        try:
            urllib.request.build_opener(Stay).open(address, timeout=10)
        except urllib.error.HTTPError as answer:
            return answer.headers.get("Location") or ""
        return ""

    def stop(self) -> None:
        """Ends it."""
        self.process.terminate()
        self.process.wait(10)


if __name__ == "__main__":
    Provider(int(sys.argv[1]), sys.argv[2]).serve_forever()
