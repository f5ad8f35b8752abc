"""One name for each question through all versions of a questionnaire, and every answer under it.

A question goes on when the next version has its name, or the name that the rename map gives it, and can hold its
answers. What ends keeps a name of its own, which no newer question may take. A question or choice that comes back with
its name, its kind and its words is the same again. An answer that the newest kind cannot hold without loss stays apart.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from survey.logic.instances import prefix_of, split
from survey.questionnaire import LIST_KINDS, Answer, Choice, Kind, Question, Questionnaire
from survey.versions.conversion import Fit, converted, fit
from survey.versions.renames import NO_RENAMES, Element, RenameMap, continued, elements, successors
from survey.versions.wording import SAME_MEANING, compared


@dataclass(slots=True, kw_only=True)
class _Thread:
    """A question or group through the versions; `codes` are the joined codes of each version's choices."""

    names: dict[int, str]
    elements: dict[int, Element]
    name: str = ""
    codes: dict[int, dict[str, str]] = field(default_factory=dict)
    every_code: frozenset[str] = frozenset()

    @property
    def last(self) -> int:
        return max(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A question as the joined analysis sees it.

    name       in the newest version; that of its last one, made unique, when it is not asked any more
    question   as its last version has it; `version` is that version's number
    versions   numbers of the versions in which answers under this name were asked, the oldest first
    choices    of all versions; vanished ones with their old words where they stood, under codes that no present one has
    apart      True for the answers of an older kind that the present kind cannot hold
    """

    name: str
    question: Question
    version: int
    versions: tuple[int, ...]
    choices: tuple[Choice, ...] = ()
    apart: bool = False


class Lineage:
    """All versions of one questionnaire joined; immutable after it is made."""

    def __init__(self, questionnaires: Mapping[int, Questionnaire], renames: Mapping[int, RenameMap]) -> None:
        """
        questionnaires  version number -> questionnaire, at least one.
        renames         version number -> the map with which that version followed the one before it.
        """
        self.numbers = tuple(sorted(questionnaires))
        self.questionnaires = dict(questionnaires)
        self.renames = {number: renames.get(number, NO_RENAMES) for number in self.numbers}
        self._threads = _threads(self.numbers, questionnaires, self.renames)
        self._of = {(number, name): thread for thread in self._threads for number, name in thread.names.items()}
        _name(self._threads, self.numbers[-1])
        for thread in self._threads:
            _join_codes(thread, self.numbers, questionnaires, self.renames)
        self._apart = _apart_names(self._threads)
        self._last = {id(thread): thread.elements[thread.last] for thread in self._threads}
        self._as_it_is = {
            place: thread.name
            for place, thread in self._of.items()
            if _stays(thread.elements[place[0]], self._last[id(thread)])
        }
        """Joined names of the questions outside of repeats and lists whose answers need no change."""

    @property
    def newest(self) -> int:
        """Number of the newest version."""
        return self.numbers[-1]

    @property
    def questionnaire(self) -> Questionnaire:
        """The newest questionnaire."""
        return self.questionnaires[self.newest]

    def joined(self, version: int, name: str) -> str:
        """The joined name of a question or group of that version; KeyError for an unknown one."""
        return self._of[version, name].name

    @property
    def apart(self) -> Mapping[str, str]:
        """Name of answers that stay apart -> joined name of the question that they were given to."""
        by_id = {id(thread): thread.name for thread in self._threads}
        return {name: by_id[key] for (key, _), name in self._apart.items()}

    def until(self, number: int) -> "Lineage":
        """The versions up to this one, joined: its own names are the joined ones."""
        if number == self.newest:
            return self
        return Lineage({n: form for n, form in self.questionnaires.items() if n <= number}, self.renames)

    def key(self, version: int, key: str) -> str:
        """The joined key of a question or repeat of that version, whatever the answer; KeyError for an unknown one."""
        name, around = split(key)
        return self._prefix(version, around) + self.joined(version, name)

    def original(self, version: int, joined: str) -> str:
        """What the question of that joined name is called in that version; "" when it is not in it."""
        for (number, name), thread in self._of.items():
            if number == version and joined in (thread.name, self._apart.get((id(thread), _kind(thread, number)), "")):
                return name
        return ""

    def code(self, version: int, question: str, code: str) -> str:
        """The joined code of a choice of that version, also of a code that no choice of it has."""
        thread = self._of[version, question]
        return str(_recoded(code, thread, version))

    def members(self) -> tuple[Member, ...]:
        """Every question: those of the newest version in its order, what ended, the latest first, what stays apart."""
        order = {name: place for place, name in enumerate(elements(self.questionnaire))}
        threads = [thread for thread in self._threads if isinstance(thread.elements[thread.last], Question)]
        threads.sort(key=lambda t: (-t.last, order.get(t.name, 0) if t.last == self.newest else 0))
        found = [
            Member(
                name=thread.name,
                question=_question(thread, thread.last),
                version=thread.last,
                versions=tuple(sorted(thread.names)),
                choices=_choices(thread, thread.last, self.questionnaires),
            )
            for thread in threads
        ]
        for thread in threads:
            kinds = {_kind(thread, number) for number in thread.names}
            for kind in sorted(kinds - {_kind(thread, thread.last)}):
                numbers = tuple(number for number in sorted(thread.names) if _kind(thread, number) is kind)
                found.append(
                    Member(
                        name=self._apart[id(thread), kind],
                        question=_question(thread, numbers[-1]),
                        version=numbers[-1],
                        versions=numbers,
                        choices=_choices(thread, numbers[-1], self.questionnaires),
                        apart=True,
                    )
                )
        return tuple(found)

    def carry(self, version: int, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        """The answers of a response of that version under joined names and codes; as many as there were.

        A key that no question of the version explains stays as it is where no question has its name, and gets the
        version's number behind it where one has.
        """
        found: dict[str, Answer] = {}
        unknown: dict[str, Answer] = {}
        for key, answer in answers.items():
            as_it_is = self._as_it_is.get((version, key))
            if as_it_is is not None:
                found[as_it_is] = answer
                continue
            name, around = split(key)
            thread = self._of.get((version, name))
            if thread is None:
                unknown[key] = answer
                continue
            joined, value = self._carried(thread, version, answer)
            found[self._prefix(version, around) + joined] = value
        if not unknown:
            return found
        taken = {thread.name for thread in self._threads} | set(self._apart.values()) | set(found)
        for key, answer in unknown.items():
            free = _free(key, version, taken)
            found[free] = answer
            taken.add(free)
        return found

    def _prefix(self, version: int, around: tuple[tuple[str, int], ...]) -> str:
        threads = [self._of.get((version, repeat)) for repeat, _ in around]
        names = tuple(thread.name if thread else repeat for thread, (repeat, _) in zip(threads, around, strict=True))
        return prefix_of(names, tuple(index for _, index in around))

    def _carried(self, thread: _Thread, version: int, answer: Answer) -> tuple[str, Answer]:
        last = self._last[id(thread)]
        earlier = thread.elements[version]
        if not isinstance(last, Question) or not isinstance(earlier, Question):
            return thread.name, answer
        if earlier.kind in LIST_KINDS:
            answer = _recoded(answer, thread, version)
        value = converted(answer, earlier, last)
        if value is None:
            return self._apart[id(thread), earlier.kind], answer
        return thread.name, value


def _stays(earlier: Element, last: Element) -> bool:
    """True when every answer of the older question is one of the last, letter for letter."""
    same = isinstance(earlier, Question) and isinstance(last, Question) and earlier.kind is last.kind
    return same and isinstance(last, Question) and last.kind not in LIST_KINDS


def _recoded(answer: Answer, thread: _Thread, version: int) -> Answer:
    """The answer in joined codes; a code that its version had not never becomes one that another version has."""
    own = thread.codes.get(version, {})
    if isinstance(answer, str) and answer in own:
        return own[answer]

    def joined(code: str) -> str:
        return own[code] if code in own else _free(code, version, thread.every_code)

    return tuple(map(joined, answer)) if isinstance(answer, tuple) else joined(str(answer))


def _choices(thread: _Thread, number: int, questionnaires: Mapping[int, Questionnaire]) -> tuple[Choice, ...]:
    """The choices of one version, under their joined codes, and each other one behind what it stood behind."""
    question = _question(thread, number)
    if question.kind not in LIST_KINDS:
        return ()
    codes = thread.codes.get(number, {})
    found = [replace(c, name=codes[c.name]) for c in questionnaires[number].choices(question)]
    known = {choice.name for choice in found}
    for version in sorted(thread.codes, reverse=True):
        before = ""
        for choice in questionnaires[version].choices(_question(thread, version)):
            code = thread.codes[version][choice.name]
            if code not in known:
                known.add(code)
                place = next((i for i, each in enumerate(found, start=1) if each.name == before), 0)
                found.insert(place, replace(choice, name=code))
            before = code
    return tuple(found)


def _kind(thread: _Thread, number: int) -> Kind:
    element = thread.elements[number]
    return element.kind if isinstance(element, Question) else Kind.NOTE


def _question(thread: _Thread, number: int) -> Question:
    element = thread.elements[number]
    assert isinstance(element, Question)
    return element


def _threads(
    numbers: Sequence[int], questionnaires: Mapping[int, Questionnaire], renames: Mapping[int, RenameMap]
) -> tuple[_Thread, ...]:
    threads: list[_Thread] = []
    alive: dict[str, _Thread] = {}
    for place, number in enumerate(numbers):
        now = elements(questionnaires[number])
        going: dict[str, str] = {}
        if place:
            going = successors(questionnaires[numbers[place - 1]], questionnaires[number], renames[number])
        next_alive = {target: alive[name] for name, target in going.items()}
        for name, element in now.items():
            thread = next_alive.get(name) or _returned(name, number, threads, next_alive, questionnaires, renames)
            if thread is None:
                thread = _Thread(names={}, elements={})
                threads.append(thread)
            thread.names[number], thread.elements[number] = name, element
            next_alive[name] = thread
        alive = next_alive
    return tuple(threads)


def _returned(
    name: str,
    number: int,
    threads: Iterable[_Thread],
    alive: Mapping[str, _Thread],
    questionnaires: Mapping[int, Questionnaire],
    renames: Mapping[int, RenameMap],
) -> _Thread | None:
    """The question of an older version that comes back here: same name, kind and place, and the same meaning."""
    now = elements(questionnaires[number])[name]
    for thread in sorted(threads, key=lambda t: -max(t.names)):
        last = thread.last
        before = thread.elements[last]
        kept_apart = any(version > last and renames[version].questions.get(name) == "" for version in questionnaires)
        if thread.names[last] != name or thread in alive.values() or last >= number - 1 or kept_apart:
            continue
        if not isinstance(before, Question) or not isinstance(now, Question) or before.kind is not now.kind:
            continue
        words = compared(before.label, now.label, questionnaires[last], questionnaires[number])
        around = questionnaires[last].repeats_of()[name], questionnaires[number].repeats_of()[name]
        if words[2] >= SAME_MEANING and around == ((), ()) and fit(before, now) is Fit.ALWAYS:
            return thread
    return None


def _name(threads: Sequence[_Thread], newest: int) -> None:
    taken: set[str] = set()
    for thread in sorted(threads, key=lambda t: -t.last):
        name = thread.names[thread.last]
        thread.name = name if thread.last == newest else _free(name, thread.last, taken)
        taken.add(thread.name)


def _apart_names(threads: Sequence[_Thread]) -> dict[tuple[int, Kind], str]:
    taken = {thread.name for thread in threads}
    found: dict[tuple[int, Kind], str] = {}
    for thread in threads:
        for number in sorted(thread.names, reverse=True):
            kind = _kind(thread, number)
            if kind is not _kind(thread, thread.last) and (id(thread), kind) not in found:
                found[id(thread), kind] = _free(f"{thread.name}_v{number}", number, taken)
                taken.add(found[id(thread), kind])
    return found


def _free(name: str, number: int, taken: Iterable[str]) -> str:
    """The name, with the version's number behind it as often as somebody else has it."""
    known = taken if isinstance(taken, Set) else set(taken)
    while name in known:
        name = f"{name}_v{number}"
    return name


def _join_codes(
    thread: _Thread,
    numbers: Sequence[int],
    questionnaires: Mapping[int, Questionnaire],
    renames: Mapping[int, RenameMap],
) -> None:
    """Fills in the joined codes of each version of a question with a list, as names are joined."""
    asked = [number for number in numbers if number in thread.names and _kind(thread, number) in LIST_KINDS]
    lives: list[dict[int, Choice]] = []
    alive: dict[str, dict[int, Choice]] = {}
    for place, number in enumerate(asked):
        form = questionnaires[number]
        now = {choice.name: choice for choice in form.choices(_question(thread, number))}
        going: dict[str, str] = {}
        if place:
            before = asked[place - 1]
            form_before = questionnaires[before]
            question = _question(thread, before)
            direct = numbers.index(number) == numbers.index(before) + 1
            codes = renames[number].codes(form_before, question) if direct else {}
            going = continued((c.name for c in form_before.choices(question)), now, codes)
        next_alive = {target: alive[name] for name, target in going.items() if name in alive}
        for name, choice in now.items():
            life = next_alive.get(name) or _returned_choice(choice, number, lives, next_alive, questionnaires)
            if life is None:
                life = {}
                lives.append(life)
            life[number] = choice
            next_alive[name] = life
        alive = next_alive
    taken: set[str] = set()
    for life in sorted(lives, key=lambda each: -max(each)):
        last = max(life)
        code = life[last].name
        if last != asked[-1]:
            code = _free(code, last, taken)
        taken.add(code)
        for number, choice in life.items():
            thread.codes.setdefault(number, {})[choice.name] = code
    thread.every_code = frozenset(taken)


def _returned_choice(
    choice: Choice,
    number: int,
    lives: Iterable[dict[int, Choice]],
    alive: Mapping[str, dict[int, Choice]],
    questionnaires: Mapping[int, Questionnaire],
) -> dict[int, Choice] | None:
    used = {id(life) for life in alive.values()}
    for life in sorted(lives, key=lambda each: -max(each)):
        last = max(life)
        if life[last].name == choice.name and id(life) not in used and last < number - 1:
            words = compared(life[last].label, choice.label, questionnaires[last], questionnaires[number])
            if words[2] >= SAME_MEANING:
                return life
    return None
