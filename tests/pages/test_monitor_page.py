"""Replies: who is still awaited, whom to remind, and where drafts stand."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from analysis import monitoring, opened_data
from analysis.findings import provenance
from data.records import ConsultationStatus, ResponseStatus
from data.store import Store
from survey import consultation_rules, consultations, demo, invitations, mailings, people, responses, saving
from survey.access import OPERATOR, Role
from survey.translator import LANGUAGES, Words
from survey.ui import collect_mailings
from tests.pages.conftest import SignIn
from tests.pages.visits import OPEN, Visit
from tests.survey.mail_server import mail_server


def test_the_figures_are_those_of_the_store(loaded: Store, sign_in: SignIn) -> None:
    with loaded.read() as kept:
        consultation = kept.consultation(demo.SLUG)
        replies = kept.responses(consultation.id)
        invited = kept.invitations(consultation.id)
    visit = Visit("monitor", session=sign_in(Role.SECRETARIAT))
    figures = [
        len(replies),
        len(invited),
        len({one.invitation_id for one in replies} - {None}),
        sum(one.late for one in replies),
        sum(one.invitation_id is None for one in replies),
    ]
    for figure in figures:
        assert re.search(rf"\b{figure}\b", visit.words), figure


def test_the_state_of_the_data_stands_under_the_figures_as_in_files(loaded: Store, sign_in: SignIn) -> None:
    state = provenance.short(opened_data.digest(loaded, demo.SLUG, actor=OPERATOR))
    for name in ("monitor", "overview"):
        visit = Visit(name, session=sign_in(Role.SECRETARIAT))
        assert set(re.findall(r"Data state (\w+)", visit.words)) == {state}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_readers_language(language: str, loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("monitor", session=sign_in(Role.SECRETARIAT), language=language)
    assert visit.title == Words(language).translate("Replies")
    assert Words(language).translate("Whom to remind first") in visit.words


def test_its_dates_are_in_the_zone_of_the_consultation(opened: Store, sign_in: SignIn) -> None:
    demo_slug = consultations.listed(opened)[0].slug
    opens, deadline = datetime(2026, 1, 1, tzinfo=UTC), datetime(2099, 10, 31, 22, 30, tzinfo=UTC)
    consultations.change(
        opened, demo_slug, title={}, opens_at=opens, deadline_at=deadline, closes_at=None, actor=OPERATOR, now=opens
    )
    consultation_rules.set_policies(opened, demo_slug, {"zone": "Africa/Nairobi"}, actor=OPERATOR, now=opens)
    visit = Visit("monitor", session=sign_in(Role.SECRETARIAT))
    assert "First deadline: 1 November 2099, 01:30 EAT." in visit.words


def test_without_a_reply_the_page_still_stands(opened: Store, sign_in: SignIn) -> None:
    assert Visit("monitor", session=sign_in(Role.SECRETARIAT)).title == "Replies"


def test_without_a_consultation_it_says_so(empty: Store, sign_in: SignIn) -> None:
    visit = Visit("monitor", session=sign_in(Role.SECRETARIAT))
    assert [found.value for found in visit.at.info] == ["There is no consultation yet."]


def test_the_frame_the_sections_and_whom_to_remind_stand_there(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("monitor", session=sign_in(Role.SECRETARIAT))
    assert [found.value for found in visit.at.header] == [
        "Replies of invited organisations",
        "Whom to remind first",
        "Possible duplicates",
        "Section by section",
        "Who was invited",
    ]
    assert [found.label for found in visit.at.tabs] == ["Region", "Type of organisation", "Language"]
    assert visit.has("outreach-file")


def test_an_invited_organisation_is_found_by_what_stands_in_its_row(loaded: Store, sign_in: SignIn) -> None:
    with loaded.read() as kept:
        frame = kept.invitations(kept.consultation(demo.SLUG).id)
        replied = kept.replied_invitations(kept.consultation(demo.SLUG).id)
    last = max((each for each in frame if each.id not in replied), key=lambda each: each.organisation.casefold())
    visit = Visit("monitor", session=sign_in(Role.SECRETARIAT))
    assert "The first 200 of " in visit.words
    visit.enter("invited-search", last.email.upper()).run()
    assert last.email in visit.markup
    assert ">1 organisation<" in visit.markup
    visit.enter("invited-shown", "replied").run()
    assert ">0 organisations<" in visit.markup


def test_a_report_writer_sees_no_organisation_and_no_address(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("monitor", session=sign_in(Role.REPORT_WRITER))
    assert [found.value for found in visit.at.header] == ["Replies of invited organisations", "Section by section"]
    with loaded.read() as kept:
        frame = kept.invitations(kept.consultation(demo.SLUG).id)
    assert [each.organisation for each in frame if each.organisation in visit.words] == []
    assert not visit.has("outreach-file")


def test_without_a_contact_list_the_rest_stands_there(opened: Store, sign_in: SignIn) -> None:
    visit = Visit("monitor", session=sign_in(Role.SECRETARIAT))
    assert "There is no contact list" in visit.words
    assert [found.value for found in visit.at.header] == ["Section by section"]


def test_staff_say_that_a_reply_in_an_invited_name_is_its_reply(opened: Store, sign_in: SignIn) -> None:
    now = datetime.now(UTC)
    invitations.import_frame(opened, OPEN, [{"organisation": "Rivers e.V."}], actor=OPERATOR, now=now)
    answers = {"consent": "agree", "publish": "named", "org_name": "Rivers"}
    code = responses.begin(opened, OPEN, language="en", channel="web", now=now)
    opened_response = saving.save(opened, code, answers, seen={}, section="", language="en", now=now)
    with opened.write() as kept:  # the demonstration asks much; what counts here is that it was sent
        response = opened_response.response
        kept.save_response(
            response.id,
            expected_revision=kept.response(response.id).revision,
            status=ResponseStatus.SUBMITTED,
            submitted_at=now,
            submission=answers,
        )
    visit = Visit("monitor", session=sign_in(Role.SECRETARIAT), c=OPEN)
    assert "Possible duplicates" in visit.words
    assert response.reference in visit.markup
    visit.press("It is the reply of this organisation")
    assert "Possible duplicates" not in visit.words
    with opened.read() as kept:
        assert len(kept.replied_invitations(kept.consultation(OPEN).id)) == 1


# figures that follow what comes in


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What is put in here happens once, between the first drawing of a part that looks again by itself and the next."""
    happens: list[Callable[[], object]] = []

    def fragment(*, run_every: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
        def twice(draw: Callable[..., None]) -> Callable[..., None]:
            def drawn(*given: object) -> None:
                draw(*given)
                if happens:
                    assert run_every == 30.0
                    happens.pop()()
                    draw(*given)

            return drawn

        return twice

    monkeypatch.setattr("streamlit.fragment", fragment)
    return happens


def figures(visit: Visit) -> list[str]:
    """The number of replies each time that the tiles were drawn."""
    return re.findall(r"<b>([\d,]+)</b><span>replies</span>", visit.markup)


def test_the_figures_follow_what_comes_in(
    loaded: Store, sign_in: SignIn, meanwhile: list[Callable[[], object]]
) -> None:
    def withdrawn() -> None:
        with loaded.write() as kept:
            first = kept.responses(kept.consultation(demo.SLUG).id)[0]
            kept.save_response(first.id, expected_revision=first.revision, status=ResponseStatus.WITHDRAWN)

    meanwhile.append(withdrawn)
    assert figures(Visit("monitor", session=sign_in(Role.SECRETARIAT))) == ["461", "460"]


def test_who_signed_out_elsewhere_sees_no_further_figures(
    loaded: Store, sign_in: SignIn, meanwhile: list[Callable[[], object]]
) -> None:
    session = sign_in(Role.SECRETARIAT)
    meanwhile.append(lambda: people.sign_out(loaded, session, now=datetime.now(UTC)))
    visit = Visit("monitor", session=session)
    assert figures(visit) == []
    assert "Replies of invited organisations" not in visit.words


# reminding some


def test_only_the_first_of_the_list_are_reminded(
    loaded: Store, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with loaded.write() as kept:
        consultation = kept.consultation(demo.SLUG)
        dates = {"opens_at": None, "deadline_at": None, "closes_at": None}
        kept.change_consultation(consultation.id, fictional=False, status=ConsultationStatus.OPEN, **dates)
    first = monitoring.outreach(loaded, demo.SLUG, actor=OPERATOR, language="en")[:3]
    monkeypatch.setenv("SOUNDINGS_PUBLIC_URL", "https://voices.example")
    with mail_server() as post:
        monkeypatch.setenv("SOUNDINGS_SMTP_URL", post.url)
        monkeypatch.setenv("SOUNDINGS_MAIL_FROM", "a@b.example")
        monkeypatch.setenv("SOUNDINGS_MAIL_PAUSE_SECONDS", "0")
        visit = Visit("monitor", session=sign_in(Role.ADMINISTRATOR))
        assert visit.widget("remind-first").value == 25
        visit.enter("remind-first", 3).run().click(f"mail_send_{demo.SLUG}")
        collect_mailings._RUNNING[demo.SLUG].join(20)
    assert sorted(post.addresses) == sorted(each.invitation.email for each in first)
    (mailing,) = mailings.mailings(loaded, demo.SLUG, actor=OPERATOR)
    assert (mailing.kind, sum(mailing.counts.values())) == ("reminder", 3)
