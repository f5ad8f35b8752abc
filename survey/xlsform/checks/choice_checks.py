"""The lists of choices: used or not, their names and labels, and what an answer 'Other' leads to."""

import unicodedata
from collections.abc import Iterator

from survey.logic.expression import Literal, nodes, references
from survey.questionnaire import (
    ANSWER,
    EXCLUSIVE,
    MISSING,
    NO_ANSWERS,
    YES_OR_NO,
    Choice,
    Kind,
    NoAnswer,
    Text,
    no_answers,
    other_codes,
)
from survey.xlsform.catalogue import finding
from survey.xlsform.checks.form import Form, listed
from survey.xlsform.columns import choice_column_of, column_of
from survey.xlsform.issues import CheckIssue, nearest
from survey.xlsform.question_types import loop_list_of, question_type_of, structure_of

MOST_TO_RANK = 15
"""Choices that a respondent can put in order on one screen."""
LONGEST_CHOICE = 200
"""Characters of a choice that still fit a phone's line or three."""
_SPELT_OUT = frozenset(NoAnswer)
"""Names that say it in the very words of the column missing."""
_LIKE_NO_ANSWERS = {name.replace("_", ""): name for name in NO_ANSWERS}
_NO_CODES = frozenset({"no", "si", "on"})
"""Words of two letters that stand beside "yes" rather than for a country."""
_OTHERS = frozenset({"other", "others", "oth", "other_specify", "autre", "autres", "otro", "otra", "otros", "outro"})


def check_choices(form: Form) -> Iterator[CheckIssue]:
    """Every issue with lists of choices, in the order of the rows."""
    yield from _spaced(form)
    yield from _rows(form)
    written = {list_name for list_name, _ in form.choice_rows}
    followed = _followed(form)
    for list_name, choices in form.questionnaire.choice_lists.items():
        if list_name not in form.users:
            continue
        yield from _undeclared(form, list_name, choices)
        if list_name not in written:
            continue  # from a file
        yield from _list(form, list_name, choices)
        yield from _names(form, list_name, choices)
        yield from _labels(form, list_name, choices)
        yield from _others(form, list_name, choices, followed)


def _spaced(form: Form) -> Iterator[CheckIssue]:
    """Lists whose names contain a space: a type names one list, and what follows it is something else."""
    for list_name, users in form.users.items():
        if len(list_name.split()) > 1 and any(written == list_name for written, _ in form.choice_rows):
            yield finding(
                "list.space_in_name",
                "survey",
                users[0].row,
                "type",
                f"The name of the list '{list_name}' contains a space, which other tools refuse.",
                f"Write '{'_'.join(list_name.split())}' here and on the choices sheet.",
            )


def _rows(form: Form) -> Iterator[CheckIssue]:
    used = {question.list_name for question in form.questions.values()} | {
        loop_list_of(cell) if structure_of(cell) else question_type_of(cell).list_name
        for row in form.sheets["survey"]
        for header, cell in row.cells.items()
        if column_of(header).name in ("type", "kobo--score-choices", "kobo--rank-items", "kobo--matrix_list") and cell
    }
    used |= {
        cell
        for row in form.sheets["survey"]
        for header, cell in row.cells.items()
        if column_of(header).name.startswith("kobo--")
    }
    looked_up = {
        str(node.value)
        for cell in form.cells
        if cell.tree is not None and "instance" in cell.text
        for node in nodes(cell.tree)
        if isinstance(node, Literal)
    }
    reported: set[str] = set()
    for row in form.sheets["choices"]:
        cells = {choice_column_of(header).name: cell for header, cell in row.cells.items()}
        list_name, name = cells.get("list_name", ""), cells.get("name", "")
        if list_name and list_name not in used | looked_up | reported:
            reported.add(list_name)
            yield finding(
                "list.unused",
                "choices",
                row.number,
                "list_name",
                f"No question uses the list '{list_name}'.",
                f"Remove it, or write 'select_one {list_name}' in a question's type.",
            )
        if len(name.split()) > 1:
            yield finding(
                "choice.space_in_name",
                "choices",
                row.number,
                "name",
                f"The choice name '{name}' contains a space, which separates choices in an answer.",
                f"Write '{'_'.join(name.split())}'.",
            )
        declared = Choice(name=name, label=Text(), attributes=cells).declared
        if list_name and name and declared and declared not in (*NoAnswer, ANSWER):
            near = nearest(declared, (*NoAnswer, ANSWER))
            yield finding(
                "choice.missing_unknown",
                "choices",
                row.number,
                MISSING,
                f"'{cells[MISSING]}' does not say whether the choice '{name}' of list '{list_name}' is an answer.",
                (f"Did you mean '{near}'? " if near else "")
                + f"Write {', '.join(NoAnswer)} or {ANSWER}, or leave it empty.",
            )
        alone = cells.get(EXCLUSIVE, "").strip()
        if list_name and name and alone and alone.lower() not in YES_OR_NO:
            yield finding(
                "choice.exclusive_unknown",
                "choices",
                row.number,
                EXCLUSIVE,
                f"'{alone}' does not say whether others go with the choice '{name}' of list '{list_name}'.",
                "Write yes where no other can be chosen with it, no where others can, or leave it empty.",
            )
        pictured = any(column_of(header).name in ("image", "big-image", "audio", "video") for header in row.cells)
        if list_name and list_name not in reported and name and "label" not in cells:
            yield finding(
                "choice.no_label",
                "choices",
                row.number,
                "label",
                f"The choice '{name}' of list '{list_name}' has no label"
                + (", and its picture or sound is not shown." if pictured else "."),
                "Write what a respondent reads.",
            )


def _list(form: Form, list_name: str, choices: tuple[Choice, ...]) -> Iterator[CheckIssue]:
    row = form.choice_rows.get((list_name, choices[0].name), 0) if choices else 0
    if len(choices) == 1 and sum(each["list_name"] == list_name for each in form.cells_of_choices) == 1:
        yield finding(
            "list.single",
            "choices",
            row,
            "list_name",
            f"The list '{list_name}' has a single choice.",
            "Add the others, or use the type acknowledge for a mere consent.",
        )
    ranked = next((each for each in form.users[list_name] if each.kind is Kind.RANK), None)
    if ranked and len(choices) > MOST_TO_RANK:
        yield finding(
            "list.too_long",
            "survey",
            ranked.row,
            "type",
            f"'{ranked.name}' asks to put {len(choices)} choices in order, more than a screen shows.",
            f"Offer at most {MOST_TO_RANK}, or ask for the first three with select_one.",
        )


def _names(form: Form, list_name: str, choices: tuple[Choice, ...]) -> Iterator[CheckIssue]:
    alike: dict[str, str] = {}
    for choice in choices:
        key = unicodedata.normalize("NFKC", choice.name).casefold().strip("_ .-")
        before = alike.setdefault(key, choice.name)
        if key and before != choice.name:
            yield finding(
                "choice.near_duplicate",
                "choices",
                form.choice_rows.get((list_name, choice.name), 0),
                "name",
                f"The choices '{before}' and '{choice.name}' of list '{list_name}' have nearly the same name.",
                "Give one of them a name that cannot be mixed up, or remove it.",
            )


def _undeclared(form: Form, list_name: str, choices: tuple[Choice, ...]) -> Iterator[CheckIssue]:
    """Choices that are taken for an answer or for none by their name, or although their name looks otherwise."""
    read_as = no_answers(choices)
    codes = [name for name in other_codes(choices) if name not in _NO_CODES]
    for choice in choices:
        meant = _LIKE_NO_ANSWERS.get("".join(sign for sign in choice.name.lower() if sign.isalnum()))
        if meant is None or choice.declared in (*NoAnswer, ANSWER) or choice.name in _SPELT_OUT:
            continue
        cause = read_as.get(choice.name)
        if cause is None and choice.name not in NO_ANSWERS and len(meant) == 2 and len(codes) > 2:
            continue  # NA among AT, DE and FR: nobody reads it otherwise
        row = form.choice_rows.get((list_name, choice.name), 0)
        place = ("choices", row, MISSING) if row else ("survey", form.users[list_name][0].row, "type")  # from a file
        if cause is not None:
            yield finding(
                "choice.missing_by_name",
                *place,
                f"The choice '{choice.name}' of list '{list_name}' is taken for {cause} by its name alone: "
                "who chooses it is outside n.",
                f"Write {cause} in its column missing, or what else it is: {', '.join((*NoAnswer, ANSWER))}.",
                severity="warning" if codes and len(choice.name) == 2 else "info",
            )
            continue
        why = "its name of two letters is taken for a code" if choice.name in NO_ANSWERS else "its name does not tell"
        yield finding(
            "choice.missing_unread",
            *place,
            f"The choice '{choice.name}' of list '{list_name}' is taken for an answer: {why}.",
            f"Write {ANSWER} in its column missing, or {NO_ANSWERS[meant]} where it is none.",
        )


def _labels(form: Form, list_name: str, choices: tuple[Choice, ...]) -> Iterator[CheckIssue]:
    filtered = any(question.choice_filter for question in form.users[list_name])
    seen: dict[tuple[str, str], Choice] = {}
    reported: set[str] = set()
    longest: tuple[int, Choice] | None = None
    for choice in choices:
        for tag, words in choice.label.by_tag.items():
            if len(words) > LONGEST_CHOICE and (longest is None or len(words) > longest[0]):
                longest = (len(words), choice)
            before = seen.setdefault((tag, " ".join(words.split())), choice)
            if before is choice or filtered or choice.name in reported or not words:
                continue
            reported.add(choice.name)
            exact = before.label.by_tag[tag] == words
            yield finding(
                "choice.same_label" if exact else "choice.label_space",
                "choices",
                form.choice_rows.get((list_name, choice.name), 0),
                "label",
                f"The choices '{before.name}' and '{choice.name}' of list '{list_name}' have the same label"
                + ("." if exact else ", but for spaces."),
                "Let respondents see how they differ, or remove one.",
            )
    if longest:
        yield finding(
            "choice.long_label",
            "choices",
            form.choice_rows.get((list_name, longest[1].name), 0),
            "label",
            f"The choice '{longest[1].name}' of list '{list_name}' has {longest[0]} characters.",
            f"Say it in fewer than {LONGEST_CHOICE}, and explain more in the question's hint.",
        )


def _others(form: Form, list_name: str, choices: tuple[Choice, ...], followed: frozenset[str]) -> Iterator[CheckIssue]:
    """A choice 'Other' that is a whole answer, after which nobody asks what is meant."""
    other = next((choice for choice in choices if choice.name.lower() in _OTHERS), None)
    if other is None or (list_name, other.name) not in form.choice_rows:
        return  # or_other added it, together with its question
    silent = [each for each in form.users[list_name] if each.kind is Kind.SELECT_ONE and each.name not in followed]
    if silent:
        yield finding(
            "choice.other_unasked",
            "survey",
            silent[0].row,
            "type",
            f"Nothing asks what '{other.name}' means in: {listed((each.name for each in silent), 6)}.",
            f"Add a text question with relevant selected(${{{silent[0].node}}}, '{other.name}').",
        )


def _followed(form: Form) -> frozenset[str]:
    """The questions whose answers decide about others."""
    columns = ("relevant", "required", "calculation")
    trees = [tree for (_, column), tree in form.trees.items() if column in columns]
    return frozenset().union(*map(references, trees))
