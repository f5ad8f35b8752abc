"""DDI-Codebook 2.5: what the columns are, in every language of the questionnaire, for archives and catalogues.

Order of elements and their attributes are those of the DDI Alliance's schema `codebook.xsd`, namespace
ddi:codebook:2_5. Counts of answers stand nowhere in it.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree

from analysis.data_files.table import QUERY, DataTable, FileColumn, Measure, NumberColumn, WordColumn
from survey.questionnaire import Text

_Element: TypeAlias = Any  # lxml has no types
NAMESPACE = "ddi:codebook:2_5"
SCHEMA = "http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
NOTES = f"{{{NAMESPACE}}}notes"
"""In one of them stands what was asked."""
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


def write(table: DataTable, path: Path, *, data_name: str) -> None:
    """The code-book of the table; `data_name` is the file that it describes."""
    root = etree.Element(f"{{{NAMESPACE}}}codeBook", nsmap={None: NAMESPACE, "xsi": _XSI})
    root.set("version", "2.5")
    root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {SCHEMA}")
    root.set(_LANG, table.language)
    document = _add(root, "docDscr")
    _cite(document, table)
    if table.about.query:
        _add(document, "notes", f"{QUERY}{table.about.query}")
    _study(root, table)
    file = _add(_add(root, "fileDscr", ID="F1"), "fileTxt")
    _add(file, "fileName", data_name)
    size = _add(file, "dimensns")
    _add(size, "caseQnty", str(table.size))
    _add(size, "varQnty", str(len(table.columns)))
    data = _add(root, "dataDscr")
    keys = {column.name: f"V{number}" for number, column in enumerate(table.columns, 1)}
    for number, each in enumerate(table.sets, 1):
        members = " ".join(keys[name] for name in each.columns)
        group = _add(data, "varGrp", ID=f"G{number}", type="multipleResp", name=each.name, var=members)
        _label(group, "labl", each.label, each.name, table)
    for column in table.columns:
        if isinstance(column, NumberColumn):
            _numbers(data, table, column, keys[column.name])
        else:
            _words(data, table, column, keys[column.name])
    etree.ElementTree(root).write(str(path), encoding="utf-8", xml_declaration=True, pretty_print=True)


def _study(root: _Element, table: DataTable) -> None:
    about = table.about
    study = _add(root, "stdyDscr")
    _cite(study, table)
    summary = _add(_add(study, "stdyInfo"), "sumDscr")
    _add(summary, "anlyUnit", about.rows)
    _add(summary, "dataKind", "aggregate data" if about.protected else "survey data")
    if about.weights:
        _add(_add(_add(study, "method"), "dataColl"), "weight", " ".join(about.weights))
    use = _add(_add(study, "dataAccs"), "useStmt")
    _add(use, "restrctn", " ".join(about.conditions))
    if about.consent:
        _add(use, "conditions", about.consent)
    for line in (*about.notes, *(("Fictional data.",) if about.fictional else ())):
        _add(study, "notes", line)


def _cite(parent: _Element, table: DataTable) -> None:
    about = table.about
    day = about.made_at.date().isoformat()
    made = _add(parent, "citation")
    titles = _add(made, "titlStmt")
    _add(titles, "titl", about.title)
    _add(titles, "IDNo", about.consultation)
    _add(_add(made, "prodStmt"), "prodDate", day, date=day)
    _add(_add(made, "verStmt"), "version", about.snapshot, type="SHA-256", date=day)


def _numbers(data: _Element, table: DataTable, column: NumberColumn, key: str) -> None:
    attributes = {"ID": key, "name": column.name, "files": "F1"}
    if column.measure is Measure.SCALE:
        attributes["intrvl"] = "contin"
    else:
        attributes |= {"intrvl": "discrete", "nature": str(column.measure)}
    if not column.whole:
        attributes["dcml"] = "4"
    if column.is_weight:
        attributes["wgt"] = "wgt"
    variable = _asked(data, table, column, attributes)
    if column.reasons:
        invalid = _add(variable, "invalrng")
        for reason in column.reasons:
            _add(invalid, "item", VALUE=str(table.code_of(reason)))
    _versions(variable, column)
    for value in column.values:
        category = _add(variable, "catgry")
        _add(category, "catValu", str(value.code))
        _label(category, "labl", value.label, value.name, table)
    for reason in column.reasons:
        category = _add(variable, "catgry", missing="Y")
        _add(category, "catValu", str(table.code_of(reason)))
        _add(category, "labl", table.reason_words(reason)).set(_LANG, table.language)
    _end(variable, column, "numeric")


def _words(data: _Element, table: DataTable, column: WordColumn, key: str) -> None:
    variable = _asked(data, table, column, {"ID": key, "name": column.name, "files": "F1", "intrvl": "discrete"})
    _versions(variable, column)
    _end(variable, column, "character")


def _asked(data: _Element, table: DataTable, column: FileColumn, attributes: Mapping[str, str]) -> _Element:
    variable = _add(data, "var", **attributes)
    _label(variable, "labl", column.label, column.question, table)
    _label(_add(variable, "qstn"), "qstnLit", column.label, column.question, table)
    return variable


def _versions(variable: _Element, column: FileColumn) -> None:
    if column.versions:
        _add(variable, "universe", "Versions of the questionnaire: " + ", ".join(map(str, column.versions)))


def _end(variable: _Element, column: FileColumn, kind: str) -> None:
    _add(variable, "varFormat", type=kind, schema="other")
    _add(variable, "notes", f"Name in the questionnaire: {column.question}")


def _add(parent: _Element, element: str, text: str = "", /, **attributes: str) -> _Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{element}", attributes)
    made.text = _NOT_XML.sub("", text) or None
    return made


def _label(parent: _Element, element: str, text: Text, otherwise: str, table: DataTable) -> None:
    """One element for each language; words without a tag count as the table's."""
    for tag, words in text.by_tag.items():
        if words:
            _add(parent, element, words).set(_LANG, tag or table.language)
    if not text:
        _add(parent, element, otherwise)
