"""A section of the light form as values that its template draws, and what a posted section says.

A window tells by the marks of the answers that it was drawn with which of them its reader has changed. So nothing is
remembered between two requests, and another window's answer is never overwritten unseen.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from starlette.datastructures import FormData

from data.errors import SoundingsError
from data.records import FileRecord
from survey import asking
from survey.logic.answers import coerce
from survey.logic.compiled_form import CompiledForm, CompiledQuestion, drivers
from survey.logic.form_state import FormState, Issue, QuestionState
from survey.logic.instances import name_of, split
from survey.logic.marks import NOTHING, mark
from survey.logic.values import to_text
from survey.questionnaire import (
    NUMBER_KINDS,
    UNASKED_KINDS,
    UPLOAD_KINDS,
    Answer,
    Choice,
    Group,
    Kind,
    Question,
    Questionnaire,
)
from survey.receipts import Told, answer_words
from survey.translator import Words

_TYPES = {
    Kind.DATE: ("date", re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)),
    Kind.TIME: ("time", re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)),
    Kind.DATETIME: ("datetime-local", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)),
}
ROOM = 24
"""How many questions of one repeat a page shows; it stays below 30 kB with every answer wrong, in Russian."""
_NOT_POSTED = UNASKED_KINDS | UPLOAD_KINDS
_CONTACT = re.compile(r"e-?mail", re.IGNORECASE)


class Option(NamedTuple):
    """One choice of a field; for a ranking `place` is its place in the order, 0 for none.

    A tuple, because a template takes one apart in a quarter of the time that it asks an object four things.
    """

    code: str
    words: str
    chosen: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The answer that another window gave to the same question meanwhile, and what was entered here, in words.

    by    who gave it, and when, as far as it is known
    mark  of that answer
    """

    by: str
    words: Told
    here: Told
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question as it is drawn.

    control  the part of the template
    how      what is said about how to answer: "place" (of a ranking), "limit" (of a file), "example"
    alone    (code, what is told) of each choice with which no other goes, where a script may tell it at once
    other    what its reader must choose about first
    """

    key: str
    control: str
    label: str
    hint: str = ""
    guidance: str = ""
    required: bool = False
    value: str = ""
    direction: str = ""
    type: str = "text"
    mode: str = ""
    complete: str = ""
    accept: str = ""
    capture: str = ""
    how: str = ""
    example: str = ""
    options: tuple[Option, ...] = ()
    alone: tuple[tuple[str, str], ...] = ()
    wide: bool = False
    issues: tuple[str, ...] = ()
    drives: bool = False
    other: Other | None = None

    @property
    def answered(self) -> bool:
        """True when something is chosen. Of radio buttons of which none is, text browsers send the first one."""
        return any(option.chosen for option in self.options)

    @property
    def undoable(self) -> bool:
        """True when there is a choice that may be taken back."""
        return not self.required and self.answered

    @property
    def id(self) -> str:
        """What an address calls the field."""
        return f"q-{self.key}"

    @property
    def described(self) -> str:
        """The ids of what is said below the question, for those who hear the page."""
        parts = ("-h" if self.hint else "", "-x" if self.how else "", "-e" if self.issues else "")
        return " ".join(self.id + part for part in parts if part)

    @property
    def place(self) -> str:
        """Where a message about the field leads."""
        return self.id if self.other is None else f"k-{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A group, a battery, a repeat or one of its instances, with what is in it.

    remove, add     what the button sends that removes this instance or adds one; "" for no button
    earlier, later  what the button sends that shows other instances; "" where there are none
    shown           (first, last, all) of a repeat that is shown in parts, else None
    """

    kind: str
    key: str = ""
    label: str = ""
    hint: str = ""
    remove: str = ""
    add: str = ""
    earlier: str = ""
    later: str = ""
    shown: tuple[int, int, int] | None = None
    children: tuple["Block | Field", ...] = ()

    @property
    def id(self) -> str:
        """What an address calls it."""
        return f"g-{self.key}"

    @property
    def lands(self) -> bool:
        """True for what a button of a repeat leads to."""
        return self.kind in ("repeat", "instance")


def marks_of(state: FormState, section: Group, at: str = "") -> dict[str, str]:
    """The marks of all that a page of a section shows; `at` as in `Drawing`."""
    answers = state.answers
    keys = [key for key, _question in _on_page(state, section, at)]
    keys += _repeats(state, section)
    return {key: mark(answers.get(key)) for key in keys}


def read_marks(text: str) -> dict[str, str]:
    """Key -> mark, from what a page carried."""
    parts = (part.rpartition(":") for part in text[:100_000].split())
    return {key: found for key, _colon, found in parts if key}


def settled(form: FormData, carried: Mapping[str, str]) -> dict[str, str]:
    """The marks after what the reader chose where two windows had answered one question.

    Who keeps what stands here has seen the other answer; who takes the other answer has entered nothing.
    """
    left = dict(carried)
    for key in carried:
        chosen = form.get(f"k.{key}")
        if chosen == "here":
            left[key] = str(form.get(f"o.{key}", ""))
        elif chosen == "there":
            del left[key]
    return left


def with_own(
    form: FormData, asked_in: CompiledForm, state: FormState, carried: Mapping[str, str], language: str
) -> dict[str, str]:
    """The marks, where what is stored is what this page sent itself and was closed before it could see that.

    language  in which the page was drawn
    """
    answers, left = state.answers, dict(carried)
    for name, sent in form.multi_items():
        key = name.removeprefix("own.")
        if key == name or key not in carried or not isinstance(sent, str) or name_of(key) not in asked_in.questions:
            continue
        with suppress(SoundingsError):
            if coerce(asked_in.questions[name_of(key)].question, sent, language) == answers.get(key):
                left[key] = mark(answers.get(key))
    return left


def kept_marks(state: FormState, carried: Mapping[str, str], reading: "Reading") -> dict[str, str]:
    """The marks of a page that stays as it is after what was entered there was kept.

    What another window answered meanwhile keeps the mark of what this page shows, so that it is not taken for seen.
    """
    answers = state.answers
    return {key: mark(answers.get(key)) if key in reading.changes else found for key, found in carried.items()}


def seen_answers(state: FormState, carried: Mapping[str, str]) -> dict[str, Answer]:
    """The answers that a page was drawn with, as far as they are still there."""
    answers = state.answers
    by_mark: dict[str, Answer] = {}
    seen: dict[str, Answer] = {}
    for key, found in carried.items():
        stored = answers.get(key)
        if mark(stored) != found:
            # Only now: most pages show what is there, and have to mark no answer but their own.
            by_mark = by_mark or {mark(answer): answer for answer in answers.values()}
            stored = by_mark.get(found)
            if stored is None and found != NOTHING:
                stored = f"\x00{found}"  # it is not there any more, and equal to no answer
        if stored is not None:
            seen[key] = stored
    return seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a posted section says.

    changes  question -> what was entered, only where it differs from what the page was drawn with
    posted   question -> what was entered, for every question of the page
    faults   questions whose entry has no form that could be kept, with the reason
    """

    changes: Mapping[str, object]
    posted: Mapping[str, object]
    faults: Mapping[str, Issue] = field(default_factory=dict)


def read(form: FormData, asked_in: CompiledForm, carried: Mapping[str, str], language: str) -> Reading:
    """The answers of a posted section.

    asked_in  the questionnaire that the page was drawn of
    language  in which the page was drawn, and so a number was written
    """
    changes: dict[str, object] = {}
    posted: dict[str, object] = {}
    faults: dict[str, Issue] = {}
    for key, found in carried.items():
        compiled = asked_in.questions.get(name_of(key))
        if compiled is None or compiled.question.kind in _NOT_POSTED:
            continue
        question = compiled.question
        if question.kind is Kind.RANK:
            value: object
            places = _places(form, key, compiled)
            value = sorted(places, key=lambda code: places[code])
            posted[key] = places
            if len(set(places.values())) < len(places):
                faults[key] = Issue(code="answer.same_place")
                continue
        else:
            value = posted[key] = _entered(form, key, question)
        try:
            answer = coerce(question, value, language)
            if mark(answer) == found:
                continue
            if question.kind in NUMBER_KINDS:
                value = posted[key] = answer  # read in its own language, and not again in another chosen with it
        except SoundingsError:
            pass  # the use case says what is wrong with it
        changes[key] = value
    return Reading(changes=changes, posted=posted, faults=faults)


def _entered(form: FormData, key: str, question: Question) -> object:
    name = f"q.{key}"
    if question.kind is Kind.SELECT_MULTIPLE:
        return [str(code) for code in form.getlist(name) if code]
    value = form.get(name, "")
    text = value if isinstance(value, str) else ""
    if question.kind is Kind.ACKNOWLEDGE:
        return "OK" if text else None
    return text or None


def _places(form: FormData, key: str, compiled: CompiledQuestion) -> dict[str, int]:
    """Code -> the place that it was given."""
    places: dict[str, int] = {}
    for choice in compiled.choices:
        said = str(form.get(f"q.{key}.{choice.name}", ""))
        if said.isdecimal() and len(said) < 4 and int(said):
            places[choice.name] = int(said)
    return places


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a section is drawn from.

    typed   what was entered and could not be kept, by question
    faults  what is wrong with it
    others  what another window answered to the same questions
    at      key of an instance that is shown, where not all of its repeat are; "": the first ones
    """

    state: FormState
    words: Words
    files: Mapping[str, FileRecord]
    with_issues: bool = False
    typed: Mapping[str, object] = field(default_factory=dict)
    faults: Mapping[str, Issue] = field(default_factory=dict)
    others: Mapping[str, Other] = field(default_factory=dict)
    at: str = ""


def draw(section: Group, drawing: Drawing) -> tuple[Block | Field, ...]:
    """Everything of a section that is to be shown now."""
    driving = drivers(drawing.state.form, section)
    if section.repeats:
        return tuple(_repeat(section, "", drawing, driving))
    return tuple(_drawn(section.children, "", drawing, driving))


def fields_of(blocks: Sequence[Block | Field]) -> Iterator[Field]:
    """Every field in order."""
    for block in blocks:
        if isinstance(block, Field):
            yield block
        else:
            yield from fields_of(block.children)


def _drawn(
    children: Sequence[Group | Question], prefix: str, drawing: Drawing, driving: frozenset[str]
) -> Iterator[Block | Field]:
    state = drawing.state
    for item in children:
        if isinstance(item, Question):
            shown = state.state(prefix + item.name)
            if shown.relevant and item.kind not in UNASKED_KINDS - {Kind.NOTE}:
                yield _field(item, shown, drawing, item.name in driving)
        elif not state.group_relevant(prefix + item.name):
            continue
        elif item.repeats:
            yield from _repeat(item, prefix, drawing, driving)
        else:
            yield Block(
                kind="battery" if item.is_battery else "group",
                key=prefix + item.name,
                label=state.words(item.label, prefix),
                hint=state.words(item.hint, prefix),
                children=tuple(_drawn(item.children, prefix, drawing, driving)),
            )


def _repeat(repeat: Group, prefix: str, drawing: Drawing, driving: frozenset[str]) -> Iterator[Block]:
    state, words = drawing.state, drawing.words
    key = prefix + repeat.name
    label = asking.heading(repeat, state, prefix)
    total = len(state.instances(key))
    first, last = shown_of(repeat, key, state, drawing.at)
    instances = []
    for number, within in list(enumerate(state.instances(key), start=1))[first - 1 : last]:
        instances.append(
            Block(
                kind="instance",
                key=within.rstrip("/"),
                label=asking.instance_name(repeat, number, within, state, words),
                remove="" if state.is_counted(key) else f"remove:{number}:{key}",
                children=tuple(_drawn(repeat.children, within, drawing, driving)),
            )
        )
    more = not state.is_counted(key) and total < state.most_instances(key)
    if not instances and not more:
        return
    yield Block(
        kind="repeat",
        key=key,
        label=label,
        add=f"add:0:{key}" if more else "",
        earlier=f"show:{first - 1}:{key}" if first > 1 else "",
        later=f"show:{last + 1}:{key}" if last < total else "",
        shown=(first, last, total) if (first, last) != (1, total) else None,
        children=tuple(instances),
    )


def shown_of(repeat: Group, key: str, state: FormState, at: str) -> tuple[int, int]:
    """(first, last) of the instances of a repeat that one page shows, so that it stays small."""
    total, size = len(state.instances(key)), _at_once(repeat, state.questionnaire)
    inside = at.startswith(f"{key}[")
    wanted = at[len(key) + 1 :].partition("]")[0] if inside else ""
    number = min(int(wanted), total) if wanted.isdecimal() and len(wanted) < 7 else 1
    first = max(number - 1, 0) // size * size + 1
    return first, min(first + size - 1, total)


def later_instances(state: FormState, section: Group, at: str) -> str:
    """The key of the first instance after those that the page shows, "" when it shows the last ones."""
    found = [(key, group) for key, group in _outermost(section)]
    begun = next((place for place, (key, _group) in enumerate(found) if at.startswith(f"{key}[")), 0)
    for key, group in found[begun:]:
        if state.is_known(key):
            last = shown_of(group, key, state, at)[1]
            if last < len(state.instances(key)):
                return f"{key}[{last + 1}]"
    return ""


def is_shown(key: str, parts: Mapping[str, tuple[int, int]]) -> bool:
    """True when the page shows the instances in which a question is; `parts` of the page."""
    prefix = ""
    for name, number in split(key)[1]:
        first, last = parts.get(prefix + name, (0, -1))
        if not first <= number <= last:
            return False
        prefix += f"{name}[{number}]/"
    return True


def parts_of(state: FormState, section: Group, at: str) -> dict[str, tuple[int, int]]:
    """Key of a repeat -> (first, last) of its instances that the page shows."""
    parts: dict[str, tuple[int, int]] = {}

    def walk(group: Group, prefix: str) -> None:
        if group.repeats:
            key = prefix + group.name
            if state.is_known(key):
                first, last = parts[key] = shown_of(group, key, state, at)
                for within in state.instances(key)[first - 1 : last]:
                    inside(group, within)
        else:
            inside(group, prefix)

    def inside(group: Group, prefix: str) -> None:
        for child in group.children:
            if isinstance(child, Group):
                walk(child, prefix)

    walk(section, "")
    return parts


def _outermost(group: Group) -> Iterator[tuple[str, Group]]:
    if group.repeats:
        yield group.name, group
        return
    for child in group.children:
        if isinstance(child, Group):
            yield from _outermost(child)


def _at_once(repeat: Group, questionnaire: Questionnaire) -> int:
    return max(1, int(ROOM // max(_weight(repeat, questionnaire), 1)))


def _weight(group: Group, questionnaire: Questionnaire) -> float:
    """How much of a page an instance takes: a question is 1, a choice a quarter."""
    weight = 0.0
    for child in group.children:
        if isinstance(child, Question):
            weight += 1 + len(questionnaire.choices(child)) / 4
        else:
            inner = _weight(child, questionnaire)
            weight += inner * _at_once(child, questionnaire) if child.repeats else inner
    return weight


def _field(question: Question, shown: QuestionState, drawing: Drawing, drives: bool) -> Field:
    state, words, key = drawing.state, drawing.words, shown.name
    issues = list(shown.issues) if drawing.with_issues else []
    if key in drawing.faults:
        issues = [drawing.faults[key]]
    control, shape = _shape(question, shown, drawing)
    return Field(
        key=key,
        control=control,
        label=state.words(question.label, asking.prefix(key)) or question.name,
        hint=state.words(question.hint, asking.prefix(key)),
        guidance=state.words(question.guidance_hint, asking.prefix(key)),
        required=shown.required,
        issues=tuple(asking.issue_words(issue, key, state, words) for issue in issues),
        drives=drives,
        other=drawing.others.get(key),
        **shape,  # type: ignore[arg-type]
    )


def _shape(question: Question, shown: QuestionState, drawing: Drawing) -> tuple[str, dict[str, object]]:
    """(control, the fields of `Field` that it needs)."""
    state, key = drawing.state, shown.name
    value: object = drawing.typed.get(key, shown.value)
    if question.kind is Kind.NOTE:
        return "note", {}
    if shown.read_only:
        if shown.value is None:
            return "shown", {}
        told = answer_words(question, key, shown.value, state, drawing.files)
        return "shown", {"value": told.text, "direction": told.direction}
    if question.kind in UPLOAD_KINDS:
        name = drawing.files[key].name if key in drawing.files else ""
        camera = asking.capture(question)
        return "file", {"value": name, "how": "limit", "accept": asking.accept(question), "capture": camera}
    codes = [str(code) for code in value] if isinstance(value, list | tuple) else []
    match question.kind:
        case Kind.SELECT_MULTIPLE:
            options = _options(shown, state, set(codes))
            exclusive = state.form.questions[question.name].exclusive if not question.constraint else frozenset()
            alone = tuple(
                (each.code, asking.alone_words(each.words, drawing.words)) for each in options if each.code in exclusive
            )
            return ("boxes" if asking.boxed(question, shown) else "several"), {"options": options, "alone": alone}
        case Kind.RANK:
            places = value if isinstance(value, dict) else {code: place for place, code in enumerate(codes, start=1)}
            names = asking.choice_names(shown.choices, shown.name, state)
            options = tuple(Option(code=c, words=w, place=places.get(c, 0)) for c, w in names.items())
            return "rank", {"options": options, "how": "place"}
        case Kind.SELECT_ONE:
            control = "menu" if asking.as_menu(question, len(shown.choices)) else "radio"
            options = _options(shown, state, {str(value)})
            return control, {"options": options, "wide": asking.in_a_row(question)}
        case Kind.RANGE:
            chosen = to_text(float(value)) if isinstance(value, int | float) else str(value)
            options = tuple(
                Option(code=code, words=drawing.words.exactly(point), chosen=code == chosen)
                for point in asking.range_points(question)
                if (code := to_text(float(point)))
            )
            vertical = "vertical" in question.appearance
            return ("menu" if "picker" in question.appearance else "radio"), {"options": options, "wide": not vertical}
        case Kind.ACKNOWLEDGE:
            return "tick", {"value": "" if value is None else "OK"}
    text = _text(question, value, state.language, as_entered=key in drawing.typed)
    if question.kind in (Kind.GEOTRACE, Kind.GEOSHAPE):
        lines = text.replace(";", ";\n").replace(";\n\n", ";\n")
        return "area", {"value": lines, "how": "example", "example": asking.example(question)}
    if question.kind is Kind.TEXT and "multiline" in question.appearance:
        return "area", {"value": text}
    return "text", {"value": text, **_typing(question, text)}


def _text(question: Question, value: object, language: str, *, as_entered: bool) -> str:
    """What stands in a field: the answer as a reader of this language types it, or what was entered and not kept."""
    if as_entered and isinstance(value, str):
        return value
    return asking.typed(question, value if isinstance(value, str | int | float) else None, language)


def _options(shown: QuestionState, state: FormState, chosen: set[str]) -> tuple[Option, ...]:
    names = asking.choice_names(shown.choices, shown.name, state)
    return tuple(Option(code=code, words=words, chosen=code in chosen) for code, words in names.items())


def _typing(question: Question, text: str) -> dict[str, object]:
    """The browser's own field for dates and times where it can show the answer, and the fitting keyboard."""
    if question.kind is Kind.INTEGER:
        return {"mode": "numeric"}
    if question.kind in (Kind.DECIMAL, Kind.RANGE):
        return {"mode": "decimal"}
    if question.kind is Kind.TEXT and _CONTACT.search(question.name):
        return {"mode": "email", "complete": "email"}
    part_of_date = {"year", "month-year"}.intersection(question.appearance)
    if question.kind in _TYPES and not part_of_date:
        native, form = _TYPES[question.kind]
        if not text or form.fullmatch(text):
            return {"type": native}
    control = "point" if question.kind is Kind.GEOPOINT else "text"
    example = asking.example(question)
    return {"how": "example" if example else "", "example": example, "type": control}


def _on_page(state: FormState, section: Group, at: str) -> Iterator[tuple[str, Question]]:
    """(key, question) for all that a page of the section asks now."""
    parts = parts_of(state, section, at)
    for key, question in state.asked((section,)):
        if question.kind not in UNASKED_KINDS and is_shown(key, parts) and state.is_asked(key):
            yield key, question


def _repeats(state: FormState, section: Group) -> Iterator[str]:
    def walk(children: Sequence[Group | Question], prefix: str) -> Iterator[str]:
        for item in children:
            if isinstance(item, Question):
                continue
            if not item.repeats:
                yield from walk(item.children, prefix)
            elif state.is_known(prefix + item.name):
                yield prefix + item.name
                for within in state.instances(prefix + item.name):
                    yield from walk(item.children, within)

    return walk((section,), "")


def asked_now(state: FormState, section: Group, at: str = "") -> dict[str, tuple[Choice, ...]]:
    """Question -> the choices that are offered, for all that a page of the section asks now."""
    return {key: state.choices(key) for key, _question in _on_page(state, section, at)}
