"""The checker: one small form for every code, and the place it names."""

# ruff: noqa: E501 - forms stand here as Markdown tables

import re

import pytest

from survey.xlsform.checker import check, is_usable
from survey.xlsform.sheets import from_markdown

YN = "| choices |\n| | list_name | name | label |\n| | yn | yes | Yes |\n| | yn | no | No |"


def survey(header: str, *rows: str, choices: str = "", settings: str = "") -> str:
    lines = ["| survey |", f"| | {header} |", *(f"| | {row} |" for row in rows), choices, settings]
    return "\n".join(line for line in lines if line)


def condition(column: str, text: str) -> str:
    """A form with one expression, in row 4, on a select_multiple `m`, a select_one `s` and a text `t`."""
    return survey(
        f"type | name | label | {column} | constraint_message",
        "select_one yn | s | S | |",
        "select_multiple yn | m | M | |",
        f"text | t | T | {text} | Message",
        choices=YN,
    )


TNL = "type | name | label"
TWO = "type | name | label::English (en) | label::French (fr)"

CASES = [
    # sheets, columns, languages
    ("sheet.misspelt", "warning", "choice", 0, survey(TNL, "text | a | A", choices="| choice |\n| | name |\n| | a |")),
    ("column.unknown", "warning", "survey", 1, survey(f"{TNL} | relevnt", "text | a | A |")),
    ("column.unknown", "info", "survey", 1, survey(f"{TNL} | my remarks", "text | a | A |")),
    ("column.unknown", "warning", "choices", 1, survey(TNL, "select_one l | a | A", choices="| choices |\n| | list_name | name | label | lable |\n| | l | x | X | |")),
    ("column.duplicate", "error", "survey", 1, survey(f"{TNL} | LABEL", "text | a | A | B")),
    ("language.no_tag", "warning", "survey", 1, survey("type | name | label::Swahili", "text | a | A")),
    ("language.mixed", "warning", "survey", 1, survey(f"{TNL} | label::French (fr)", "text | a | A | Un")),
    ("translation.missing", "warning", "survey", 2, survey(TWO, "text | a | A |")),
    ("translation.missing", "warning", "choices", 2, survey(TWO, "select_one l | a | A | Un", choices="| choices |\n| | list_name | name | label::English (en) | label::French (fr) |\n| | l | x | X | |")),
    ("translation.missing", "warning", "survey", 2, survey(f"{TWO} | constraint | constraint_message::English (en)", "text | a | A | Un | . != 'x' | Not x")),
    # rows and names
    ("survey.empty", "error", "survey", 0, survey(TNL, "start | s |")),
    ("type.missing", "error", "survey", 2, survey(TNL, "| a | A", "text | b | B")),
    ("type.unknown", "error", "survey", 2, survey(TNL, "colour | a | A", "text | b | B")),
    ("type.not_supported", "error", "survey", 2, survey(TNL, "include | a | A", "text | b | B")),
    ("type.not_collected", "warning", "survey", 2, survey(TNL, "audit | audit |", "text | b | B")),
    ("type.replaced", "warning", "survey", 2, survey(TNL, "barcode | a | A")),
    ("type.no_input", "warning", "survey", 2, survey(TNL, "email | a | Your e-mail", "text | b | B")),
    ("name.missing", "error", "survey", 2, survey(TNL, "text | | A", "text | b | B")),
    ("name.invalid", "error", "survey", 2, survey(TNL, "text | 1st name | A")),
    ("name.duplicate", "error", "survey", 3, survey(TNL, "text | a | A", "integer | a | B")),
    ("label.missing", "error", "survey", 2, survey(TNL, "text | a |")),
    ("calculation.missing", "error", "survey", 2, survey(TNL, "calculate | c |", "text | a | A")),
    ("media.not_shown", "warning", "survey", 2, survey(f"{TNL} | image", "text | a | A | a.png")),
    ("group.not_closed", "error", "survey", 2, survey(TNL, "begin group | g | G", "text | a | A")),
    ("group.not_opened", "error", "survey", 3, survey(TNL, "text | a | A", "end group | |")),
    ("group.wrong_end", "error", "survey", 4, survey(TNL, "begin group | g | G", "text | a | A", "end repeat | |")),
    # lists and choices
    ("list.not_named", "error", "survey", 2, survey(TNL, "select_one | a | A")),
    ("list.missing", "error", "survey", 2, survey(TNL, "select_one yesno | a | A", choices=YN)),
    ("list.unused", "warning", "choices", 2, survey(TNL, "text | a | A", choices=YN)),
    ("choice.duplicate", "error", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | yes | Sure |".replace("| | yn | no | No |\n", "| | yn | no | No |\n"))),
    ("choice.no_name", "error", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | | Sure |")),
    ("choice.space_in_name", "error", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | not sure | Not sure |")),
    ("choice.no_label", "warning", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | maybe | |")),
    ("default.not_a_choice", "warning", "survey", 2, survey(f"{TNL} | default", "select_one yn | a | A | maybe", choices=YN)),
    # appearance and parameters
    ("appearance.unknown", "warning", "survey", 2, survey(f"{TNL} | appearance", "text | a | A | multilne")),
    ("parameters.unknown", "warning", "survey", 2, survey(f"{TNL} | parameters", "text | a | A | start=1")),
    ("parameters.range", "error", "survey", 2, survey(f"{TNL} | parameters", "range | a | A | start=1 end=5 step=0")),
    ("parameters.range", "error", "survey", 2, survey(f"{TNL} | parameters", "range | a | A | start=one")),
    # expressions
    ("constraint.no_message", "warning", "survey", 2, survey(f"{TNL} | constraint", "text | a | A | . != 'x'")),
    ("reference.unknown", "error", "survey", 4, condition("relevant", "${nobody} = 'x'")),
    ("reference.unknown", "error", "survey", 2, survey(TNL, "note | a | Dear ${nobody}")),
    ("expression.unknown_function", "error", "survey", 4, condition("relevant", "select(${m}, 'yes')")),
    ("expression.unsupported_function", "error", "survey", 4, condition("calculation", "extract-signed('a', 'b')")),
    ("file.missing", "error", "survey", 4, condition("calculation", "pulldata('a', 'b', 'c', 'd')")),
    ("instance.unknown", "error", "survey", 4, condition("calculation", "instance('ny')/root/item[name = 'yes']/label")),
    ("expression.unknown_path", "error", "survey", 4, condition("calculation", "../nothing")),
    ("expression.indexed_repeat", "error", "survey", 4, condition("calculation", "indexed-repeat('s', ${m}, 1)")),
    ("expression.axis", "error", "survey", 4, condition("calculation", "preceding::s")),
    ("expression.wrong_argument_count", "error", "survey", 4, condition("constraint", "count-selected(., 3)")),
    ("expression.unbalanced", "error", "survey", 4, condition("relevant", "(${s} = 'yes'")),
    ("expression.double_equals", "error", "survey", 4, condition("relevant", "${s} == 'yes'")),
    ("expression.unclosed_quote", "error", "survey", 4, condition("relevant", "${s} = 'yes")),
    ("expression.bad_reference", "error", "survey", 4, condition("relevant", "$s = 'yes'")),
    ("expression.unknown_character", "error", "survey", 4, condition("relevant", "${s} = 'yes' & true()")),
    ("expression.path", "error", "survey", 4, condition("relevant", "//s = 'yes'")),
    ("expression.syntax", "error", "survey", 4, condition("relevant", "${s} 'yes'")),
    ("expression.incomplete", "error", "survey", 4, condition("relevant", "${s} =")),
    ("expression.too_deep", "error", "survey", 4, condition("relevant", "(" * 50 + "1" + ")" * 50)),
    ("expression.bare_name", "error", "survey", 4, condition("relevant", "${s} = yes")),
    ("expression.not_nodes", "error", "survey", 4, condition("constraint", "count('a') > 1")),
    ("expression.unpaired", "error", "survey", 4, condition("constraint", "weighted-checklist(1, 2, true(), 3, false())")),
    ("expression.pattern_invalid", "error", "survey", 4, condition("constraint", "regex(., '[a')")),
    ("expression.pattern_unsafe", "error", "survey", 4, condition("constraint", "regex(., '^(?=.*[0-9]).+$')")),
    ("expression.odd_character", "warning", "survey", 4, condition("relevant", "${s} = ‘yes’")),
    ("expression.unknown_choice", "warning", "survey", 4, condition("relevant", "${s} = 'maybe'")),
    ("expression.unknown_choice", "warning", "survey", 4, condition("relevant", "not(selected(${m}, 'maybe'))")),
    ("expression.equals_on_multiple", "warning", "survey", 4, condition("relevant", "${m} = 'yes'")),
    ("choice_filter.unknown_column", "warning", "survey", 2, survey(f"{TNL} | choice_filter", "select_one yn | a | A | region = 'x'", choices=YN)),
    ("questionnaire.cycle", "error", "survey", 2, survey(f"{TNL} | relevant", "text | a | A | ${b} = 1", "text | b | B | ${a} = 1")),
    ("workbook.refused_by_pyxform", "error", "survey", 0, survey(f"{TNL} | parameters", "text | a | A | ", "image | b | B | max-pixels=many")),
    # what has no effect, what is not offered
    ("column.no_effect", "info", "survey", 1, survey(f"{TNL} | intent", "text | a | A | x")),
    ("setting.no_effect", "info", "settings", 2, survey(TNL, "text | a | A", settings="| settings |\n| | version | auto_send |\n| | 1 | yes |")),
    ("sheet.no_effect", "warning", "entities", 0, survey(TNL, "text | a | A", settings="| entities |\n| | list_name |\n| | people |")),
    ("parameters.no_effect", "info", "survey", 2, survey(f"{TNL} | parameters", "image | a | A | max-pixels=100")),
    ("appearance.search", "warning", "survey", 2, survey(f"{TNL} | appearance", "select_one yn | a | A | search('x')", choices=YN)),
    ("label.html", "info", "survey", 2, survey(TNL, "text | a | <b>A</b>")),
    ("label.script", "warning", "survey", 2, survey(TNL, "text | a | A <script>alert(1)</script>")),
    ("list.from_answers", "error", "survey", 2, survey(TNL, "select_one ${b} | a | A", "text | b | B")),
    ("file.wrong_ending", "error", "survey", 2, survey(TNL, "select_one_from_file a.txt | a | A")),
    ("choice.no_list", "error", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | | sure | Sure |")),
    ("loop.no_list", "error", "survey", 2, survey(TNL, "begin loop over xx | l | L", "text | a | A", "end loop | |")),
    ("kobo.no_list", "error", "survey", 2, survey(TNL, "begin_score | l | L", "score__row | a | A", "end_score | |")),
    ("kobo.wrong_row", "error", "survey", 3, survey(f"{TNL} | kobo--score-choices", "begin_score | l | L | yn", "text | a | A |", "score__row | b | B |", "end_score | | |", choices=YN)),
    ("group.too_deep", "error", "survey", 52, survey(TNL, *(f"begin group | g{n} | G{n}" for n in range(51)), "text | a | A", *("end group | |" for _ in range(51)))),
    ("expression.pattern_too_long", "error", "survey", 4, condition("constraint", f"regex(., '^{'a' * 1_200}$')")),
    ("expression.too_long", "error", "survey", 4, condition("relevant", "${s} = 'yes' or " * 2_000 + "true()")),
    # settings
    ("setting.default_language", "warning", "settings", 2, survey("type | name | label::English (en)", "text | a | A", settings="| settings |\n| | version | default_language |\n| | 1 | German |")),
    ("setting.form_id", "warning", "settings", 2, survey(TNL, "text | a | A", settings="| settings |\n| | version | form_id |\n| | 1 | my form |")),
    ("setting.no_version", "info", "settings", 2, survey(TNL, "text | a | A", settings="| settings |\n| | form_id |\n| | my_form |")),
    # names
    ("name.case", "warning", "survey", 3, survey(TNL, "text | Age | A", "text | age | B")),
    ("name.too_long", "warning", "survey", 2, survey(TNL, f"text | {'a' * 65} | A")),
    ("name.reserved", "warning", "survey", 2, survey(TNL, "text | xmlThing | A")),
    ("name.reserved", "info", "survey", 2, survey(TNL, "text | reference | A")),
    ("form.no_consent", "info", "survey", 2, survey(TNL, "text | contact_email | Your address")),
    # words
    ("label.repeated", "info", "survey", 3, survey(TNL, "text | a | Name", "text | b | Name")),
    ("label.space", "info", "survey", 3, survey(TNL, "text | a | Your name", "text | b | Your  name")),
    ("label.too_long", "info", "survey", 2, survey(TNL, f"text | a | {'word ' * 150}")),
    ("translation.copied", "info", "survey", 2, survey(TWO, "text | a | What is your name? | What is your  name?")),
    # lists
    ("list.single", "info", "choices", 2, survey(TNL, "select_one l | a | A", choices="| choices |\n| | list_name | name | label |\n| | l | x | X |")),
    ("list.too_long", "info", "survey", 2, survey(TNL, "rank l | a | A", choices="| choices |\n| | list_name | name | label |\n" + "\n".join(f"| | l | x{n} | X{n} |" for n in range(16)))),
    ("choice.duplicate", "error", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn |   yes   | Sure |")),
    ("choice.near_duplicate", "warning", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | Yes | Sure |")),
    ("choice.same_label", "warning", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | perhaps | No |")),
    ("choice.label_space", "warning", "choices", 3, survey(TNL, "select_one l | a | A", choices="| choices |\n| | list_name | name | label |\n| | l | x | Not sure |\n| | l | y | Not  sure |")),
    ("choice.long_label", "info", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | perhaps | {'word ' * 50} |")),
    ("choice.other_unasked", "info", "survey", 2, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | other | Other |")),
    # cells of a question
    ("required.no_answer", "warning", "survey", 2, survey(f"{TNL} | required", "note | a | A | yes", "text | b | B |")),
    ("required.no_answer", "info", "survey", 2, survey(f"{TNL} | required | calculation", "calculate | a | | yes | 1 + 1", "text | b | B | |")),
    ("constraint.no_answer", "warning", "survey", 2, survey(f"{TNL} | constraint", "note | a | A | . > 1", "text | b | B |")),
    ("read_only.no_value", "info", "survey", 2, survey(f"{TNL} | read_only", "text | a | A | yes")),
    ("read_only.no_value", "warning", "survey", 2, survey(f"{TNL} | read_only", "integer | a | A | yes")),
    ("read_only.no_value", "error", "survey", 2, survey(f"{TNL} | read_only | required", "text | a | A | yes | yes")),
    ("trigger.no_calculation", "warning", "survey", 3, survey(f"{TNL} | trigger", "text | a | A |", "text | b | B | ${a}")),
    ("trigger.unreadable", "error", "survey", 3, survey(f"{TNL} | trigger | calculation", "text | a | A | |", "text | b | B | a | now()")),
    ("default.wrong_type", "warning", "survey", 2, survey(f"{TNL} | default", "integer | a | A | ten")),
    ("default.wrong_type", "warning", "survey", 2, survey(f"{TNL} | default", "date | a | A | 31/12/2026")),
    ("default.not_allowed", "warning", "survey", 2, survey(f"{TNL} | default | constraint | constraint_message", "integer | a | A | 5 | . > 10 | More than ten")),
    ("default.not_allowed", "warning", "survey", 2, survey(f"{TNL} | default | parameters", "range | a | A | 7 | start=1 end=5 step=1")),
    ("calculation.itself", "error", "survey", 2, survey(f"{TNL} | calculation", "calculate | a | | ${a} + 1", "text | b | B |")),
    ("relevance.itself", "error", "survey", 2, survey(f"{TNL} | relevant", "text | a | A | ${a} = ''")),
    ("repeat_count.too_many", "warning", "survey", 4, survey(f"{TNL} | repeat_count", "begin repeat | r | R | 50", "text | a | A |", "begin repeat | s | S | 50", "text | b | B |", "end repeat | | |", "end repeat | | |")),
    ("repeat_count.not_a_number", "warning", "survey", 3, survey(f"{TNL} | repeat_count", "text | a | A |", "begin repeat | r | R | ${a}", "text | b | B |", "end repeat | | |")),
    # what expressions mean
    ("reference.last_saved", "error", "survey", 2, survey(f"{TNL} | default", "text | a | A | ${last-saved#a}")),
    ("reference.into_repeat", "warning", "survey", 5, survey(f"{TNL} | relevant", "begin repeat | r | R |", "text | a | A |", "end repeat | | |", "text | b | B | ${a} = 'x'")),
    ("reference.into_repeat", "warning", "survey", 5, survey(TNL, "begin repeat | r | R", "text | a | A", "end repeat | |", "note | b | First is ${a}")),
    ("lookup.unknown_column", "warning", "survey", 4, condition("calculation", "instance('yn')/root/item[name = ${s}]/price")),
    ("expression.bare_truth", "warning", "survey", 4, condition("relevant", "${s}")),
    ("expression.bare_truth", "warning", "survey", 4, condition("required", "${m} != '' and not(${s})")),
    ("expression.bare_truth", "warning", "survey", 4, condition("calculation", "if(${s}, 1, 0)")),
    ("expression.regex_unanchored", "warning", "survey", 4, condition("constraint", "regex(., '[0-9]{3}')")),
    ("expression.regex_unanchored", "info", "survey", 4, condition("relevant", "regex(${s}, '^y')")),
    ("expression.total_of_optional", "warning", "survey", 4, survey(f"{TNL} | calculation", "integer | a | A |", "integer | b | B |", "calculate | c | | sum(${a}, coalesce(${b}, 0))")),
    ("expression.equals_on_multiple", "warning", "survey", 3, survey(f"{TNL} | relevant", "rank yn | r | R |", "text | t | T | ${r} = 'yes'", choices=YN)),
    ("expression.unknown_choice", "warning", "survey", 4, condition("calculation", "jr:choice-name('maybe', '${s}')")),
    ("expression.unknown_choice", "warning", "survey", 3, survey(f"{TNL} | relevant", "acknowledge | k | K |", "text | t | T | ${k} = 'yes'")),
    ("reference.unknown", "error", "survey", 4, condition("calculation", "jr:choice-name(${s}, '${nobody}')")),
    ("expression.not_a_date", "warning", "survey", 3, survey(f"{TNL} | relevant", "date | d | D |", "text | t | T | ${d} > '31/12/2026'")),
    ("expression.not_a_date", "warning", "survey", 3, survey(f"{TNL} | relevant", "date | d | D |", "text | t | T | ${d} > date('2026-02-30')")),
    ("expression.not_a_date", "warning", "survey", 3, survey(f"{TNL} | relevant", "text | d | D |", "text | t | T | today() > ${d}")),
    ("comparison.number_with_text", "warning", "survey", 3, survey(f"{TNL} | relevant", "integer | n | N |", "text | t | T | ${n} > 'abc'")),
    ("comparison.number_with_text", "warning", "survey", 3, survey(f"{TNL} | relevant", "integer | n | N |", "text | t | T | ${n} = 'five'")),
    ("comparison.order_of_text", "warning", "survey", 3, survey(f"{TNL} | relevant", "text | n | N |", "text | t | T | ${n} > 'abc'")),
    ("comparison.text_as_number", "warning", "survey", 3, survey(f"{TNL} | relevant", "text | n | N |", "text | t | T | ${n} > 5")),
    ("comparison.text_as_number", "warning", "survey", 4, condition("relevant", "${s} > 1")),
    ("comparison.text_as_number", "warning", "survey", 4, condition("relevant", "${m} >= 2")),
    # conditions that can never or always hold
    ("relevance.never", "warning", "survey", 4, condition("relevant", "${s} = 'yes' and ${s} = 'no'")),
    ("relevance.never", "info", "survey", 4, condition("relevant", "false()")),
    ("relevance.never", "warning", "survey", 3, survey(f"{TNL} | relevant", "range | n | N |", "text | t | T | ${n} > 10")),
    ("relevance.never", "warning", "survey", 3, survey(f"{TNL} | relevant | constraint | constraint_message", "integer | n | N | | . < 18 | Under 18", "text | t | T | ${n} >= 18 | |")),
    ("relevance.never", "warning", "survey", 3, survey(f"{TNL} | relevant", "date | d | D |", "text | t | T | ${d} < '2020-01-01' and ${d} > '2021-01-01'")),
    ("relevance.never", "warning", "survey", 4, condition("relevant", "selected(${m}, 'yes') and count-selected(${m}) > 2")),
    ("relevance.never", "warning", "survey", 4, survey(f"{TNL} | relevant", "select_one yn | s | S |", "begin group | g | G | ${s} = 'yes'", "text | t | T | ${s} = 'no'", "end group | | |", choices=YN)),
    ("relevance.never", "warning", "survey", 3, survey(f"{TNL} | relevant", "select_one yn | s | S |", "begin group | g | G | ${s} = 'yes' and ${s} = 'no'", "text | t | T | ${s} = 'no'", "end group | | |", choices=YN)),
    ("relevance.never", "warning", "survey", 4, survey(f"{TNL} | relevant", "select_one yn | s | S |", "select_one yn | u | U | ${s} = 'yes'", "text | t | T | ${u} = 'no' and ${s} = 'no'", choices=YN)),
    ("relevance.always", "info", "survey", 4, condition("relevant", "${s} != 'yes' or ${s} != 'no'")),
    ("constraint.never", "warning", "survey", 2, survey(f"{TNL} | constraint | constraint_message", "integer | n | N | . < 1 and . > 10 | Between")),
    ("constraint.never", "error", "survey", 2, survey(f"{TNL} | constraint | constraint_message | required", "integer | n | N | . < 1 and . > 10 | Between | yes")),
    ("constraint.always", "info", "survey", 2, survey(f"{TNL} | constraint | constraint_message", "integer | n | N | . >= 0 or . <= 100 | Between")),
]  # fmt: skip

FINE = [
    condition("relevant", "${s} = 'yes' or ${s} = 'no'"),
    condition("relevant", "${s} != '' and selected(${m}, 'no') and not(selected(${m}, 'yes'))"),
    condition("relevant", "count-selected(${m}) = 2"),
    condition("constraint", "regex(., '^[a-z]+$') and string-length(.) < 5"),
    survey(f"{TNL} | relevant", "integer | n | N |", "text | t | T | ${n} > 17 and ${n} < 19"),
    survey(f"{TNL} | relevant", "integer | n | N |", "integer | o | O |", "text | t | T | ${n} * 2 = 14 and ${n} + ${o} > 100"),
    survey(f"{TNL} | relevant", "integer | n | N |", "text | t | T | ${n} = '5' or ${n} = ''"),
    survey(f"{TNL} | relevant", "date | d | D |", "text | t | T | ${d} > today() and today() - ${d} > 365 and ${d} > '2020-01-01'"),
    survey(f"{TNL} | relevant", "decimal | n | N |", "text | t | T | ${n} > 0 and ${n} < 0.1"),
    survey(f"{TNL} | relevant", "select_one n | s | S |", "text | t | T | ${s} > 1 and ${s} = 2", choices="| choices |\n| | list_name | name | label |\n| | n | 01 | One |\n| | n | 02 | Two |"),
    survey(f"{TNL} | calculation", "begin repeat | r | R |", "text | a | A |", "calculate | c | | concat(${a}, 'x')", "end repeat | | |", "calculate | n | | count(${a})", "note | w | Names: ${n} |"),
    survey(f"{TNL} | relevant", "text | n | N |", "text | t | T | selected(${n}, 'a') and selected(${n}, 'b')"),
    survey(f"{TNL} | relevant", "select_one o | a | A |", "text | b | Which? | ${a} = 'other'", choices="| choices |\n| | list_name | name | label |\n| | o | x | X |\n| | o | other | Other |"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "severity", "sheet", "row", "form"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)]
)
def test_fault_is_found_at_its_place(code: str, severity: str, sheet: str, row: int, form: str) -> None:
    issues = check(from_markdown(form))
    found = [(issue.severity, issue.sheet, issue.row) for issue in issues if issue.code == code]
    assert found == [(severity, sheet, row)]
    assert all(issue.message and issue.fix for issue in issues)
    assert not any(
        re.search(r"(?<!\$)\{(near|found|function|suggestion)\}", issue.message + issue.fix) for issue in issues
    )


@pytest.mark.parametrize("form", FINE, ids=range(len(FINE)))
def test_what_may_well_be_meant_is_no_issue(form: str) -> None:
    assert check(from_markdown(form)) == ()


def test_a_faultless_form_has_no_issue() -> None:
    assert check(from_markdown(condition("relevant", "${s} = 'yes' and selected(${m}, 'no')"))) == ()


def test_all_issues_come_at_once_in_the_order_of_the_sheets() -> None:
    form = survey(
        f"{TNL} | relevant | my notes",
        "colour | a | A | |",
        "text | b | B | ${nobody} = 1 |",
        "select_one yn | c | | ${b} == 1 |",
        choices=f"{YN}\n| | yn | no | No |",
    )
    assert [(issue.sheet, issue.row, issue.code) for issue in check(from_markdown(form))] == [
        ("survey", 1, "column.unknown"),
        ("survey", 2, "type.unknown"),
        ("survey", 3, "reference.unknown"),
        ("survey", 4, "label.missing"),
        ("survey", 4, "expression.double_equals"),
        ("choices", 4, "choice.duplicate"),
    ]


def test_a_fix_says_what_to_write() -> None:
    def fix(form: str) -> str:
        return next(issue.fix for issue in check(from_markdown(form)))

    assert fix(condition("relevant", "${m} = 'yes'")) == "Write selected(${m}, 'yes')."
    assert fix(condition("relevant", "${m} != 'yes'")) == "Write not(selected(${m}, 'yes'))."
    assert fix(condition("relevant", "${S} = 'yes'")) == "Did you mean ${s}?"
    assert fix(condition("relevant", "count_selected(${m}) = 1")) == "Did you mean count-selected()?"
    assert fix(condition("relevant", "${s} = 'yess'")) == "Did you mean 'yes'?"


def test_warnings_leave_a_form_usable() -> None:
    assert is_usable(check(from_markdown(condition("relevant", "${m} = 'yes'"))))
    assert not is_usable(check(from_markdown(condition("relevant", "${m} == 'yes'"))))
