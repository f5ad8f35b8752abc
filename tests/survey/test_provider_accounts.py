"""Sign-in by an identity provider: a real one in a process of its own says who it is, rightly and wrongly."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from data.errors import InvalidInput, NotAllowed, Unavailable
from data.people_records import Way
from data.settings import Settings
from data.store import Store
from survey import people, provider_accounts
from survey.access import OPERATOR, Role
from survey.identity_provider import Provider
from survey.provider_accounts import Allowed, allow_list
from tests.identity_provider import CLIENT, SECRET, WRONG_CLAIMS, Running
from tests.ports import free_port
from tests.small import ADMINISTRATOR, NOW, refused

BASE = "http://127.0.0.1:8501"
ANA = {"sub": "1", "email": "ana@example.org", "email_verified": True, "name": "Ana"}
ALLOWED = allow_list("root@example.org=administrator, *@example.org=secretariat")


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    found = Running(f"{BASE}/account/oidc/back")
    yield found
    found.stop()


@pytest.fixture
def settings_of_provider(running: Running) -> Settings:
    return Settings(oidc_issuer=running.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET)


@pytest.fixture
def provider(settings_of_provider: Settings) -> Provider:
    return Provider(settings_of_provider)


def there_and_back(store: Store, provider: Provider, running: Running, **changed: Any) -> str:
    """A browser that goes to the provider and comes back; its session token."""
    address, browser = provider_accounts.begin(store, provider, now=NOW)
    back = {name: values[0] for name, values in parse_qs(urlsplit(running.visit(address)).query).items()}
    asked: dict[str, Any] = {
        "browser": browser,
        "state": back.get("state", ""),
        "code": back.get("code", ""),
        "login_claim": "email",
        "allowed": ALLOWED,
        "now": NOW,
        "hours": 12,
        **changed,
    }
    return provider_accounts.come_back(store, provider, **asked)


def test_the_browser_is_sent_with_state_nonce_and_pkce(store: Store, provider: Provider, running: Running) -> None:
    running.says(**ANA)
    first, second = (provider_accounts.begin(store, provider, now=NOW) for _each in range(2))
    asked = parse_qs(urlsplit(first[0]).query)
    assert {name: asked[name] for name in ("response_type", "code_challenge_method", "redirect_uri")} == {
        "response_type": ["code"],
        "code_challenge_method": ["S256"],
        "redirect_uri": [f"{BASE}/account/oidc/back"],
    }
    others = parse_qs(urlsplit(second[0]).query)
    assert all(asked[name] != others[name] for name in ("state", "nonce", "code_challenge"))


def test_somebody_on_the_list_gets_an_account_with_its_role(store: Store, provider: Provider, running: Running) -> None:
    running.says(**ANA)
    actor = people.actor_of(store, there_and_back(store, provider, running), now=NOW)
    assert actor is not None
    assert (actor.login, actor.name, actor.role) == ("ana@example.org", "Ana", Role.SECRETARIAT)
    running.says(**{**ANA, "email": "new-name@example.org"})
    again = people.actor_of(store, there_and_back(store, provider, running), now=NOW)
    assert again is not None, "the subject is the same person, whatever the address is now"
    assert again.person_id == actor.person_id
    with store.read() as kept:
        assert [each.way for each in kept.sessions(actor.person_id)] == [Way.PROVIDER] * 2
    with refused(NotAllowed, "sign_in.wrong"):
        people.sign_in(store, login="ana@example.org", password="!", now=NOW, hours=1)


def test_an_account_that_is_there_is_found_by_its_verified_address(
    store: Store, provider: Provider, running: Running
) -> None:
    token = people.invite(
        store, login="Ana@Example.org", name="Ana", role=Role.REPORT_WRITER, actor=ADMINISTRATOR, now=NOW
    )
    made = people.accept_link(store, token, login="", name="", password="correct horse battery", now=NOW)
    running.says(**ANA)
    found = people.actor_of(store, there_and_back(store, provider, running, allowed=()), now=NOW)
    assert found is not None
    assert (found.person_id, found.role) == (made.person_id, Role.REPORT_WRITER)
    running.says(**{**ANA, "sub": "2"})
    with refused(NotAllowed, "oidc.unknown"):
        there_and_back(store, provider, running)


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ({"email_verified": False}, "oidc.unverified"),
        ({"email_verified": "true"}, "oidc.unverified"),
        ({"email": ""}, "oidc.no_name"),
        ({"email": "ana\x00@example.org"}, "oidc.no_name"),
        ({"email": ["ana@example.org"]}, "oidc.no_name"),
        ({"email": "demo-secretariat"}, "oidc.no_name"),
        ({"email": "ana@example.org.evil.example"}, "oidc.unknown"),
        ({"email": "ana@evilexample.org"}, "oidc.unknown"),
    ],
)
def test_nobody_else_comes_in(
    person: dict[str, object], code: str, store: Store, provider: Provider, running: Running
) -> None:
    running.says(**{**ANA, **person})
    with refused(NotAllowed, code):
        there_and_back(store, provider, running)
    assert people.listed(store, actor=ADMINISTRATOR) == ()


def test_a_stopped_account_stays_stopped(store: Store, provider: Provider, running: Running) -> None:
    running.says(**ANA)
    actor = people.actor_of(store, there_and_back(store, provider, running), now=NOW)
    assert actor is not None
    people.set_active(store, actor.person_id, False, actor=OPERATOR, now=NOW)
    with refused(NotAllowed, "oidc.unknown"):
        there_and_back(store, provider, running)
    people.set_active(store, actor.person_id, True, actor=OPERATOR, now=NOW)
    running.says(**{**ANA, "sub": "2"})
    again = people.actor_of(store, there_and_back(store, provider, running), now=NOW)
    assert again is not None, "a restored account is joined anew"
    assert again.person_id == actor.person_id


@pytest.mark.parametrize(
    "fault",
    [
        *WRONG_CLAIMS,
        "unsigned",
        "shared secret",
        "public key as secret",
        "another key",
        "changed",
        "rubbish",
        "no token",
    ],
)
def test_a_token_that_cannot_be_trusted_opens_nothing(
    fault: str, store: Store, provider: Provider, running: Running
) -> None:
    running.says(fault, **ANA)
    with refused(NotAllowed, "oidc.invalid"):
        there_and_back(store, provider, running)
    assert people.listed(store, actor=ADMINISTRATOR) == ()


def test_what_the_provider_refuses_is_refused(store: Store, provider: Provider, running: Running) -> None:
    running.says(**ANA)
    with refused(NotAllowed, "oidc.refused"):
        there_and_back(store, provider, running, code="made up")


def test_a_wrong_secret_and_another_verifier_are_refused(
    store: Store, settings_of_provider: Settings, provider: Provider, running: Running
) -> None:
    running.says(**ANA)
    wrong = Provider(settings_of_provider.model_copy(update={"oidc_client_secret": "wrong"}))
    with refused(NotAllowed, "oidc.refused"):
        there_and_back(store, wrong, running)
    address = provider.address(state="s", nonce="n", verifier="v" * 43)
    code = parse_qs(urlsplit(running.visit(address)).query)["code"][0]
    with refused(NotAllowed, "oidc.refused"):
        provider.claims(code, nonce="n", verifier="w" * 43)


def test_a_visit_belongs_to_one_browser_one_state_and_ten_minutes(
    store: Store, provider: Provider, running: Running
) -> None:
    running.says(**ANA)
    for changed in (
        {"browser": "another"},
        {"browser": ""},
        {"state": "another"},
        {"state": ""},
        {"now": NOW + timedelta(minutes=10)},
    ):
        with refused(NotAllowed, "oidc.state"):
            there_and_back(store, provider, running, **changed)
    running.says("state", **ANA)
    with refused(NotAllowed, "oidc.state"):
        there_and_back(store, provider, running)


def test_an_answer_works_once(store: Store, provider: Provider, running: Running) -> None:
    running.says(**ANA)
    address, browser = provider_accounts.begin(store, provider, now=NOW)
    back = parse_qs(urlsplit(running.visit(address)).query)
    asked: dict[str, Any] = {
        "browser": browser,
        "state": back["state"][0],
        "code": back["code"][0],
        "login_claim": "email",
        "allowed": ALLOWED,
        "now": NOW,
        "hours": 1,
    }
    provider_accounts.come_back(store, provider, **asked)
    with refused(NotAllowed, "oidc.state"):
        provider_accounts.come_back(store, provider, **asked)


def test_new_keys_of_the_provider_are_fetched(store: Store, provider: Provider, running: Running) -> None:
    running.says(**ANA)
    there_and_back(store, provider, running)
    running.control(new_key="second")
    assert people.actor_of(store, there_and_back(store, provider, running), now=NOW) is not None


def test_what_the_token_lacks_is_asked_for_of_the_same_subject_only(
    store: Store, provider: Provider, running: Running
) -> None:
    running.says(sub="1")
    running.control(user_info=ANA)
    assert people.actor_of(store, there_and_back(store, provider, running), now=NOW) is not None
    running.control(user_info={**ANA, "sub": "2"})
    with refused(NotAllowed, "oidc.invalid"):
        there_and_back(store, provider, running)


def test_a_provider_that_is_another_or_not_there_is_told(settings_of_provider: Settings, running: Running) -> None:
    running.says("discovery", **ANA)
    with refused(Unavailable, "oidc.unreachable"):
        Provider(settings_of_provider).address(state="s", nonce="n", verifier="v")
    running.says(**ANA)
    gone = settings_of_provider.model_copy(update={"oidc_issuer": f"http://127.0.0.1:{free_port()}"})
    with refused(Unavailable, "oidc.unreachable"):
        Provider(gone).address(state="s", nonce="n", verifier="v")


LEVELS = {"oidc_acr": "https://levels.example/two gold"}
WAYS = {"oidc_amr": "otp mfa"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (LEVELS, {"acr": "gold"}),
        (LEVELS, {"acr": "as asked"}),
        (WAYS, {"amr": ["pwd", "mfa", "otp"]}),
        ({**LEVELS, **WAYS}, {"acr": "gold", "amr": ["mfa", "otp"]}),
    ],
)
def test_who_signed_in_as_strongly_as_is_asked_comes_in(
    asked: dict[str, str], said: dict[str, object], store: Store, settings_of_provider: Settings, running: Running
) -> None:
    running.says(**ANA, **said)
    demanding = Provider(settings_of_provider.model_copy(update=asked))
    assert people.actor_of(store, there_and_back(store, demanding, running), now=NOW) is not None


@pytest.mark.parametrize(
    ("asked", "said", "claim"),
    [
        (LEVELS, {}, "acr"),
        (LEVELS, {"acr": "silver"}, "acr"),
        (LEVELS, {"acr": "https://levels.example/two gold"}, "acr"),
        (LEVELS, {"acr": ["gold"]}, "acr"),
        (WAYS, {}, "amr"),
        (WAYS, {"amr": ["pwd", "mfa"]}, "amr"),
        (WAYS, {"amr": "otp mfa"}, "amr"),
        (WAYS, {"amr": [["mfa"], {"otp": 1}]}, "amr"),
        ({**LEVELS, **WAYS}, {"acr": "gold"}, "amr"),
    ],
)
def test_a_weaker_sign_in_at_the_provider_opens_nothing(
    asked: dict[str, str],
    said: dict[str, object],
    claim: str,
    store: Store,
    settings_of_provider: Settings,
    running: Running,
) -> None:
    demanding = Provider(settings_of_provider.model_copy(update=asked))
    running.says(**ANA, **said)
    with refused(NotAllowed, "oidc.too_weak") as error:
        there_and_back(store, demanding, running)
    assert error.value.params == {"claim": claim}
    # What is said elsewhere than in the signed token counts for nothing.
    running.says(sub="1", **said)
    running.control(user_info={**ANA, "acr": "gold", "amr": ["mfa", "otp"]})
    with refused(NotAllowed, "oidc.too_weak"):
        there_and_back(store, demanding, running)
    assert people.listed(store, actor=ADMINISTRATOR) == ()


def test_an_allow_list_is_read() -> None:
    assert allow_list("") == ()
    assert allow_list("Ana@x.org = administrator,*@x.org=report_writer,") == (
        Allowed(name="ana@x.org", role=Role.ADMINISTRATOR),
        Allowed(name="*@x.org", role=Role.REPORT_WRITER),
    )


@pytest.mark.parametrize("text", ["ana", "ana=king", "=administrator", "*@=administrator", "*=administrator", "*.x=a"])
def test_an_allow_list_that_cannot_be_read_is_refused(text: str) -> None:
    with refused(InvalidInput, "setting.invalid"):
        allow_list(text)
