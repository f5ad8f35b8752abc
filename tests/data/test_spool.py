"""Values that wait on the disk: they come back as they were, and nobody else can read them."""

import pytest

from data import spool
from data.spool import Spool

VALUES = [{"finding": f"A view of somebody {number}", "fields": ("a", "b")} for number in range(50)]


@pytest.mark.parametrize("in_memory", [1, 2**20])
def test_values_come_back_in_their_order(monkeypatch: pytest.MonkeyPatch, in_memory: int) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", in_memory)
    with Spool() as heap:
        for value in VALUES:
            heap.add(value)
        assert list(heap.values()) == VALUES


def test_what_lies_on_the_disk_cannot_be_read_there() -> None:
    with Spool() as heap:
        for value in VALUES:
            heap.add(value)
        heap._file.rollover()
        heap._file.seek(0)
        assert b"somebody" not in heap._file.read()


def test_an_empty_heap_has_no_values() -> None:
    with Spool() as heap:
        assert list(heap.values()) == []
