"""Loads the embedded consultation through the same use cases that people use. Everything in it is invented."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.demo import generator
from data.errors import NotFound
from data.store import Store
from survey import consultations, imports, invitations, publications
from survey.access import Actor
from survey.imported_rows import ImportRow
from survey.xlsform.sheets import read_sheets

SLUG = "way-forward-2029"
TITLE = {
    "en": "Civil society consultation: the way forward to 2029",
    "fr": "Consultation de la société civile : la voie à suivre jusqu’en 2029",
    "es": "Consulta de la sociedad civil: el camino hacia 2029",
    "ru": "Консультация гражданского общества: путь к 2029 году",
    "ar": "مشاورة المجتمع المدني: الطريق إلى عام 2029",
    "zh": "民间社会咨询：迈向2029年的前进道路",
}
OPENS_AT = datetime(2026, 9, 1, tzinfo=UTC)
DEADLINE_AT = datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=UTC)
CLOSES_AT = datetime(2029, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
FORM = Path(generator.__file__).parent / "way_forward_2029"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What is there now, and how much of it was added by this call."""

    slug: str
    invited: int
    responses: int
    added_invited: int
    added_responses: int


def load(store: Store, *, actor: Actor, now: datetime) -> Loaded:
    """The demo is there once; a load that was cut off is completed."""
    try:
        consultations.find(store, SLUG)
    except NotFound:
        publications.publish(
            store,
            read_sheets(FORM),
            slug=SLUG,
            title=TITLE,
            actor=actor,
            now=now,
            opens_at=OPENS_AT,
            deadline_at=DEADLINE_AT,
            closes_at=CLOSES_AT,
            fictional=True,
        )
    with store.read() as kept:
        consultation = kept.consultation(SLUG)
        invited = len(kept.invitations(consultation.id))
        present = kept.data_revision(consultation.id)[0]
    added_invited = added_responses = 0
    if invited == 0:
        frame = [asdict(organisation) for organisation in generator.invitations()]
        added_invited, _ = invitations.import_frame(store, SLUG, frame, actor=actor, now=now)
    if present == 0:
        rows = [
            ImportRow(
                number=number,
                values=response.answers,
                language=response.language,
                started_at=response.started_at,
                submitted_at=response.submitted_at,
            )
            for number, response in enumerate(generator.responses(), start=1)
        ]
        added_responses = imports.import_responses(store, SLUG, rows, actor=actor, now=now).added
    return Loaded(
        slug=SLUG,
        invited=invited + added_invited,
        responses=present + added_responses,
        added_invited=added_invited,
        added_responses=added_responses,
    )
