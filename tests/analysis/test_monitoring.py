"""Who has answered and who has not."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from analysis import ledger, monitoring, overview, take_away
from analysis.disclosure import SUPPRESSED, Audience, Policy, Suppressed
from data.errors import NotFound
from data.invitation_records import FrameCount
from data.records import ConsultationStatus, Scope
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, consultations, invitations, links, responses
from survey.access import ConsultationRole
from survey.demo import SLUG as DEMO
from survey.translator import Words
from tests.databases import as_file
from tests.small import (
    ANSWERS,
    DAY,
    DEADLINE_AT,
    FORM,
    NOW,
    REPORT_WRITER,
    SECRETARIAT,
    SLUG,
    begin,
    fill,
    frame_of,
    granted,
    publish,
    refused,
    send,
    send_by_link,
)

LATER = datetime(2027, 2, 1, 12, 0, 30, 5, tzinfo=UTC)


def test_the_progress_of_the_demo_equals_counts_of_the_tables(
    demo_store: Store, demo_settings: Settings, tmp_path: Path
) -> None:
    found = monitoring.progress(demo_store, DEMO, actor=SECRETARIAT, language="en", now=LATER)
    with closing(sqlite3.connect(as_file(demo_settings, tmp_path))) as connection:
        late, off_frame, replied = connection.execute(
            "SELECT sum(late), sum(invitation_id IS NULL), count(DISTINCT invitation_id) FROM responses"
        ).fetchone()
        days = dict(connection.execute("SELECT substr(submitted_at, 1, 10), count(*) FROM responses GROUP BY 1"))
        invited = dict(connection.execute("SELECT region, count(*) FROM invitations GROUP BY 1"))
        answered = dict(
            connection.execute(
                """SELECT invitations.region, count(DISTINCT invitations.id) FROM invitations
                JOIN responses ON responses.invitation_id = invitations.id GROUP BY 1"""
            )
        )
    assert (found.replies, found.late, found.drafts, found.invited) == (461, late, 0, 907)
    assert (found.replied, found.off_frame) == (replied, off_frame)
    assert {point.day.isoformat(): point.replies for point in found.arrivals if point.replies} == days
    assert sorted((row.invited, row.replied) for row in found.coverage) == sorted(
        (invited[region], answered.get(region, 0)) for region in invited
    )
    assert len(found.coverage) == 10
    assert found.source.as_of == datetime(2027, 2, 1, 12, tzinfo=UTC)


def test_every_day_between_the_first_and_the_last_reply_is_shown(small: Store) -> None:
    send(small)
    send(small, now=NOW + 3 * DAY)
    send(small, now=NOW + 3 * DAY)
    begin(small)
    found = monitoring.progress(small, SLUG, actor=SECRETARIAT, language="en", now=NOW)
    assert [(point.day, point.replies) for point in found.arrivals] == [
        (date(2026, 9, 15), 1),
        (date(2026, 9, 16), 0),
        (date(2026, 9, 17), 0),
        (date(2026, 9, 18), 2),
    ]
    assert (found.replies, found.drafts, found.late) == (3, 1, 0)


def test_late_replies_are_counted(small: Store) -> None:
    send(small, now=DEADLINE_AT + DAY)
    found = monitoring.progress(small, SLUG, actor=SECRETARIAT, language="en", now=NOW)
    assert (found.replies, found.late) == (1, 1)


def test_a_report_writer_sees_no_small_count_of_a_region(small: Store) -> None:
    frame = [{"organisation": f"South {number}", "region": "s"} for number in range(8)]
    frame += [{"organisation": f"North {number}", "region": "n"} for number in range(8)]
    invitations.import_frame(small, SLUG, frame, actor=SECRETARIAT, now=NOW)
    for number in range(6):
        send_by_link(small, f"South {number}")
    for number in range(2):
        send_by_link(small, f"North {number}", answers={**ANSWERS, "region": "n"})
        send(small, org_name=f"North {number}", region="n")  # a name that was typed counts for nobody
    send(small, org_name="Not invited")
    inside, outside = (
        monitoring.progress(small, SLUG, actor=actor, language="fr", now=NOW) for actor in (SECRETARIAT, REPORT_WRITER)
    )
    assert [(row.label, row.invited, row.replied) for row in inside.coverage] == [("Nord", 8, 2), ("Sud", 8, 6)]
    assert [(row.label, row.invited, row.replied) for row in outside.coverage] == [
        ("Nord", 8, SUPPRESSED),
        ("Sud", 8, SUPPRESSED),  # 8 replied in all, so 6 would tell the 2
    ]
    assert (inside.replied, inside.off_frame, inside.replies) == (8, 3, 11)


def test_an_audience_that_is_named_decides(small: Store) -> None:
    frame = [{"organisation": "South", "region": "s"}]
    invitations.import_frame(small, SLUG, frame, actor=SECRETARIAT, now=NOW)
    found = monitoring.progress(small, SLUG, actor=SECRETARIAT, language="en", now=NOW, audience=Audience.MEETING)
    assert [row.replied for row in found.coverage] == [SUPPRESSED]


# against the frame


def frame(store: Store) -> None:
    rows = [{"organisation": f"S{n}", "region": "s", "language": "en", "organisation_type": "ngo"} for n in range(4)]
    rows += [{"organisation": f"N{n}", "region": "n", "language": "fr"} for n in range(2)]
    rows += [{"organisation": "=Far", "email": "far@post.example"}]
    invitations.import_frame(store, SLUG, rows, actor=SECRETARIAT, now=NOW)


def found(store: Store, *, audience: Audience | None = None, now: datetime = NOW) -> monitoring.Progress:
    return monitoring.progress(store, SLUG, actor=SECRETARIAT, language="en", now=now, audience=audience)


def test_invited_begun_and_sent_are_told_by_region_type_and_language(small: Store) -> None:
    frame(small)
    send_by_link(small, "S0")
    send(small, org_name="S1")
    key = next(each.id for each in frame_of(small) if each.organisation == "N0")
    token = links.renew_link(small, SLUG, key, actor=SECRETARIAT, now=NOW)
    responses.begin(small, SLUG, language="en", channel="app", now=NOW, invitation_token=token)
    cells = {
        name: [(each.label, each.invited, each.begun, each.sent) for each in of]
        for name, of in found(small).cells.items()
    }
    assert cells == {
        "region": [("North", 2, 1, 0), ("South", 4, 1, 1), ("", 1, 0, 0)],
        "organisation_type": [("", 3, 1, 0), ("ngo", 4, 1, 1)],
        "language": [("English", 4, 1, 1), ("Français", 2, 1, 0), ("", 1, 0, 0)],
    }
    hidden = found(small, audience=Audience.MEETING)
    assert {each.sent for each in hidden.cells["region"]} == {SUPPRESSED}
    assert {(each.left, each.timed) for each in hidden.sections} == {(SUPPRESSED, SUPPRESSED)}


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=6))
def test_no_total_of_another_table_tells_how_few_began_or_sent(counts: list[tuple[int, int]]) -> None:
    """Tables of regions and languages tell one total between them."""
    frame = tuple(
        FrameCount(region=str(at), organisation_type="", language="", invited=40, begun=sent + more, sent=sent)
        for at, (sent, more) in enumerate(counts)
    )
    rules = Policy(threshold=5)
    cells = monitoring._cells(frame, lambda each: each.region, {}, rules, hidden=frozenset())
    for name in ("begun", "sent"):
        hidden = [each for each in cells if getattr(each, name) is SUPPRESSED]
        few = [getattr(each, name) for each in frame if getattr(each, name) < 5]
        assert not few or len(hidden) > 1 or len(cells) == 1
    for each in cells:
        if each.sent is SUPPRESSED and any(other.sent is not SUPPRESSED for other in cells):
            assert each.begun is SUPPRESSED


def test_a_consultation_without_a_frame_has_no_cells(small: Store) -> None:
    send(small)
    assert (dict(found(small).cells), found(small).invited, found(small).replies) == ({}, 0, 1)


def test_sections_tell_how_far_responses_came_and_where_drafts_stand(small: Store) -> None:
    send(small)
    begin(small)
    for minutes in (1, 3):
        code = begin(small)
        fill(small, code, {"consent": "agree"}, section="s0", now=NOW + minutes * DAY / 1440)
    fill(small, code, {"org_name": "A"}, section="s1", now=NOW + 13 * DAY / 1440)
    stands = [(each.label, each.reached, each.left, each.minutes, each.timed) for each in found(small).sections]
    assert stands == [
        ("Before you start", 4, 2, 2.0, 2),
        ("About you", 2, 1, 10.0, 1),
        ("Your view", 1, 0, None, 0),
        ("A story", 1, 0, None, 0),
    ]


def test_no_difference_between_sections_tells_where_few_drafts_stand(small: Store) -> None:
    def stand(section: str, count: int) -> None:
        for _ in range(count):
            fill(small, begin(small), {"consent": "agree"}, section=section, now=NOW)

    def told(audience: Audience) -> tuple[list[object], list[object]]:
        sections = found(small, audience=audience).sections
        return [each.reached for each in sections], [each.left for each in sections]

    for _ in range(6):
        send(small)
    stand("s0", 2)
    stand("s1", 7)
    assert told(Audience.INTERNAL) == ([15, 13, 6, 6], [2, 7, 0, 0])
    # Seven drafts stand between 13 and the 6 replies; the number of all drafts, 9, would tell the other two.
    assert told(Audience.MEETING) == ([SUPPRESSED] * 4, [SUPPRESSED] * 4)
    stand("s0", 3)
    assert told(Audience.MEETING) == ([18, 13, SUPPRESSED, SUPPRESSED], [SUPPRESSED] * 4)
    for section in ("s2", "s3"):
        stand(section, 5)
    assert told(Audience.MEETING) == ([28, 23, 16, 11], [5, 7, 5, 5])


@given(st.lists(st.integers(0, 12), min_size=1, max_size=6), st.integers(0, 20))
def test_no_two_numbers_of_sections_are_few_drafts_apart(drafts: list[int], replies: int) -> None:
    rules = Policy(threshold=5)
    shown = [
        (at, count)
        for at, count in enumerate(monitoring._reached(replies, drafts, rules))
        if not isinstance(count, Suppressed)
    ]
    known = {(len(drafts), replies), *shown, *([(0, replies + sum(drafts))] if sum(drafts) >= 5 else [])}
    between = [before - after for (_, before), (_, after) in pairwise(sorted(known))]
    assert all(count >= 5 for count in between)


def test_a_forecast_needs_days_and_replies_and_a_date_ahead(small: Store) -> None:
    assert found(small).expected is None
    for day in range(14):
        for _ in range(2):
            send(small, now=NOW + day * DAY)
    today = NOW + 14 * DAY
    far = found(small, now=today)
    assert (far.target, far.expected) == (DEADLINE_AT, None)
    set_deadline(small, today + 10 * DAY)
    expected = found(small, now=today).expected
    assert expected is not None
    assert (expected.days, expected.from_days) == (10, 14)
    assert 28 <= expected.low < expected.middle <= 28 + 2 * 10 <= expected.high < 28 + 4 * 10
    assert found(small, now=today).expected == expected
    assert found(small, now=NOW + 3 * DAY).expected is None
    closed = found(small, now=DEADLINE_AT + 90 * DAY)
    assert (closed.target, closed.expected) == (None, None)


def test_a_closed_consultation_expects_nothing(small: Store) -> None:
    for day in range(14):
        send(small, now=NOW + day * DAY)
    set_deadline(small, NOW + 20 * DAY)
    assert found(small, now=NOW + 14 * DAY).expected is not None
    consultations.set_status(small, SLUG, ConsultationStatus.CLOSED, actor=SECRETARIAT, now=NOW + 14 * DAY)
    closed = found(small, now=NOW + 14 * DAY)
    assert (closed.target, closed.expected) == (None, None)


def test_no_more_organisations_of_the_list_are_expected_than_have_not_replied(small: Store) -> None:
    rows = [{"organisation": f"S{number}"} for number in range(30)]
    invitations.import_frame(small, SLUG, rows, actor=SECRETARIAT, now=NOW)
    for number in range(28):
        send_by_link(small, f"S{number}", now=NOW + number // 2 * DAY)
    set_deadline(small, NOW + 28 * DAY)
    expected = found(small, now=NOW + 14 * DAY).expected
    assert expected is not None
    # Two are silent, and hardly anybody came who was not invited.
    assert expected.middle <= 30
    assert expected.high <= 32


def test_the_rush_before_a_deadline_that_has_passed_is_not_foreseen_again(small: Store) -> None:
    for day in range(8):
        for _ in range(1 + 2 * (day > 5)):
            send(small, now=NOW + day * DAY)
    set_deadline(small, NOW + 7 * DAY, closes=NOW + 25 * DAY)
    today = NOW + 12 * DAY
    silent = found(small, now=today)
    assert (silent.target, silent.expected) == (NOW + 25 * DAY, None)
    for day in range(8, 18):
        send(small, now=NOW + day * DAY)
    later = found(small, now=NOW + 18 * DAY).expected
    assert later is not None
    assert later.from_days == 10
    assert later.high <= 22 + 2 * 7


def set_deadline(store: Store, deadline: datetime, *, closes: datetime | None = None) -> None:
    kept = consultations.find(store, SLUG)
    consultations.change(
        store,
        SLUG,
        title={},
        opens_at=kept.opens_at,
        deadline_at=deadline,
        closes_at=closes or kept.closes_at,
        actor=SECRETARIAT,
        now=NOW,
    )


# whom to remind


def names(store: Store) -> list[str]:
    listed = monitoring.outreach(store, SLUG, actor=SECRETARIAT, language="en")
    return [each.invitation.organisation for each in listed]


def test_those_whose_reply_lifts_the_weakest_coverage_stand_first(small: Store) -> None:
    frame(small)
    for number in range(3):
        send_by_link(small, f"S{number}")
    assert names(small) == ["N0", "N1", "=Far", "S3"]
    listed = monitoring.outreach(small, SLUG, actor=SECRETARIAT, language="en")
    assert [each.gain > 0 for each in listed] == [True, True, False, False]
    assert (listed[0].region, listed[-1].organisation_type) == ("North", "ngo")


def test_of_the_same_gain_those_who_began_stand_first(small: Store) -> None:
    frame(small)
    key = next(each.id for each in frame_of(small) if each.organisation == "S3")
    token = links.renew_link(small, SLUG, key, actor=SECRETARIAT, now=NOW)
    responses.begin(small, SLUG, language="en", channel="app", now=NOW, invitation_token=token)
    assert names(small)[:2] == ["S3", "=Far"]


def test_countries_are_told_in_the_words_of_the_questionnaire(store: Store) -> None:
    fields, prev = "| | select_multiple field  | fields ", "| | field     | prev "
    question = "| | select_one country | country | Country | Pays |\n"
    form = FORM.replace(fields, question + fields).replace(prev, "| | country | DZA | Algeria | Algérie |\n" + prev)
    publish(store, form=form)
    rows = [{"organisation": "A", "country": "DZA"}, {"organisation": "B", "country": "Atlantis"}]
    invitations.import_frame(store, SLUG, rows, actor=SECRETARIAT, now=NOW)
    listed = monitoring.outreach(store, SLUG, actor=SECRETARIAT, language="fr")
    shown = monitoring.invited(store, SLUG, actor=SECRETARIAT, language="fr")
    assert [each.country for each in listed] == [each.country for each in shown] == ["Algérie", "Atlantis"]


def test_the_file_of_whom_to_remind_has_addresses_and_no_formula(small: Store) -> None:
    frame(small)
    content = monitoring.outreach_csv(small, SLUG, actor=SECRETARIAT, language="en", heads=("a", "b"))
    lines = content.decode("utf-8-sig").splitlines()
    assert (lines[0], lines[1], len(lines)) == ("a,b", "'=Far,,,,,far@post.example,0", 8)


def test_in_an_anonymous_consultation_nobody_is_said_to_be_silent(store: Store) -> None:
    nameless = "\n".join(
        line for line in FORM.splitlines() if " org_name " not in line and " contact_email " not in line
    )
    publish(store, form=nameless)
    consultation_rules.set_policies(store, SLUG, {"identification": "anonymous"}, actor=SECRETARIAT, now=NOW)
    frame(store)
    told = found(store)
    assert (told.anonymous, told.shows_frame, told.invited, dict(told.cells), told.coverage) == (True, False, 7, {}, ())
    assert names(store) == []
    assert monitoring.invited(store, SLUG, actor=SECRETARIAT, language="en") == ()


# pictures


def two_regions(store: Store, **replies: int) -> None:
    """Eight invited of each region, the first of which replied."""
    rows = [{"organisation": f"{region}{number}", "region": region} for region in replies for number in range(8)]
    invitations.import_frame(store, SLUG, rows, actor=SECRETARIAT, now=NOW)
    for region, count in replies.items():
        for number in range(count):
            send_by_link(store, f"{region}{number}", answers={**ANSWERS, "region": region})


def test_coverage_has_rounded_counts_where_the_rules_ask_for_them(small: Store) -> None:
    consultation_rules.set_policies(small, SLUG, {"meeting_rounding": "5"}, actor=SECRETARIAT, now=NOW)
    two_regions(small, n=7, s=8)
    spec = overview.picture(small, SLUG, "coverage", actor=REPORT_WRITER, words=Words("en"), now=NOW)
    # Eight is nearest to ten, and no more than the invited have replied.
    assert spec.sides[0].labels == ("5\u00a0/\u00a08", "8\u00a0/\u00a08")
    assert spec.series[0].values == (5 / 8, 1.0)


def test_a_card_is_decided_before_the_picture_that_tells_its_counts(small: Store) -> None:
    two_regions(small, n=2, s=6)
    asked = {"actor": REPORT_WRITER, "words": Words("en"), "now": NOW}
    for name, released in (("timeline", set()), ("coverage", {"region"})):
        overview.picture(small, SLUG, name, **asked)  # type: ignore[arg-type]
        assert {each.question for each in ledger.releases(small, SLUG, actor=SECRETARIAT)} == released


def test_a_card_is_decided_before_a_page_tells_its_counts(small: Store) -> None:
    two_regions(small, n=3, s=8)
    for number in range(3, 8):
        send_by_link(small, f"n{number}")  # invited in the north, and says that it works in the south
    asked = {"words": Words("en"), "now": NOW}
    inside, outside = (
        overview.progress(small, SLUG, actor=actor, **asked)  # type: ignore[arg-type]
        for actor in (SECRETARIAT, REPORT_WRITER)
    )
    assert [each.sent for each in inside.cells["region"]] == [8, 8]
    assert [each.sent for each in outside.cells["region"]] == [SUPPRESSED, SUPPRESSED]
    assert {each.question for each in ledger.releases(small, SLUG, actor=SECRETARIAT)} == {"region"}


def test_a_picture_of_a_part_too_small_to_be_counted_is_no_file(small: Store) -> None:
    for number in range(9):
        send(small, org_name=f"Org {number}", region="s" if number < 3 else "n")
    viewer = granted(ConsultationRole.VIEWER, Scope(regions=frozenset({"s"})))
    for kind in ("png", "csv"):
        with refused(NotFound, "report.picture_gone"):
            take_away.monitor_file(small, SLUG, "timeline", kind, actor=viewer, words=Words("en"), now=NOW)
