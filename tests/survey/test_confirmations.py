"""Mails to respondents: the reference after sending, the link of a draft on request; never in the way."""

from collections.abc import Iterator
from threading import Thread

import pytest

from data.errors import InvalidInput
from data.settings import Settings
from data.store import Store
from survey import confirmations, responses, saving
from survey.open_responses import OpenResponse
from tests.small import ANSWERS, NOW, begin, fill, publish, refused, send
from tests.survey.mail_server import Post, mail_server

SLUG = "real"


@pytest.fixture
def real(store: Store) -> Store:
    """A consultation that is not fictional."""
    publish(store, slug=SLUG, fictional=False)
    return store


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server."""
    with mail_server() as running:
        yield running


def mailing(post: Post) -> Settings:
    return Settings(smtp_url=post.url, mail_from="a@b.example", public_url="https://voices.example")


def stored(store: Store, code: str) -> OpenResponse:
    return responses.resume(store, code, now=NOW)


def arrived(thread: Thread | None, post: Post) -> tuple[str, str, str]:
    assert thread is not None
    thread.join(10)
    (message,) = post.messages
    return str(message["To"]), str(message["Subject"]), str(message.get_content())


def test_who_sent_a_response_gets_its_reference(real: Store, post: Post) -> None:
    code = send(real, slug=SLUG)
    to, subject, words = arrived(confirmations.confirm(stored(real, code), settings=mailing(post), now=NOW), post)
    reference = responses.resume(real, code, now=NOW).response.reference
    assert (to, subject) == ("post@southern.example", "Received: Small consultation")
    assert (reference in words, code in words) == (True, False)


def test_the_link_of_a_draft_is_sent_when_asked_for_and_not_at_once_again(real: Store, post: Post) -> None:
    code = begin(real, slug=SLUG, language="fr")
    saving.save(real, code, dict(ANSWERS), seen={}, section="s1", language="fr", now=NOW)
    _to, subject, words = arrived(confirmations.mail_link(real, code, settings=mailing(post), now=NOW), post)
    assert subject == "Votre lien\u00a0: Petite consultation"
    assert f"https://voices.example/respond?c=real&r={code}" in words
    with refused(InvalidInput, "mail.just_sent"):
        confirmations.mail_link(real, code, settings=mailing(post), now=NOW)


@pytest.mark.parametrize("address", [None, "nobody", "a@b.example, c@d.example"])
def test_without_a_usable_address_nothing_is_sent(real: Store, post: Post, address: str | None) -> None:
    code = send(real, slug=SLUG, contact_email=address)
    assert confirmations.confirm(stored(real, code), settings=mailing(post), now=NOW) is None
    with refused(InvalidInput, "mail.no_address"):
        confirmations.mail_link(real, code, settings=mailing(post), now=NOW)


def test_a_draft_and_a_fictional_consultation_confirm_nothing(real: Store, post: Post) -> None:
    draft = begin(real, slug=SLUG)
    fill(real, draft)
    publish(real, slug="small")
    for code in (draft, send(real)):
        assert confirmations.confirm(stored(real, code), settings=mailing(post), now=NOW) is None


def test_a_server_that_is_down_disturbs_nobody(real: Store) -> None:
    settings = Settings(smtp_url="smtp://127.0.0.1:1", mail_from="a@b.example")
    opened = stored(real, send(real, slug=SLUG))
    thread = confirmations.confirm(opened, settings=settings, now=NOW)
    assert thread is not None
    thread.join(10)
    assert confirmations.confirm(opened, settings=Settings(), now=NOW) is None
