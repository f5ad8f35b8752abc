"""Pictures of the pages of files: what is missing is said, and every page is there."""

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image
from pptx import Presentation

from analysis.report import powerpoint
from analysis.report.compose import compose
from tests import printed
from tests.analysis import cards
from tests.analysis.cards import ENGLISH


def deck() -> bytes:
    return powerpoint.render(compose(cards.ALL[:4], title="All", words=ENGLISH), ENGLISH)


def test_a_program_that_is_missing_is_named_with_what_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "soffice" else name)
    assert printed.main([str(tmp_path / "pages")]) == 1
    assert capsys.readouterr().err == (
        "soffice was not found, so no page is drawn. "
        "Type: sudo apt-get install -y libreoffice-impress libreoffice-writer\n"
    )
    assert not (tmp_path / "pages").exists()


def test_a_deck_is_worked_on_before_it_comes_home() -> None:
    before, after = (Presentation(io.BytesIO(content)) for content in (deck(), printed.edited(deck())))
    titles = [[slide.shapes.title.text for slide in file.slides] for file in (before, after)]
    first, second, _changed, moved, *rest = titles[0]
    assert titles[1] == [first, second, printed.EDITED_TITLE, *rest, moved]


def test_all_pages_stand_on_one_sheet_and_old_ones_go(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (960, 540), colour) for colour in ("red", "green", "blue", "red", "yellow")]
    printed.laid(pages, tmp_path, "en-pptx")
    printed.laid(pages[:2], tmp_path, "en-pptx")
    assert sorted(each.name for each in (tmp_path / "en-pptx").iterdir()) == ["01.png", "02.png"]
    sheet = Image.open(tmp_path / "en-pptx.png")
    assert [sheet.getpixel(place) for place in ((10, 10), (printed.SMALL + 20, 10))] == [(255, 0, 0), (0, 128, 0)]


@pytest.mark.long
def test_libreoffice_draws_every_slide(tmp_path: Path) -> None:
    assert printed.missing() == []
    pages = printed.drawn(deck(), tmp_path, "pptx")
    assert len(pages) == len(Presentation(io.BytesIO(deck())).slides)
    assert {round(page.width / page.height, 2) for page in pages} == {1.78}
