"""Forms made from the specification: the reader sees in them what pyxform, the reference implementation, sees.

Compared are names, types, nesting, labels by language and choices. Where they differ on purpose, the test says so.
"""

# ruff: noqa: E501 - forms stand here as Markdown tables

from dataclasses import replace
from typing import Any

import pytest
from pyxform.xls2xform import convert

from survey.questionnaire import Group, Question, Questionnaire, Text
from survey.xlsform.attachments import attached_table
from survey.xlsform.checker import check
from survey.xlsform.columns import language_of
from survey.xlsform.pyxform_input import pyxform_input
from survey.xlsform.question_types import question_type_of
from survey.xlsform.reader import read
from survey.xlsform.sheets import Sheets, from_markdown

FILES = {
    "towns.csv": b"name,label,region\na,A,n\nb,B,s\n",
    "codes.csv": "code,text,text::Français (fr)\n1,One,Un\n2,Two,Deux\n".encode(),
    "places.xml": b"<root><item><name>x</name><label>X</label></item></root>",
    "map.geojson": b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"id": "p", "title": "P"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
}
YN = "| choices |\n| | list_name | name | label |\n| | yn | y | Yes |\n| | yn | n | No |\n"
FORMS = {
    "plain types": "| survey |\n| | type | name | label |\n| | text | a | A |\n| | integer | b | B |\n| | decimal | c | C |\n| | date | d | D |\n| | time | e | E |\n| | dateTime | f | F |\n| | note | g | G |\n",
    "old spellings": "| survey |\n| | type | name | label |\n| | string | a | A |\n| | int | b | B |\n| | q picture | c | C |\n| | add audio prompt | d | D |\n| | gps | e | E |\n| | q geotrace | f | F |\n| | percentage | g | G |\n| | phone number | h | H |\n",
    "uploads and places": "| survey |\n| | type | name | label |\n| | image | a | A |\n| | audio | b | B |\n| | video | c | C |\n| | file | d | D |\n| | geopoint | e | E |\n| | geotrace | f | F |\n| | geoshape | g | G |\n| | barcode | h | H |\n",
    "metadata": "| survey |\n| | type | name | label |\n| | start | a | |\n| | end | b | |\n| | today | c | |\n| | deviceid | d | |\n| | username | e | |\n| | phonenumber | f | |\n| | email | g | |\n| | imei | h | |\n| | text | t | T |\n",
    "no input": "| survey |\n| | type | name | label | trigger |\n| | start-geopoint | a | | |\n| | background-audio | b | | |\n| | text | t | T | |\n| | background-geopoint | d | | ${t} |\n",
    "audit": "| survey |\n| | type | name | label |\n| | text | t | T |\n| | audit | | |\n",
    "calculate, hidden and acknowledge": "| survey |\n| | type | name | label | calculation |\n| | calculate | a | | 1 + 1 |\n| | hidden | b | | |\n| | acknowledge | c | C | |\n| | trigger | d | D | |\n",
    "selects": f"| survey |\n| | type | name | label |\n| | select_one yn | a | A |\n| | select_multiple yn | b | B |\n| | rank yn | c | C |\n| | select one yn | d | D |\n| | select1 yn | e | E |\n| | select all that apply yn | f | F |\n{YN}",
    "select spellings of old": f"| survey |\n| | type | name | label |\n| | select one from yn | a | A |\n| | select all that apply from yn | b | B |\n| | add select one prompt using yn | c | C |\n| | add select multiple prompt using yn | d | D |\n{YN}",
    "range": "| survey |\n| | type | name | label | parameters |\n| | range | a | A | start=0 end=1 step=0.1 |\n| | range | b | B | |\n",
    "or other": f"| survey |\n| | type | name | label |\n| | select_one yn or_other | a | A |\n| | select_multiple yn or specify other | b | B |\n| | select_one yn or other | c | C |\n{YN}",
    "nested groups": "| survey |\n| | type | name | label |\n| | begin group | a | A |\n| | begin_group | b | B |\n| | text | c | C |\n| | end_group | | |\n| | text | d | D |\n| | end group | | |\n| | text | e | E |\n",
    "nested repeats": "| survey |\n| | type | name | label | repeat_count |\n| | integer | n | N | |\n| | begin repeat | a | A | ${n} |\n| | text | b | B | |\n| | begin repeat | c | C | 3 |\n| | text | d | D | |\n| | end repeat | | | |\n| | end repeat | | | |\n",
    "lgroup and looped group": "| survey |\n| | type | name | label |\n| | begin lgroup | a | A |\n| | text | b | B |\n| | end lgroup | | |\n| | begin looped group | c | C |\n| | text | d | D |\n| | end looped group | | |\n",
    "one name in several groups": "| survey |\n| | type | name | label |\n| | begin group | a | A |\n| | text | x | X in A |\n| | begin group | b | B |\n| | text | x | X in B |\n| | end group | | |\n| | end group | | |\n| | begin group | c | C |\n| | begin group | b | B again |\n| | text | x | X in C |\n| | end group | | |\n| | end group | | |\n| | text | x | X alone |\n",
    "loop": "| survey |\n| | type | name | label |\n| | begin loop over l | lp | Loop |\n| | integer | n | How many %(label)s? |\n| | text | t | T |\n| | end loop | | |\n| choices |\n| | list_name | name | label |\n| | l | car | Cars |\n| | l | bus | Buses |\n| | l | none | None |\n",
    "loop in two languages": "| survey |\n| | type | name | label::English (en) | label::Français (fr) |\n| | begin_loop over l | lp | Loop | Boucle |\n| | integer | n | %(label)s? | %(label)s ? |\n| | end_loop | | | |\n| choices |\n| | list_name | name | label::English (en) | label::Français (fr) |\n| | l | car | Cars | Autos |\n| | l | bus | Buses | Bus |\n",
    "languages": "| survey |\n| | type | name | label::English (en) | label::Français (fr) | hint::English (en) |\n| | select_one l | a | Agree? | D'accord ? | Think |\n| choices |\n| | list_name | name | label::English (en) | label::Français (fr) |\n| | l | y | Yes | Oui |\n",
    "languages without code": "| survey |\n| | type | name | label::English | label::Swahili |\n| | text | a | A | Ah |\n",
    "single colons": "| survey |\n| | type | name | label:English | label:French | bind:required |\n| | text | a | A | Un | yes |\n",
    "headers in any case": f"| survey |\n| | TYPE | Name | LABEL | Constraint Message |\n| | select_one yn | a | A | |\n{YN.replace('list_name', 'LIST_NAME').replace('| label', '| Label')}",
    "a default language": "| survey |\n| | type | name | label | label::French (fr) |\n| | text | a | A | Un |\n| settings |\n| | default_language |\n| | English (en) |\n",
    "old headers": "| survey |\n| | command | tag | caption | relevance |\n| | text | a | A | |\n| | text | b | B | ${a} = 'x' |\n",
    "choices with value": "| survey |\n| | type | name | label |\n| | select_one l | a | A |\n| choices |\n| | list name | value | label |\n| | l | x | X |\n",
    "cascade": "| survey |\n| | type | name | label | choice_filter |\n| | select_one r | a | A | |\n| | select_one t | b | B | region = ${a} |\n| choices |\n| | list_name | name | label | region |\n| | r | n | North | |\n| | t | x | X | n |\n| | t | y | Y | s |\n",
    "choices twice": "| survey |\n| | type | name | label |\n| | select_one l | a | A |\n| choices |\n| | list_name | name | label |\n| | l | x | X |\n| | l | x | X2 |\n| settings |\n| | allow_choice_duplicates |\n| | yes |\n",
    "a file of choices": "| survey |\n| | type | name | label | choice_filter |\n| | select_one_from_file towns.csv | a | A | region = 'n' |\n| | select_multiple_from_file places.xml | b | B | |\n| | select_one_from_file map.geojson | c | C | |\n",
    "a file with its own columns": "| survey |\n| | type | name | label | parameters |\n| | select_one_from_file codes.csv | a | A | value=code label=text |\n",
    "external choices": "| survey |\n| | type | name | label | choice_filter |\n| | text | r | R | |\n| | select_one_external t | a | A | region = ${r} |\n| external_choices |\n| | list_name | name | label | region |\n| | t | x | X | n |\n",
    "a table": "| survey |\n| | type | name | label | calculation |\n| | csv-external | towns | | |\n| | calculate | a | | instance('towns')/root/item[name = 'a']/label |\n| | text | b | B | |\n",
    "table-list": f"| survey |\n| | type | name | label | appearance |\n| | begin group | g | G | table-list |\n| | select_one yn | a | A | |\n| | select_one yn | b | B | |\n| | end group | | | |\n{YN}",
    "disabled and empty rows": "| survey |\n| | type | name | label | disabled |\n| | text | a | A | |\n| | text | b | B | yes |\n| | | | | |\n| | text | c | C | no |\n",
    "notes without name": "| survey |\n| | type | name | label |\n| | note | | N |\n| | text | a | A |\n",
    "settings among the questions": "| survey |\n| | type | name | label |\n| | form_title | Mine | |\n| | form_id | my_form | |\n| | text | a | A |\n",
    "pictures": f"| survey |\n| | type | name | label | image | media::audio |\n| | select_one yn | a | A | a.png | a.mp3 |\n| | text | b | | b.png | |\n{YN}",
    "osm": "| survey |\n| | type | name | label |\n| | osm | a | A |\n| | text | b | B |\n",
    "names of many alphabets": "| survey |\n| | type | name | label |\n| | text | été | A |\n| | text | имя | B |\n| | text | a.b-c_d | C |\n",
}
SPECIFY = "..._other"


def sheets_of(form: str) -> Sheets:
    sheets = from_markdown(form)
    return replace(
        sheets,
        files={
            name: attached_table(name, content) for name, content in FILES.items() if name.rpartition(".")[0] in form
        },
    )


Tree = list[tuple[str, str, str, dict[str, str], Any]]


def ours(questionnaire: Questionnaire) -> Tree:
    def walk(children: tuple[Group | Question, ...]) -> Tree:
        found: Tree = []
        for child in children:
            if isinstance(child, Group):
                kind = "repeat" if child.repeats else "group"
                found.append((kind, child.node, "", dict(child.label.by_tag), walk(child.children)))
            else:
                words = {} if child.node.endswith("_other") else dict(child.label.by_tag)
                name = "note" if child.node.startswith("note_in_row_") else child.node
                found.append((str(child.kind), name, child.list_name.removeprefix("external_choices:"), words, []))
        return found

    return walk(questionnaire.children)


def theirs(survey: Any, default: str) -> Tree:
    def words(label: Any) -> dict[str, str]:
        if isinstance(label, dict):
            return {
                default if each == "default" else language_of(each).tag: text for each, text in label.items() if text
            }
        return {default: label} if label else {}

    def walk(element: Any) -> Tree:
        found: Tree = []
        for child in element.children or ():
            kind = type(child).__name__
            name = child.name
            if (name == "meta" and kind == "GroupedSection") or name.startswith(
                ("generated_table_list", "reserved_name")
            ):
                if name == "meta":
                    found += [each for each in walk(child) if each[1] == "audit"]
                continue
            if kind in ("GroupedSection", "RepeatingSection"):
                inside = walk(child)
                label = words(child.label)
                if child.control and "field-list" in (child.control.get("appearance") or "") and not label:
                    first = child.children[0]
                    label = words(first.label) if first.name.startswith("generated_table_list") else {}
                found.append(("repeat" if kind == "RepeatingSection" else "group", name, "", label, inside))
                continue
            if name.endswith("_count") and child.type == "calculate":
                continue
            meaning = question_type_of(child.type)
            list_name = getattr(child, "itemset", None) or getattr(child, "query", None) or ""
            label = {} if name.endswith("_other") else words(getattr(child, "label", None))
            found.append(
                (str(meaning.kind), "note" if name.startswith("generated_note") else name, list_name, label, [])
            )
        return found

    return walk(survey)


@pytest.mark.parametrize("name", FORMS)
def test_the_reader_sees_what_pyxform_sees(name: str) -> None:
    sheets = sheets_of(FORMS[name])
    questionnaire, issues = read(sheets)
    assert [issue for issue in issues if issue.severity == "error"] == []
    converted = convert(FORMS[name], form_name="data", validate=False)
    default = questionnaire.default_language
    assert sorted(ours(questionnaire)) == sorted(theirs(converted._survey, default))  # audit goes to the end in pyxform
    for list_name, choices in (converted._pyxform or {}).get("choices", {}).items():
        mine = questionnaire.choice_lists[list_name]
        assert [choice.name for choice in mine] == [choice["name"] for choice in choices]
        for choice, other in zip(mine, choices, strict=True):
            if choice.name != "other" and isinstance(other["label"], str):
                assert choice.label == Text({default: other["label"]})


@pytest.mark.parametrize("name", FORMS)
def test_pyxform_takes_what_it_is_handed(name: str) -> None:
    sheets = sheets_of(FORMS[name])
    as_written = convert(FORMS[name], form_name="data", validate=False)
    handed = convert(pyxform_input(sheets), form_name="data", validate=False)
    default = read(sheets)[0].default_language
    assert theirs(handed._survey, default) == theirs(as_written._survey, default)
    assert not [issue for issue in check(sheets) if issue.code == "workbook.refused_by_pyxform"]


def test_every_type_of_pyxform_is_known() -> None:
    from pyxform.question_type_dictionary import QUESTION_TYPE_DICT  # its private dictionary, only here

    assert [name for name in QUESTION_TYPE_DICT if question_type_of(name).kind is None] == []
