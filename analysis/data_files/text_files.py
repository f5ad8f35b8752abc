"""Data as CSV with its code-book, and the script that puts both together in R without any package."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from analysis.data_files.table import DataTable, NumberColumn, WordColumn
from data.formulas import guarded

ROWS_AT_ONCE = 5_000
SCRIPT = "read_data.R"


def write_data(table: DataTable, path: Path) -> None:
    """One line per row, codes as numbers; words that a spreadsheet would run begin with an apostrophe."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in table.columns])
        for start in range(0, table.size, ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            writer.writerows(zip(*(_cells(column, rows) for column in table.columns), strict=True))


def _cells(column: NumberColumn | WordColumn, rows: slice) -> Sequence[object]:
    if isinstance(column, WordColumn):
        return [guarded(text) for text in column.texts[rows]]
    numbers = column.numbers[rows]
    if column.whole and numbers.dtype == np.float64:
        return [f"{number:.0f}" for number in numbers]
    return list(numbers.tolist())


def variables_csv(table: DataTable) -> bytes:
    """One line per column: its name, its question, its words, its kind, the set that it belongs to, its versions."""
    member_of = {name: each.name for each in table.sets for name in each.columns}
    return _csv(
        ("name", "question", "label", "measure", "set", "versions"),
        (
            (
                each.name,
                each.question,
                table.words(each.label, each.question),
                str(each.measure) if isinstance(each, NumberColumn) else "text",
                member_of.get(each.name, ""),
                " ".join(map(str, each.versions)),
            )
            for each in table.columns
        ),
    )


def values_csv(table: DataTable) -> bytes:
    """One line per code of a column, those that stand for a reason with missing = 1."""
    return _csv(
        ("name", "code", "choice", "label", "missing"),
        (
            line
            for each in table.columns
            if isinstance(each, NumberColumn)
            for line in (
                *(
                    (each.name, value.code, value.name, table.words(value.label, value.name), 0)
                    for value in each.values
                ),
                *((each.name, table.code_of(why), str(why), table.reason_words(why), 1) for why in each.reasons),
            )
        ),
    )


def _csv(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    for line in lines:
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in line])
    return text.getvalue().encode()


def script(data_name: str) -> bytes:
    """R code that reads the three files beside it; it holds no word of the questionnaire, so none can become code."""
    return _SCRIPT.replace("DATA_FILE", data_name).encode()


_SCRIPT = r"""# Reads the data with labels and missing values. In R: source("read_data.R", chdir = TRUE)
# Needs no package. Afterwards:
#   answers      a data frame; questions with choices are factors, missing values are NA
#   why_missing  a list by column: why a value is missing (a factor; NA where nothing is missing)
#   variables    one line per column: question, label, measure, multiple-response set
# attr(answers$x, "label") is the label of a column.

read <- function(name) {
  table <- utils::read.csv(name, encoding = "UTF-8", check.names = FALSE, stringsAsFactors = FALSE,
                           na.strings = character(0), colClasses = NA)
  table
}
# Words that a spreadsheet would run as a formula were written with an apostrophe before them.
plain <- function(x) sub("^'( *[-=+@\t\r\n\uff1d\uff0b\uff0d\uff20])", "\\1", x)

answers <- read("DATA_FILE")
variables <- utils::read.csv("variables.csv", encoding = "UTF-8", colClasses = "character", na.strings = character(0))
values <- utils::read.csv("values.csv", encoding = "UTF-8", na.strings = character(0),
                          colClasses = c("character", "numeric", "character", "character", "numeric"))
variables[] <- lapply(variables, plain)
values$label <- plain(values$label)
why_missing <- list()

for (i in seq_len(nrow(variables))) {
  name <- variables$name[i]
  column <- answers[[name]]
  coded <- values[values$name == name, ]
  if (variables$measure[i] == "text") {
    column <- plain(as.character(column))
    column[column == ""] <- NA
  } else {
    missing <- coded[coded$missing == 1, ]
    if (nrow(missing) > 0) {
      why_missing[[name]] <- factor(column, levels = missing$code, labels = make.unique(missing$label))
      column[column %in% missing$code] <- NA
    }
    choices <- coded[coded$missing == 0, ]
    if (nrow(choices) > 0 && variables$set[i] == "") {
      column <- factor(column, levels = choices$code, labels = make.unique(choices$label),
                       ordered = variables$measure[i] == "ordinal")
    }
  }
  attr(column, "label") <- variables$label[i]
  answers[[name]] <- column
}
rm(i, name, column, coded, read, plain)
rm(list = intersect(c("missing", "choices"), ls()))
"""
