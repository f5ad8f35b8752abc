"""Every format, read again by another program, holds the same codes, labels and reasons."""

import csv
import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pyreadstat
import pytest

from analysis.data_files import formats, spss
from analysis.data_files.frames import letter
from analysis.data_files.table import DataTable, NumberColumn, Reason, WordColumn
from data.errors import InvalidInput
from survey.questionnaire import Text
from survey.translator import Words
from tests.analysis.data_files.replies import SUBMISSIONS, codes, table
from tests.small import refused

WORDS = Words("en")
R = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed: apt-get install r-base-core")
PSPP = pytest.mark.skipif(shutil.which("pspp") is None, reason="PSPP is not installed: apt-get install pspp")


def unpacked(of: DataTable, kind: str, folder: Path, words: Words = WORDS) -> Path:
    with zipfile.ZipFile(io.BytesIO(formats.package(of, kind, "small", words))) as packed:
        packed.extractall(folder)
    return folder


def texts(of: DataTable) -> dict[str, list[str]]:
    return {each.name: list(each.texts) for each in of.columns if isinstance(each, WordColumn)}


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_spss_reads_codes_labels_and_user_missing_values(tmp_path: Path, language: str) -> None:
    made = table(language)
    found, told = pyreadstat.read_sav(
        str(unpacked(made, "sav", tmp_path, Words(language)) / "small.sav"), user_missing=True
    )
    assert {name: found[name].tolist() for name in codes(made)} == codes(made)
    assert {name: found[name].tolist() for name in texts(made)} == texts(made)
    for each in made.columns:
        assert told.column_names_to_labels[each.name] == made.words(each.label, each.question)
    region = told.variable_value_labels["region"]
    assert region[1] == ("Nord" if language == "fr" else "North")
    assert region[-98] == made.reason_words(Reason.SKIPPED)
    assert told.missing_ranges["region"] == [{"lo": -99, "hi": -93}]
    assert told.variable_measure["g1"] == "ordinal"
    assert told.variable_measure["budget"] == "scale"
    assert told.file_label == made.about.title
    assert "".join(line.rpartition(": ")[2] for line in told.notes[1:3]) == made.about.snapshot


def test_spss_takes_user_missing_values_for_missing(tmp_path: Path) -> None:
    found, _told = pyreadstat.read_sav(str(unpacked(table(), "sav", tmp_path) / "small.sav"))
    assert [found["region"].isna().tolist(), found["led"].isna().tolist()] == [
        [False, False, True],
        [True, False, True],
    ]


def test_spss_reads_the_sets_of_multiple_choices(tmp_path: Path) -> None:
    made = table("fr")
    # A text beyond 255 bytes is several variables in the file; short names must still be the right ones.
    words = next(each for each in made.columns if each.name == "wish")
    assert isinstance(words, WordColumn)
    long = replace(words, texts=("long " * 300, "", ""))
    columns = tuple(long if each is words else each for each in made.columns)
    _found, told = pyreadstat.read_sav(str(unpacked(replace(made, columns=columns), "sav", tmp_path) / "small.sav"))
    assert told.mr_sets == {
        "fields": {
            "type": "D",
            "is_dichotomy": True,
            "counted_value": 1,
            "label": "Domaines",
            "variable_list": ["fields_prev", "fields_care", "fields_other"],
        }
    }


def test_only_the_record_of_the_sets_and_the_date_are_not_pyreadstats(tmp_path: Path) -> None:
    made = table()
    spss.write(made, tmp_path / "with.sav")
    spss.write(replace(made, sets=()), tmp_path / "without.sav")
    with_sets, without = (tmp_path / "with.sav").read_bytes(), (tmp_path / "without.sav").read_bytes()
    at = with_sets.index(b"$fields")
    size = len(with_sets) - len(without)
    assert with_sets[at - 16 :].startswith(b"\x07\0\0\0\x07\0\0\0\x01\0\0\0" + (size - 16).to_bytes(4, "little"))
    assert with_sets[: at - 16] + with_sets[at - 16 + size :] == without
    assert with_sets[at : at + size - 16].startswith(b"$fields=D1 1 14 Fields of work ")
    assert with_sets[84:92] == np.float64(100).tobytes()  # the compression bias stands before the date
    assert with_sets[92:109] == b"01 Feb 2712:30:00"


def test_stata_reads_codes_labels_and_letters_for_missing_values(tmp_path: Path) -> None:
    made = table("fr")
    path = str(unpacked(made, "dta", tmp_path) / "small.dta")
    found, told = pyreadstat.read_dta(path, user_missing=True)
    for each in made.columns:
        if isinstance(each, NumberColumn):
            letters = {made.code_of(reason): letter(place) for place, reason in enumerate(Reason)}
            assert found[each.name].tolist() == [letters.get(number, number) for number in each.numbers.tolist()]
    assert {name: found[name].tolist() for name in texts(made)} == texts(made)
    assert told.variable_value_labels["region"] == {1: "Nord", 2: "Sud", 3: "Sans objet", "b": "question passée"}
    assert told.column_names_to_labels["region"] == "Région"
    assert made.about.snapshot[:12] in told.file_label
    plain, _ = pyreadstat.read_dta(path)
    assert plain["budget"].isna().tolist() == [False, True, True]


def test_stata_reads_numbers_behind_a_hundred_missing_ones(tmp_path: Path) -> None:
    made = table(submissions=(*SUBMISSIONS[1:], *[SUBMISSIONS[1]] * 150, SUBMISSIONS[0]))
    found, _ = pyreadstat.read_dta(str(unpacked(made, "dta", tmp_path) / "small.dta"), user_missing=True)
    assert found["budget"].tolist() == ["b", "a", *["b"] * 150, 1234.5]


def test_csv_holds_the_codes_and_guards_formulas(tmp_path: Path) -> None:
    made = table()
    rows = lines(unpacked(made, "r", tmp_path) / "small.csv")
    assert {name: [float(row[name]) for row in rows] for name in codes(made)} == codes(made)
    assert rows[0]["other"] == "'=1+1"
    assert rows[0]["staff"] == "12"
    values = [(each["code"], each["label"]) for each in lines(tmp_path / "values.csv") if each["name"] == "led"]
    assert values == [("1", "Yes"), ("2", "No"), ("-99", "not asked"), ("-96", "no answer wished")]
    assert {each["name"]: each["set"] for each in lines(tmp_path / "variables.csv")}["fields_care"] == "fields"


def test_words_of_the_questionnaire_are_no_formulas_either(tmp_path: Path) -> None:
    made = table()
    sly = tuple(replace(each, label=Text({"en": "=cmd|' /C calc'!A0"})) for each in made.columns)
    for kind in ("r", "parquet"):
        found = lines(unpacked(replace(made, columns=sly), kind, tmp_path / kind) / "variables.csv")
        assert {each["label"][:2] for each in found} == {"'="}
    book = openpyxl.load_workbook(unpacked(replace(made, columns=sly), "xlsx", tmp_path / "x") / "small.xlsx")
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith("=")


def test_parquet_holds_the_codes_with_their_words(tmp_path: Path) -> None:
    made = table("fr")
    found = pq.read_table(unpacked(made, "parquet", tmp_path) / "small.parquet")
    assert {name: found[name].to_pylist() for name in codes(made)} == codes(made)
    assert {name: found[name].to_pylist() for name in texts(made)} == texts(made)
    told: Mapping[bytes, bytes] = found.schema.field("region").metadata
    assert json.loads(told[b"values"]) == {"1": "Nord", "2": "Sud", "3": "Sans objet"}
    assert json.loads(told[b"missing"]) == {"-98": "question passée"}
    assert found.schema.metadata[b"snapshot"].decode() == made.about.snapshot


def test_a_workbook_holds_words_for_choices_and_numbers_as_numbers(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(unpacked(table("fr"), "xlsx", tmp_path, Words("fr")) / "small.xlsx")
    data = book.worksheets[1]
    heads = [cell.value for cell in data[1]]
    rows = [dict(zip(heads, [cell.value for cell in row], strict=True)) for row in data.iter_rows(min_row=2)]
    assert [row["region"] for row in rows] == ["Sud", "Nord", "(question passée)"]
    assert [row["fields_prev"] for row in rows] == [1, 0, "(question passée)"]
    assert rows[0]["budget"] == 1234.5
    assert rows[0]["other"] == "'=1+1"
    assert book.worksheets[0]["A1"].value == table("fr").about.title


def test_the_readme_says_what_when_and_how(tmp_path: Path) -> None:
    made = table()
    told = (unpacked(made, "sav", tmp_path) / "README.txt").read_text(encoding="utf-8-sig")
    for words in (
        made.about.title,
        f"Data state (SHA-256): {made.about.snapshot}",
        "Made: 2027-02-01T12:30+00:00",
        "Fictional data",
        "-99 (.a) = not asked",
        "-95 (.e) = not ranked",
        "fields: fields_prev, fields_care, fields_other",
        "Files: small.sav, ddi-codebook.xml",
        "Do not pass it on.",
        "I agree",
    ):
        assert words in told
    assert "-94" not in told


@pytest.mark.parametrize("kind", formats.DATA_FORMATS)
def test_the_same_table_makes_the_same_file(kind: str) -> None:
    first, second = (zipfile.ZipFile(io.BytesIO(formats.package(table(), kind, "small", WORDS))) for _ in range(2))
    assert {name: first.read(name) for name in first.namelist()} == {
        name: second.read(name) for name in second.namelist()
    }
    assert set(first.namelist()) >= {"README.txt", "ddi-codebook.xml"}


@pytest.mark.parametrize("kind", formats.DATA_FORMATS)
def test_a_table_without_rows_can_be_had(kind: str) -> None:
    empty = table()
    columns = tuple(
        replace(each, texts=()) if isinstance(each, WordColumn) else replace(each, numbers=each.numbers[:0])
        for each in empty.columns
    )
    assert formats.package(replace(empty, columns=columns), kind, "small", WORDS)


@pytest.mark.parametrize(("kind", "columns"), [("xlsx", 16_385), ("dta", 32_768)])
def test_a_table_beyond_a_format_is_refused(kind: str, columns: int) -> None:
    made = table()
    with refused(InvalidInput, "data.too_large"):
        formats.package(replace(made, columns=made.columns[:1] * columns), kind, "small", WORDS)


def test_an_unknown_format_is_refused() -> None:
    with refused(InvalidInput, "format.unknown"):
        formats.package(table(), "exe", "small", WORDS)


def r(code: str, folder: Path) -> str:
    # The locale of a bare machine: labels must not depend on it.
    done = subprocess.run(
        ["Rscript", "--vanilla", "-e", code],
        cwd=folder,
        check=True,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    return done.stdout.decode()


@pytest.fixture(scope="module")
def haven() -> None:
    """A test that asks for it has R's package."""
    if subprocess.run(["Rscript", "-e", "library(haven)"], check=False, capture_output=True).returncode:
        pytest.skip("R's haven is not installed: apt-get install r-cran-haven")


CHECK = """
source("read_data.R", chdir = TRUE)
stopifnot(identical(ls(), c("answers", "values", "variables", "why_missing")))
stopifnot(nrow(answers) == 3, is.factor(answers$region), is.ordered(answers$g1), is.numeric(answers$budget))
stopifnot(identical(as.integer(answers$region), c(2L, 1L, NA)), answers$budget[1] == 1234.5)
stopifnot(is.na(answers$budget[2]), all.equal(as.integer(answers$fields_prev), c(1L, 0L, NA)))
stopifnot(answers$other[1] == "=1+1", is.na(answers$other[2]))
writeLines(useBytes = TRUE, c(levels(answers$region), attr(answers$region, "label"), answers$wish[1],
                              as.character(why_missing$led)))
"""


@pytest.mark.long
@R
def test_r_reads_the_data_with_labels_and_reasons_by_the_script(tmp_path: Path) -> None:
    unpacked(table("fr"), "r", tmp_path)
    told = r(CHECK, tmp_path).splitlines()
    assert told[:4] == ["Nord", "Sud", "Sans objet", "Région"]
    assert "\n".join(told[4:-3]) == SUBMISSIONS[0]["wish"]
    assert told[-3:] == ["ne souhaite pas répondre", "NA", "question non posée"]


@pytest.mark.long
@R
def test_r_without_packages_of_its_own_reads_the_spss_file(tmp_path: Path) -> None:
    unpacked(table("fr"), "sav", tmp_path)
    told = r(
        'd <- suppressWarnings(foreign::read.spss("small.sav", to.data.frame = TRUE, use.missings = TRUE));'
        "writeLines(useBytes = TRUE, text = c(as.character(d$region), as.character(d$budget),"
        'attr(d, "variable.labels")["region"]))',
        tmp_path,
    )
    assert told.splitlines() == ["Sud", "Nord", "NA", "1234.5", "NA", "NA", "Région"]


@pytest.mark.long
@R
@pytest.mark.usefixtures("haven")
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_haven_reads_the_spss_file_and_writes_the_same_again(tmp_path: Path, language: str) -> None:
    made = table(language)
    unpacked(made, "sav", tmp_path, Words(language))
    told = r(
        'd <- haven::read_sav("small.sav", user_na = TRUE); haven::write_sav(d, "again.sav");'
        'stopifnot(inherits(d$region, "haven_labelled_spss"), identical(is.na(d$region), c(FALSE, FALSE, TRUE)));'
        'writeLines(useBytes = TRUE, c(attr(d$region, "label"), names(attr(d$region, "labels"))[1:2], d$wish[1]))',
        tmp_path,
    ).splitlines()
    north = {"en": ["Region", "North", "South"], "fr": ["Région", "Nord", "Sud"]}
    assert told[:3] == north.get(language, told[:3])
    assert "\n".join(told[3:]) == SUBMISSIONS[0]["wish"]
    (was, about), (found, again) = (
        pyreadstat.read_sav(str(tmp_path / name), user_missing=True) for name in ("small.sav", "again.sav")
    )
    assert {name: found[name].tolist() for name in codes(made)} == codes(made)
    assert {name: found[name].tolist() for name in texts(made)} == texts(made)
    assert list(found) == list(was)
    assert again.column_names_to_labels == about.column_names_to_labels
    assert again.variable_value_labels == about.variable_value_labels
    assert again.missing_ranges == about.missing_ranges


@pytest.mark.long
@R
@pytest.mark.usefixtures("haven")
def test_haven_reads_the_stata_file_with_its_reasons_and_writes_the_same_again(tmp_path: Path) -> None:
    unpacked(table("fr"), "dta", tmp_path)
    told = r(
        'd <- haven::read_dta("small.dta"); haven::write_dta(d, "again.dta");'
        'writeLines(useBytes = TRUE, c(attr(d$region, "label"), haven::na_tag(d$region)[3], haven::na_tag(d$led)))',
        tmp_path,
    )
    assert told.splitlines()[:2] == ["Région", "b"]
    (was, about), (found, again) = (
        pyreadstat.read_dta(str(tmp_path / name), user_missing=True) for name in ("small.dta", "again.dta")
    )
    assert {name: found[name].tolist() for name in found} == {name: was[name].tolist() for name in was}
    assert again.column_names_to_labels == about.column_names_to_labels
    assert again.variable_value_labels == about.variable_value_labels


@pytest.mark.long
@PSPP
def test_pspp_shows_the_sets_the_labels_and_the_missing_values(tmp_path: Path) -> None:
    unpacked(table("fr"), "sav", tmp_path)
    (tmp_path / "look.sps").write_text(
        "GET FILE='small.sav'.\nMRSETS /DISPLAY NAME=ALL.\nFREQUENCIES region.\n", encoding="utf-8"
    )
    done = subprocess.run(
        ["pspp", "look.sps"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    told = done.stdout.decode()
    assert "warning" not in told + done.stderr.decode()
    assert "$fields" in told
    assert "fields_care" in told
    assert "question passée" in told
    assert "Missing" in told
