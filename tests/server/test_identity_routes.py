"""Second factor, identity provider, cookies and sessions over HTTP, as a browser meets them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pyotp
import pytest

from survey import people
from survey.access import OPERATOR, Role
from survey.words import MESSAGES
from tests.identity_provider import CLIENT, SECRET, Running
from tests.ports import free_port
from tests.server.conftest import PASSWORD
from tests.server.process import Answer, Server, now

REACH = "/export/nowhere/dashboard.xlsx"
"""404 for whoever is signed in, 403 for nobody."""
ANA = {"sub": "1", "email": "ana@example.org", "email_verified": True, "name": "Ana", "acr": "gold"}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Running]]:
    """A server behind TLS that requires a second factor, and the identity provider that it trusts."""
    port = free_port()
    provider = Running("https://voices.example/account/oidc/back")
    server = Server(
        tmp_path_factory.mktemp("strict") / "strict.db",
        port=port,
        public_url="https://voices.example",
        require_second_factor="true",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_accounts="*@example.org=secretariat",
        oidc_acr="gold",
    )
    try:
        yield server.wait(), provider
    finally:
        server.stop()
        provider.stop()


def account(server: Server, login: str) -> None:
    """An account with PASSWORD."""
    store = server.store()
    token = people.invite(store, login=login, name=login, role=Role.SECRETARIAT, actor=OPERATOR, now=now())
    people.accept_link(store, token, login="", name="", password=PASSWORD, now=now())
    store.close()


def sign_in(server: Server, login: str, **headers: str) -> Answer:
    return server.form("/account/sign-in", {"login": login, "password": PASSWORD}, **headers)


def secret_on(page: Answer) -> str:
    """The secret that the set-up page shows."""
    (found,) = re.findall(r"<code dir=\"ltr\">([A-Z2-7 ]+)</code>", page.text)
    return found.replace(" ", "")


def codes_on(page: Answer) -> list[str]:
    return re.findall(r"<li><code dir=\"ltr\">([\w-]+)</code>", page.text)


def with_second_factor(server: Server, login: str) -> tuple[pyotp.TOTP, list[str]]:
    """The app and the recovery codes of a new account, set up on the pages."""
    account(server, login)
    cookie = sign_in(server, login).cookie
    app = pyotp.TOTP(secret_on(server.get("/account/second-factor", Cookie=cookie)))
    answer = server.form("/account/second-factor", {"code": app.now()}, Cookie=cookie)
    assert answer.status == 200
    return app, codes_on(answer)


def test_the_code_is_a_step_of_its_own(own: Server) -> None:
    app, codes = with_second_factor(own, "dora")
    assert len(codes) == 10
    first = sign_in(own, "dora")
    assert (first.status, urlsplit(first.headers["location"]).path) == (303, "/account/code")
    assert own.get(REACH, Cookie=first.cookie).status == 403
    page = own.get("/account/code", Cookie=first.cookie)
    assert (page.status, page.headers["cache-control"], 'autocomplete="one-time-code"' in page.text) == (
        200,
        "no-store",
        True,
    )
    wrong = own.form("/account/code", {"code": "000000"}, Cookie=first.cookie)
    assert (wrong.status, wrong.cookie) == (403, "")
    assert MESSAGES["second_factor.wrong"] in wrong.text
    used = own.form("/account/code", {"code": app.at(datetime.now(UTC) - timedelta(minutes=2))}, Cookie=first.cookie)
    assert used.status == 403
    right = own.form("/account/code", {"code": codes[0]}, Cookie=first.cookie)
    assert (right.status, urlsplit(right.headers["location"]).path) == (303, "/overview")
    assert right.cookie != first.cookie
    assert own.get(REACH, Cookie=right.cookie).status == 404
    assert own.get(REACH, Cookie=first.cookie).status == 403


def test_the_code_page_leads_away_who_has_no_business_there(own: Server) -> None:
    account(own, "eli")
    for cookie in ("", "soundings_session=made-up", sign_in(own, "eli").cookie):
        assert own.get("/account/code", Cookie=cookie).headers["location"].startswith("/?")
    answer = own.form("/account/code", {"code": "123456"}, Cookie="soundings_session=made-up")
    assert (answer.status, answer.cookie) == (403, "")


def test_the_set_up_is_for_people_with_an_account_only(own: Server) -> None:
    for cookie in ("", "soundings_session=made-up"):
        assert own.get("/account/second-factor", Cookie=cookie).status == 403
        assert own.form("/account/second-factor", {"code": "1"}, Cookie=cookie).status == 403
        assert own.form("/account/second-factor/codes", {"code": "1"}, Cookie=cookie).status == 403
        assert own.form("/account/second-factor/remove", {"code": "1"}, Cookie=cookie).status == 403
        assert own.form("/account/password", {"old": PASSWORD, "password": "x"}, Cookie=cookie).status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/account/code",
        "/account/second-factor",
        "/account/second-factor/codes",
        "/account/second-factor/remove",
        "/account/password",
    ],
)
def test_a_form_on_another_site_changes_nothing(path: str, own: Server) -> None:
    cookie = sign_in(own, "ada").cookie
    fields = {"code": "1", "old": PASSWORD, "password": "another good phrase"}
    answer = own.form(path, fields, Cookie=cookie, Origin="https://evil.example")
    assert answer.status == 403
    assert MESSAGES["request.foreign"] in answer.text
    assert sign_in(own, "ada").status == 303


def test_a_password_is_changed_and_other_sessions_end(own: Server) -> None:
    account(own, "fay")
    here, there = sign_in(own, "fay").cookie, sign_in(own, "fay").cookie
    change = {"old": PASSWORD, "password": "another good phrase"}
    weak = own.form("/account/password", {**change, "password": "abababababababab"}, Cookie=here)
    assert (weak.status, MESSAGES["password.common"] in weak.text) == (400, True)
    answer = own.form("/account/password", change, Cookie=here)
    assert (answer.status, urlsplit(answer.headers["location"]).path) == (303, "/my-account")
    assert [own.get(REACH, Cookie=cookie).status for cookie in (here, there)] == [404, 403]
    assert sign_in(own, "fay").status == 403


def test_recovery_codes_are_renewed_and_the_second_factor_removed_with_a_code(own: Server) -> None:
    _app, codes = with_second_factor(own, "gil")
    half = sign_in(own, "gil").cookie
    cookie = own.form("/account/code", {"code": codes[0]}, Cookie=half).cookie
    fresh = codes_on(own.form("/account/second-factor/codes", {"code": codes[1]}, Cookie=cookie))
    assert (len(fresh), set(fresh) & set(codes)) == (10, set())
    assert own.form("/account/second-factor/remove", {"code": codes[2]}, Cookie=cookie).status == 403
    assert own.form("/account/second-factor/remove", {"code": fresh[0]}, Cookie=cookie).status == 303
    assert urlsplit(sign_in(own, "gil").headers["location"]).path == "/overview"


def test_over_tls_the_cookie_is_secure_and_of_this_host(strict: tuple[Server, Running]) -> None:
    server, _provider = strict
    account(server, "hal")
    answer = sign_in(server, "hal")
    line = answer.headers["set-cookie"]
    assert line.startswith("__Host-soundings_session=")
    attributes = {part.strip().lower() for part in line.split(";")}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
    assert not any(part.startswith("domain") for part in attributes)


def test_where_it_is_required_nobody_comes_in_without_a_second_factor(strict: tuple[Server, Running]) -> None:
    server, _provider = strict
    account(server, "ida")
    half = sign_in(server, "ida")
    assert urlsplit(half.headers["location"]).path == "/account/second-factor"
    assert server.get(REACH, Cookie=half.cookie).status == 403
    app = pyotp.TOTP(secret_on(server.get("/account/second-factor", Cookie=half.cookie)))
    answer = server.form("/account/second-factor", {"code": app.now()}, Cookie=half.cookie)
    assert len(codes_on(answer)) == 10
    assert server.get(REACH, Cookie=answer.cookie).status == 404
    assert server.get(REACH, Cookie=half.cookie).status == 403
    removed = server.form("/account/second-factor/remove", {"code": codes_on(answer)[0]}, Cookie=answer.cookie)
    assert (removed.status, MESSAGES["second_factor.required"] in removed.text) == (403, True)


def visit(strict: tuple[Server, Running], **changed: str) -> Answer:
    """A browser that goes to the provider and comes back."""
    server, provider = strict
    start = server.get("/account/oidc/start?lang=fr")
    assert start.status == 303, start.text
    cookies = "; ".join(re.findall(r"(__Host-soundings_\w+=[^;]*)", start.headers["set-cookie"]))
    back = urlsplit(provider.visit(start.headers["location"]))
    assert back.path == "/account/oidc/back"
    return server.get(
        changed.get("path", f"{back.path}?{back.query}{changed.get('more', '')}"),
        Cookie=changed.get("cookies", cookies),
        Sec_Fetch_Site="cross-site",
    )


def test_the_identity_provider_lets_somebody_in(strict: tuple[Server, Running]) -> None:
    strict[1].says(**ANA)
    answer = visit(strict)
    assert (answer.status, answer.headers["location"]) == (303, "/overview?lang=fr")
    assert strict[0].get(REACH, Cookie=answer.cookie).status == 404


@pytest.mark.parametrize("fault", ["nonce", "state", "issuer", "audience", "expired", "unsigned", "denied"])
def test_what_the_provider_does_wrong_opens_nothing(fault: str, strict: tuple[Server, Running]) -> None:
    strict[1].says(fault, **ANA)
    answer = visit(strict)
    assert (answer.status, answer.cookie) == (403, "")
    assert '<html lang="fr"' in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("fault", ["", "no stronger way"])
def test_a_weaker_sign_in_than_is_asked_for_is_told(fault: str, strict: tuple[Server, Running]) -> None:
    strict[1].says(fault, **{**ANA, "acr": "silver"})
    answer = visit(strict)
    assert (answer.status, answer.cookie) == (403, "")
    assert "connexion aussi sûre qu’il est exigé ici (acr)" in answer.text


def test_another_browser_or_issuer_does_not_come_in_with_the_answer(strict: tuple[Server, Running]) -> None:
    strict[1].says(**ANA)
    assert visit(strict, cookies="").status == 403
    assert visit(strict, cookies="__Host-soundings_provider=made-up").status == 403
    assert visit(strict, more="&iss=https://elsewhere.example").status == 403
    assert visit(strict, path="/account/oidc/back").status == 403


def test_without_a_provider_its_routes_lead_nowhere(own: Server) -> None:
    for path in ("/account/oidc/start", "/account/oidc/back?code=a&state=b"):
        assert 400 <= own.get(path).status < 500


def test_a_list_of_accounts_that_cannot_be_read_ends_the_start(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = Server(tmp_path_factory.mktemp("wrong") / "wrong.db", oidc_accounts="ana=king")
    assert server.process.wait(60) == 1
    assert "SOUNDINGS_OIDC_ACCOUNTS" in server.errors
    assert "Traceback" not in server.errors


def test_passwords_open_nothing_where_the_provider_alone_does(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = Server(
        tmp_path_factory.mktemp("only") / "only.db",
        oidc_issuer="https://id.example",
        oidc_client_id=CLIENT,
        password_sign_in="false",
    )
    try:
        server.wait()
        account(server, "ana")
        answer = sign_in(server, "ana")
        assert (answer.status, answer.cookie) == (403, "")
        assert MESSAGES["sign_in.provider_only"] in answer.text
    finally:
        server.stop()


@pytest.mark.parametrize(
    "path",
    [
        "/account/sign-in",
        "/account/demo",
        "/account/link",
        "/account/password",
        "/account/code",
        "/account/second-factor",
        "/account/second-factor/codes",
        "/account/second-factor/remove",
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_what_no_browser_sends_is_refused_without_a_stack_trace(path: str, signed_in: bool, own: Server) -> None:
    cookie = sign_in(own, "ada").cookie if signed_in else "soundings_session=%00; soundings_session=\xff"
    names = ("login", "password", "old", "code", "t", "name", "lang")
    for value in ("\0", "x" * 100_000, "\U0001f30d\u202e", "%", "' OR 1=1 --", "<script>1</script>"):
        answer = own.form(path, dict.fromkeys(names, value), Cookie=cookie)
        assert 400 <= answer.status < 500, answer.text
        assert "Traceback" not in answer.text
        assert "<script>1" not in answer.text
    answer = own.call("POST", path, body=b"{", headers={"Content-Type": "application/json", "Cookie": cookie})
    assert 400 <= answer.status < 500
