"""One respondent is everywhere in the database; after erasing, a marker is nowhere in it, in the raw files neither."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text

from analysis import recommendations
from data import schema
from data.audit import verify
from data.engine import open_engine
from data.erasure_rows import _OF_A_RESPONSE
from data.errors import NotFound
from data.settings import Settings
from data.store import Store
from survey import (
    colleagues,
    consultation_rules,
    corrections,
    erasure,
    invitations,
    links,
    response_files,
    responses,
    trash,
)
from survey.channels import daily
from tests.small import (
    ADMINISTRATOR,
    ANSWERS,
    CLOSES_AT,
    DAY,
    NOW,
    SECRETARIAT,
    SLUG,
    begin,
    fill,
    frame_of,
    refused,
    send,
)

MARKER = "Zq7-marker"
STAFF = {"actor": SECRETARIAT, "now": NOW}


def tables_with_marker(settings: Settings) -> set[str]:
    """Every table that has the marker in any value, sealed values opened; log and files included."""
    engine = open_engine(settings)
    found = set()
    with engine.connect() as connection:
        for table in schema.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                if any(
                    MARKER in str(value) or (isinstance(value, bytes) and MARKER.encode() in value) for value in row
                ):
                    found.add(table.name)
    engine.dispose()
    return found


def as_it_lies(settings: Settings) -> bytes:
    """The bytes of the files of an embedded database; of a server what a dump of it would hold."""
    path = settings.sqlite_path
    if path is not None:
        return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))
    engine = open_engine(settings)
    with engine.connect() as connection:
        names = [table.name for table in schema.metadata.sorted_tables]
        rows = [str(row) for name in names for row in connection.execute(text(f"SELECT t::text FROM {name} t"))]
        contents = [bytes(content) for content in connection.scalars(select(schema.files.c.content))]
    engine.dispose()
    return "\n".join(rows).encode() + b"".join(contents)


@pytest.fixture
def everywhere(small: Store) -> str:
    """The code of a response with something in each table that can hold something of it; a second one has no marker."""
    consultation_rules.set_policies(
        small, SLUG, {"corrections_until": "2027-06-30", "keep_answers_months": "1"}, **STAFF
    )
    invitations.import_frame(small, SLUG, [{"organisation": "Southern Cross"}], **STAFF)
    (invited,) = frame_of(small)
    code = begin(small, invitation_token=links.renew_link(small, SLUG, invited.id, **STAFF))
    answers = {**ANSWERS, "org_name": f"{MARKER} Org", "finding": f"{MARKER} finding", "story_yes": "yes"}
    fill(small, code, {**answers, "contact_email": f"{MARKER}@southern.example"})
    response_files.attach(
        small, code, "story_file", name=f"{MARKER}.txt", content=MARKER.encode(), limit_bytes=99, now=NOW
    )
    colleague = colleagues.invite_colleague(small, code, name=f"{MARKER} Kim", role="writer", now=NOW)
    approver = colleagues.invite_colleague(small, code, name=f"{MARKER} Lee", role="approver", now=NOW)
    fill(small, colleague, {"staff": 3}, section="s1")
    colleagues.hand_over(small, colleague, now=NOW)
    responses.submit(small, approver, now=NOW)
    response = responses.resume(small, code, now=NOW).response
    recommendations.write_recommendation(
        small,
        SLUG,
        text="Words of the staff",
        addressee="all",
        level="local",
        challenge="",
        finding_ids=(),
        answers=[(response.id, "finding")],
        **STAFF,
    )
    corrections.correct(small, code, now=NOW)
    fill(small, code, {"finding": f"{MARKER} again", "contact_email": f"{MARKER}.2@southern.example"})
    trash.ask(small, SLUG, response.reference, f"{MARKER} asked us to", **STAFF)
    send(small, org_name="Northern Light")
    return code


def by_respondent(store: Store, code: str) -> None:
    erasure.erase(store, code, now=NOW)


def by_staff(store: Store, code: str) -> None:
    reference = responses.resume(store, code, now=NOW).response.reference
    erasure.erase_by_reference(store, SLUG, reference, **STAFF)


def from_the_trash(store: Store, code: str) -> None:
    trash.agree(store, SLUG, 1, actor=ADMINISTRATOR, now=NOW)
    daily.run_once(store, NOW + 31 * DAY)


def by_a_rule(store: Store, _code: str) -> None:
    daily.run_once(store, CLOSES_AT + 40 * DAY)


WAYS: tuple[Callable[[Store, str], None], ...] = (by_respondent, by_staff, from_the_trash, by_a_rule)


@pytest.mark.parametrize("way", WAYS)
def test_whichever_way_a_response_is_erased_nothing_is_left_anywhere(
    small: Store, settings: Settings, everywhere: str, way: Callable[[Store, str], None]
) -> None:
    reference = responses.resume(small, everywhere, now=NOW).response.reference
    before = tables_with_marker(settings)
    assert before >= {
        "responses",
        "response_revisions",
        "response_keys",
        "response_sections",
        "contacts",
        "files",
        "deletions",
        "log_contents",
    }
    way(small, everywhere)
    daily.run_once(small, CLOSES_AT + 41 * DAY if way is by_a_rule else NOW + 32 * DAY)
    small.tidy()
    assert tables_with_marker(settings) == set()
    assert MARKER.encode() not in as_it_lies(settings)
    with refused(NotFound, "response.erased_from_trash" if way is from_the_trash else "response.erased"):
        responses.resume(small, everywhere, now=NOW)
    with small.read() as kept:
        log = list(kept.log_entries())
        left = [kept.deletion(1).state, kept.deletion(1).reason, kept.deletion(1).response_id]
        assert {each.subject for each in kept.erasures()} >= {reference}
    assert verify(log).holds
    assert left == ["erased", "", None]
    assert next(each.is_blanked for each in log if each.action == "response.submitted") is True


def test_the_codes_of_colleagues_are_told_that_it_was_erased(small: Store) -> None:
    code = begin(small)
    colleague = colleagues.invite_colleague(small, code, name="Kim", role="writer", now=NOW)
    erasure.erase(small, code, now=NOW)
    for each in (code, colleague):
        with refused(NotFound, "response.erased"):
            responses.resume(small, each, now=NOW)


def test_the_respondent_who_erases_leaves_other_responses_and_their_log_alone(small: Store, settings: Settings) -> None:
    other = send(small, org_name=f"{MARKER} stays")
    before = tables_with_marker(settings)
    erasure.erase(small, send(small), now=NOW)
    assert tables_with_marker(settings) == before
    assert responses.resume(small, other, now=NOW).submitted


def test_a_table_that_names_responses_goes_with_them() -> None:
    naming = {
        table.name
        for table in schema.metadata.tables.values()
        if any(key.column.table is schema.responses for key in table.foreign_keys)
    }
    assert naming == {table.name for table in _OF_A_RESPONSE} | {"deletions"}


def test_no_file_beside_the_database_has_the_marker(small: Store, settings: Settings, everywhere: str) -> None:
    erasure.erase(small, everywhere, now=NOW)
    journal: Path = settings.erasure_journal_path
    assert MARKER not in journal.read_text()
