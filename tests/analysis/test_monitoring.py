"""Who has answered and who has not."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from analysis import monitoring
from analysis.disclosure import SUPPRESSED, Audience
from data.settings import Settings
from data.store import Store
from survey import invitations
from survey.demo import SLUG as DEMO
from tests.small import DAY, DEADLINE_AT, NOW, REPORT_WRITER, SECRETARIAT, SLUG, begin, send

LATER = datetime(2027, 2, 1, 12, 0, 30, 5, tzinfo=UTC)


def test_the_progress_of_the_demo_equals_counts_of_the_tables(demo_store: Store, demo_settings: Settings) -> None:
    found = monitoring.progress(demo_store, DEMO, actor=SECRETARIAT, language="en", now=LATER)
    with closing(sqlite3.connect(demo_settings.sqlite_path or Path())) as connection:
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
        send(small, org_name=f"south {number}")
    for number in range(2):
        send(small, org_name=f"North {number}", region="n")
        send(small, org_name=f"North {number}", region="n")
    send(small, org_name="Not invited")
    inside, outside = (
        monitoring.progress(small, SLUG, actor=actor, language="fr", now=NOW) for actor in (SECRETARIAT, REPORT_WRITER)
    )
    assert [(row.label, row.invited, row.replied) for row in inside.coverage] == [("Nord", 8, 2), ("Sud", 8, 6)]
    assert [(row.label, row.invited, row.replied) for row in outside.coverage] == [
        ("Nord", 8, SUPPRESSED),
        ("Sud", 8, 6),
    ]
    assert (inside.replied, inside.off_frame, inside.replies) == (8, 1, 11)


def test_an_audience_that_is_named_decides(small: Store) -> None:
    frame = [{"organisation": "South", "region": "s"}]
    invitations.import_frame(small, SLUG, frame, actor=SECRETARIAT, now=NOW)
    found = monitoring.progress(small, SLUG, actor=SECRETARIAT, language="en", now=NOW, audience=Audience.MEETING)
    assert [row.replied for row in found.coverage] == [SUPPRESSED]
