"""A second process starts from the file of columns, and only as far as the database still says the same."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from analysis.dataset import kept
from analysis.dataset.arrays import FIRST_CODE
from data.backups import backup, restore
from data.records import EVERYTHING
from data.settings import Settings
from data.store import Store, open_store
from survey import consultations, erasure, question_roles
from tests.analysis.dataset.test_building import plain
from tests.small import DAY, NOW, SECRETARIAT, SLUG, send

LATER = NOW + DAY


@pytest.fixture(autouse=True)
def _small_ones_too(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(kept, "FILED", 1)
    kept.forget()
    yield
    kept.forget()


def current(store: Store) -> kept.Kept:
    return kept.current(store, consultations.find(store, SLUG), EVERYTHING)


def files(store: Store) -> list[Path]:
    assert store.columns.folder is not None
    return sorted(store.columns.folder.glob("*")) if store.columns.folder.is_dir() else []


def anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> tuple[object, str, bool]:
    """What the next process has, and whether it read the whole database for it."""
    kept.forget()
    read = []
    with monkeypatch.context() as noted:
        whole = type(store.read().__enter__()).reply_batches
        noted.setattr(
            "data.store.Transaction.reply_batches", lambda self, *more: (read.append(1), whole(self, *more))[1]
        )
        found = current(store)
    return plain(found.dataset), found.digest, bool(read)


def cold(store: Store, monkeypatch: pytest.MonkeyPatch) -> tuple[object, str, bool]:
    store.columns.remove()
    return anew(store, monkeypatch)


def test_the_next_process_reads_the_file_and_what_changed_since(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    send(small, org_name="First", fields=["prev", "hr"], staff=4)
    send(small, org_name="Second", region="n", invest_rank=None)
    current(small)
    assert len(files(small)) == 1
    *first, read = anew(small, monkeypatch)
    assert not read
    code = send(small, org_name="Third", finding="Мир")
    *second, read = anew(small, monkeypatch)
    assert not read
    assert second != first
    assert [*second, True] == list(cold(small, monkeypatch))
    assert code


def test_a_further_response_after_a_warm_start_is_written_into_the_room_of_the_file(
    small: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(small, org_name="First")
    current(small)
    (path,) = files(small)
    content = path.read_bytes()
    anew(small, monkeypatch)
    monkeypatch.setattr(kept, "FILED", 100)  # it is not written anew
    send(small, org_name="Second", fields=["other"], fields_other="Sport")
    found = current(small)
    assert [each.organisation for each in found.dataset.respondents] == ["First", "Second"]
    assert path.read_bytes() == content


def test_codes_that_no_choice_has_come_back_from_the_file(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    send(small)
    with small.write() as writing:
        (response,) = writing.responses(writing.consultation(SLUG).id)
        odd = {**response.submission, "region": "atlantis", "fields": ("sea", "prev")}
        writing.save_response(response.id, expected_revision=response.revision, submission=odd)
    current(small)
    *found, read = anew(small, monkeypatch)
    assert not read
    assert [*found, True] == list(cold(small, monkeypatch))


def test_what_is_erased_is_in_no_file(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    code = send(small, org_name="First", finding="A secret of somebody")
    send(small, org_name="Second", finding="A view")
    current(small)
    assert b"A secret of somebody" in files(small)[0].read_bytes()
    erasure.erase(small, code, now=LATER)
    assert files(small) == []
    current(small)
    assert b"A secret" not in files(small)[0].read_bytes()
    *_found, read = anew(small, monkeypatch)
    assert not read


def test_a_file_written_while_something_was_erased_does_not_stay(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    code = send(small, org_name="First")
    send(small, org_name="Second")
    write = kept.columnar.write

    def meanwhile(*args: object, **more: object) -> None:
        erasure.erase(small, code, now=LATER)
        write(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(kept.columnar, "write", meanwhile)
    current(small)
    assert files(small) == []


def test_a_crash_after_an_erasure_leaves_a_file_until_the_next_start(
    small: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = send(small, org_name="First")
    send(small, org_name="Second")
    current(small)
    monkeypatch.setattr(small.columns, "remove", lambda _of: None)
    monkeypatch.setattr(small, "journal_erasures", lambda: 0)
    erasure.erase(small, code, now=LATER)
    assert len(files(small)) == 1
    monkeypatch.undo()
    small.journal_erasures()
    assert files(small) == []


def test_a_file_of_another_history_is_not_believed(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    send(small, org_name="First")
    send(small, org_name="Second")
    current(small)
    # As if an older database had been put back by hand, and another response had come since.
    with small.write() as writing:
        last = max(writing.responses(writing.consultation(SLUG).id), key=lambda each: each.id)
        other = {**last.submission, "org_name": "Another"}
        writing.save_response(last.id, expected_revision=last.revision, submission=other)
        writing.save_response(last.id, expected_revision=last.revision + 1, revision=last.revision)
    *found, read = anew(small, monkeypatch)
    assert read
    assert found == list(cold(small, monkeypatch))[:2]


def test_a_file_of_other_parts_or_of_no_columns_is_not_used(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    send(small)
    current(small)
    question_roles.set_roles(small, SLUG, {"organisation": "finding"}, actor=SECRETARIAT, now=LATER)
    assert anew(small, monkeypatch)[2]
    small.columns.keep(1, 0, lambda path: path.write_bytes(b"ARROW1\0\0 and nothing else") and None)
    assert anew(small, monkeypatch)[2]


@pytest.mark.sqlite  # that of a server is filled when it is empty only
def test_a_restored_back_up_removes_the_files(small: Store, settings: Settings, tmp_path: Path) -> None:
    send(small)
    current(small)
    target = tmp_path / "kept.db"
    backup(settings, target)
    assert len(files(small)) == 1
    small.close()
    restore(settings, target)
    assert files(open_store(settings)) == []


def test_the_file_can_be_read_by_other_programs(small: Store) -> None:
    send(small, region="n")
    current(small)
    (path,) = files(small)
    table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    assert table.column("region")[0].as_py() == FIRST_CODE
    assert table.column("finding")[0].as_py() == "Services are far away."
