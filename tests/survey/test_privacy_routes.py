"""The record of processing is a page for staff alone; rules of retention are part of the daily work."""

from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette

from data.settings import Settings
from data.store import Store
from survey import consultation_rules, people
from survey.access import Role
from survey.channels import daily, privacy
from survey.channels.requests import Site
from tests.light.reader import Reader
from tests.small import CLOSES_AT, DAY, SECRETARIAT, SLUG, begin


def reader(store: Store, settings: Settings, role: Role | None) -> Reader:
    made = Reader(Starlette(routes=privacy.routes(Site(lambda: store, settings))))
    if role is not None:
        login = next(login for login, its_role in people.DEMO_PEOPLE.items() if its_role is role)
        token = people.sign_in_demo(store, login, demo=True, now=datetime.now(UTC), hours=1)
        made._headers["cookie"] = f"{settings.session_cookie}={token}"
    return made


@pytest.mark.parametrize("role", [None, Role.REPORT_WRITER])
def test_nobody_else_sees_the_record_of_processing(small: Store, settings: Settings, role: Role | None) -> None:
    shown = reader(small, settings, role).open("/record-of-processing")
    assert shown.status == 403
    assert "Controller" not in shown.words


def test_the_secretariat_sees_it(small: Store, settings: Settings) -> None:
    shown = reader(small, settings, Role.SECRETARIAT).open("/record-of-processing")
    assert (shown.status, shown.title) == (200, "Record of processing activities (GDPR Art. 30)")
    assert shown.headers["cache-control"] == "no-store"


def test_the_daily_work_erases_what_is_due_once(small: Store) -> None:
    begin(small)
    consultation_rules.set_policies(small, SLUG, {"keep_drafts_months": "1"}, actor=SECRETARIAT, now=CLOSES_AT)
    for moment in (CLOSES_AT, CLOSES_AT + 40 * DAY, CLOSES_AT + 40 * DAY):
        daily.run_once(small, moment)
    with small.read() as kept:
        assert [each.cause for each in kept.erasures()] == ["retention"]
        assert [each.action for each in kept.log()].count("retention.erased") == 1
