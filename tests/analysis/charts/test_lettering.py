"""Lines that fit, in scripts with and without spaces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.charts import lettering

CHINESE = "毒品和毒品市场的范围不断扩大和多样化，跨境贩运网络日益复杂。"


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("Harm reduction", lettering.LATIN),
        ("Снижение вреда", lettering.LATIN),
        ("الوقاية", lettering.ARABIC),
        ("नुकसान में कमी", "Soundings Sans Devanagari"),
        ("Reduction: ลดอันตราย", "Soundings Sans Thai"),
    ],
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


@pytest.mark.parametrize("text", ["ฃ ‘x’ abc", "Yes “ह”: said by 63 %", "‘ก’ a ‘b’"])
def test_scripts_without_a_bold_face_are_measured_beside_bold_ones(text: str) -> None:
    assert lettering.width(text, 12, bold=True) > 0


def test_rare_chinese_signs_are_not_written_bold() -> None:
    assert lettering.has_bold("毒品市场")
    assert not lettering.has_bold("饕餮")


def test_control_signs_are_taken_out_and_letters_newer_than_the_program_are_not() -> None:
    assert lettering.printable("a\x0bb\x00c\ufffe\ud800") == "abc"
    assert lettering.printable("a\U000e0fff") == "a\U000e0fff"


def test_letters_that_no_font_has_are_told_once_each_and_in_order() -> None:
    assert lettering.missing("Ok 🎉 and \ue000, 🎉 أين 追 क्षे ไทย") == ("🎉", "\ue000")
    assert lettering.missing("a\u200b\u2068b\u2069\ufe0f\n") == ()


def test_a_text_that_begins_with_a_letter_of_no_font_is_measured_by_its_others() -> None:
    assert "⟦" in lettering.missing("⟦one⟧")
    assert lettering.family("⟦one⟧") == lettering.family("one")
    assert lettering.wrap("⟦one two⟧", 40, 10)[0] == "⟦one"


def test_a_line_of_several_scripts_is_as_wide_as_its_parts() -> None:
    parts = ("Access ", "الموارد", " 资源投向", " क्षेत्रीय")
    assert lettering.width("".join(parts), 15) == pytest.approx(sum(lettering.width(p, 15) for p in parts), rel=0.1)


def test_the_bundled_fonts_stay_small_and_carry_their_licence() -> None:
    files = list(lettering.FONTS.iterdir())
    assert sum(file.stat().st_size for file in files) < 8_000_000
    assert (lettering.FONTS / "OFL.txt").read_text(encoding="utf-8").count("SIL Open Font License, Version 1.1") == 1


@pytest.mark.parametrize(
    ("text", "in_english", "in_arabic"),
    [
        ("Services closed where they were needed.", False, False),
        ("أُغلقت الخدمات.", True, True),
        ("الصحة (HIV)", False, True),
        ("n = 12", False, True),
        ("25%", False, True),
    ],
)
def test_a_text_runs_as_its_letters_do_and_a_mixed_one_as_the_picture(
    text: str, in_english: bool, in_arabic: bool
) -> None:
    assert lettering.runs_left(text, rtl=False) == in_english
    assert lettering.runs_left(text, rtl=True) == in_arabic


@pytest.mark.parametrize(
    ("text", "numbered"),
    [
        ("Naloxone – النالوكسون, 纳洛酮, नमस्ते.", "Naloxone – النالوكسون, 纳洛酮, नमस्ते."),
        ("Thanks \U0001f600\U0001f600!", "Thanks [U+1F600][U+1F600]!"),
        ("\U0001f44d\U0001f3fd", "[U+1F44D U+1F3FD]"),  # a tone of skin
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "[U+1F468 U+200D U+1F469 U+200D U+1F467]"),  # a family
        ("\U0001f1f0\U0001f1ea\U0001f1fa\U0001f1ec", "[U+1F1F0 U+1F1EA][U+1F1FA U+1F1EC]"),  # two flags
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "[U+1F3F4 U+E0067 U+E0062 U+E007F]"),  # a flag by tags
        ("\U0001f577\ufe0f now", "[U+1F577 U+FE0F] now"),  # drawn in colours
        ("1\ufe0f\u20e3", "[U+0031 U+FE0F U+20E3]"),  # a key
        ("\u0b15\u0b3f", "[U+0B15 U+0B3F]"),  # a letter and its vowel, of a script that is not here
        ("a\u200db [U+1F600]", "a\u200db [U+1F600]"),
    ],
)
def test_a_sign_that_no_font_has_is_written_as_its_number_with_all_that_belongs_to_it(text: str, numbered: str) -> None:
    assert lettering.with_numbers(text) == numbered
    assert lettering.missing(numbered) == ()
