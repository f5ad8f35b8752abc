"""The light form's routes over a store of the test's own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette

from data.records import ConsultationStatus
from data.settings import Settings
from data.store import Store, open_store
from survey import consultations, open_responses, publications, responses
from survey.channels import light_form, respondents
from survey.channels.requests import Site
from survey.guard import Guard
from survey.xlsform.sheets import from_markdown
from tests import small as small_consultation
from tests.databases import copied, dropped
from tests.light.reader import Reader

Light = Callable[..., Reader]
LightFor = Callable[[str], tuple[Reader, Store]]
CONSENT = {"consent": "agree", "publish": "named"}


def application(store: Store, settings: Settings, *, guard: Guard | None = None) -> Starlette:
    """The routes as the program mounts them."""
    site = Site(lambda: store, settings)
    guard = guard or Guard(on=False)
    return Starlette(routes=[*light_form.routes(site, guard), *respondents.routes(site, guard)])


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft may be begun as fast as a machine begins it."""
    monkeypatch.setattr("survey.guard.LEAST_SECONDS", 0.0)


@pytest.fixture
def light(store: Store, settings: Settings) -> Light:
    """Makes readers of the small consultation, open now; each call is another browser."""
    small_consultation.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    app = application(store, settings)
    return lambda **how: Reader(app, **how)


@pytest.fixture
def light_for(newest: Settings, tmp_path: Path) -> Iterator[LightFor]:
    """Makes a reader of a questionnaire given as Markdown, published as "form"."""
    stores: list[Store] = []

    def make(form: str) -> tuple[Reader, Store]:
        settings = copied(newest, tmp_path / f"{len(stores)}.db")
        store = open_store(settings)
        stores.append(store)
        publications.publish(
            store,
            from_markdown(form),
            slug="form",
            title={"en": "Form"},
            actor=small_consultation.ADMINISTRATOR,
            now=datetime.now(UTC),
        )
        return Reader(application(store, settings)), store

    yield make
    for number, store in enumerate(stores):
        store.close()
        dropped(tmp_path / f"{number}.db")


def close(store: Store, slug: str = "small") -> None:
    """The consultation takes no more answers."""
    now = datetime.now(UTC)
    consultations.set_status(store, slug, ConsultationStatus.CLOSED, actor=small_consultation.ADMINISTRATOR, now=now)


def stored(store: Store, code: str) -> open_responses.OpenResponse:
    """The response as it is kept."""
    return responses.resume(store, code, now=datetime.now(UTC))


def begun(reader: Reader) -> str:
    """The code of a new draft, at its first section."""
    reader.open("/f/small").press("begin")
    assert reader.status == 200
    return reader.code
