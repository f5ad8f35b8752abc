"""The formats in which data are handed over, and the zip that holds a file with its README and code-book."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.data_files import ddi, parquet, readme, spss, stata, text_files, workbook
from analysis.data_files.table import DataTable
from data.errors import InvalidInput
from survey.translator import Words

CONTENT_TYPE = "application/zip"
MOST_CELLS = 100_000_000
"""Rows times columns that SPSS and Stata files are made of; Parquet and CSV have no bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFormat:
    """A format: its name for people, and the ending of the file with the data ("" when there is none)."""

    title: str
    ending: str


DATA_FORMATS: Mapping[str, DataFormat] = {
    "sav": DataFormat(title="SPSS (.sav)", ending="sav"),
    "dta": DataFormat(title="Stata (.dta)", ending="dta"),
    "r": DataFormat(title="R (CSV)", ending="csv"),
    "parquet": DataFormat(title="Parquet", ending="parquet"),
    "xlsx": DataFormat(title="Excel (.xlsx)", ending="xlsx"),
    "ddi": DataFormat(title="DDI-Codebook 2.5 (XML)", ending=""),
}
_CODEBOOK = "ddi-codebook.xml"


def known(kind: str) -> DataFormat:
    """The format of that name; InvalidInput "format.unknown" when there is none."""
    found = DATA_FORMATS.get(kind)
    if found is None:
        raise InvalidInput("format.unknown", format=kind[:40], allowed=", ".join(DATA_FORMATS))
    return found


def package(table: DataTable, kind: str, name: str, words: Words) -> bytes:
    """A zip of the data in a format, the DDI code-book and the README; the same table gives the same bytes.

    name    of the data file, without its ending
    Raises  InvalidInput "format.unknown"; "data.too_large" where the format cannot hold so much.
    """
    made = known(kind)
    _require_room(table, kind)
    data_name = f"{name}.{made.ending}" if made.ending else ""
    beside = {"r": (text_files.SCRIPT, "variables.csv", "values.csv"), "parquet": ("variables.csv", "values.csv")}
    files = (*([data_name] if data_name else []), *beside.get(kind, ()), _CODEBOOK)
    told = readme.readme(table, words, how=_how(kind, words), files=files)
    target = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:

        def put(file: str, content: bytes) -> None:
            packed.writestr(_entry(file, table), content)

        def put_written(file: str, write: Callable[[Path], None]) -> None:
            path = Path(folder) / file
            write(path)
            with path.open("rb") as source, packed.open(_entry(file, table), "w", force_zip64=True) as sink:
                while block := source.read(1 << 20):
                    sink.write(block)
            path.unlink()

        put(readme.NAME, told.encode("utf-8-sig"))
        if kind == "sav":
            put_written(data_name, lambda path: spss.write(table, path))
        elif kind == "dta":
            put_written(data_name, lambda path: stata.write(table, path))
        elif kind == "parquet":
            put_written(data_name, lambda path: parquet.write(table, path))
        elif kind == "xlsx":
            put_written(data_name, lambda path: workbook.write(table, path, words=words, told=told))
        elif kind == "r":
            put_written(data_name, lambda path: text_files.write_data(table, path))
            put(text_files.SCRIPT, text_files.script(data_name))
        if kind in beside:
            put("variables.csv", text_files.variables_csv(table))
            put("values.csv", text_files.values_csv(table))
        put_written(_CODEBOOK, lambda path: ddi.write(table, path, data_name=data_name or name))
    return target.getvalue()


def _entry(name: str, table: DataTable) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, table.about.made_at.timetuple()[:6])
    made.compress_type = zipfile.ZIP_DEFLATED
    made.external_attr = 0o600 << 16
    return made


def _require_room(table: DataTable, kind: str) -> None:
    rows, columns = table.size, len(table.columns)
    sheet = kind == "xlsx" and (rows > workbook.MOST_ROWS or columns > workbook.MOST_COLUMNS)
    if sheet or (kind in ("sav", "dta") and rows * columns > MOST_CELLS) or (kind == "dta" and columns > stata.MOST):
        raise InvalidInput("data.too_large", rows=rows, columns=columns)


def _how(kind: str, words: Words) -> tuple[str, ...]:
    _ = words.translate
    lines = {
        "sav": (
            _("Open the .sav file in SPSS, PSPP, or R (foreign, haven). Missing values are declared as user-missing."),
            _("Questions with several answers are defined as multiple-response sets; their names begin with $."),
        ),
        "dta": (
            _("Open the .dta file in Stata 14 or newer, or in R (haven)."),
            _("Stata holds 80 letters of a label and 2,045 bytes of a text; what is longer is cut, with an ellipsis."),
        ),
        "r": (
            _('In R type: source("read_data.R", chdir = TRUE). No package is needed.'),
            _("Other programs: the CSV file holds codes, values.csv their words, variables.csv the columns."),
        ),
        "parquet": (
            _("Columns hold codes; values.csv and the metadata of each column hold their words."),
            _("Column names and codes are the same in every format."),
        ),
        "xlsx": (
            _("The sheet with the data holds words for choices; the last sheet holds their codes."),
            _("An apostrophe stands before words that a spreadsheet would run as a formula."),
        ),
        "ddi": (_("The XML file describes the columns in every language of the questionnaire; no data are in it."),),
    }
    return lines[kind]
