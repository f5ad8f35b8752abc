"""The words that people read: too long for a phone, the same twice, missing or copied in a language."""

from collections.abc import Iterable, Iterator, Mapping

from survey.questionnaire import UNASKED_KINDS, Kind, Question, Text
from survey.xlsform.catalogue import finding
from survey.xlsform.checks.form import WORDS, Form, issue_at, listed
from survey.xlsform.issues import CheckIssue

LONGEST_QUESTION = 700
"""Characters of label and hint that a phone shows at once, together with the answers."""
LONGEST_NOTE = 2_000
_MANY_WORDS = 4
"""So many words are hardly the same in two languages."""
_TOLD_ONE_BY_ONE = 3
"""Missing translations of a language on a sheet; more are told together."""


def check_words(form: Form) -> Iterator[CheckIssue]:
    """Every issue with labels, hints and messages, and their translations."""
    yield from _long(form)
    yield from _repeated(form)
    if len(form.questionnaire.languages) > 1:
        yield from _translations(form)
        yield from _copies(form)


def _long(form: Form) -> Iterator[CheckIssue]:
    for question in form.questions.values():
        limit = LONGEST_NOTE if question.kind is Kind.NOTE else LONGEST_QUESTION
        tags = {*question.label.by_tag, *question.hint.by_tag}
        length = max(
            (len(question.label.by_tag.get(tag, "")) + len(question.hint.by_tag.get(tag, "")) for tag in tags),
            default=0,
        )
        if length > limit and question.kind not in UNASKED_KINDS - {Kind.NOTE}:
            yield issue_at(
                question,
                "label.too_long",
                "label",
                f"Label and hint of '{question.name}' have {length} characters, more than a phone's screen shows.",
                "Put explanations into a note before it, and ask in one or two sentences.",
            )


def _repeated(form: Form) -> Iterator[CheckIssue]:
    """Two questions of one group with the same words."""
    for children in (form.questionnaire.children, *(group.children for group in form.groups.values())):
        seen: dict[str, Question] = {}
        for child in children:
            if not isinstance(child, Question) or child.kind in UNASKED_KINDS:
                continue
            words = form.words(child.label)
            before = seen.setdefault(" ".join(words.split()), child)
            if not words or before is child or before.row == child.row or _apart(before, child):
                continue
            exact = form.words(before.label) == words
            yield issue_at(
                child,
                "label.repeated" if exact else "label.space",
                "label",
                f"'{child.name}' has the same label as '{before.name}' in row {before.row}"
                + ("." if exact else ", but for spaces."),
                "Let respondents see how they differ, or remove one of them.",
            )


def _apart(one: Question, other: Question) -> bool:
    """True when both have conditions that differ, so that mostly one of them is asked."""
    return bool(one.relevant and other.relevant and one.relevant != other.relevant)


# Languages


def _texts(form: Form) -> Iterator[tuple[str, int, str, str, Text]]:
    """(sheet, row, column, name, words) of everything that is to be translated."""
    for element in form.elements:
        for column in WORDS:
            yield "survey", element.row, column, element.name, getattr(element, column, Text())
    for list_name, choices in form.questionnaire.choice_lists.items():
        for choice in choices:
            row = form.choice_rows.get((list_name, choice.name), 0)
            if row and list_name in form.users:
                yield "choices", row, "label", choice.name, choice.label


def _translations(form: Form) -> Iterator[CheckIssue]:
    names = {language.tag: language.name for language in form.questionnaire.languages}
    missing: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
    for sheet, row, column, owner, text in _texts(form):
        for tag in names:
            if text and not text.by_tag.get(tag) and not _is_only_a_reference(text):
                missing.setdefault((sheet, tag), []).append((row, column, owner))
    for (sheet, tag), places in missing.items():
        if len(places) > _TOLD_ONE_BY_ONE:
            columns = listed(dict.fromkeys(column.replace("_", " ") for _, column, _ in places))
            rows = listed(map(str, dict.fromkeys(row for row, _, _ in places)))
            yield finding(
                "translation.missing",
                sheet,
                places[0][0],
                f"{places[0][1]}::{names[tag]} ({tag})",
                f"{len(places)} texts are not translated into {names[tag]} ({columns}): rows {rows}.",
                f"Add the {names[tag]} words, or respondents see another language.",
            )
            continue
        for row, column, owner in places:
            yield finding(
                "translation.missing",
                sheet,
                row,
                f"{column}::{names[tag]} ({tag})",
                f"The {column.replace('_', ' ')} of '{owner}' is not translated into {names[tag]}.",
                f"Add the {names[tag]} words, or respondents see another language.",
            )


def _is_only_a_reference(text: Text) -> bool:
    return all(words.startswith("${") and words.find("}") == len(words) - 1 for words in text.by_tag.values() if words)


def _copies(form: Form) -> Iterator[CheckIssue]:
    """Long texts that are the same in two languages, but perhaps for spaces: a copy that waits for its translation."""
    names: Mapping[str, str] = {language.tag: language.name for language in form.questionnaire.languages}
    found: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for sheet, row, column, _, text in _texts(form):
        one, *others = _by_default(form, text.by_tag) or [""]
        for other in others:
            words = text.by_tag[one].split()
            if len(words) >= _MANY_WORDS and words == text.by_tag[other].split():
                found.setdefault((sheet, one, other), []).append((row, column))
    for (sheet, one, other), places in found.items():
        rows = listed(map(str, dict.fromkeys(row for row, _ in places)))
        yield finding(
            "translation.copied",
            sheet,
            places[0][0],
            f"{places[0][1]}::{names.get(other, other)} ({other})",
            f"{len(places)} text{'s are' if len(places) > 1 else ' is'} the same in {names.get(one, one)} and"
            f" {names.get(other, other)}: row{'s' if len(places) > 1 else ''} {rows}.",
            f"Translate into {names.get(other, other)}, or leave the cell empty until it is translated.",
        )


def _by_default(form: Form, tags: Iterable[str]) -> list[str]:
    default = form.questionnaire.default_language
    return sorted(tags, key=lambda tag: tag != default)
