"""docs/security.md: every test that it names exists, and every requirement has its line once."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^\| (\w+) \| `(tests/[\w./]+\.py)` \|$", PAGE, re.MULTILINE))
NAMED = sorted(set(re.findall(r"\b(\w+)::(test_\w+)", PAGE)))
ROWS = re.findall(r"^\| (\d+\.[\d.]+)(?:–(\d+\.[\d.]+))? \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_that_is_named_exists(file: str, test: str) -> None:
    assert re.search(rf"^def {test}\(", (ROOT / FILES[file]).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_short_name_is_used() -> None:
    assert {file for file, _test in NAMED} == set(FILES)


def test_every_requirement_stands_once_and_says_how_it_is() -> None:
    numbers = [first for first, _last, _asked, _here in ROWS]
    assert len(numbers) == len(set(numbers))
    assert len(ROWS) > 180
    assert [number for number, _last, _asked, here in ROWS if here[0] not in "✓○–✗"] == []
    assert {number.partition(".")[0] for number in numbers} == {str(chapter) for chapter in range(1, 18)}


def test_what_does_not_hold_says_why() -> None:
    assert [number for number, _last, _asked, here in ROWS if here.startswith("✗") and len(here) < 10] == []
