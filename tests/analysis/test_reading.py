"""Replies are read beside the page, once for all who wait, and who waits sees how far it is."""

from analysis.dataset import kept
from analysis.reading import Reading, reading
from data.records import EVERYTHING
from data.store import Store
from survey import consultations, demo
from tests.small import SECRETARIAT, SLUG


def test_it_is_told_how_many_replies_are_read_of_how_many(demo_store: Store) -> None:
    consultation = consultations.find(demo_store, demo.SLUG)
    with demo_store.read() as rows:
        total = rows.data_revision(consultation.id)[0]
        batches = kept._batches(demo_store, rows, consultation.id, EVERYTHING, total)
        before = kept.progress(demo_store, consultation.id, EVERYTHING)
        next(batches)
        begun = kept.progress(demo_store, consultation.id, EVERYTHING)
        assert list(batches) == []
    assert begun == (0, total)
    assert before == kept.progress(demo_store, consultation.id, EVERYTHING) == (0, 0)


def test_who_does_not_wait_is_told_how_far_it_is_and_who_waits_has_the_replies(small: Store) -> None:
    kept.forget()
    found = reading(small, SLUG, actor=SECRETARIAT, patience=0)
    assert found is None or isinstance(found, Reading)
    assert reading(small, SLUG, actor=SECRETARIAT) is None
    assert reading(small, SLUG, actor=SECRETARIAT) is None


def test_who_looks_in_again_without_waiting_is_told_that_the_replies_are_there(small: Store) -> None:
    """With many replies, asking for them takes longer than somebody who does not wait looks."""
    assert reading(small, SLUG, actor=SECRETARIAT) is None
    for slot in kept._slots.values():
        slot.lock.acquire()
    try:
        assert reading(small, SLUG, actor=SECRETARIAT, patience=0) is None
    finally:
        for slot in kept._slots.values():
            slot.lock.release()
