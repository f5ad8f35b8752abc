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
        f"text | t | T | {text} | {'Message' if column == 'constraint' else ''}",
        choices=YN,
    )


def listed(*names: str, missing: str = "") -> str:
    """A list of these choices; `missing` is said of the last one."""
    said = dict.fromkeys(names, "") | {names[-1]: missing}
    rows = [f"| | l | {name} | The {name} | {cell} |" for name, cell in said.items()]
    return "\n".join(["| choices |\n| | list_name | name | label | missing |", *rows])


TNL = "type | name | label"
TWO = "type | name | label::English (en) | label::French (fr)"

CASES = [
    # sheets, columns, languages
    ("sheet.misspelt", "warning", "choice", 0, survey(TNL, "text | a | A", choices="| choice |\n| | name |\n| | a |")),
    ("column.unknown", "warning", "survey", 1, survey(f"{TNL} | relevnt", "text | a | A |")),
    ("column.unknown", "info", "survey", 1, survey(f"{TNL} | my remarks", "text | a | A |")),
    ("column.unknown", "warning", "choices", 1, survey(TNL, "select_one l | a | A", choices="| choices |\n| | list_name | name | label | lable |\n| | l | x | X | |")),
    ("column.duplicate", "error", "survey", 1, survey(f"{TNL} | LABEL", "text | a | A | B")),
    ("column.duplicate", "error", "survey", 1, survey("type | name | label::English (en) | label::Anglais (en)", "text | a | A | B")),
    ("column.missing", "error", "survey", 1, survey("typ | name | label", "text | a | A")),
    ("column.missing", "error", "survey", 1, survey("type | nom | libellé", "text | a | A")),
    ("column.missing", "error", "survey", 1, survey("My form | |", "type | name | label", "text | a | A")),
    ("column.missing", "error", "choices", 1, survey(TNL, "select_one yn | a | A", choices=YN.replace("list_name", "listname"))),
    ("language.mixed", "warning", "choices", 1, survey("type | name | label::French (fr)", "select_one yn | a | Un", choices=YN)),
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
    ("parameters.unknown", "warning", "survey", 2, survey(f"{TNL} | parameters", "integer | a | A | start=1")),
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
    ("workbook.refused_by_pyxform", "error", "survey", 3, survey(TNL, "text | a | A", "begin repeat | data | B", "text | c | C", "end repeat | |")),
    ("workbook.refused_by_pyxform", "error", "settings", 2, survey(TNL, "text | a | A", settings="| settings |\n| | version | name |\n| | 1 | two words |")),
    ("reference.space", "error", "survey", 4, condition("relevant", "${ s } = 'yes'")),
    ("reference.ambiguous", "error", "survey", 8, survey(f"{TNL} | relevant", "begin group | g | G |", "text | a | A |", "end group | | |", "begin group | h | H |", "text | a | A |", "end group | | |", "text | t | T | ${a} = 'x'")),
    ("reference.unknown", "error", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | perhaps | Perhaps ${{nobody}} |")),
    ("reference.unknown", "error", "survey", 4, survey(f"{TNL} | relevant", "begin group | g | G |", "text | a | A |", "end group | | | ${nobody} = 'x'")),
    ("reference.unknown", "error", "settings", 2, survey(TNL, "text | a | A", settings="| settings |\n| | version | instance_name |\n| | 1 | ${nobody} |")),
    ("reference.unknown", "error", "survey", 3, survey(f"{TNL} | relevant", "select_one yn or_other | a | A |", "text | t | T | ${a_other} != ''", choices=YN)),
    ("name.reserved", "error", "survey", 2, survey(TNL, "text | meta | A")),
    ("calculation.missing", "error", "survey", 2, survey(f"{TNL} | default", "calculate | c | | 3", "text | a | A |")),
    ("parameters.unknown", "error", "survey", 2, survey(f"{TNL} | parameters", "range | a | A | strt=1")),
    ("parameters.value", "error", "survey", 2, survey(f"{TNL} | parameters", "image | b | B | max-pixels=many")),
    ("parameters.value", "error", "survey", 2, survey(f"{TNL} | parameters", "select_one yn | b | B | randomize=maybe", choices=YN)),
    ("list.space_in_name", "error", "survey", 2, survey(TNL, "select_one y n | a | A", choices=YN.replace("| yn |", "| y n |"))),
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
    ("choice.exclusive_unknown", "warning", "choices", 2, survey(TNL, "select_multiple l | a | A", choices="| choices |\n| | list_name | name | label | exclusive |\n| | l | x | X | alone |\n| | l | y | Y | Yes |")),
    ("choice.missing_unknown", "error", "choices", 3, survey(TNL, "select_one l | a | A", choices="| choices |\n| | list_name | name | label | missing |\n| | l | x | X | Don't know |\n| | l | y | Y | not aplicable |")),
    ("choice.missing_by_name", "info", "choices", 4, survey(TNL, "select_one yn | a | A", choices=f"{YN}\n| | yn | dk | Don't know |")),
    ("choice.missing_by_name", "warning", "choices", 4, survey(TNL, "select_one l | a | A", choices=listed("at", "fr", "na"))),
    ("choice.missing_unread", "warning", "choices", 5, survey(TNL, "select_one l | a | A", choices=listed("at", "de", "fr", "na"))),
    ("choice.missing_unread", "warning", "choices", 3, survey(TNL, "rank l | a | A", choices=listed("first", "n_a", "second"))),
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
    ("default.not_allowed", "warning", "survey", 2, survey(f"{TNL} | default", "select_multiple l | a | A | x none", choices="| choices |\n| | list_name | name | label |\n| | l | x | X |\n| | l | none | None |")),
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
    ("expression.not_a_date", "warning", "survey", 2, survey(f"{TNL} | constraint | constraint_message", "date | d | D | . >= 2020-01-31 | Later")),
    ("comparison.order_of_times", "warning", "survey", 3, survey(f"{TNL} | relevant", "time | c | C |", "text | t | T | ${c} > '12:00'")),
    ("comparison.order_of_times", "warning", "survey", 3, survey(f"{TNL} | constraint | constraint_message", "time | c | C | |", "time | e | E | . > ${c} | After it began")),
    ("comparison.order_of_text", "warning", "survey", 2, survey(f"{TNL} | constraint | constraint_message", "text | t | T | . >= 'a' | From a")),
    ("comparison.chained", "warning", "survey", 3, survey(f"{TNL} | relevant", "integer | n | N |", "text | t | T | 1 < ${n} < 5")),
    ("reference.quoted", "warning", "survey", 4, condition("relevant", "'${s}' = 'yes'")),
    ("reference.quoted", "warning", "survey", 4, condition("calculation", "concat('You said ${s}', '.')")),
    ("expression.constant_condition", "warning", "survey", 4, condition("relevant", "\"${s} = 'yes'\"")),
    ("expression.constant_condition", "warning", "survey", 4, condition("relevant", "${s} = 'yes' or 'no'")),
    ("expression.constant_condition", "warning", "survey", 4, condition("calculation", "if('yes', 1, 0)")),
    ("expression.swapped_arguments", "warning", "survey", 4, condition("relevant", "selected('yes', ${m})")),
    ("expression.swapped_arguments", "warning", "survey", 4, condition("constraint", "regex('^[a-z]+$', .)")),
    ("expression.swapped_arguments", "warning", "survey", 3, survey(f"{TNL} | calculation", "date | d | D |", "calculate | t | | format-date('%Y', ${d})")),
    ("relevance.itself", "error", "survey", 2, survey(f"{TNL} | relevant", "text | a | A | . = ''")),
    ("relevance.never", "warning", "survey", 2, survey(f"{TNL} | relevant", "text | a | A | 1 = 2", "text | b | B |")),
    ("constraint.never", "error", "survey", 2, survey(f"{TNL} | constraint | constraint_message | required", "time | c | C | . < '12:00' | Before noon | yes")),
    ("choice_filter.itself", "warning", "survey", 2, survey(f"{TNL} | choice_filter", "select_one yn | a | A | name != ${a}", choices=YN)),
    ("choice_filter.circle", "info", "survey", 2, survey(f"{TNL} | choice_filter", "select_one yn | a | A | name != ${b}", "select_one yn | b | B | name != ${a}", choices=YN)),
    # what has no effect, what no answer has
    ("setting.second_row", "warning", "settings", 3, survey(TNL, "text | a | A", settings="| settings |\n| | version |\n| | 1 |\n| | 2 |")),
    ("group.no_answer", "warning", "survey", 2, survey(f"{TNL} | required", "begin group | g | G | yes", "text | a | A |", "end group | | |")),
    ("group.no_answer", "warning", "survey", 2, survey(f"{TNL} | repeat_count", "begin group | g | G | 3", "text | a | A |", "end group | | |")),
    ("appearance.wrong_type", "warning", "survey", 2, survey(f"{TNL} | appearance", "integer | a | A | multiline")),
    ("appearance.wrong_type", "warning", "survey", 2, survey(f"{TNL} | appearance", "text | a | A | field-list")),
    ("message.no_rule", "info", "survey", 2, survey(f"{TNL} | constraint_message", "integer | a | A | At least one")),
    ("choice_filter.no_choices", "warning", "survey", 3, survey(f"{TNL} | choice_filter", "text | b | B |", "text | a | A | name = ${b}")),
    ("choice_filter.unknown_value", "warning", "survey", 2, survey(f"{TNL} | choice_filter", "select_one t | a | A | country = 'frr'", choices="| choices |\n| | list_name | name | label | country |\n| | co | fr | France | |\n| | co | it | Italy | |\n| | t | a | A | fr |\n| | t | b | B | ch |")),
    ("choice_filter.unreachable", "warning", "survey", 3, survey(f"{TNL} | choice_filter", "select_one co | c | C |", "select_one t | a | A | country = ${c}", choices="| choices |\n| | list_name | name | label | country |\n| | co | fr | France | |\n| | co | it | Italy | |\n| | t | a | A | fr |\n| | t | b | B | ch |")),
    ("constraint.without_answer", "warning", "survey", 3, survey(f"{TNL} | constraint | constraint_message", "integer | n | N | |", "integer | a | A | ${n} > 3 | More than three")),
    ("repeat_count.none", "warning", "survey", 2, survey(f"{TNL} | repeat_count", "begin repeat | r | R | -1", "text | a | A |", "end repeat | | |")),
    ("reference.no_answer", "warning", "survey", 5, survey(f"{TNL} | relevant", "begin group | g | G |", "text | a | A |", "end group | | |", "text | b | B | ${g} = 'x'")),
    ("reference.no_answer", "warning", "survey", 3, survey(f"{TNL} | relevant", "note | n | N |", "text | b | B | ${n} = 'x'")),
    ("expression.arithmetic_on_text", "warning", "survey", 4, condition("calculation", "${s} + 1")),
    ("expression.arithmetic_on_text", "warning", "survey", 4, condition("calculation", "${m} * 2")),
    ("expression.arithmetic_on_text", "warning", "survey", 4, condition("calculation", "string-length(.) + ' letters'")),
    ("expression.date_format", "warning", "survey", 4, condition("calculation", "format-date(today(), 'dd/mm/yyyy')")),
    ("expression.date_format", "warning", "survey", 4, condition("calculation", "format-date(today(), '%d.%q')")),
    ("expression.not_a_repeat", "warning", "survey", 4, condition("calculation", "position(..)")),
    ("expression.not_a_repeat", "warning", "survey", 4, condition("calculation", "indexed-repeat(${s}, ${m}, 1)")),
    ("comparison.never_computed", "warning", "survey", 4, survey(f"{TNL} | calculation | relevant", "select_one yn | s | S | |", "calculate | c | | if(${s} = 'yes', 1, 0) |", "text | t | T | | ${c} = 2", choices=YN)),
    ("default.not_a_choice", "warning", "survey", 2, survey(f"{TNL} | default", "select_one yn | a | A | if(today() > date('2026-01-01'), 'maybe', 'no')", choices=YN)),
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
    survey(f"{TNL} | constraint | constraint_message", "integer | a | A | |", "integer | b | B | . + ${a} = 100 | Both make 100"),
    survey(f"{TNL} | constraint | constraint_message | calculation", "integer | a | A | | |", "integer | b | B | ${t} <= 100 | At most 100 |", "calculate | t | | | | coalesce(${a}, 0) + coalesce(${b}, 0)"),
    survey(f"{TNL} | calculation | relevant", "integer | n | N | |", "calculate | c | | if(${n} > 1, 1, 0) |", "text | t | T | | ${c} = '1' or ${c} = ''"),
    survey(f"{TNL} | calculation", "begin repeat | r | R |", "text | a | A |", "calculate | p | | position(..)", "end repeat | | |", "calculate | f | | indexed-repeat(${a}, ${r}, 1)", "note | n | ${p} ${f} |").replace(" ${p}", ""),
    survey(f"{TNL} | choice_filter", "select_one co | c | C |", "select_one t | a | A | country = ${c} or name = 'b'", choices="| choices |\n| | list_name | name | label | country |\n| | co | fr | France | |\n| | co | it | Italy | |\n| | t | a | A | fr |\n| | t | b | B | ch |"),
    survey(f"{TNL} | calculation", "date | d | D |", "calculate | c | | format-date(${d}, '%d %b %Y')", "calculate | y | | int((today() - ${d}) div 365.25) + 1"),
    survey(f"{TNL} | relevant", "begin group | g | G |", "text | a | A |", "end group | a | |", "text | t | T | ${a} != ''"),
    condition("relevant", "selected('yes no', ${s})"),
    condition("relevant", "contains('yes perhaps', ${s}) and ${s} != ''"),
    condition("calculation", "jr:choice-name(${s}, '${s}')"),
    survey(f"{TNL} | relevant", "time | c | C |", "text | t | T | decimal-time(${c}) > decimal-time('12:00') and ${c} != '13:00'"),
    survey(f"{TNL} | relevant", "integer | y | Y |", "text | t | T | ${y} - 1 - 1 > 2020 - 10"),
    survey(f"{TNL} | relevant", "integer | y | Y |", "text | t | T | (${y} > 1) = true() and ${y} > 2"),
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


@pytest.mark.parametrize(
    "choices",
    [
        listed("at", "de", "fr", "na", missing="answer"),
        listed("at", "de", "fr", "na", missing="Not applicable"),
        listed("at", "fr", "na", missing="answer"),
        listed("good", "bad", "dk", missing="dont_know"),
        listed("good", "bad", "n_a", missing="answer"),
        listed("good", "bad", "dont_know"),
        listed("good", "bad", "none"),
        listed("AT", "DE", "FR", "NA"),
    ],
)
def test_a_choice_that_says_what_it_is_has_no_issue(choices: str) -> None:
    form = survey(TNL, "select_one l | a | A", choices=choices)
    assert [issue for issue in check(from_markdown(form)) if issue.code.startswith("choice.missing")] == []


def test_an_undeclared_choice_is_told_how_it_is_read_and_what_settles_it() -> None:
    def told(*names: str) -> tuple[str, str]:
        form = survey(TNL, "select_one l | a | A", choices=listed(*names))
        (issue,) = [issue for issue in check(from_markdown(form)) if issue.code.startswith("choice.missing")]
        return issue.message, issue.fix

    assert told("good", "bad", "ns") == (
        "The choice 'ns' of list 'l' is taken for refused by its name alone: who chooses it is outside n.",
        "Write refused in its column missing, or what else it is: not_applicable, dont_know, refused, answer.",
    )
    assert told("at", "de", "fr", "na") == (
        "The choice 'na' of list 'l' is taken for an answer: its name of two letters is taken for a code.",
        "Write answer in its column missing, or not_applicable where it is none.",
    )
    assert told("good", "bad", "DK") == (
        "The choice 'DK' of list 'l' is taken for an answer: its name does not tell.",
        "Write answer in its column missing, or dont_know where it is none.",
    )


def test_a_faultless_form_has_no_issue() -> None:
    assert check(from_markdown(condition("relevant", "${s} = 'yes' and selected(${m}, 'no')"))) == ()


def test_every_circle_is_told_once_at_its_first_cell() -> None:
    form = survey(
        f"{TNL} | relevant | calculation | repeat_count",
        "text | a | A | ${b} != '' | |",
        "text | b | B | ${a} != '' | |",
        "calculate | c | | | ${d} + 1 |",
        "calculate | d | | | ${c} + 1 |",
        "calculate | e | | | ${e} + 1 |",
        "text | f | F | ${f} = 'x' | |",
        "begin group | g | G | ${h} = 'x' | |",
        "text | h | H | | |",
        "end group | | | | |",
        "begin repeat | r | R | | | ${n}",
        "integer | n | N | | |",
        "end repeat | | | | |",
    )
    found = [(issue.code, issue.row, issue.column, issue.fix) for issue in check(from_markdown(form))]
    assert found == [
        (
            "questionnaire.cycle",
            2,
            "relevant",
            "Take one of the references out of relevant in row 2, relevant in row 3.",
        ),
        (
            "questionnaire.cycle",
            4,
            "calculation",
            "Take one of the references out of calculation in row 4, calculation in row 5.",
        ),
        (
            "calculation.itself",
            6,
            "calculation",
            "Take it out of its own calculation; to keep the first value write once(...).",
        ),
        (
            "relevance.itself",
            7,
            "relevant",
            "Let it depend on earlier questions; what an answer must be belongs into constraint.",
        ),
        ("questionnaire.cycle", 8, "relevant", "Take one of the references out of relevant in row 8."),
        ("questionnaire.cycle", 11, "repeat_count", "Take one of the references out of repeat_count in row 11."),
    ]


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
    assert fix(condition("relevant", "${s} = 'perhaps'")) == "Its choices are: yes, no."
    assert fix(condition("relevant", "${s} = 'yes' or 'no'")) == "Write ${s} = 'no'."
    assert fix(condition("relevant", "selected('yes', ${m})")) == "Write selected(${m}, 'yes')."
    assert fix(condition("relevant", "'${s}' = 'yes'")) == "Take the quotation marks off: ${s}."
    assert fix(condition("calculation", "if(1 < ${s} < 3, 1, 0)")) == "Write 1 < ${s} and ${s} < 3."
    assert fix(condition("constraint", ". > 2020-01-31")) == "Write date('2020-01-31')."


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("number", "Write integer for whole numbers, decimal for others."),
        ("select_all yn", "Did you mean 'select_multiple yn'?"),
        ("selectone yn", "Did you mean 'select_one yn'?"),
        ("select_one_yn", "Did you mean 'select_one yn'?"),
        ("yn", "Write 'select_one yn', or select_multiple for several answers."),
        ("interger", "Did you mean 'integer'?"),
        ("paragraph", "Write text, with the appearance multiline."),
    ],
)
def test_a_misspelt_type_is_answered_with_the_one_that_was_meant(written: str, fix: str) -> None:
    issues = check(from_markdown(survey(TNL, f"{written} | a | A", "select_one yn | b | B", choices=YN)))
    assert [(issue.code, issue.fix) for issue in issues] == [("type.unknown", fix)]


@pytest.mark.parametrize(
    ("begin", "end"), [("begin grup", "end group"), ("begingroup", "endgroup"), ("section", "end group")]
)
def test_a_misspelt_beginning_of_a_group_has_no_other_issue(begin: str, end: str) -> None:
    issues = check(from_markdown(survey(TNL, f"{begin} | g | G", "text | a | A", f"{end} | |")))
    assert {(issue.code, issue.fix) for issue in issues} <= {
        ("type.unknown", "Did you mean 'begin group'?"),
        ("type.unknown", "Did you mean 'end group'?"),
    }
    assert issues[0].row == 2


def test_a_header_is_named_as_it_is_written_and_on_its_own_sheet() -> None:
    mixed = survey("type | name | label:French", "select_one yn | a | Un", choices=YN)
    found = [(issue.code, issue.sheet, issue.column, issue.fix) for issue in check(from_markdown(mixed))]
    assert found[:1] == [
        ("language.no_tag", "survey", "label:French", "Write label::French (fr), with its two-letter code.")
    ]
    assert [each[:3] for each in found[1:]] == [
        ("language.mixed", "choices", "label"),
    ]


def test_a_list_that_lost_its_choices_to_other_faults_is_not_called_short() -> None:
    form = survey(
        TNL,
        "select_one l | a | A",
        choices="| choices |\n| | list_name | name | label |\n| | l | x | X |\n| | l | x | Y |",
    )
    assert [issue.code for issue in check(from_markdown(form))] == ["choice.duplicate"]


def test_a_column_of_the_choices_is_told_how_it_is_written_in_a_filter() -> None:
    def fix(text: str) -> str:
        towns = "| choices |\n| | list_name | name | label | country |\n| | t | a | A | fr |\n| | t | b | B | it |"
        form = survey(f"{TNL} | choice_filter", "text | co | Co |", f"select_one t | x | X | {text}", choices=towns)
        return check(from_markdown(form))[0].fix

    assert fix("${country} = ${co}").startswith("Write country without ${}")
    assert fix("contry = ${co}") == "Did you mean country?"
    assert fix("country = fr") == "For the value write 'fr' between quotation marks."


def test_warnings_leave_a_form_usable() -> None:
    assert is_usable(check(from_markdown(condition("relevant", "${m} = 'yes'"))))
    assert not is_usable(check(from_markdown(condition("relevant", "${m} == 'yes'"))))
