"""NUL, a sign that PostgreSQL keeps in no text: what holds one is refused in words, and nothing else is lost by it."""

import threading
from collections.abc import Callable

import pytest

from data.errors import InvalidInput, NotFound
from data.records import ResponseRecord
from data.store import Store, Transaction
from tests.databases import ON_SERVER
from tests.small import NOW, SLUG, refused, send

NUL = "before\0after"


def opened(kept: Transaction) -> ResponseRecord:
    (found,) = kept.responses(kept.consultation(SLUG).id)
    return found


def in_a_column(kept: Transaction) -> None:
    kept.change_consultation(kept.consultation(SLUG).id, outcome={}, title={"en": "x"}, slug=NUL)


def in_a_document(kept: Transaction) -> None:
    kept.change_consultation(kept.consultation(SLUG).id, title={"en": NUL})


def in_a_name_within_a_document(kept: Transaction) -> None:
    kept.change_consultation(kept.consultation(SLUG).id, title={NUL: "x"})


def in_an_answer(kept: Transaction) -> None:
    found = opened(kept)
    kept.save_response(found.id, expected_revision=found.revision, submission={**found.submission, "finding": NUL})


def in_the_log(kept: Transaction) -> None:
    kept.record(at=NOW, actor=NUL, action="a", subject="s", details={})


def in_what_the_log_holds(kept: Transaction) -> None:
    kept.record(at=NOW, actor="a", action="a", subject="s", details={"name": NUL})


def in_a_file_name(kept: Transaction) -> None:
    kept.add_file(
        b"\0content",
        id="0" * 32,
        response_id=opened(kept).id,
        question="file",
        name=NUL,
        content_type="text/plain",
        size_bytes=8,
        sha256="0" * 64,
        created_at=NOW,
    )


TEXTS = (in_a_column, in_the_log, in_a_file_name)
DOCUMENTS = (in_a_document, in_a_name_within_a_document, in_an_answer, in_what_the_log_holds)
"""In a document the sign is written as an escape, which both databases keep."""


@pytest.mark.parametrize("write", [*TEXTS, *DOCUMENTS])
def test_a_text_with_a_nul_is_refused_in_words_or_kept_as_it_is(
    small: Store, write: Callable[[Transaction], None]
) -> None:
    send(small)

    def act() -> None:
        with small.write() as kept:
            write(kept)

    if ON_SERVER and write in TEXTS:
        with refused(InvalidInput, "text.nul"):
            act()
    else:
        act()
    begin_again(small)


def begin_again(store: Store) -> None:
    """Whoever writes next writes as ever."""
    with store.write() as kept:
        kept.record(at=NOW, actor="a", action="next", subject="s", details={})
    with store.read() as kept:
        assert kept.log(1)[0].action == "next"


def test_who_writes_in_the_same_batch_loses_nothing(small: Store) -> None:
    failed: list[str] = []
    start = threading.Barrier(12)

    def client(number: int) -> None:
        start.wait()
        for turn in range(5):
            try:
                with small.write() as kept:
                    actor = NUL if number % 3 == 0 else f"client {number}"
                    kept.record(at=NOW, actor=actor, action="write", subject=f"{number}/{turn}", details={})
            except InvalidInput as error:
                failed.append(error.code)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with small.read() as kept:
        written = sorted(entry.subject for entry in kept.log() if entry.action == "write" and entry.actor != NUL)
    assert written == sorted(f"{number}/{turn}" for number in range(12) if number % 3 for turn in range(5))
    assert failed == (["text.nul"] * 20 if ON_SERVER else [])


@pytest.mark.parametrize(
    ("read", "unknown"),
    [
        (lambda kept: kept.consultation(NUL), "consultation.unknown"),
        (lambda kept: kept.file(NUL), "file.unknown"),
    ],
)
def test_what_is_asked_for_by_a_name_with_a_nul_is_not_there(
    small: Store, read: Callable[[Transaction], object], unknown: str
) -> None:
    refusal = (InvalidInput, "text.nul") if ON_SERVER else (NotFound, unknown)
    with refused(*refusal), small.read() as kept:
        read(kept)
    begin_again(small)


def test_an_answer_with_a_nul_that_lies_in_the_database_is_told_where_the_database_reads_answers(small: Store) -> None:
    send(small)
    with small.write() as kept:
        in_an_answer(kept)
        consultation = kept.consultation(SLUG).id
    with small.read() as kept:
        assert opened(kept).submission["finding"] == NUL
    with small.read() as kept:
        if ON_SERVER:
            with refused(InvalidInput, "text.nul"), small.read() as again:
                again.count_answers(consultation, 1, "finding")
        else:
            assert sum(kept.count_answers(consultation, 1, "finding").values()) == 1
    begin_again(small)
