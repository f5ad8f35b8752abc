"""What became of the answers: written by staff, kept by language."""

from datetime import date

import pytest

from data.errors import InvalidInput
from data.store import Store
from survey import consultations
from survey.outcomes import Outcome, outcome_of, results_address, write_outcome
from tests.small import NOW, SECRETARIAT, SLUG, refused

LINK = "https://example.org/report?a=1"


def write(store: Store, *, link: str = "", on: str = "", **words: str) -> Outcome:
    return write_outcome(store, SLUG, words=words, link=link, on=on, actor=SECRETARIAT, now=NOW)


def test_nothing_is_written_at_first(small: Store) -> None:
    assert not outcome_of(consultations.find(small, SLUG))


def test_a_text_is_kept_by_language_with_link_and_date(small: Store) -> None:
    write(small, en=" We went on. ", fr="Nous avons continué.", link=LINK, on="2027-01-31")
    written = write(small, fr="", es="Seguimos.", link=LINK, on="2027-01-31")
    assert written == outcome_of(consultations.find(small, SLUG))
    assert written == Outcome(words={"en": "We went on.", "es": "Seguimos."}, link=LINK, on=date(2027, 1, 31))
    assert [written.in_language(tag) for tag in ("es", "fr")] == ["Seguimos.", "We went on."]
    assert [written.shown_in(tag) for tag in ("es", "fr")] == ["es", "en"]
    with small.read() as kept:
        assert kept.log()[0].action == "consultation.outcome"


def test_the_page_of_results_has_an_address_while_it_is_published(small: Store) -> None:
    consultation = consultations.find(small, SLUG)
    assert results_address(small, consultation, "fr-CA") == ""
    with small.write() as kept:
        kept.keep_published(consultation.id, expected_revision=0, published_at=NOW)
    assert [results_address(small, consultation, tag) for tag in ("fr-CA", "sw")] == [
        f"results/{SLUG}/fr",
        f"results/{SLUG}/en",
    ]
    with small.write() as kept:
        kept.keep_published(consultation.id, expected_revision=1, published_at=None, withdrawn_at=NOW)
    assert results_address(small, consultation, "fr") == ""


def test_what_is_emptied_is_gone(small: Store) -> None:
    write(small, en="We went on.", link=LINK, on="2027-01-31")
    assert not write(small, en="")
    assert consultations.find(small, SLUG).outcome == {}


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "example.org", "https://", "https://a b", "data:text/html,x", "https://[", "http://a\nb"],
)
def test_what_is_no_link_is_refused(small: Store, link: str) -> None:
    with refused(InvalidInput, "outcome.link"):
        write(small, link=link)


def test_other_faults_are_refused_by_name(small: Store) -> None:
    with refused(InvalidInput, "outcome.date"):
        write(small, on="soon")
    with refused(InvalidInput, "outcome.too_long"):
        write(small, en="x" * 5001)
    assert not outcome_of(consultations.find(small, SLUG))
