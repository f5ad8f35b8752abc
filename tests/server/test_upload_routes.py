"""A respondent's file and receipt; what happens to a huge one, and while the database is locked."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from io import BytesIO

import pytest
from pypdf import PdfReader

from data.store import Store
from survey import responses, saving
from survey.open_responses import OpenResponse
from survey.translator import LANGUAGES, Words
from survey.words import MESSAGES
from tests.server.conftest import COMPLETE, OPEN
from tests.server.process import Answer, Server, now

HUGE = 200_000_000


def opened(store: Store, code: str) -> OpenResponse:
    """The response as it is kept."""
    return responses.resume(store, code, now=now())


@pytest.mark.parametrize("announced", [True, False])
def test_a_huge_file_is_refused_early_and_never_held(
    announced: bool, server: Server, draft: Callable[[], str], beside: Store
) -> None:
    code = draft()
    server.upload({"code": code, "question": "story_file"}, "first.txt", b"kept")
    before = server.peak_kb
    fields = {"code": code, "question": "story_file", "lang": "fr"}
    answer, sent = server.stream(fields, HUGE, announced=announced)
    assert answer.status == 413
    assert answer.json["code"] == "file.too_large"
    assert sent < HUGE // 2
    assert server.peak_kb - before < 60_000
    assert opened(beside, code).files["story_file"].name == "first.txt"
    assert server.get("/_stcore/health").status == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_refusal_speaks_the_readers_language(language: str, server: Server, draft: Callable[[], str]) -> None:
    answer = server.call(
        "POST",
        f"/files?lang={language}",
        body=b"",
        headers={"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(HUGE)},
    )
    assert answer.status == 413
    assert answer.json["message"] == Words(language).translate(MESSAGES["file.too_large"], limit_mb=10)


@pytest.mark.parametrize("name", ["a" * 20_000, "b"])
def test_a_form_that_cannot_be_read_is_told_as_everything_is(name: str, server: Server) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="file"; filename="{}"\r\n\r\ny\r\n'
    body = (part.format(name) + part.format("second") + "--x--\r\n").encode()
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = server.call("POST", "/files", body=body, headers=headers)
    assert (answer.status, answer.json["code"]) == (400, "request.unreadable")


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("a<b>:|?*.txt", "ab.txt"),
        ("CON.txt", "_CON.txt"),
        ("nul.tar.txt", "_nul.tar.txt"),
        ("aux .txt", "_aux .txt"),
        ("COM1.txt", "_COM1.txt"),
        ("lpt¹.txt", "_lpt¹.txt"),
        ("con", "_con.txt"),
        ("context.txt", "context.txt"),
        ("com.txt", "com.txt"),
        (" a.txt. . ", "a.txt"),
        ("..", "file.txt"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
    ],
)
def test_no_file_is_called_as_no_system_can_call_it(
    name: str, called: str, server: Server, draft: Callable[[], str], beside: Store
) -> None:
    code = draft()
    server.upload({"code": code, "question": "story_file"}, name, b"kept")
    assert opened(beside, code).files["story_file"].name == called


def test_a_file_just_within_the_limit_is_kept_and_one_beyond_is_not(
    server: Server, draft: Callable[[], str], beside: Store
) -> None:
    code = draft()
    fields = {"code": code, "question": "story_file"}
    most = 10_000_000
    assert server.upload(fields, "most.txt", b"x" * most).json == {"name": "most.txt", "size_bytes": most}
    assert server.upload(fields, "more.bin", b"x" * (most + 1)).status == 413
    assert opened(beside, code).files["story_file"].size_bytes == most


def test_a_file_is_kept_replaced_and_removed(server: Server, draft: Callable[[], str], beside: Store) -> None:
    code = draft()
    fields = {"code": code, "question": "story_file"}
    assert server.upload(fields, "one.txt", b"one").json == {"name": "one.txt", "size_bytes": 3}
    assert server.upload(fields, "../../etc/two.txt", b"four").json == {"name": "two.txt", "size_bytes": 4}
    (found,) = opened(beside, code).files.values()
    assert found.name == "two.txt"
    assert opened(beside, code).state.answers["story_file"] == found.id
    assert server.upload({**fields, "remove": "1"}).json == {"removed": "story_file"}
    assert opened(beside, code).files == {}
    assert "story_file" not in opened(beside, code).state.answers


@pytest.mark.parametrize(
    ("fields", "name", "content", "status", "code"),
    [
        ({"code": "AAAA-AAAA-AAAA"}, "a.txt", b"a", 404, "response.unknown_code"),
        ({"code": ""}, "a.txt", b"a", 404, "response.unknown_code"),
        ({"question": "org_name"}, "a.txt", b"a", 400, "file.not_asked"),
        ({"question": "nothing"}, "a.txt", b"a", 400, "file.not_asked"),
        ({}, "a.txt", b"", 400, "file.empty"),
        ({}, "", b"", 400, "file.empty"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_reason(
    fields: dict[str, str], name: str, content: bytes, status: int, code: str, server: Server, draft: Callable[[], str]
) -> None:
    answer = server.upload({"code": draft(), "question": "story_file", "lang": "ru", **fields}, name, content)
    assert answer.status == status
    assert answer.json == {"code": code, "message": Words("ru").translate(MESSAGES[code])}


def test_a_question_that_is_not_asked_at_present_takes_no_file(
    server: Server, draft: Callable[[], str], beside: Store
) -> None:
    code = draft()
    seen = opened(beside, code).state.answers
    saving.save(beside, code, {"story_yes": "no"}, seen=seen, section="s7", language="en", now=now())
    answer = server.upload({"code": code, "question": "story_file"}, "a.txt", b"a")
    assert (answer.status, answer.json["code"]) == (400, "file.not_asked")


@pytest.mark.parametrize("body", [b"", b"rubbish", b"--x\r\nrubbish"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data", "text/plain"])
def test_rubbish_is_refused_and_not_explained_by_a_stack_trace(body: bytes, kind: str, server: Server) -> None:
    answer = server.call("POST", "/files", body=body, headers={"Content-Type": kind})
    assert 400 <= answer.status < 500
    assert "Traceback" not in answer.text


# Receipts


def sent(store: Store) -> str:
    """The code of a response that was sent."""
    code = responses.begin(store, OPEN, language="en", channel="app", now=now())
    saving.save(store, code, COMPLETE, seen={}, section="s8", language="en", now=now())
    responses.submit(store, code, now=now())
    return code


def test_the_copy_of_what_was_sent_comes_as_a_page_on_paper_and_as_data(server: Server, beside: Store) -> None:
    code = sent(beside)
    reference = opened(beside, code).response.reference
    page = server.form("/receipts/html", {"code": code, "lang": "ar"})
    assert page.status == 200
    assert '<html lang="ar" dir="rtl">' in page.text
    assert reference in page.text
    assert "Étoile &lt;b&gt;" in page.text
    assert page.headers["content-disposition"] == f'attachment; filename="soundings-{reference}.html"'
    assert page.headers["cache-control"] == "no-store"
    printed = server.form("/receipts/pdf", {"code": code, "lang": "ar"})
    assert (printed.status, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.headers["content-disposition"] == f'attachment; filename="soundings-{reference}.pdf"'
    assert PdfReader(BytesIO(printed.body)).trailer["/Root"]["/Lang"] == "ar"
    data = server.form("/receipts/json", {"code": code, "lang": "en"})
    assert data.json["reference"] == reference
    answers = {one["question"]: one["answer"] for one in data.json["answers"]}
    assert answers["org_name"] == "Étoile <b>"
    assert answers["work_level"] == ["local"]
    assert data.json["fictional"] is True


@pytest.mark.parametrize("kind", ["html", "pdf", "json"])
def test_there_is_no_copy_of_a_draft_nor_for_a_wrong_code(kind: str, server: Server, draft: Callable[[], str]) -> None:
    answer = server.form(f"/receipts/{kind}", {"code": draft(), "lang": "zh"})
    assert answer.status == 400
    assert Words("zh").translate(MESSAGES["response.not_sent"]) in answer.text
    answer = server.form(f"/receipts/{kind}", {"code": "AAAA-AAAA-AAAA", "lang": "zh"})
    assert answer.status == 404
    assert Words("zh").translate(MESSAGES["response.unknown_code"]) in answer.text


def test_a_code_never_stands_in_the_address_of_a_copy(server: Server, beside: Store) -> None:
    code = sent(beside)
    answer = server.get(f"/receipts/html?code={code}")
    assert opened(beside, code).response.reference not in answer.text


def test_a_sent_response_takes_no_file_any_more(server: Server, beside: Store) -> None:
    answer = server.upload({"code": sent(beside), "question": "story_file"}, "a.txt", b"a")
    assert (answer.status, answer.json["code"]) == (409, "response.submitted")


# A locked database


def test_while_the_database_is_locked_people_are_told_and_nothing_is_lost(
    server: Server, draft: Callable[[], str], beside: Store
) -> None:
    code = draft()
    fields = {"code": code, "question": "story_file", "lang": "fr"}
    server.upload(fields, "before.txt", b"before")
    answers: dict[str, Answer] = {}

    def act(name: str, request: Callable[[], Answer]) -> threading.Thread:
        def run() -> None:
            answers[name] = request()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    with closing(sqlite3.connect(server.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = [
            act("file", lambda: server.upload(fields, "during.txt", b"during")),
            act("account", lambda: server.form("/account/demo", {"login": "demo-secretariat", "lang": "fr"})),
        ]
        began = time.monotonic()
        assert server.get("/respond?c=open-form").status == 200
        assert time.monotonic() - began < 4, "reading waits for a writer"
        for thread in waiting:
            thread.join(30)
        other.execute("ROLLBACK")
    told = Words("fr").translate(MESSAGES["store.locked"])
    assert answers["file"].status == 503
    assert answers["file"].json == {"code": "store.locked", "message": told}
    assert answers["account"].status == 503
    assert told.replace("'", "&#39;") in answers["account"].text
    assert opened(beside, code).files["story_file"].name == "before.txt"
    assert server.upload(fields, "after.txt", b"after").status == 200
    assert opened(beside, code).files["story_file"].name == "after.txt"
