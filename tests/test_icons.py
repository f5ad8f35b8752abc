"""The icon font holds every icon that the code and the installed Streamlit use; `python -m tests.icons` renews it."""

from fontTools.ttLib import TTFont

from tests.icons import ICONS, full_font, glyphs_by_name, used_by_streamlit, used_by_us


def test_every_icon_that_is_used_is_in_the_font() -> None:
    kept = glyphs_by_name(TTFont(ICONS))
    known = glyphs_by_name(TTFont(full_font()))
    assert used_by_us() - kept.keys() == set()
    assert (used_by_streamlit() & known.keys()) - kept.keys() == set()
    assert len(used_by_streamlit()) > 50


def test_the_font_is_small() -> None:
    assert ICONS.stat().st_size < 20_000
