"""What a respondent takes along: everything that is kept about the response, and nothing of anybody else."""

import io
import json
import zipfile
from typing import Any

from data.analysis_records import Decision, Flag
from data.errors import NotFound
from data.store import Store
from survey import colleagues, consultation_rules, corrections, invitations, response_files, responses
from survey.erasure import erase
from survey.own_data import everything, opened_to_erase
from tests.small import ANSWERS, DAY, NOW, SECRETARIAT, SLUG, begin, fill, refused, send, send_by_link


def unpacked(store: Store, code: str, language: str = "") -> tuple[dict[str, Any], dict[str, bytes]]:
    """(data.json, every file by its name)."""
    _reference, content = everything(store, code, now=NOW, language=language)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(files["data.json"]), files


def test_what_was_decided_on_the_response_in_a_review_is_in_it(small: Store) -> None:
    code = send(small)
    key = responses.resume(small, code, now=NOW).response.id
    with small.write() as kept:
        kept.decide_review(
            key,
            Flag.SPEEDING,
            expected_revision=0,
            decision=Decision.EXCLUDED,
            reason="Five seconds",
            decided_by="person:ana",
            decided_at=NOW,
            response_revision=1,
        )
    data, _files = unpacked(small, code)
    told = {"flag": "speeding", "decision": "excluded", "reason": "Five seconds", "decided_at": NOW.isoformat()}
    assert data["quality_review"] == [told]


def test_everything_about_a_sent_response_is_in_it(small: Store) -> None:
    consultation_rules.set_policies(small, SLUG, {"corrections_until": "2027-06-30"}, actor=SECRETARIAT, now=NOW)
    code = begin(small)
    fill(small, code, {**ANSWERS, "story_yes": "yes"})
    response_files.attach(small, code, "story_file", name="a.txt", content=b"first", limit_bytes=99, now=NOW)
    colleagues.invite_colleague(small, code, name="Kim", role="writer", now=NOW)
    responses.submit(small, code, now=NOW)
    corrections.correct(small, code, now=NOW)
    response_files.attach(small, code, "story_file", name="b.txt", content=b"second", limit_bytes=99, now=NOW)
    fill(small, code, {"finding": "Changed.", "contact_email": "new@southern.example"})
    responses.submit(small, code, now=NOW)
    data, files = unpacked(small, code)
    assert sorted(files) == ["data.json", "files/01-a.txt", "files/02-b.txt", "index.html"] or sorted(files) == [
        "data.json",
        "files/01-b.txt",
        "files/02-a.txt",
        "index.html",
    ]
    assert {files[each["in_this_archive"]] for each in data["files"]} == {b"first", b"second"}
    assert data["contact"] == {"contact_email": "new@southern.example"}
    assert [each["submission"]["finding"] for each in data["sent"]] == [ANSWERS["finding"], "Changed."]
    assert [each["consent"]["text"].splitlines()[0] for each in data["sent"]] == ["Do you agree?"] * 2
    assert (data["response"]["reference"], data["response"]["status"]) == (
        responses.resume(small, code, now=NOW).response.reference,
        "submitted",
    )
    assert [each["name"] for each in data["colleagues"]] == ["Kim"]
    assert (data["contact_list"], data["mails"]) == (None, [])
    page = files["index.html"].decode()
    for words in ("Changed.", "new@southern.example", "Southern Cross", "Kim", "Do you agree?"):
        assert words in page


def test_a_draft_is_taken_along_in_its_language(small: Store) -> None:
    code = begin(small, language="fr")
    fill(small, code)
    data, files = unpacked(small, code, "fr")
    assert (data["response"]["status"], data["sent"]) == ("draft", [])
    assert data["response"]["answers"]["finding"] == ANSWERS["finding"]
    assert '<html lang="fr"' in files["index.html"].decode()


def test_a_draft_left_too_long_is_taken_along_and_nothing_else(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    later = NOW + 400 * DAY
    reference, _zip = everything(small, code, now=later)
    assert opened_to_erase(small, code, now=later).response.reference == reference
    assert opened_to_erase(small, code, now=later).state.answers["finding"] == ANSWERS["finding"]


def test_only_who_came_by_the_personal_link_sees_what_the_contact_list_knows(small: Store) -> None:
    row = {"organisation": "Southern Cross", "email": "office@southern.example"}
    invitations.import_frame(small, SLUG, [row], actor=SECRETARIAT, now=NOW)
    typed, _ = unpacked(small, send(small))
    linked, _ = unpacked(small, send_by_link(small, "Southern Cross"))
    assert typed["contact_list"] is None
    assert linked["contact_list"]["email"] == "office@southern.example"


def test_a_wrong_or_erased_code_gets_nothing(small: Store) -> None:
    with refused(NotFound, "response.unknown_code"):
        everything(small, "0000-0000-0000", now=NOW)
    code = send(small)
    erase(small, code, now=NOW)
    with refused(NotFound, "response.erased"):
        everything(small, code, now=NOW + DAY)
