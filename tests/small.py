"""A small consultation, people of every role and a moment, for the tests of use cases."""

# ruff: noqa: E501 - the form stands here as a Markdown table

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.errors import SoundingsError
from data.invitation_records import InvitationRecord
from data.records import EVERYTHING, Scope
from data.store import Store
from survey import links, open_responses, publications, responses, saving
from survey.access import Actor, ActorKind, ConsultationRole, Grant, Role
from survey.xlsform.sheets import from_markdown

SLUG = "small"
NOW = datetime(2026, 9, 15, 12, 0, tzinfo=UTC)
OPENS_AT = datetime(2026, 9, 1, tzinfo=UTC)
DEADLINE_AT = datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=UTC)
CLOSES_AT = datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
DAY = timedelta(days=1)

FORM = """
| survey |
| | type                   | name          | label::English (en)   | label::Français (fr)  | required | relevant | constraint | constraint_message::English (en) | appearance |
| | start                  | start_time    |                       |                       |
| | begin group            | s0            | Before you start      | Avant de commencer    |
| | select_one consent     | consent       | Do you agree?         | Êtes-vous d'accord ?  | yes |
| | select_one publish     | publish       | May we publish?       | Publier ?             | yes |
| | end group              |               |                       |                       |
| | begin group            | s1            | About you             | Sur vous              | | ${consent} = 'agree' |
| | text                   | org_name      | Organisation          | Organisation          | yes |
| | select_one region      | region        | Region                | Région                | yes |
| | select_multiple field  | fields        | Fields of work        | Domaines              |
| | text                   | fields_other  | Which other field?    | Lequel ?              | yes | selected(${fields}, 'other') |
| | integer                | staff         | Members of staff      | Effectif              | | | . >= 0 | Not less than nobody |
| | end group              |               |                       |                       |
| | begin group            | s2            | Your view             | Votre avis            | | ${consent} = 'agree' |
| | begin group            | m_serv        | How adequate?         | Adéquat ?             | | | | | table-list |
| | select_one adequacy    | serv_prev     | Prevention            | Prévention            |
| | select_one adequacy    | serv_hr       | Harm reduction        | Réduction des risques |
| | end group              |               |                       |                       |
| | rank field             | invest_rank   | Rank these            | Classez               |
| | text                   | finding       | Your main finding     | Votre constat         |
| | text                   | recommendation | Your recommendation  | Votre recommandation  |
| | select_one challenge   | rec_challenge | Which challenge?      | Quel défi ?           |
| | text                   | action_local  | One local action      | Une action locale     |
| | end group              |               |                       |                       |
| | begin group            | s3            | A story               | Un récit              | | ${consent} = 'agree' |
| | select_one yn          | story_yes     | Have you a story?     | Un récit ?            |
| | file                   | story_file    | The story             | Le récit              | | ${story_yes} = 'yes' |
| | text                   | contact_email | E-mail                | Courriel              |
| | end group              |               |                       |                       |
| choices |
| | list_name | name    | label::English (en) | label::Français (fr) |
| | consent   | agree   | I agree             | J'accepte            |
| | consent   | decline | I do not agree      | Je refuse            |
| | publish   | named   | With our name       | Avec notre nom       |
| | publish   | anon    | Anonymously         | Anonymement          |
| | publish   | no      | Not published       | Non publié           |
| | region    | n       | North               | Nord                 |
| | region    | s       | South               | Sud                  |
| | field     | prev    | Prevention          | Prévention           |
| | field     | hr      | Harm reduction      | Réduction            |
| | field     | other   | Other               | Autre                |
| | adequacy  | 1       | Not at all          | Pas du tout          |
| | adequacy  | 2       | Partly              | En partie            |
| | adequacy  | 3       | Fully               | Pleinement           |
| | adequacy  | dk      | Don't know          | Ne sait pas          |
| | challenge | c1      | Health              | Santé                |
| | challenge | c2      | Rights              | Droits               |
| | yn        | yes     | Yes                 | Oui                  |
| | yn        | no      | No                  | Non                  |
| settings |
| | form_title | form_id | version | default_language |
| | Small      | small   | 1       | English (en)     |
"""

ANSWERS: Mapping[str, object] = {
    "consent": "agree",
    "publish": "named",
    "org_name": "Southern Cross",
    "region": "s",
    "fields": ["prev", "hr"],
    "serv_prev": "2",
    "serv_hr": "dk",
    "invest_rank": ["hr", "prev", "other"],
    "finding": "Services are far away.",
    "contact_email": "post@southern.example",
}
"""A reply that can be sent as it is."""

SENT: Mapping[str, object] = {
    "start_time": "2026-09-15T12:00:00.000+00:00",
    "consent": "agree",
    "publish": "named",
    "org_name": "Southern Cross",
    "region": "s",
    "fields": ("prev", "hr"),
    "serv_prev": "2",
    "serv_hr": "dk",
    "invest_rank": ("hr", "prev", "other"),
    "finding": "Services are far away.",
}
"""What of ANSWERS is kept as the submission."""


def person(role: Role, *, person_id: int = 1) -> Actor:
    """Somebody with that role."""
    return Actor(kind=ActorKind.PERSON, person_id=person_id, login=str(role), name=str(role).title(), role=role)


def granted(
    role: ConsultationRole, scope: Scope = EVERYTHING, *, consultation: str = SLUG, person_id: int = 11
) -> Actor:
    """A member with that role in a consultation, for all of it or for a part."""
    grant = Grant(consultation=consultation, role=role, scope=scope)
    return replace(person(Role.MEMBER, person_id=person_id), login=str(role), grants=(grant,))


ADMINISTRATOR = person(Role.ADMINISTRATOR)
SECRETARIAT = person(Role.SECRETARIAT)
REPORT_WRITER = person(Role.REPORT_WRITER)
MEMBER = person(Role.MEMBER)


def publish(store: Store, *, slug: str = SLUG, form: str = FORM, **changes: object) -> publications.Published:
    """The small consultation, open from September to the end of 2026, first deadline 31 October."""
    values: dict[str, object] = {
        "slug": slug,
        "title": {"en": "Small consultation", "fr": "Petite consultation"},
        "actor": SECRETARIAT,
        "now": NOW,
        "opens_at": OPENS_AT,
        "deadline_at": DEADLINE_AT,
        "closes_at": CLOSES_AT,
        "fictional": True,
    }
    return publications.publish(store, from_markdown(form), **{**values, **changes})  # type: ignore[arg-type]


def begin(
    store: Store, *, slug: str = SLUG, language: str = "en", now: datetime = NOW, invitation_token: str = ""
) -> str:
    """The code of a new draft, begun by a personal link or without one."""
    return responses.begin(store, slug, language=language, channel="web", now=now, invitation_token=invitation_token)


def fill(
    store: Store, code: str, changes: Mapping[str, object] = ANSWERS, *, now: datetime = NOW, section: str = "s1"
) -> open_responses.OpenResponse:
    """The draft with these answers, saved by a window that saw what is kept."""
    seen = responses.resume(store, code, now=now).state.answers
    return saving.save(store, code, changes, seen=seen, section=section, language="en", now=now)


def send(store: Store, *, slug: str = SLUG, now: datetime = NOW, **answers: object) -> str:
    """The code of a reply that was sent; answers replace those of ANSWERS, None leaves one out."""
    code = begin(store, slug=slug, now=now)
    fill(store, code, {**ANSWERS, **answers}, now=now)
    responses.submit(store, code, now=now)
    return code


def send_by_link(
    store: Store, organisation: str, *, slug: str = SLUG, answers: Mapping[str, object] = ANSWERS, now: datetime = NOW
) -> str:
    """The code of a reply that an organisation of the contact list sent by its personal link."""
    with store.read() as kept:
        frame = kept.invitations(kept.consultation(slug).id)
    (key,) = [each.id for each in frame if each.organisation == organisation]
    token = links.renew_link(store, slug, key, actor=SECRETARIAT, now=now)
    code = begin(store, slug=slug, now=now, invitation_token=token)
    fill(store, code, answers, now=now)
    responses.submit(store, code, now=now)
    return code


@contextmanager
def refused(kind: type[SoundingsError], code: str) -> Iterator[pytest.ExceptionInfo[SoundingsError]]:
    """What happens inside is refused with this error, code and all."""
    with pytest.raises(kind) as caught:
        yield caught
    assert caught.value.code == code


def frame_of(store: Store) -> tuple[InvitationRecord, ...]:
    """The contact frame of the small consultation."""
    with store.read() as kept:
        return kept.invitations(kept.consultation(SLUG).id)
