"""The rename map: what a question, group or choice of one version is called in the next.

Everything without an entry keeps its name. All entries hold at once, so that a -> b and b -> a swap two names. An entry
without a new name says that the name means something else now: answers to the old one are kept apart.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from data.errors import InvalidInput
from survey.questionnaire import LIST_KINDS, Group, Question, Questionnaire
from survey.versions.conversion import Fit, fit

Element = Group | Question


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameMap:
    """Old name -> new name of questions and groups; list or question -> old code -> new code of choices.

    A name that is both a list and a question of the old version means the list, with every question that uses it.
    """

    questions: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.questions) or any(self.choices.values())

    def then(self, later: "RenameMap") -> "RenameMap":
        """Both maps as one, this first; what got its old name back has no entry."""
        places = {*self.choices, *later.choices}
        choices = {place: _composed(self.choices.get(place, {}), later.choices.get(place, {})) for place in places}
        return RenameMap(
            questions=_composed(self.questions, later.questions),
            choices={place: choices[place] for place in sorted(choices) if choices[place]},
        )

    def codes(self, old: Questionnaire, question: Question) -> Mapping[str, str]:
        """Old code -> new code for a question of the old version."""
        own = {} if question.name in old.choice_lists else self.choices.get(question.name, {})
        return {**self.choices.get(question.list_name, {}), **own}


NO_RENAMES = RenameMap()


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameIssue:
    """Why an entry of a rename map cannot hold; `place` is the list of a choice, else ""."""

    code: str
    old: str
    new: str
    place: str = ""


def to_json(renames: RenameMap) -> dict[str, object]:
    """The map as a JSON column keeps it."""
    return {"questions": dict(renames.questions), "choices": {name: dict(m) for name, m in renames.choices.items()}}


def from_json(kept: Mapping[str, object]) -> RenameMap:
    """The map that `to_json` was given; {} is the empty one."""
    document = json.loads(json.dumps(dict(kept)))
    return RenameMap(questions=document.get("questions", {}), choices=document.get("choices", {}))


def read_pairs(questions: Iterable[str], choices: Iterable[str]) -> RenameMap:
    """The map that lines such as "old=new" and "list:old=new" name; InvalidInput("rename.unreadable") for another."""
    names: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    for pair in questions:
        old, sign, new = pair.partition("=")
        if not sign or not old.strip() or names.get(old.strip(), new.strip()) != new.strip():
            raise InvalidInput("rename.unreadable", text=pair)
        names[old.strip()] = new.strip()
    for pair in choices:
        place, colon, rest = pair.partition(":")
        old, sign, new = rest.partition("=")
        known = codes.setdefault(place.strip(), {})
        if not colon or not sign or not place.strip() or not old.strip():
            raise InvalidInput("rename.unreadable", text=pair)
        if known.get(old.strip(), new.strip()) != new.strip():
            raise InvalidInput("rename.unreadable", text=pair)
        known[old.strip()] = new.strip()
    return RenameMap(questions=names, choices=codes)


def elements(questionnaire: Questionnaire) -> dict[str, Element]:
    """Every question and group by name, in order."""

    def walk(children: tuple[Element, ...]) -> Iterator[Element]:
        for child in children:
            yield child
            if isinstance(child, Group):
                yield from walk(child.children)

    return {element.name: element for element in walk(questionnaire.children)}


def continued(old: Iterable[str], new: Iterable[str], renames: Mapping[str, str]) -> dict[str, str]:
    """Old name -> new name of everything that goes on, all entries at once; what ends is left out."""
    known = set(new)
    taken = {target for name, target in renames.items() if target and target != name}
    found = {}
    for name in old:
        target = renames.get(name, "" if name in taken else name)
        if target and target in known:
            found[name] = target
    return found


def successors(old: Questionnaire, new: Questionnaire, renames: RenameMap) -> dict[str, str]:
    """Old name -> new name of each question and group whose answers can stand under the new name.

    They cannot when a question becomes a group, when no answer of the old kind is one of the new, and when it moves
    into, out of or between repeats.
    """
    before, after = elements(old), elements(new)
    around_before, around_after = old.repeats_of(), new.repeats_of()
    found: dict[str, str] = {}
    # Groups come before what is in them, so the repeats around are decided first.
    for name, target in continued(before, after, renames.questions).items():
        one, other = before[name], after[target]
        mapped = tuple(found.get(repeat, "") for repeat in around_before[name])
        if mapped != around_after[target] or "" in mapped:
            continue
        if isinstance(one, Group) and isinstance(other, Group):
            fits = one.repeats == other.repeats
        else:
            fits = isinstance(one, Question) and isinstance(other, Question) and fit(one, other) is not Fit.NEVER
        if fits:
            found[name] = target
    return found


def faults(old: Questionnaire, new: Questionnaire, renames: RenameMap) -> tuple[RenameIssue, ...]:
    """Every entry that cannot hold between these two versions."""
    issues: list[RenameIssue] = []
    before, after = elements(old), elements(new)
    going = successors(old, new, renames)
    for name, target in renames.questions.items():
        code = _fault(name, target, before, after, renames.questions)
        if not code and target and name not in going:
            code = "rename.incompatible"
        if code:
            issues.append(RenameIssue(code=code, old=name, new=target))
    for place, codes in renames.choices.items():
        users = [
            question
            for question in old.questions()
            if question.kind in LIST_KINDS
            and place in ((question.list_name,) if place in old.choice_lists else (question.name,))
        ]
        known = {choice.name for question in users for choice in old.choices(question)}
        known |= {choice.name for choice in old.choice_lists.get(place, ())}
        reached = {
            choice.name
            for question in users
            if question.name in going
            for choice in new.choices(_question(after[going[question.name]]))
        }
        if not known:
            issues += [RenameIssue(code="rename.unknown_list", old=o, new=n, place=place) for o, n in codes.items()]
            continue
        for name, target in codes.items():
            code = _fault(name, target, known, reached, codes)
            if code:
                code = code.replace("unknown", "unknown_choice")
                issues.append(RenameIssue(code=code, old=name, new=target, place=place))
    return tuple(issues)


def require_sound(old: Questionnaire, new: Questionnaire, renames: RenameMap) -> None:
    """Returns when every entry can hold; InvalidInput("renames.invalid", issues=...) with all that cannot."""
    issues = faults(old, new, renames)
    if issues:
        raise InvalidInput("renames.invalid", count=len(issues), issues=issues)


def _composed(first: Mapping[str, str], later: Mapping[str, str]) -> dict[str, str]:
    reached = set(first.values())
    found = {old: later.get(new, new) for old, new in first.items()}
    found |= {old: new for old, new in later.items() if old not in reached and old not in found}
    return {old: new for old, new in found.items() if old != new}


def _fault(name: str, target: str, before: Iterable[str], after: Iterable[str], renames: Mapping[str, str]) -> str:
    if name not in before:
        return "rename.unknown_old"
    if not target:
        return ""
    if target not in after:
        return "rename.unknown_new"
    stays = target != name and target in before and target not in renames
    if stays or sum(other == target for other in renames.values()) > 1:
        return "rename.two_to_one"
    return ""


def _question(element: Element) -> Question:
    assert isinstance(element, Question)
    return element
