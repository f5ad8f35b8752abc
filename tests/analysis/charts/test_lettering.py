"""Lines that fit, in scripts with and without spaces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.charts import lettering

CHINESE = "毒品和毒品市场的范围不断扩大和多样化，跨境贩运网络日益复杂。"


@pytest.mark.parametrize(
    ("text", "family"),
    [("Harm reduction", lettering.LATIN), ("Снижение вреда", lettering.LATIN), ("الوقاية", lettering.ARABIC)],
)
def test_each_script_has_its_family(text: str, family: str) -> None:
    assert lettering.family(text) == family


def test_chinese_has_its_own_family() -> None:
    assert lettering.family(CHINESE) == lettering.CHINESE


def test_chinese_breaks_between_signs_and_never_before_a_comma() -> None:
    lines = lettering.wrap(CHINESE, 150, 15)
    assert "".join(lines) == CHINESE
    assert len(lines) > 1
    assert all(line[0] not in "，。" for line in lines)


def test_a_space_that_must_not_break_holds_its_words_together() -> None:
    wide = lettering.width("Africa (n\u00a0=", 15)
    assert lettering.wrap("Africa (n\u00a0=\u00a060)", wide, 15) == ("Africa", "(n\u00a0=\u00a060)")


@given(st.text(alphabet="abc defgh,WM ийж 中文。", max_size=80), st.integers(40, 300))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, available: int) -> None:
    lines = lettering.wrap(text, available, 15)
    assert all(lettering.width(line, 15) <= available for line in lines if len(line) > 1)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_rare_chinese_signs_are_not_written_bold() -> None:
    assert lettering.has_bold("毒品市场")
    assert not lettering.has_bold("饕餮")


def test_control_signs_are_taken_out() -> None:
    assert lettering.printable("a\x0bb\x00c") == "abc"


def test_the_bundled_fonts_stay_small_and_carry_their_licence() -> None:
    files = list(lettering.FONTS.iterdir())
    assert sum(file.stat().st_size for file in files) < 8_000_000
    assert (lettering.FONTS / "OFL.txt").read_text(encoding="utf-8").count("SIL Open Font License, Version 1.1") == 1
