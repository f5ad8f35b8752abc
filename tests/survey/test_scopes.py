"""Whoever sees a part of a consultation sees what there would be if nothing else were there.

Two stores hold the same inside; one of them holds much outside too. Nobody with a role for the part can tell which is
which.
"""

import io
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import product

import pandas as pd
import pytest

from analysis import card_notes, inventory, monitoring, recommendations, reports, snapshots, take_away
from analysis.dataset import kept, remembering
from analysis.disclosure import Audience, Suppressed
from analysis.opened_data import Filters
from analysis.report.outline import Item, ItemKind
from data.errors import NotAllowed, NotFound
from data.records import EVERYTHING, Scope
from data.store import Store, Transaction, open_store
from survey import grants, invitations, people, preparation, response_files, responses, saving
from survey.access import OPERATOR, Actor, ConsultationRole, Role, decide
from survey.mail_templates import MailKind
from survey.translator import Words
from survey.versions.renames import RenameMap
from survey.xlsform.sheets import from_markdown
from survey.xlsform.translation_files import export
from tests.conftest import settings_for
from tests.small import ANSWERS, DAY, FORM, NOW, SECRETARIAT, SLUG, granted, publish, refused
from tests.survey.test_access import ANY_ROLE, STAFF_ONLY, needed

NORTH = Scope(regions=frozenset({"n"}))
FRENCH = Scope(languages=frozenset({"fr"}))
BOTH = Scope(regions=frozenset({"n"}), languages=frozenset({"fr"}))
SCOPES = {"north": NORTH, "french": FRENCH, "both": BOTH}
CELLS = tuple(product(("n", "s"), ("en", "fr")))
WORDS = Words("en")
WRITING = {
    "keep_finding",
    "keep_groups",
    "reword_finding",
    "drop_finding",
    "write_recommendation",
    "drop_recommendation",
    "move",
    "count_reply",
    "decide_replies",
    "record",
    "take",
    "create_report",
    "rename_report",
    "drop_report",
    "add_item",
    "change_item",
    "move_item",
    "remove_item",
    "accept_numbers",
    "released",
    "released_as_kept",
    "import_translation",
    "write_note",
    "staff_file",
}
"""What changes something or names one thing by a key; told apart below."""


def lies_in(scope: Scope, region: str, language: str) -> bool:
    return (scope.regions is None or region in scope.regions) and (
        scope.languages is None or language in scope.languages
    )


def fill_cell(store: Store, region: str, language: str, replies: int = 3) -> None:
    """Organisations, mails, replies with files and contacts, a doubled one, and drafts of one region and language."""
    names = [f"Group {region} {language} {number}" for number in range(replies + 2)]
    rows = [
        {
            "organisation": name,
            "region": region,
            "language": language,
            "email": f"{name[6:].replace(' ', '')}@x.example",
        }
        for name in names
    ]
    invitations.import_frame(store, SLUG, rows, actor=SECRETARIAT, now=NOW)
    for number, name in enumerate(names):
        moment = NOW + timedelta(hours=number)
        code = responses.begin(store, SLUG, language=language, channel="web", now=moment)
        answers: Mapping[str, object] = {
            **ANSWERS,
            "org_name": name,
            "region": region,
            "finding": f"The words of {name}",
            "recommendation": f"What {name} recommends",
            "rec_challenge": "c1",
            "action_local": f"{name} would",
            "contact_email": f"{number}{region}{language}@y.example",
            "story_yes": "yes",
            "staff": str(number + len(region) * 7),
        }
        saving.save(store, code, answers, seen={}, section="s3", language=language, now=moment)
        words = name.encode()
        response_files.attach(store, code, "story_file", name=f"{name}.txt", content=words, limit_bytes=999, now=moment)
        if number < replies:
            responses.submit(store, code, now=moment + DAY)
    with store.write() as kept:
        consultation = kept.consultation(SLUG)
        frame = [each for each in kept.invitations(consultation.id) if each.organisation in names]
        mails = [(each.id, each.email) for each in frame[:2]]
        kept.add_mailing(consultation.id, MailKind.REMINDER, mails, now=NOW, by="test")


def fill_findings(store: Store, actor: Actor, name: str) -> None:
    """A finding and a recommendation with it, made by that actor."""
    key = recommendations.keep_finding(
        store, SLUG, "serv_prev", f"Found in {name}", filters=Filters(), actor=actor, now=NOW
    )
    recommendations.write_recommendation(
        store,
        SLUG,
        text=f"Recommended for {name}",
        addressee="b",
        level="local",
        challenge="c1",
        finding_ids=[key],
        answers=(),
        actor=actor,
        now=NOW,
    )


def fill_report(store: Store, actor: Actor, name: str) -> None:
    """A report with words and a chart, made by that actor."""
    key = reports.create_report(store, SLUG, f"Report of {name}", "en", actor=actor, now=NOW)
    for revision, item in enumerate(
        (
            Item(kind=ItemKind.TEXT, text=f"Words of {name}."),
            Item(kind=ItemKind.CHART, question="m_serv", title=f"Services in {name}"),
        ),
        start=1,
    ):
        reports.add_item(store, SLUG, key, item, revision=revision, actor=actor, now=NOW)


def fill_note(store: Store, actor: Actor, name: str) -> None:
    """A note under a card, written by that actor; it is the first one of those who see the same part."""
    card_notes.write_note(store, SLUG, "region", f"Asked of {name}.", revision=0, actor=actor, now=NOW)


@pytest.fixture(scope="module", params=SCOPES)
def halves(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Scope, Store, Store]]:
    """(scope, a store with the inside only, the same with what lies outside)."""
    scope = SCOPES[request.param]
    folder = tmp_path_factory.mktemp(f"scope-{request.param}")
    store = open_store(settings_for(folder / "inside.db"), migrate=True)
    publish(store)
    preparation.begin_from_version(store, SLUG, name="x", actor=SECRETARIAT, now=NOW)
    for region, language in CELLS:
        if lies_in(scope, region, language):
            fill_cell(store, region, language)
    fill_findings(store, granted(ConsultationRole.OWNER, scope), "the part")
    fill_report(store, granted(ConsultationRole.OWNER, scope), "the part")
    fill_note(store, granted(ConsultationRole.OWNER, scope), "the part")
    snapshots.take(store, SLUG, actor=granted(ConsultationRole.OWNER, scope), now=NOW)
    store.close()
    shutil.copy(folder / "inside.db", folder / "whole.db")
    inside, whole = (open_store(settings_for(folder / name)) for name in ("inside.db", "whole.db"))
    for region, language in CELLS:
        if not lies_in(scope, region, language):
            fill_cell(whole, region, language, replies=4)
    fill_findings(whole, SECRETARIAT, "everything")
    fill_report(whole, SECRETARIAT, "everything")
    fill_note(whole, SECRETARIAT, "everything")
    fill_note(whole, granted(ConsultationRole.OWNER, Scope(regions=frozenset({"s"}))), "the South")
    snapshots.take(whole, SLUG, actor=SECRETARIAT, now=NOW)
    fill_findings(whole, granted(ConsultationRole.OWNER, Scope(regions=frozenset({"s"}))), "the South")
    yield scope, inside, whole
    inside.close()
    whole.close()


def plain(result: object) -> str:
    """Everything that a use case gave, as text."""
    if isinstance(result, pd.DataFrame):
        return result.to_csv()
    if isinstance(result, take_away.File) and result.name.endswith((".xlsx", ".pptx", ".zip")):
        with zipfile.ZipFile(io.BytesIO(result.content)) as book:
            names = [name for name in sorted(book.namelist()) if not name.startswith("docProps/")]
            return "\n".join(f"{name}: {book.read(name)!r}" for name in names)
    return re.sub(r" at 0x[0-9a-f]+", "", repr(result))


USE_CASES = {**STAFF_ONLY, **ANY_ROLE}
READING = [
    name
    for name in USE_CASES
    if name not in WRITING
    and all(decide(granted(ConsultationRole.OWNER, NORTH), action, SLUG).allowed for action in needed(name))
]


def test_the_reading_use_cases_are_those_that_a_part_is_asked_of() -> None:
    assert len(READING) > 25
    assert {"staff_files", "invited", "frame", "doubted", "progress", "findings", "dashboard_file", "notes"} <= set(
        READING
    )


@pytest.mark.parametrize("name", READING)
def test_a_role_for_a_part_sees_what_there_would_be_without_the_rest(
    halves: tuple[Scope, Store, Store], name: str
) -> None:
    scope, inside, whole = halves
    actor = granted(ConsultationRole.OWNER, scope)
    expected, found = (plain(USE_CASES[name](store, actor)) for store in (inside, whole))
    assert found == expected


@pytest.mark.parametrize(
    "name",
    [
        "staff_files",
        "invited",
        "organisations",
        "outreach_csv",
        "doubted",
        "frame",
        "replies",
        "findings",
        "snapshots.listed",
        "reports.listed",
        "open_report",
    ],
)
def test_somebody_for_the_whole_sees_the_rest(halves: tuple[Scope, Store, Store], name: str) -> None:
    _scope, inside, whole = halves
    actor = granted(ConsultationRole.OWNER)
    assert plain(USE_CASES[name](whole, actor)) != plain(USE_CASES[name](inside, actor))


UNSCOPED = {("staff_file", "response"), ("move", "findings"), ("move", "recommendations")}
"""Reads that only find out of which consultation a file is, and the places of what is put in order."""
OF_NO_PART = {
    "erasure_counts",  # a number that is compared and shown to nobody
    "finish",
    "consultation",
    "consultation_by_id",
    "versions",
    "version_numbers",
    "version_key",
    "newest_version",
    "projects",
    "project",
    "project_content",
    "project_acts",
    "review_rules",
    "file",
    "order",
    "add_finding",
    "add_snapshot",
    "frozen_responses",
    "add_releases",
    "record",
}
"""Reads and writes without a scope that a role for a part leads to: they hold nothing of respondents, or one thing by
its key, of which the use case first asks whether it lies within the part."""


@pytest.mark.parametrize("name", [*READING, "count_reply", "move", "staff_file", "keep_finding", "take"])
def test_every_read_for_a_part_takes_its_scope(
    halves: tuple[Scope, Store, Store], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope, _inside, whole = halves
    remembering.forget_all()
    kept.forget()
    open_reads: set[str] = set()
    inside: list[str] = []
    for method in dir(Transaction):
        made = getattr(Transaction, method)
        if method.startswith("_") or method == "set_grant" or not callable(made):
            continue
        scoped = "scope" in getattr(getattr(made, "__code__", None), "co_varnames", ())

        def noted(  # type: ignore[no-untyped-def]
            self: Transaction, *args: object, _made=made, _method=method, _scoped=scoped, **more: object
        ) -> object:
            given = [each for each in (*args, *more.values()) if isinstance(each, Scope)]
            known = (name, _method) in UNSCOPED if _scoped else _method in OF_NO_PART
            if not inside and not known and not any(each.is_narrow for each in given):
                open_reads.add(_method)
            inside.append(_method)
            try:
                return _made(self, *args, **more)
            finally:
                inside.pop()

        monkeypatch.setattr(Transaction, method, noted)
    with suppress(NotFound, NotAllowed):
        USE_CASES[name](whole, granted(ConsultationRole.OWNER, scope))
    assert open_reads == set()


# what is named by a key


def test_a_file_outside_the_part_is_not_there(halves: tuple[Scope, Store, Store]) -> None:
    scope, inside, whole = halves
    actor = granted(ConsultationRole.REVIEWER, scope)
    known = {file.id for file, _reference in response_files.staff_files(inside, SLUG, actor=SECRETARIAT)}
    for file, _reference in response_files.staff_files(whole, SLUG, actor=SECRETARIAT):
        if file.id in known:
            assert response_files.staff_file(whole, file.id, actor=actor)[0] == file
        else:
            with refused(NotFound, "file.unknown"):
                response_files.staff_file(whole, file.id, actor=actor)


def test_findings_and_recommendations_of_more_than_the_part_cannot_be_touched(
    halves: tuple[Scope, Store, Store],
) -> None:
    scope, _inside, whole = halves
    actor = granted(ConsultationRole.ANALYST, scope)
    with whole.read() as kept:
        key = kept.consultation(SLUG).id
        strange = [each.id for each in kept.findings(key) if not scope.holds(each.scope)]
        written = [each.id for each in kept.recommendations(key) if not scope.holds(each.scope)]
    assert len(strange) == len(written) >= 1
    for finding in strange:
        with refused(NotFound, "finding.unknown"):
            recommendations.drop_finding(whole, finding, actor=actor, now=NOW)
        with refused(NotFound, "finding.unknown"):
            recommendations.reword_finding(whole, finding, "x", revision=1, actor=actor, now=NOW)
        with refused(NotFound, "finding.unknown"):
            recommendations.move(whole, SLUG, "findings", finding, -1, actor=actor, now=NOW)
        with refused(NotFound, "finding.unknown"):
            take_away.finding_file(whole, SLUG, finding, "csv", actor=actor, words=WORDS)
    for recommendation in written:
        with refused(NotFound, "recommendation.unknown"):
            recommendations.drop_recommendation(whole, recommendation, actor=actor, now=NOW)


def test_a_reply_outside_the_part_counts_for_nobody_by_a_reviewer_of_it(halves: tuple[Scope, Store, Store]) -> None:
    scope, _inside, whole = halves
    actor = granted(ConsultationRole.REVIEWER, scope)
    with whole.read() as kept:
        consultation = kept.consultation(SLUG)
        inside = {each.id for each in kept.responses(consultation.id, scope)}
        outside = next(each.id for each in kept.responses(consultation.id) if each.id not in inside)
        theirs = {each.id for each in kept.invitations(consultation.id, scope)}
        strange = next(each.id for each in kept.invitations(consultation.id) if each.id not in theirs)
    with refused(NotFound, "response.unknown_code"):
        invitations.count_reply(whole, SLUG, outside, next(iter(theirs)), actor=actor, now=NOW)
    with refused(NotFound, "invitation.unknown"):
        invitations.count_reply(whole, SLUG, next(iter(inside)), strange, actor=actor, now=NOW)


def test_putting_findings_in_order_leaves_what_is_not_seen_in_its_place(small: Store) -> None:
    fill_cell(small, "n", "en")
    north = granted(ConsultationRole.ANALYST, NORTH)
    for actor, name in ((north, "a"), (SECRETARIAT, "b"), (north, "c"), (SECRETARIAT, "d")):
        fill_findings(small, actor, name)
    third = recommendations.findings(small, SLUG, actor=north, language="en")[1].record.id
    recommendations.move(small, SLUG, "findings", third, -1, actor=north, now=NOW)
    found = recommendations.findings(small, SLUG, actor=SECRETARIAT, language="en")
    assert [each.record.statement[-1] for each in found] == ["c", "b", "a", "d"]


# small counts


def test_the_total_of_a_small_part_is_protected_and_that_of_everybody_is_not(small: Store) -> None:
    fill_cell(small, "n", "en", replies=2)
    fill_cell(small, "s", "en", replies=6)
    viewer = granted(ConsultationRole.VIEWER, NORTH)
    found = monitoring.progress(small, SLUG, actor=viewer, language="en", now=NOW)
    assert found.audience is Audience.MEETING
    for count in (found.replies, found.replied, found.late, found.drafts, found.off_frame):
        assert isinstance(count, Suppressed)
    assert found.expected is None
    assert all(isinstance(each.reached, Suppressed) for each in found.sections)
    for kind in ("csv", "svg"):
        file = take_away.chart_file(
            small, SLUG, "serv_prev", kind, actor=viewer, words=WORDS, filters=Filters(), now=NOW
        )
        text = file.content.decode("utf-8-sig")
        assert not re.search(r"[>,\t]2[<,\r\n]", text)
        assert "[c]" in text
    assert "North" in text
    whole = monitoring.progress(small, SLUG, actor=granted(ConsultationRole.VIEWER), language="en", now=NOW)
    assert whole.replies == 8
    analyst = monitoring.progress(small, SLUG, actor=granted(ConsultationRole.ANALYST, NORTH), language="en", now=NOW)
    assert (analyst.replies, analyst.audience) == (2, Audience.INTERNAL)


# versions


def test_a_part_follows_regions_that_another_version_calls_otherwise(small: Store) -> None:
    fill_cell(small, "n", "en", replies=2)
    fill_cell(small, "s", "en", replies=1)
    account(small, "ada")
    grants.grant(small, SLUG, "ada", ConsultationRole.ANALYST, regions=["n"], actor=OPERATOR, now=NOW)
    renamed = FORM.replace("| region    | n       |", "| region    | north   |")
    publish(small, form=renamed, renames=RenameMap(choices={"region": {"n": "north"}}))
    (kept,) = grants.granted(small, SLUG, actor=OPERATOR)
    assert kept.scope == Scope(regions=frozenset({"north"}))
    actor = granted(ConsultationRole.ANALYST, kept.scope)
    assert inventory.replies(small, SLUG, actor=actor) == 2
    assert len(response_files.staff_files(small, SLUG, actor=actor)) == 2


def test_a_code_that_meant_another_region_lets_nothing_through(small: Store) -> None:
    fill_cell(small, "n", "en", replies=2)
    fill_cell(small, "s", "en", replies=1)
    swapped = FORM.replace("| region    | n       |", "| region    | x       |")
    swapped = swapped.replace("| region    | s       |", "| region    | n       |").replace(
        "| x       |", "| s       |"
    )
    publish(small, form=swapped, renames=RenameMap(choices={"region": {"n": "s", "s": "n"}}))
    for region in ("n", "s"):
        actor = granted(ConsultationRole.ANALYST, Scope(regions=frozenset({region})))
        assert inventory.replies(small, SLUG, actor=actor) == 0


# granting


def account(store: Store, login: str, role: Role = Role.MEMBER) -> None:
    token = people.invite(store, login=login, name=login.title(), role=role, actor=OPERATOR, now=NOW)
    people.accept_link(store, token, login="", name="", password="a long enough one", now=NOW)


def session_of(store: Store, login: str) -> str:
    return people.sign_in(store, login=login, password="a long enough one", now=NOW, hours=1)


def test_a_role_holds_from_the_next_click_on_and_ends_when_it_is_revoked(small: Store) -> None:
    account(small, "ada")
    session = session_of(small, "ada")

    def who() -> Actor:
        found = people.actor_of(small, session, now=NOW)
        assert found is not None
        return found

    with refused(NotFound, "consultation.unknown"):
        inventory.replies(small, SLUG, actor=who())
    made = grants.grant(
        small, SLUG, " Ada ", ConsultationRole.VIEWER, regions=["n"], languages=["fr"], actor=OPERATOR, now=NOW
    )
    assert (made.login, made.role, made.scope) == ("ada", "viewer", BOTH)
    assert [(each.consultation, each.role, each.scope) for each in who().grants] == [(SLUG, "viewer", BOTH)]
    assert inventory.replies(small, SLUG, actor=who()) == 0
    grants.grant(small, SLUG, "ada", ConsultationRole.TRANSLATOR, actor=OPERATOR, now=NOW)
    assert [(each.login, each.role, each.scope) for each in grants.granted(small, SLUG, actor=OPERATOR)] == [
        ("ada", "translator", EVERYTHING)
    ]
    grants.revoke(small, SLUG, "ada", actor=OPERATOR, now=NOW)
    assert who().grants == ()
    with refused(NotFound, "grant.unknown"):
        grants.revoke(small, SLUG, "ada", actor=OPERATOR, now=NOW)
    with small.read() as kept:
        found = [each for each in kept.log() if each.action.startswith("role.")]
    assert {(each.consultation, each.subject) for each in found} == {(SLUG, f"{SLUG}/ada")}
    assert [(each.action, dict(each.changes)) for each in found] == [
        ("role.revoked", {"role": ("translator", None)}),
        ("role.granted", {"role": ("viewer", "translator"), "regions": (["n"], None), "languages": (["fr"], None)}),
        ("role.granted", {"role": (None, "viewer"), "regions": (None, ["n"]), "languages": (None, ["fr"])}),
    ]


def test_what_cannot_be_granted_is_said(small: Store) -> None:
    account(small, "ada")
    account(small, "carl", Role.REPORT_WRITER)

    def give(login: str = "ada", actor: Actor = OPERATOR, **more: object) -> None:
        grants.grant(small, SLUG, login, ConsultationRole.VIEWER, actor=actor, now=NOW, **more)  # type: ignore[arg-type]

    for code, more in (
        ("grant.region", {"regions": ["mars"]}),
        ("grant.language", {"languages": ["tlh"]}),
        ("grant.sees_all", {"login": "carl", "regions": ["n"]}),
    ):
        with pytest.raises(Exception) as caught:
            give(**more)  # type: ignore[arg-type]
        assert getattr(caught.value, "code", "") == code
    with refused(NotFound, "person.unknown"):
        give("nobody")
    give("carl")
    session = session_of(small, "ada")
    grants.grant(small, SLUG, "ada", ConsultationRole.OWNER, actor=OPERATOR, now=NOW)
    owner = people.actor_of(small, session, now=NOW)
    assert owner is not None
    with pytest.raises(Exception) as own:
        give("ada", owner)
    assert getattr(own.value, "code", "") == "grant.own"
    give("carl", owner)
    assert [each.login for each in grants.granted(small, SLUG, actor=owner)] == ["ada", "carl"]


def test_nobody_who_sees_a_part_becomes_something_everywhere(small: Store) -> None:
    account(small, "ada")
    key = next(each.id for each in people.listed(small, actor=OPERATOR) if each.login == "ada")
    grants.grant(small, SLUG, "ada", ConsultationRole.VIEWER, regions=["n"], actor=OPERATOR, now=NOW)
    with pytest.raises(Exception) as caught:
        people.set_role(small, key, Role.REPORT_WRITER, actor=OPERATOR, now=NOW)
    assert getattr(caught.value, "code", "") == "grant.sees_all"
    grants.revoke(small, SLUG, "ada", actor=OPERATOR, now=NOW)
    people.set_role(small, key, Role.REPORT_WRITER, actor=OPERATOR, now=NOW)
    assert [(each.login, each.role) for each in grants.everywhere(small, SLUG, actor=OPERATOR)] == [
        ("ada", "report_writer")
    ]


# translators


def test_a_translator_takes_in_translations_into_their_languages_only(small: Store) -> None:
    key = preparation.begin_from_version(small, SLUG, name="x", actor=SECRETARIAT, now=NOW).project_id
    arabic = granted(ConsultationRole.TRANSLATOR, Scope(languages=frozenset({"ar"})))
    french = granted(ConsultationRole.TRANSLATOR, FRENCH)
    file = export(from_markdown(FORM), "fr", "xliff")
    with refused(NotAllowed, "access.part_only"):
        preparation.import_translation(small, key, file, revision=1, actor=arabic, now=NOW)
    assert [each.id for each in preparation.projects(small, actor=french)] == [key]
    preparation.import_translation(small, key, file, revision=1, actor=french, now=NOW)
    assert not preparation.may_edit(preparation.open_project(small, key, actor=french).record, actor=french)
    with refused(NotAllowed, "access.denied"):
        preparation.undo(small, key, revision=2, actor=french, now=NOW)
