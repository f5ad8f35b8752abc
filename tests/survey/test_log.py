"""The log of acts as staff read it and take it away."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data.__main__ import main
from data.audit import entries_in, heads_in, verify
from data.errors import InvalidInput, NotAllowed, NotFound
from data.log_records import LogFilter
from data.records import Scope
from data.settings import Settings
from data.store import Store
from survey import consultations, log, preparation
from survey.access import Action, Actor, ConsultationRole
from tests.small import ADMINISTRATOR, NOW, SECRETARIAT, SLUG, granted, publish, refused, send

WHOLE = LogFilter()
SMALL = LogFilter(consultation=SLUG)


@pytest.fixture
def filled(small: Store) -> Store:
    """Some acts in two consultations and in none."""
    send(small)
    publish(small, slug="other")
    preparation.begin_project(small, name="=HYPERLINK(1)", languages=("en",), actor=SECRETARIAT, now=NOW)
    return small


def lines(content: bytes) -> list[str]:
    return content.decode().splitlines()


def test_the_log_is_looked_through_page_by_page_the_newest_first(filled: Store) -> None:
    first = log.look(filled, WHOLE, actor=ADMINISTRATOR, limit=4)
    second = log.look(filled, WHOLE, actor=ADMINISTRATOR, before=first.earlier, limit=4)
    assert [entry.id for entry in (*first.entries, *second.entries)] == [6, 5, 4, 3, 2, 1]
    assert (first.total, first.earlier, second.earlier) == (6, 3, 0)
    assert first.actors == ("person:secretariat", "respondent")
    assert "response.submitted" in first.actions


def test_who_manages_no_accounts_reads_the_log_of_one_consultation(filled: Store) -> None:
    page = log.look(filled, SMALL, actor=SECRETARIAT)
    assert {entry.consultation for entry in page.entries} == {SLUG}
    for found in (WHOLE, LogFilter(consultation="")):
        with refused(NotAllowed, "access.denied"):
            log.look(filled, found, actor=SECRETARIAT)
        with refused(NotAllowed, "access.denied"):
            log.export(filled, found, "csv", actor=SECRETARIAT, now=NOW)


def test_an_owner_reads_the_log_of_their_consultation_and_of_nothing_else(filled: Store) -> None:
    owner = granted(ConsultationRole.OWNER)
    assert log.look(filled, SMALL, actor=owner).entries == log.look(filled, SMALL, actor=ADMINISTRATOR).entries
    assert b"response.submitted" in log.export(filled, SMALL, "csv", actor=owner, now=NOW)
    with refused(NotFound, "consultation.unknown"):
        log.look(filled, LogFilter(consultation="other"), actor=owner)
    for found in (WHOLE, LogFilter(consultation="")):
        with refused(NotAllowed, "access.denied"):
            log.look(filled, found, actor=owner)
    part = granted(ConsultationRole.OWNER, Scope(regions=frozenset({"n"})))
    for kind in ("csv", "jsonl"):
        with refused(NotAllowed, "access.part_only"):
            log.export(filled, SMALL, kind, actor=part, now=NOW)
    with refused(NotAllowed, "access.part_only"):
        log.look(filled, SMALL, actor=part)


def test_who_may_not_read_answers_sees_none_in_the_log(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = log.decide

    def without_answers(actor: Actor, action: Action, consultation: str) -> object:
        return allowed(actor, Action.MANAGE_PEOPLE if action is Action.READ_ANSWERS else action, consultation)

    monkeypatch.setattr(log, "decide", without_answers)
    page = log.look(filled, SMALL, actor=SECRETARIAT)
    assert {entry.is_blanked for entry in page.entries if entry.action.startswith("response.")} == {True}
    assert "Services are far away." not in log.export(filled, SMALL, "jsonl", actor=SECRETARIAT, now=NOW).decode()
    assert "Services are far away." in log.export(filled, SMALL, "jsonl", actor=ADMINISTRATOR, now=NOW).decode()


def test_answers_are_told_in_the_words_of_the_questionnaire(filled: Store) -> None:
    entries = log.look(filled, SMALL, actor=SECRETARIAT).entries
    (sent,) = [entry for entry in entries if entry.action == "response.submitted"]
    told = log.readable(filled, entries, "fr")[sent.id]
    assert told["region"] == ("Région", "", "Sud")
    assert (
        told["fields"] == ("Domaines", "", "Prevention, Harm reduction") or told["fields"][2] == "Prévention, Réduction"
    )
    assert told["finding"] == ("Votre constat", "", "Services are far away.")


def test_the_whole_log_is_verified_outside(
    filled: Store,
    tmp_path: Path,
    environment: Callable[[Settings], None],
    capsys: pytest.CaptureFixture[str],
    settings: Settings,
) -> None:
    content = log.export(filled, WHOLE, "jsonl", actor=ADMINISTRATOR, now=NOW)
    *entries, end = lines(content)
    verdict = verify(entries_in(entries))
    assert (verdict.holds, verdict.entries) == (True, 7)
    said = json.loads(end)
    assert (said["entries"], said["complete"], heads_in(end)) == (7, True, (verdict.head,))
    assert json.loads(entries[-1])["action"] == "log.exported"

    path = tmp_path / "acts.jsonl"
    path.write_bytes(content)
    environment(settings)
    assert main(["verify-audit", "--json", "--file", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 7
    path.write_bytes(content.replace(b"person:secretariat", b"person:somebodyelse", 1))
    assert main(["verify-audit", "--json", "--file", str(path)]) == 1
    assert json.loads(capsys.readouterr().out)["broken_at"] == 1
    path.write_text("\n".join([*entries[:-1], end]), encoding="utf-8")
    assert main(["verify-audit", "--json", "--file", str(path)]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "cut"


def test_a_part_of_the_log_is_verified_entry_by_entry(
    filled: Store,
    tmp_path: Path,
    environment: Callable[[Settings], None],
    capsys: pytest.CaptureFixture[str],
    settings: Settings,
) -> None:
    content = log.export(filled, LogFilter(consultation="other"), "jsonl", actor=SECRETARIAT, now=NOW)
    path = tmp_path / "acts.jsonl"
    path.write_bytes(content)
    environment(settings)
    assert main(["verify-audit", "--json", "--file", str(path)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["complete"], said["entries"]) == (False, 2)
    path.write_bytes(content.replace(b"consultation.published", b"consultation.unpublished", 1))
    assert main(["verify-audit", "--json", "--file", str(path)]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "entry"


def test_no_cell_of_the_table_is_a_formula(filled: Store) -> None:
    consultations.change(
        filled,
        SLUG,
        title={"en": "=1+1"},
        opens_at=None,
        deadline_at=None,
        closes_at=None,
        actor=SECRETARIAT,
        now=NOW,
    )
    content = log.export(filled, WHOLE, "csv", actor=ADMINISTRATOR, now=NOW).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[0][:3] == ["number", "at", "actor"]
    assert [row[4] for row in rows if "HYPERLINK" in row[4]] == ["'=HYPERLINK(1)"]
    assert [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []
    assert len({row[10] for row in rows[1:]}) == len(rows) - 1


def test_an_unknown_format_is_refused_and_leaves_no_entry(filled: Store) -> None:
    with refused(InvalidInput, "format.unknown"):
        log.export(filled, WHOLE, "pdf", actor=ADMINISTRATOR, now=NOW)
    assert log.look(filled, WHOLE, actor=ADMINISTRATOR).total == 6
