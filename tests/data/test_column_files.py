"""Files of columns: their names, and that what is erased, cut off or foreign goes."""

import stat
from pathlib import Path

import pytest

from data.column_files import ColumnFiles
from data.settings import Settings


def keep(files: ColumnFiles, content: bytes, consultation: int = 1, erasures: int = 0) -> Path:
    assert files.keep(consultation, erasures, lambda path: path.write_bytes(content) and None)
    assert files.folder is not None
    (found,) = files.folder.glob(f"{consultation}-*.arrow")
    return found


@pytest.fixture
def files(tmp_path: Path) -> ColumnFiles:
    return ColumnFiles(tmp_path / "soundings.columns")


def test_a_consultation_has_one_file_that_only_its_owner_may_read(files: ColumnFiles) -> None:
    keep(files, b"first")
    path = keep(files, b"second")
    content = files.open(1, 0)
    assert content is not None
    assert content[:] == b"second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_is_written_to_the_memory_never_reaches_the_file(files: ColumnFiles) -> None:
    path = keep(files, b"first")
    content = files.open(1, 0)
    assert content is not None
    content[0:1] = b"F"
    assert path.read_bytes() == b"first"


@pytest.mark.parametrize("spoil", [b"", b"fir", b"firsT", b"first and more"])
def test_a_cut_off_or_changed_file_is_removed(files: ColumnFiles, spoil: bytes) -> None:
    path = keep(files, b"first")
    path.write_bytes(spoil)
    assert files.open(1, 0) is None
    assert not path.exists()


def test_a_file_from_before_an_erasure_is_removed(files: ColumnFiles) -> None:
    path = keep(files, b"first")
    assert files.open(1, 1) is None
    assert not path.exists()


def test_whoever_still_looks_at_an_older_state_leaves_the_file_of_a_newer_one(files: ColumnFiles) -> None:
    newer = keep(files, b"newer", erasures=2)
    assert files.open(1, 1) is None
    assert files.keep(1, 1, lambda path: path.write_bytes(b"older") and None)
    assert newer.exists()
    content = files.open(1, 2)
    assert content is not None and content[:] == b"newer"
    files.remove_older({1: 2})
    assert files.folder is not None
    assert list(files.folder.iterdir()) == [newer]


def test_only_files_from_before_an_erasure_are_removed_when_all_are_looked_through(files: ColumnFiles) -> None:
    for consultation, erasures in ((1, 0), (2, 1), (3, 0)):
        keep(files, b"x", consultation, erasures)
    files.remove_older({1: 1, 2: 1})
    assert [files.open(key, count) is not None for key, count in ((1, 0), (2, 1), (3, 0))] == [False, True, True]


def test_half_written_files_and_those_of_a_consultation_are_removed_and_foreign_ones_are_not(
    files: ColumnFiles,
) -> None:
    keep(files, b"x", 1)
    keep(files, b"x", 2)
    assert files.folder is not None
    (files.folder / "writing-ab.part").write_bytes(b"half")
    (files.folder / "notes.txt").write_text("mine", encoding="utf-8")
    files.remove({1})
    assert sorted(path.name[:2] for path in files.folder.iterdir()) == ["2-", "no"]


def test_a_file_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert not ColumnFiles(tmp_path / "taken").keep(1, 0, lambda path: path.write_bytes(b"x") and None)


def test_without_a_folder_nothing_is_kept() -> None:
    files = ColumnFiles(None)
    assert not files.keep(1, 0, lambda path: path.write_bytes(b"x") and None)
    assert files.open(1, 0) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"database_url": "sqlite:////srv/soundings.db"}, Path("/srv/soundings.columns")),
        ({"database_url": "sqlite:////srv/soundings.db", "column_folder": "/fast"}, Path("/fast")),
        ({"database_url": "sqlite:////srv/soundings.db", "column_files": False}, None),
        ({"database_url": "sqlite://"}, None),
    ],
)
def test_the_folder_lies_beside_the_database(values: dict[str, object], expected: Path | None) -> None:
    assert Settings(**values).column_path == expected  # type: ignore[arg-type]
