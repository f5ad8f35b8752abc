"""The copy of what was sent."""

import hashlib
import json
from html.parser import HTMLParser

import pytest

from data.errors import InvalidInput
from data.settings import Settings
from data.store import Store
from survey import receipts, response_files, responses
from tests.databases import changed
from tests.small import ANSWERS, DAY, DEADLINE_AT, NOW, begin, fill, publish, refused, send

AGREED = "Do you agree?\n- I agree\n- I do not agree"
ATTACK = "<script>alert('1')</script> & \"more\""


class Page(HTMLParser):
    """The tags and the words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "html":
            self.attributes = dict(attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(" ".join(data.split()))


def test_a_draft_has_no_receipt(small: Store) -> None:
    with refused(InvalidInput, "response.not_sent"):
        receipts.receipt(small, begin(small), now=NOW)


def test_a_receipt_holds_every_answer_in_words(small: Store) -> None:
    kept = receipts.receipt(small, send(small), now=NOW)
    assert (kept.title, kept.submitted_at, kept.late, kept.fictional) == ("Small consultation", NOW, False, True)
    assert {heading: {entry.question: entry.words for entry in entries} for heading, entries in kept.sections} == {
        "Before you start": {"consent": "I agree", "publish": "With our name"},
        "About you": {
            "org_name": "Southern Cross",
            "region": "South",
            "fields": "Prevention; Harm reduction",
        },
        "Your view": {
            "serv_prev": "Partly",
            "serv_hr": "Don't know",
            "invest_rank": "1. Harm reduction; 2. Prevention; 3. Other",
            "finding": "Services are far away.",
        },
        "A story": {"contact_email": "post@southern.example"},
    }


def test_the_json_copy_equals_what_is_kept(small: Store) -> None:
    code = send(small)
    response = responses.resume(small, code, now=NOW).response
    document = json.loads(receipts.as_json(receipts.receipt(small, code, now=NOW)))
    answers = {entry["question"]: entry["answer"] for entry in document.pop("answers")}
    assert document == {
        "consultation": "Small consultation",
        "reference": response.reference,
        "submitted_at": "2026-09-15T12:00:00+00:00",
        "revision": 1,
        "changed_at": None,
        "withdrawn_at": None,
        "sent_by": "",
        "approved": False,
        "consent": {
            "version_number": 1,
            "language": "en",
            "sha256": hashlib.sha256(AGREED.encode()).hexdigest(),
            "text": AGREED,
        },
        "late": False,
        "fictional": True,
        "language": "en",
    }
    stored = {name: list(value) if isinstance(value, tuple) else value for name, value in response.submission.items()}
    stored.pop("start_time")
    assert answers == {**stored, "contact_email": ANSWERS["contact_email"]}


def test_the_page_carries_reference_time_with_zone_and_the_fictional_mark(small: Store) -> None:
    kept = receipts.receipt(small, send(small), now=NOW)
    words = Page(receipts.as_html(kept)).words
    expected = (
        kept.reference,
        "Demonstration: organisations, people and answers shown here are invented.",
        "Received: 15 September 2026, 12:00 UTC",
    )
    assert [words.count(line) for line in expected] == [1, 1, 1]


def test_the_page_of_a_real_consultation_has_no_fictional_mark(store: Store) -> None:
    publish(store, fictional=False)
    page = receipts.as_html(receipts.receipt(store, send(store), now=NOW))
    assert page.count("invented") == 0


def test_the_page_says_that_a_late_reply_is_late(small: Store) -> None:
    late = "Received after the first deadline; it is marked as late and counted."
    pages = [
        receipts.as_html(receipts.receipt(small, send(small, now=moment), now=moment))
        for moment in (NOW, DEADLINE_AT + DAY)
    ]
    assert [page.count(late) for page in pages] == [0, 1]


@pytest.mark.parametrize("question", ["finding", "org_name", "contact_email"])
def test_the_page_shows_what_looks_like_a_script_as_words(small: Store, question: str) -> None:
    harmless = Page(receipts.as_html(receipts.receipt(small, send(small), now=NOW)))
    page = Page(receipts.as_html(receipts.receipt(small, send(small, **{question: ATTACK}), now=NOW)))
    assert page.tags == harmless.tags
    assert page.words.count(ATTACK) == 1


def test_the_page_shows_a_title_that_looks_like_a_script_as_words(store: Store) -> None:
    publish(store, title={"en": ATTACK})
    page = Page(receipts.as_html(receipts.receipt(store, send(store), now=NOW)))
    assert (page.tags.count("script"), page.words.count(ATTACK)) == (0, 1)


def test_a_receipt_speaks_the_language_asked_for(small: Store) -> None:
    code = send(small)
    kept = receipts.receipt(small, code, now=NOW, language="fr")
    assert (kept.title, kept.sections[1][1][1].words) == ("Petite consultation", "Sud")
    assert Page(receipts.as_html(kept)).attributes == {"lang": "fr", "dir": "ltr"}


def test_a_file_stands_in_the_receipt_by_its_name(small: Store, settings: Settings) -> None:
    code = begin(small)
    fill(small, code, {**ANSWERS, "story_yes": "yes"})
    response_files.attach(
        small,
        code,
        "story_file",
        name="story.txt",
        content=b"a",
        limit_bytes=10,
        now=NOW,
    )
    changed(settings, "UPDATE files SET name = '<b>story</b>.txt'")  # kept before such signs were taken out
    responses.submit(small, code, now=NOW)
    kept = receipts.receipt(small, code, now=NOW)
    words = {entry.question: entry.words for _, entries in kept.sections for entry in entries}
    assert words["story_file"] == "<b>story</b>.txt"
    assert Page(receipts.as_html(kept)).tags.count("b") == 0


def test_figures_stand_in_their_own_order_on_the_page(small: Store) -> None:
    page = receipts.as_html(receipts.receipt(small, send(small, staff=12500), now=NOW))
    assert '<bdi dir="ltr">12,500</bdi>' in page
