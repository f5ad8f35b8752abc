"""The difference between two versions of a questionnaire: every change with its severity and the answers it touches."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from survey.logic.instances import name_of
from survey.questionnaire import (
    ANSWER,
    LIST_KINDS,
    UNASKED_KINDS,
    Answer,
    Choice,
    Group,
    Kind,
    NoAnswer,
    Question,
    Questionnaire,
    no_answers,
)
from survey.versions.conversion import Fit, converted, fit
from survey.versions.renames import NO_RENAMES, Element, RenameMap, continued, elements, faults, successors
from survey.versions.wording import SAME_MEANING, compared

_NAME = re.compile(r"\$\{([^}]+)\}")
_CERTAIN = 0.9


class Severity(StrEnum):
    """What a change does to answers that were given before it."""

    SAFE = "safe"
    TOUCHES = "touches_answers"
    BREAKS = "breaks_answers"


class What(StrEnum):
    """The kinds of change."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    KIND = "kind"
    LIST = "list"
    CHOICE_ADDED = "choice_added"
    CHOICE_REMOVED = "choice_removed"
    CHOICE_RENAMED = "choice_renamed"
    CHOICE_WORDS = "choice_words"
    CHOICE_MEANING = "choice_meaning"
    CHOICE_MISSING = "choice_missing"
    SCALE_FLIPPED = "scale_flipped"
    WORDS = "words"
    MEANING = "meaning"
    RELEVANT = "relevant"
    CONSTRAINT = "constraint"
    REQUIRED = "required"
    CALCULATION = "calculation"
    SECTION = "section"
    REPEAT = "repeat"
    ORDER = "order"
    LANGUAGE_ADDED = "language_added"
    LANGUAGE_REMOVED = "language_removed"


SEVERITY: Mapping[What, Severity] = {
    **dict.fromkeys(What, Severity.SAFE),
    **dict.fromkeys(
        (
            What.RENAMED,
            What.KIND,
            What.CHOICE_RENAMED,
            What.CHOICE_MISSING,
            What.RELEVANT,
            What.CONSTRAINT,
            What.REQUIRED,
            What.CALCULATION,
            What.LANGUAGE_REMOVED,
        ),
        Severity.TOUCHES,
    ),
    **dict.fromkeys(
        (What.REMOVED, What.CHOICE_REMOVED, What.CHOICE_MEANING, What.SCALE_FLIPPED, What.MEANING, What.REPEAT),
        Severity.BREAKS,
    ),
}

WORDS: Mapping[What, str] = {
    What.ADDED: "New question.",
    What.REMOVED: "Not asked any more. Answers given stay in the analysis as a question of the old versions.",
    What.RENAMED: "Called {old} before. Answers follow it.",
    What.KIND: "The type was {old} and is {new}. Answers that do not fit stay apart, under the old type.",
    What.LIST: "The list of answers was {old} and is {new}.",
    What.CHOICE_ADDED: "New answer: {new}",
    What.CHOICE_REMOVED: "Not offered any more: {old}. Where it was given it keeps its words.",
    What.CHOICE_RENAMED: "The code was {old} and is {new}. Answers follow it.",
    What.CHOICE_WORDS: "Better words for an answer: {old} → {new}",
    What.CHOICE_MEANING: "The code means something else now: {old} → {new}. Answers given stay apart.",
    What.CHOICE_MISSING: "What the choice {code} counts as, in the replies to all versions: {old} → {new}",
    What.SCALE_FLIPPED: "The scale runs the other way now. Rename its codes, or answers given stay apart.",
    What.WORDS: "Better words: {old} → {new}",
    What.MEANING: "Another question under the same name; answers given stay apart: {old} → {new}",
    What.RELEVANT: "Asked under another condition: {old} → {new}",
    What.CONSTRAINT: "Other answers are allowed: {old} → {new}",
    What.REQUIRED: "Required before: {old}; now: {new}",
    What.CALCULATION: "Calculated in another way: {old} → {new}",
    What.SECTION: "Moved from {old} to {new}.",
    What.REPEAT: "Moved into or out of a repeat: {old} → {new}. Answers given stay apart.",
    What.ORDER: "Questions come in another order.",
    What.LANGUAGE_ADDED: "New language: {new}",
    What.LANGUAGE_REMOVED: "No language any more: {old}",
}
"""English words of a change; the message ids of the catalogues. `{old}`, `{new}` and `{code}` are its parameters."""

COUNTS_AS: Mapping[str, str] = {
    ANSWER: "an answer",
    NoAnswer.NOT_APPLICABLE: "does not apply",
    NoAnswer.DONT_KNOW: "don't know",
    NoAnswer.REFUSED: "no answer wished",
}
"""English words of what a choice says; message ids too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference.

    name        question, group, list or language as the new version calls it; what was removed, by its old name
    label       its words in the default language
    questions   old names of the questions whose answers it touches
    codes       old codes that it touches; () for any answer
    old, new    what was and what is
    likeness    of two labels, 0 to 1
    submitted, drafts   how many replies and drafts hold such an answer (`counted` fills them in)
    unconvertible       how many of both hold one that cannot be an answer of the new kind
    """

    what: What
    severity: Severity
    name: str
    label: str = ""
    questions: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    old: str = ""
    new: str = ""
    likeness: float = 1.0
    submitted: int = 0
    drafts: int = 0
    unconvertible: int = 0

    @property
    def touched(self) -> int:
        """Replies and drafts that hold an answer it touches."""
        return self.submitted + self.drafts


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A rename that may be meant; nobody applies it but a person. `place` is the list of a choice, else ""."""

    old: str
    new: str
    old_label: str
    new_label: str
    place: str = ""


def change_line(change: Change) -> str:
    """A change in one English line, for the console."""
    touched = f" [{change.submitted} replies, {change.drafts} drafts]" if change.touched else ""
    lost = f" [{change.unconvertible} do not fit]" if change.unconvertible else ""
    return f"{change.severity.replace('_', ' '):<15} {change.name or '–'}: {change_words(change)}{touched}{lost}"


def change_words(change: Change, translate: Callable[..., str] = str.format) -> str:
    """What changed, in the language of `translate`, which is given a message id and its parameters."""
    old, new = change.old, change.new
    if change.what is What.CHOICE_MISSING:
        old, new = translate(COUNTS_AS[old]), translate(COUNTS_AS[new])
    return translate(WORDS[change.what], old=old, new=new, code=", ".join(change.codes))


def difference(old: Questionnaire, new: Questionnaire, renames: RenameMap = NO_RENAMES) -> tuple[Change, ...]:
    """Every change: questions in the order of the new version, then what was removed, then choices and languages."""
    before, after = elements(old), elements(new)
    named = continued(before, after, renames.questions)
    going = successors(old, new, renames)
    back = {target: name for name, target in named.items()}
    found: list[Change] = []
    for name, element in after.items():
        label = element.label.in_language(new.default_language)
        earlier = before.get(back.get(name, ""))
        if earlier is None or isinstance(earlier, Group) is not isinstance(element, Group):
            if isinstance(element, Question) and element.kind is not Kind.NOTE:
                found.append(_change(What.ADDED, name, label))
            continue
        if isinstance(earlier, Group) and isinstance(element, Group):
            found += _group_changes(earlier, element, named, going)
        elif isinstance(earlier, Question) and isinstance(element, Question):
            found += _question_changes(old, new, earlier, element, named, going)
    gone = [q for q in old.questions() if q.name not in named or isinstance(after[named[q.name]], Group)]
    for question in gone:
        if question.kind is not Kind.NOTE:
            label = question.label.in_language(old.default_language)
            touched = () if question.kind in UNASKED_KINDS else (question.name,)
            found.append(_change(What.REMOVED, question.name, label, questions=touched))
    found += _list_changes(old, new, renames, going)
    found += _order(old, new, named)
    found += _languages(old, new)
    return tuple(found)


def counted(
    changes: Sequence[Change],
    old: Questionnaire,
    new: Questionnaire,
    renames: RenameMap,
    *,
    submitted: Sequence[Mapping[str, Answer]],
    drafts: Sequence[Mapping[str, Answer]],
) -> tuple[Change, ...]:
    """The changes with how many answers each touches; answers are named as in the old version."""
    before, after = elements(old), elements(new)
    going = successors(old, new, renames)
    held = [[_by_name(answers) for answers in group] for group in (submitted, drafts)]
    found = []
    for change in changes:
        in_submitted, in_drafts = (sum(_touches(change, answers) for answers in group) for group in held)
        lost = 0
        if change.what is What.KIND:
            (name,) = change.questions
            earlier, later = before[name], after.get(going.get(name, ""))
            assert isinstance(earlier, Question)
            lost = sum(
                any(
                    not isinstance(later, Question) or converted(answer, earlier, later) is None
                    for answer in answers.get(name, ())
                )
                for group in held
                for answers in group
            )
        found.append(
            replace(
                change,
                submitted=in_submitted,
                drafts=in_drafts,
                unconvertible=lost,
                severity=Severity.BREAKS if lost else change.severity,
            )
        )
    return tuple(found)


def breaking(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Those of the counted changes that break answers which are there."""
    return tuple(change for change in changes if change.severity is Severity.BREAKS and change.touched)


def broken(
    answers: Mapping[str, Answer], old: Questionnaire, new: Questionnaire, renames: RenameMap = NO_RENAMES
) -> tuple[Change, ...]:
    """The changes that break one of these answers, which are named as in the old version."""
    found = difference(old, new, renames)
    return breaking(counted(found, old, new, renames, submitted=(), drafts=(answers,)))


def suggestions(old: Questionnaire, new: Questionnaire, renames: RenameMap = NO_RENAMES) -> tuple[Suggestion, ...]:
    """Renames that may be meant: what is new has the words, or the list and nearly the words, of what is gone."""
    before, after = elements(old), elements(new)
    named = continued(before, after, renames.questions)
    moved = {
        name
        for name in named
        if named[name] == name and name not in renames.questions and _means_another(before[name], after[name], old, new)
    }
    gone = [q for q in old.questions() if q.name in moved or (q.name not in named and q.name not in renames.questions)]
    fresh = [q for q in new.questions() if q.name in moved or q.name not in named.values()]
    pairs = []
    for one in gone:
        for other in fresh:
            words, later, likeness = compared(one.label, other.label, old, new)
            if fit(one, other) is not Fit.NEVER and likeness >= _CERTAIN - 0.2 * (
                one.list_name == other.list_name != ""
            ):
                pairs.append((likeness, one.name, other.name, words, later))
    found = [
        Suggestion(old=one, new=other, old_label=words, new_label=later)
        for one, other, words, later in _free_targets(list(_best(pairs)), before)
    ]
    for (before_list, after_list), users in _lists(old, new, successors(old, new, renames)).items():
        codes = renames.codes(old, users[0])
        found += _choice_suggestions(old, new, before_list, after_list, codes)
    return tuple(found)


def as_suggestions(old: Questionnaire, new: Questionnaire, renames: RenameMap) -> tuple[Suggestion, ...]:
    """The entries of the map that can hold between these versions, with the words of both."""
    faulty = {(each.place, each.old) for each in faults(old, new, renames)}
    before, after = elements(old), elements(new)
    found = [
        Suggestion(
            old=name,
            new=target,
            old_label=before[name].label.in_language(old.default_language),
            new_label=after[target].label.in_language(new.default_language),
        )
        for name, target in renames.questions.items()
        if target and ("", name) not in faulty
    ]
    for place, codes in renames.choices.items():
        earlier, later = _by_code(old.choice_lists.get(place, ())), _by_code(new.choice_lists.get(place, ()))
        found += [
            Suggestion(
                old=name,
                new=target,
                old_label=earlier[name].label.in_language(old.default_language),
                new_label=later[target].label.in_language(new.default_language),
                place=place,
            )
            for name, target in codes.items()
            if name in earlier and target in later and (place, name) not in faulty
        ]
    return tuple(found)


def _choice_suggestions(
    old: Questionnaire, new: Questionnaire, before: str, after: str, codes: Mapping[str, str]
) -> Iterator[Suggestion]:
    earlier, later = old.choice_lists.get(before, ()), new.choice_lists.get(after, ())
    kept = continued((c.name for c in earlier), (c.name for c in later), codes)
    same = {
        name: target
        for name, target in kept.items()
        if compared(_by_code(earlier)[name].label, _by_code(later)[target].label, old, new)[2] >= SAME_MEANING
    }
    pairs = []
    for one in earlier:
        for other in later:
            if one.name in codes or one.name in same or other.name in same.values() or one.name == other.name:
                continue
            words, now, likeness = compared(one.label, other.label, old, new)
            if likeness >= _CERTAIN:
                pairs.append((likeness, one.name, other.name, words, now))
    for name, target, words, now in _best(pairs):
        yield Suggestion(old=name, new=target, old_label=words, new_label=now, place=before)


def _means_another(earlier: Element, later: Element, old: Questionnaire, new: Questionnaire) -> bool:
    """True for two questions whose words say something else."""
    if isinstance(earlier, Group) or isinstance(later, Group) or later.kind is Kind.NOTE:
        return False
    return compared(earlier.label, later.label, old, new)[2] < SAME_MEANING


def _free_targets(
    pairs: list[tuple[str, str, str, str]], taken: Mapping[str, object]
) -> list[tuple[str, str, str, str]]:
    """Those renames whose new name nothing else keeps: it is new, or what had it is renamed as well."""
    while True:
        going = {pair[0] for pair in pairs}
        free = [pair for pair in pairs if pair[1] not in taken or pair[1] in going]
        if len(free) == len(pairs):
            return pairs
        pairs = free


def said_otherwise(
    changes: Iterable[Change], old: Questionnaire, new: Questionnaire, renames: RenameMap
) -> tuple[Suggestion, ...]:
    """Questions and choices among the changes that keep their name and mean something else now, without an entry.

    Each as the entry that says it means the same nevertheless.
    """
    before = elements(old)
    found: list[Suggestion] = []
    for change in changes:
        if change.what is What.MEANING and change.questions == (change.name,) and change.name not in renames.questions:
            found.append(Suggestion(old=change.name, new=change.name, old_label=change.old, new_label=change.new))
        if change.what not in (What.CHOICE_MEANING, What.SCALE_FLIPPED):
            continue
        for name in change.questions:
            earlier = before[name]
            assert isinstance(earlier, Question)
            place, codes = earlier.list_name, renames.codes(old, earlier)
            choices, later = _by_code(old.choice_lists.get(place, ())), _by_code(new.choice_lists.get(change.name, ()))
            for code in change.codes:
                if code in codes or code not in later:
                    continue
                words, now, likeness = compared(choices[code].label, later[code].label, old, new)
                if likeness < SAME_MEANING:
                    found.append(Suggestion(old=code, new=code, old_label=words, new_label=now, place=place))
    return tuple(dict.fromkeys(found))


def kept_apart(changes: Iterable[Change], old: Questionnaire, new: Questionnaire, renames: RenameMap) -> RenameMap:
    """The map in which what means something else now ends, so that its answers are not mixed with new ones."""
    questions = dict(renames.questions)
    choices = {place: dict(codes) for place, codes in renames.choices.items()}
    for each in said_otherwise(changes, old, new, renames):
        if each.place:
            choices.setdefault(each.place, {})[each.old] = ""
        else:
            questions[each.old] = ""
    return RenameMap(questions=questions, choices=choices)


def _best(pairs: list[tuple[float, str, str, str, str]]) -> Iterator[tuple[str, str, str, str]]:
    """The most alike first, each name once."""
    used: set[tuple[int, str]] = set()
    for _, one, other, words, later in sorted(pairs, key=lambda pair: -pair[0]):
        if not {(0, one), (1, other)} & used:
            used |= {(0, one), (1, other)}
            yield one, other, words, later


def _change(
    what: What,
    name: str,
    label: str = "",
    *,
    questions: tuple[str, ...] = (),
    codes: tuple[str, ...] = (),
    **said: object,
) -> Change:
    old, new, likeness = said.get("old", ""), said.get("new", ""), said.get("likeness", 1.0)
    return Change(
        what=what,
        severity=SEVERITY[what],
        name=name,
        label=label,
        questions=questions,
        codes=codes,
        old=str(old),
        new=str(new),
        likeness=float(str(likeness)),
    )


def _renamed(expression: str, named: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: f"${{{named.get(found[1], found[1])}}}", expression)


def _group_changes(
    earlier: Group, later: Group, named: Mapping[str, str], going: Mapping[str, str]
) -> Iterator[Change]:
    inside = tuple(q.name for q in earlier.questions() if q.kind not in UNASKED_KINDS)
    label = later.label.in_language("")
    if earlier.name != later.name:
        yield _change(What.RENAMED, later.name, label, questions=inside if later.repeats else (), old=earlier.name)
    if earlier.repeats is not later.repeats:
        said = {True: "repeat", False: "group"}
        yield _change(What.REPEAT, later.name, label, old=said[earlier.repeats], new=said[later.repeats])
    if _renamed(earlier.relevant, named) != later.relevant:
        yield _change(
            What.RELEVANT, later.name, label, questions=inside, old=earlier.relevant or "–", new=later.relevant or "–"
        )
    if _renamed(earlier.repeat_count, named) != later.repeat_count:
        yield _change(
            What.CONSTRAINT, later.name, label, questions=inside, old=earlier.repeat_count, new=later.repeat_count
        )


def _question_changes(
    old: Questionnaire,
    new: Questionnaire,
    earlier: Question,
    later: Question,
    named: Mapping[str, str],
    going: Mapping[str, str],
) -> Iterator[Change]:
    words, now, likeness = compared(earlier.label, later.label, old, new)
    label = now or later.name
    touched = () if earlier.kind in UNASKED_KINDS else (earlier.name,)

    def change(what: What, before: object, after: object, **more: object) -> Change:
        return _change(what, later.name, label, questions=touched, old=before, new=after, **more)  # type: ignore[arg-type]

    if later.kind is Kind.NOTE and earlier.kind is Kind.NOTE:
        return
    if earlier.name != later.name:
        yield change(What.RENAMED, earlier.name, later.name)
    if earlier.kind is not later.kind:
        yield change(What.KIND, earlier.kind, later.kind)
    around = old.repeats_of()[earlier.name], new.repeats_of()[later.name]
    if tuple(going.get(repeat, "") for repeat in around[0]) != around[1]:
        yield change(What.REPEAT, "/".join(around[0]) or "–", "/".join(around[1]) or "–")
    if words != now and touched:
        what = What.WORDS if likeness >= SAME_MEANING else What.MEANING
        yield change(what, words, now, likeness=likeness)
    if {earlier.kind, later.kind} <= LIST_KINDS and earlier.list_name != later.list_name:
        yield change(What.LIST, earlier.list_name, later.list_name)
    for what, before, after in (
        (What.RELEVANT, earlier.relevant, later.relevant),
        (What.CONSTRAINT, earlier.constraint, later.constraint),
        (What.CONSTRAINT, earlier.choice_filter, later.choice_filter),
        (What.CONSTRAINT, _limits(earlier), _limits(later)),
        (What.REQUIRED, earlier.required, later.required),
        (What.CALCULATION, earlier.calculation, later.calculation),
    ):
        if _renamed(before, named) != after:
            yield change(what, before or "–", after or "–")
    homes = _home(old, earlier.name), _home(new, later.name)
    if tuple(named.get(home, "") for home in homes[0]) != homes[1] and around[0] == around[1]:
        yield _change(What.SECTION, later.name, label, old="/".join(homes[0]) or "–", new="/".join(homes[1]) or "–")


def _limits(question: Question) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(question.parameters.items()) if name != "randomize")


def _home(questionnaire: Questionnaire, name: str) -> tuple[str, ...]:
    def walk(children: tuple[Group | Question, ...], around: tuple[str, ...]) -> tuple[str, ...] | None:
        for child in children:
            if child.name == name:
                return around
            if isinstance(child, Group) and (found := walk(child.children, (*around, child.name))) is not None:
                return found
        return None

    return walk(questionnaire.children, ()) or ()


def _lists(old: Questionnaire, new: Questionnaire, going: Mapping[str, str]) -> dict[tuple[str, str], list[Question]]:
    """(old list, new list) -> old questions that went from the one to the other."""
    after = elements(new)
    found: dict[tuple[str, str], list[Question]] = {}
    for question in old.questions():
        later = after.get(going.get(question.name, ""))
        if isinstance(later, Question) and {question.kind, later.kind} <= LIST_KINDS:
            found.setdefault((question.list_name, later.list_name), []).append(question)
    return found


def _list_changes(
    old: Questionnaire, new: Questionnaire, renames: RenameMap, going: Mapping[str, str]
) -> Iterator[Change]:
    for (before, after), users in _lists(old, new, going).items():
        by_codes: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for question in users:
            by_codes.setdefault(tuple(sorted(renames.codes(old, question).items())), []).append(question.name)
        for codes, names in by_codes.items():
            yield from _choice_changes(old, new, before, after, dict(codes), tuple(names))


def _by_code(choices: Iterable[Choice]) -> dict[str, Choice]:
    return {choice.name: choice for choice in choices}


def _choice_changes(
    old: Questionnaire,
    new: Questionnaire,
    before: str,
    after: str,
    codes: Mapping[str, str],
    questions: tuple[str, ...],
) -> Iterator[Change]:
    earlier, later = _by_code(old.choice_lists.get(before, ())), _by_code(new.choice_lists.get(after, ()))
    kept = continued(earlier, later, codes)
    flipped = _is_flipped(old, new, earlier, later, kept)
    if flipped:
        yield _change(What.SCALE_FLIPPED, after, questions=questions, codes=tuple(kept))
    # Which are answers is decided about the choices of both versions, as the analysis does.
    gone = [choice for name, choice in earlier.items() if name not in kept and name not in later]
    then, after_all = no_answers(tuple(earlier.values())), no_answers((*later.values(), *gone))
    for name, target in kept.items():
        words, now, likeness = compared(earlier[name].label, later[target].label, old, new)
        was, counts_as = then.get(name, ANSWER), after_all.get(target, ANSWER)
        if was != counts_as:
            yield _change(
                What.CHOICE_MISSING, after, now, questions=questions, codes=(name,), old=str(was), new=str(counts_as)
            )
        if name != target:
            yield _change(What.CHOICE_RENAMED, after, now, questions=questions, codes=(name,), old=name, new=target)
        if words != now and not flipped:
            what = What.CHOICE_WORDS if likeness >= SAME_MEANING else What.CHOICE_MEANING
            said = {"old": f"{words} ({name})", "new": f"{now} ({target})", "likeness": likeness}
            yield _change(what, after, now, questions=questions, codes=(name,), **said)
    for name, choice in later.items():
        if name not in kept.values():
            words = choice.label.in_language(new.default_language) or name
            yield _change(What.CHOICE_ADDED, after, words, new=f"{words} ({name})")
    for name, choice in earlier.items():
        if name not in kept:
            words = choice.label.in_language(old.default_language) or name
            yield _change(
                What.CHOICE_REMOVED, after, words, questions=questions, codes=(name,), old=f"{words} ({name})"
            )


def _is_flipped(
    old: Questionnaire,
    new: Questionnaire,
    earlier: Mapping[str, Choice],
    later: Mapping[str, Choice],
    kept: Mapping[str, str],
) -> bool:
    """True when each code of the scale has the words that the opposite one had; codes that kept theirs stand aside.

    Two codes of a longer list that changed places, or two that are no numbers, are no scale but two other meanings.
    """
    moved = [
        (name, target)
        for name, target in kept.items()
        if compared(earlier[name].label, later[target].label, old, new)[2] < _CERTAIN
    ]
    opposite = [target for _, target in reversed(moved)]
    is_scale = len(moved) > 2 or all(name.lstrip("-").isdigit() for name, _ in moved)
    return (
        len(moved) > 1
        and is_scale
        and len(kept) <= 2 * len(moved)
        and all(
            compared(earlier[name].label, later[target].label, old, new)[2] >= _CERTAIN
            for (name, _), target in zip(moved, opposite, strict=True)
        )
    )


def _order(old: Questionnaire, new: Questionnaire, named: Mapping[str, str]) -> Iterator[Change]:
    then = [named[q.name] for q in old.questions() if q.name in named]
    stayed = set(then)
    if then != [q.name for q in new.questions() if q.name in stayed]:
        yield _change(What.ORDER, "")


def _languages(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    before = {language.tag: language.name for language in old.languages}
    after = {language.tag: language.name for language in new.languages}
    for tag in after.keys() - before.keys():
        yield _change(What.LANGUAGE_ADDED, tag, new=after[tag])
    for tag in before.keys() - after.keys():
        yield _change(What.LANGUAGE_REMOVED, tag, old=before[tag])


def _by_name(answers: Mapping[str, Answer]) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for key, answer in answers.items():
        found.setdefault(name_of(key), []).append(answer)
    return found


def _touches(change: Change, answers: Mapping[str, list[Answer]]) -> bool:
    given = [answer for name in change.questions for answer in answers.get(name, ())]
    if not change.codes:
        return bool(given)
    codes = {code for answer in given for code in (answer if isinstance(answer, tuple) else (str(answer),))}
    return not codes.isdisjoint(change.codes)
