"""Publishing a questionnaire, and when answers are taken."""

from collections.abc import Callable
from typing import Any

import pytest

from data.errors import Conflict, InvalidInput, NotFound
from data.records import ConsultationStatus
from data.store import Store
from survey import (
    consultation_rules,
    consultations,
    mailings,
    outcomes,
    publications,
    question_roles,
    responses,
)
from survey.consultations import Standing
from tests.small import CLOSES_AT, DAY, DEADLINE_AT, FORM, NOW, OPENS_AT, SECRETARIAT, SLUG, begin, publish, refused

NO_DATES: dict[str, Any] = {"opens_at": None, "deadline_at": None, "closes_at": None}
FAULTY = FORM.replace("${story_yes} = 'yes'", "${story_maybe} = 'yes'").replace("select_one yn ", "select_one never ")


def test_a_published_consultation_knows_its_dates_and_the_parts_of_its_questions(store: Store) -> None:
    published = publish(store)
    assert published == publications.Published(slug="small", version=1, questions=18, languages=("en", "fr"))
    found = consultations.find(store, SLUG)
    assert (found.opens_at, found.deadline_at, found.closes_at) == (OPENS_AT, DEADLINE_AT, CLOSES_AT)
    assert (found.fictional, found.title["fr"], found.status) == (True, "Petite consultation", ConsultationStatus.OPEN)
    assert found.roles == {
        "organisation": "org_name",
        "region": "region",
        "publish": "publish",
        "consent": "consent",
        "contact": "contact_email",
        "finding": "finding",
        "recommendation": "recommendation",
        "recommendation_challenge": "rec_challenge",
        "action_local": "action_local",
    }


@pytest.mark.parametrize("slug", ["", "Small", "small one", "-small", "small-", "smäll", "a" * 81, "../etc", "small\n"])
def test_a_short_name_is_small_letters_digits_and_hyphens(store: Store, slug: str) -> None:
    with refused(InvalidInput, "consultation.slug"):
        publish(store, slug=slug)
    assert consultations.listed(store) == ()


@pytest.mark.parametrize("slug", ["a", "a" * 80, "way-forward-2029", "2029"])
def test_a_good_short_name_is_taken(store: Store, slug: str) -> None:
    assert publish(store, slug=slug).slug == slug


def test_a_consultation_needs_a_title(store: Store) -> None:
    with refused(InvalidInput, "consultation.title"):
        publish(store, title={"en": "  ", "fr": ""})


@pytest.mark.parametrize(
    "dates",
    [
        {"opens_at": DEADLINE_AT, "deadline_at": OPENS_AT},
        {"deadline_at": CLOSES_AT, "closes_at": DEADLINE_AT},
        {"opens_at": CLOSES_AT, "deadline_at": None, "closes_at": OPENS_AT},
    ],
)
def test_dates_must_follow_each_other(store: Store, dates: dict[str, object]) -> None:
    with refused(InvalidInput, "consultation.dates"):
        publish(store, **dates)


def test_a_faulty_questionnaire_is_refused_with_every_error(store: Store) -> None:
    with refused(InvalidInput, "questionnaire.invalid") as caught:
        publish(store, form=FAULTY)
    issues = caught.value.params["issues"]
    assert isinstance(issues, tuple)
    assert caught.value.params["count"] == len(issues)
    assert [(issue.code, issue.row, issue.severity) for issue in issues] == [
        ("list.missing", 26, "error"),
        ("reference.unknown", 27, "error"),
    ]
    assert consultations.listed(store) == ()


def test_a_second_version_serves_new_drafts_and_leaves_begun_ones(small: Store) -> None:
    old = begin(small)
    second = publish(small, form=FORM.replace("| Your main finding ", "| Your chief finding "))
    assert second.version == 2
    labels = [
        opened.state.words(opened.state.form.questions["finding"].question.label)
        for opened in (responses.resume(small, code, now=NOW) for code in (old, begin(small)))
    ]
    assert labels == ["Your main finding", "Your chief finding"]
    assert [consultation.slug for consultation in consultations.listed(small)] == [SLUG]


def test_publishing_is_logged(small: Store) -> None:
    with small.read() as kept:
        (entry,) = kept.log()
    assert (entry.actor, entry.action, entry.subject, entry.details, entry.at) == (
        "person:secretariat",
        "consultation.published",
        SLUG,
        {"version": 1},
        NOW,
    )


@pytest.mark.parametrize(
    ("moment", "status", "expected"),
    [
        (OPENS_AT - DAY, ConsultationStatus.OPEN, Standing.NOT_YET),
        (OPENS_AT, ConsultationStatus.OPEN, Standing.OPEN),
        (DEADLINE_AT + DAY, ConsultationStatus.OPEN, Standing.OPEN),
        (CLOSES_AT, ConsultationStatus.OPEN, Standing.OPEN),
        (CLOSES_AT + DAY, ConsultationStatus.OPEN, Standing.CLOSED),
        (NOW, ConsultationStatus.DRAFT, Standing.NOT_YET),
        (NOW, ConsultationStatus.CLOSED, Standing.CLOSED),
        (CLOSES_AT + DAY, ConsultationStatus.DRAFT, Standing.CLOSED),
    ],
)
def test_a_consultation_takes_answers_between_its_dates(
    small: Store, moment: object, status: ConsultationStatus, expected: Standing
) -> None:
    consultations.set_status(small, SLUG, status, actor=SECRETARIAT, now=NOW)
    assert consultations.standing(consultations.find(small, SLUG), moment) is expected  # type: ignore[arg-type]


def test_an_unknown_consultation_is_not_found(small: Store) -> None:
    with refused(NotFound, "consultation.unknown"):
        consultations.find(small, "large")
    with refused(NotFound, "consultation.unknown"):
        consultations.set_status(small, "large", ConsultationStatus.CLOSED, actor=SECRETARIAT, now=NOW)


SETTINGS: dict[str, Callable[[Store, int | None], object]] = {
    "change": lambda store, revision: consultations.change(
        store, SLUG, title={"fr": "Titre"}, **NO_DATES, revision=revision, actor=SECRETARIAT, now=NOW
    ),
    "set_policies": lambda store, revision: consultation_rules.set_policies(
        store, SLUG, {"late": "refuse"}, revision=revision, actor=SECRETARIAT, now=NOW
    ),
    "set_roles": lambda store, revision: question_roles.set_roles(
        store, SLUG, {"finding": "action_local"}, revision=revision, actor=SECRETARIAT, now=NOW
    ),
    "write_outcome": lambda store, revision: outcomes.write_outcome(
        store, SLUG, words={"en": "We read it."}, link="", on="", revision=revision, actor=SECRETARIAT, now=NOW
    ),
    "set_template": lambda store, revision: mailings.set_template(
        store,
        SLUG,
        mailings.MailKind.INVITATION,
        "en",
        subject="Come",
        body="{link}",
        revision=revision,
        actor=SECRETARIAT,
        now=NOW,
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_not_written_over_those_of_somebody_else(small: Store, name: str) -> None:
    seen = consultations.find(small, SLUG)
    consultation_rules.set_policies(small, SLUG, {"sign_off_required": "yes"}, actor=SECRETARIAT, now=NOW)
    before = consultations.find(small, SLUG)
    with refused(Conflict, "record.changed_elsewhere"):
        SETTINGS[name](small, seen.revision)
    assert consultations.find(small, SLUG) == before
    with small.read() as kept:
        assert kept.mail_template(before.id, "invitation", "en") is None
    SETTINGS[name](small, before.revision)
    assert consultations.find(small, SLUG).revision == before.revision + 1
    SETTINGS[name](small, None)
