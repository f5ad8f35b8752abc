"""How many acknowledged writes a second are on the disk, and how long each waited, beside SQLAlchemy without a queue.

row      one response: 51 answers in 1.5 kB of JSON, appended by one statement
section  what `survey.saving.save` asks of the store: the response by its code, its answers, contact details apart,
         who changed the section, how long it took
sending  what `survey.responses.submit` asks of the store: the response by its code, what is sent, contact details
         apart, the text of consent, a revision, an entry in the chain of the log with its content
save     `survey.saving.save` itself: the form is opened and judged as well; nobody would do that without it, so that
         nothing bare stands beside it
submit   `survey.responses.submit` itself, likewise

The answers are those of the demo. Each client is a thread that writes one after the other. "bare" runs the same
statements in SQLAlchemy's own transactions (BEGIN IMMEDIATE; on a server without the queue of writers), as one would
write it without thinking about it.
"""

import gc
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import Engine, Executable

from data.driver import Driver, Prepared
from data.engine import open_engine, without_events
from data.errors import Conflict
from data.records import AnswerValue, ResponseStatus
from data.settings import Settings
from data.store import Store, Transaction
from survey import demo, responses, saving
from survey.acts import RESPONDENT, sent_changes, subject_of
from survey.codes import hash_of, new_code, new_reference, normalised

LONGEST_WAIT_SECONDS = 0.1
NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
Writing = Callable[[], AbstractContextManager[Transaction]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Waits in seconds of every acknowledged sending, and how long all took together."""

    name: str
    waits: Sequence[float]
    seconds: float
    cpu_seconds: float
    errors: Sequence[str]

    @property
    def a_second(self) -> float:
        return len(self.waits) / self.seconds

    @property
    def told(self) -> str:
        """One line of the table."""
        half, most = self.waits[len(self.waits) // 2], self.waits[int(0.99 * len(self.waits))]
        figures = [f"{self.a_second:,.0f}", *(f"{1000 * value:.0f}" for value in (half, most, self.waits[-1]))]
        cpu = f"{1e6 * self.cpu_seconds / len(self.waits):.0f}"
        return f"| {self.name} | {' | '.join(figures)} | {cpu} | {len(self.errors)} |"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft that holds the answers of a reply of the demo."""

    key: int
    code: str
    answers: Mapping[str, AnswerValue]


Body = Callable[[Transaction, Draft], None]


def drafts(store: Store, count: int) -> list[Draft]:
    """So many new ones."""
    made = []
    with store.write() as kept:
        consultation = kept.consultation(demo.SLUG)
        replies = itertools.cycle(kept.responses(consultation.id))
        for code, reply in zip([new_code() for _ in range(count)], replies, strict=False):
            answers = reply.answers or reply.submission
            key = kept.add_response(
                consultation_id=consultation.id,
                version_number=reply.version_number,
                invitation_id=None,
                reference=new_reference(),
                code_hash=hash_of(normalised(code)),
                status=ResponseStatus.DRAFT,
                language=reply.language,
                channel="light",
                started_at=NOW,
                updated_at=NOW,
                expires_at=NOW + timedelta(days=100),
                answers=answers,
                submission={},
            )
            kept.set_contact(key, {"contact_email": "post@example.org"})
            made.append(Draft(key=key, code=code, answers=answers))
    return made


def add_row(kept: Transaction, draft: Draft) -> None:
    """One response as one row."""
    kept.add_revision(
        response_id=draft.key, revision=1, saved_at=NOW, channel="light", submission=draft.answers, sent_by=""
    )


def save_section(kept: Transaction, draft: Draft) -> None:
    """One section, as the use case saves it when it has judged the answers."""
    response = kept.response_by_code(hash_of(normalised(draft.code)))
    assert response is not None
    kept.consultation_by_id(response.consultation_id)
    kept.save_response(
        response.id,
        expected_revision=response.revision,
        answers=response.answers,
        section="s2",
        updated_at=NOW,
        language=response.language,
        expires_at=NOW,
        ready_by="",
        ready_at=None,
        region="s",
        publish="named",
    )
    kept.note_section(response.id, "s2", changed_by="", changed_at=NOW)
    kept.set_contact(response.id, {"contact_email": "post@example.org"})
    kept.visit_section(response.id, "s2", 60)


def send(kept: Transaction, draft: Draft) -> None:
    """One sending, as the use case does it when it has judged the answers."""
    response = kept.response_by_code(hash_of(normalised(draft.code)))
    assert response is not None
    consultation = kept.consultation_by_id(response.consultation_id)
    answers = response.answers
    revision = kept.save_response(
        response.id,
        expected_revision=response.revision,
        status=ResponseStatus.SUBMITTED,
        submitted_at=NOW,
        updated_at=NOW,
        late=False,
        expires_at=None,
        correcting=False,
        ready_by="",
        ready_at=None,
        submission=answers,
        region="s",
        publish="named",
    )
    changes, contacts = sent_changes({}, answers, {}, {"contact_email": "post@example.org"})
    kept.record(
        at=NOW,
        actor=RESPONDENT,
        action="response.submitted",
        subject=subject_of(consultation, response.reference),
        consultation=consultation.slug,
        details={"revision": revision, "version": response.version_number, "contact": contacts},
        changes=changes,
    )
    kept.set_contact(response.id, {"contact_email": "post@example.org"})
    consent = kept.keep_consent(
        consultation_id=consultation.id,
        version_number=response.version_number,
        language=response.language,
        sha256="0" * 64,
        text="I agree",
    )
    kept.add_revision(
        response_id=response.id,
        revision=revision,
        saved_at=NOW,
        channel=response.channel,
        submission=answers,
        sent_by="",
        consent_id=consent,
    )


def save(store: Store, draft: Draft) -> None:
    """One section, as a door saves it."""
    name = f"{draft.answers['org_name']} and others"
    saving.save(store, draft.code, {"org_name": name}, seen=draft.answers, section="s1", language="en", now=NOW)


def submit(store: Store, draft: Draft) -> None:
    """One sending, as a door does it."""
    responses.submit(store, draft.code, now=NOW)


class Plain(Driver):
    """Every statement by SQLAlchemy, as one writes it without thinking about it."""

    def first(self, prepared: Prepared, values: Mapping[str, Any]) -> Any:
        """The first row of an answer, or None."""
        return self.connection.execute(_built(prepared, self.dialect.name), dict(values)).first()

    def run(self, prepared: Prepared, values: Mapping[str, Any], *, changed_elsewhere: str = "") -> None:
        """Runs a change at once."""
        changed = self.connection.execute(_built(prepared, self.dialect.name), dict(values))
        if changed_elsewhere and changed.rowcount != 1:
            raise Conflict(changed_elsewhere)


@cache
def _built(prepared: Prepared, dialect: str) -> Executable:
    return prepared.build(dialect)


def bare(engine: Engine) -> Writing:
    """SQLAlchemy's own transactions, each client for itself."""

    @contextmanager
    def writing() -> Iterator[Transaction]:
        with engine.connect() as connection, connection.begin():
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield Transaction(Plain(connection))

    return writing


def crowd(name: str, made: Sequence[Draft], act: Callable[[Draft], object], clients: int) -> Measured:
    """Each client writes its share, one after the other."""
    waits: list[list[float]] = [[] for _ in range(clients)]
    errors: list[str] = []
    start = threading.Barrier(clients + 1)

    def client(number: int) -> None:
        start.wait()
        for draft in made[number::clients]:
            begun = perf_counter()
            try:
                act(draft)
            except Exception as error:
                errors.append(repr(error))
            else:
                waits[number].append(perf_counter() - begun)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    begun, worked = perf_counter(), process_time()
    for thread in threads:
        thread.join()
    return Measured(
        name=name,
        waits=sorted(itertools.chain(*waits)),
        seconds=perf_counter() - begun,
        cpu_seconds=process_time() - worked,
        errors=errors,
    )


def measured(settings: Settings, store: Store, *, clients: int, count: int) -> Iterator[tuple[bool, Measured]]:
    """(whether it is the store, what was measured) of each kind of write, by the store and bare."""
    engine = without_events(open_engine(settings))
    kinds: tuple[tuple[str, Body], ...] = (("row", add_row), ("section", save_section), ("sending", send))
    for name, body in kinds:
        for way, writing, share in (("store", store.write, 1), ("bare", bare(engine), 4)):

            def act(draft: Draft, body: Body = body, writing: Writing = writing) -> None:
                with writing() as kept:
                    body(kept, draft)

            yield way == "store", crowd(f"{name} | {way}", drafts(store, count // share), act, clients)
    engine.dispose()
    for name, use in (("save", save), ("submit", submit)):

        def whole(draft: Draft, use: Callable[[Store, Draft], None] = use) -> None:
            use(store, draft)

        yield True, crowd(f"{name} | use case", drafts(store, count), whole, clients)


def table(settings: Settings, store: Store, *, clients: int, count: int) -> int:
    """Prints what was measured; 1 when the store refused something, or had somebody wait for more than 100 ms."""
    gc.collect()
    gc.set_threshold(20_000, 20, 50)
    gc.freeze()  # as the program does when it starts
    print(f"{clients} clients, {count} writes of each kind, {settings.database_shown}")
    print("| what | how | a second | p50 ms | p99 ms | longest ms | processor µs each | refused |")
    print("|---|---|---|---|---|---|---|---|")
    bad = False
    for ours, found in measured(settings, store, clients=clients, count=count):
        print(found.told, flush=True)
        bad |= ours and (bool(found.errors) or found.waits[-1] > LONGEST_WAIT_SECONDS)
    return int(bad)
