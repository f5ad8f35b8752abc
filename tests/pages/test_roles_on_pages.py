"""Granting and revoking roles on the page Collect, and what somebody is everywhere on the page People."""

from datetime import UTC, datetime

from data.records import Scope
from data.store import Store
from survey import grants, people
from survey.access import OPERATOR, ConsultationRole, Role
from survey.words import MESSAGES, filled
from tests.pages.conftest import Member, SignIn
from tests.pages.test_collect_page import GOOD, workbook
from tests.pages.visits import OPEN, Visit


def granted(store: Store) -> dict[str, tuple[str, Scope]]:
    return {each.login: (each.role, each.scope) for each in grants.granted(store, OPEN, actor=OPERATOR)}


def give(visit: Visit, login: str, role: ConsultationRole, **part: list[str]) -> Visit:
    """The form for a role, filled in and sent."""
    visit.enter(f"grant_login_{OPEN}", login).enter(f"grant_role_{OPEN}", role)
    for name, codes in part.items():
        visit.enter(f"grant_{name}_{OPEN}", codes)
    return visit.press("Grant the role")


def test_an_owner_grants_a_part_lists_it_and_revokes_it(opened: Store, member: Member) -> None:
    member("hopper", None)
    visit = Visit("collect", session=member("ada", ConsultationRole.OWNER))
    give(visit, " Hopper", ConsultationRole.ANALYST, regions=["ssa"], languages=["fr"])
    part = Scope(regions=frozenset({"ssa"}), languages=frozenset({"fr"}))
    assert granted(opened)["hopper"] == ("analyst", part)
    assert "Sub-Saharan Africa · Français" in visit.words
    assert "Hopper · hopper" in visit.words
    visit.press("Revoke")
    assert set(granted(opened)) == {"ada"}
    assert "hopper" not in visit.words


def test_what_cannot_be_granted_is_said_at_the_form(opened: Store, member: Member) -> None:
    visit = Visit("collect", session=member("ada", ConsultationRole.OWNER))
    give(visit, "ada", ConsultationRole.VIEWER)
    assert [found.value for found in visit.at.error] == [MESSAGES["grant.own"]]
    give(visit, "nobody", ConsultationRole.VIEWER)
    assert [found.value for found in visit.at.error] == ["There is no such account."]


def test_an_editor_is_offered_neither_roles_nor_contacts_nor_answers(opened: Store, member: Member) -> None:
    owner, editor = (
        Visit("collect", session=member(login, role))
        for login, role in (("ada", ConsultationRole.OWNER), ("grace", ConsultationRole.EDITOR))
    )
    for label in ("Who may do what", "Contact list", "Mailings and letters", "Delete responses"):
        assert label in owner.words
        assert label not in editor.words
    assert owner.has(f"answers_{OPEN}") and not editor.has(f"answers_{OPEN}")
    assert editor.has(f"status_{OPEN}")


def test_who_sees_a_part_only_stays_a_member_until_it_is_revoked(
    opened: Store, member: Member, sign_in: SignIn
) -> None:
    member("hopper", ConsultationRole.VIEWER, regions=["ssa"])
    visit = Visit("people", session=sign_in(Role.ADMINISTRATOR))
    key = next(each.id for each in people.listed(opened, actor=OPERATOR) if each.login == "hopper")
    visit.enter(f"role_{key}", Role.SECRETARIAT).run()
    assert [found.value for found in visit.at.error] == [filled("grant.sees_all", {"login": "hopper"})]
    assert visit.widget(f"role_{key}").value == Role.MEMBER
    grants.revoke(opened, OPEN, "hopper", actor=OPERATOR, now=datetime.now(UTC))
    visit.enter(f"role_{key}", Role.SECRETARIAT).run()
    assert not visit.at.error
    with opened.read() as kept:
        assert kept.person(key).role == Role.SECRETARIAT


def test_an_owner_publishes_versions_of_their_own_and_nothing_new(opened: Store, member: Member) -> None:
    visit = Visit("collect", session=member("ada", ConsultationRole.OWNER))
    visit.widget("form").upload("new.xlsx", workbook(GOOD))
    visit.run().enter("slug", "another").run()
    assert f"You may publish a new version of: {OPEN}" in visit.words
    assert not visit.has("publish")
    visit.enter("slug", OPEN).run()
    assert visit.has("publish")
