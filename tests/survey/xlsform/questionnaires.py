"""Whole questionnaires for property tests: every kind, nested groups, repeats, batteries, six languages, odd texts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from survey.questionnaire import (
    LIST_KINDS,
    Choice,
    Group,
    Kind,
    Language,
    Question,
    Questionnaire,
    Text,
)
from survey.xlsform.attachments import clean

LANGUAGES = (
    Language(tag="en", name="English"),
    Language(tag="fr", name="Français"),
    Language(tag="es", name="Español"),
    Language(tag="ru", name="Русский"),
    Language(tag="ar", name="العربية"),
    Language(tag="zh", name="中文"),
)
ODD_TEXTS = (
    "=1+1",
    '=HYPERLINK("http://example.org")',
    "+7 and -3",
    "@name",
    "say \"yes\", or 'no'",
    "two\nlines",
    "a | b || c",
    "back\\slash \\| pipe",
    "Dear ${q0}, welcome",
    "<b>bold</b> & more",
    "😀 done",
    "_x0041_",
    "هل توافقون؟",
    "您同意吗？",
    "1.0",
    "TRUE",
    "007",
    "2026-10-31",
)
_ASKED = tuple(kind for kind in Kind if kind not in (Kind.METADATA, Kind.CALCULATE, Kind.HIDDEN))
_METADATA = ("start", "end", "today", "deviceid", "username", "email", "phonenumber")
_BARE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp")), min_size=1, max_size=30)


def texts_of(*, lines: bool = True) -> st.SearchStrategy[str]:
    """Words that a cell can hold as they are; on one line unless `lines`."""
    odd = ODD_TEXTS if lines else tuple(text for text in ODD_TEXTS if "\n" not in text)
    return st.one_of(st.sampled_from(odd), _BARE).filter(lambda text: bool(text) and clean(text) == text)


@st.composite
def questionnaires(draw: st.DrawFn, *, lines: bool = True, most_questions: int = 12) -> Questionnaire:
    """A questionnaire that pyxform accepts. `lines`: texts may have several."""
    return _Draft(draw, texts_of(lines=lines)).questionnaire(most_questions)


def without_rows(questionnaire: Questionnaire) -> Questionnaire:
    """The questionnaire as if made by a program: every row number 0."""

    def bare(child: Group | Question) -> Group | Question:
        if isinstance(child, Group):
            return replace(child, row=0, children=tuple(map(bare, child.children)))
        return replace(child, row=0)

    return replace(questionnaire, children=tuple(map(bare, questionnaire.children)))


class _Draft:
    """Draws the parts of one questionnaire and keeps their names apart."""

    def __init__(self, draw: st.DrawFn, words: st.SearchStrategy[str]) -> None:
        self.draw, self.words = draw, words
        self.languages = tuple(draw(st.permutations(LANGUAGES)))[: draw(st.integers(1, 6))]
        self.default = draw(st.sampled_from(self.languages)).tag
        self.names = 0
        self.lists = {f"list{number}": self.choices(number) for number in range(draw(st.integers(1, 3)))}

    def questionnaire(self, most: int) -> Questionnaire:
        asked = tuple(self.child(0) for _ in range(self.draw(st.integers(1, max(1, most // 3)))))
        first = Question(name="q0", kind=Kind.TEXT, label=self.text(whole=True))
        settings = self.draw(
            st.fixed_dictionaries({}, optional={"style": st.just("pages"), "instance_name": self.words})
        )
        return Questionnaire(
            title=self.draw(self.words),
            form_id="form_1",
            version=self.draw(st.sampled_from(("", "1", "2026112301"))),
            languages=self.languages,
            default_language=self.default,
            children=(first, *asked),
            choice_lists=self.lists,
            settings=settings,
        )

    def name(self, prefix: str) -> str:
        self.names += 1
        return f"{prefix}{self.names}"

    def text(self, *, whole: bool = False) -> Text:
        """Words in some languages, in the default one when `whole`."""
        tags = [language.tag for language in self.languages if self.draw(st.booleans())]
        return Text({tag: self.draw(self.words) for tag in dict.fromkeys(([self.default] if whole else []) + tags)})

    def media(self) -> Mapping[str, Text]:
        kinds = self.draw(st.lists(st.sampled_from(("image", "audio", "video")), unique=True, max_size=1))
        return {kind: Text({self.default: f"{kind}_{self.names}.bin"}) for kind in kinds}

    def choices(self, number: int) -> tuple[Choice, ...]:
        codes = self.draw(st.lists(st.sampled_from(("1", "2", "a", "b-c", "x.y", "dk")), min_size=1, unique=True))
        return tuple(
            Choice(
                name=code,
                label=self.text(whole=True),
                attributes={"region": self.draw(st.sampled_from(("north", "=south")))} if number == 0 else {},
                media=self.media(),
            )
            for code in codes
        )

    def child(self, depth: int) -> Group | Question:
        draw = self.draw
        match draw(st.integers(0, 9)):
            case 0 if depth < 3:
                return self.group(depth, repeats=False)
            case 1 if depth < 3:
                return self.group(depth, repeats=True)
            case 2:
                return self.battery()
            case 3:
                kind = draw(st.sampled_from((Kind.CALCULATE, Kind.METADATA)))
                if kind is Kind.METADATA:
                    return Question(name=self.name("m"), kind=kind, metadata=draw(st.sampled_from(_METADATA)))
                return Question(name=self.name("c"), kind=kind, calculation="${q0}")
        return self.question(draw(st.sampled_from(_ASKED)))

    def group(self, depth: int, *, repeats: bool) -> Group:
        return Group(
            name=self.name("g"),
            label=self.text(whole=True),
            relevant=self.draw(st.sampled_from(("", "${q0} != ''"))),
            appearance=self.draw(st.sampled_from(((), ("field-list",)))),
            repeats=repeats,
            repeat_count=self.draw(st.sampled_from(("", "3"))) if repeats else "",
            children=tuple(self.child(depth + 1) for _ in range(self.draw(st.integers(1, 3)))),
        )

    def battery(self) -> Group:
        scale = self.draw(st.sampled_from(sorted(self.lists)))
        asked = (
            Question(name=self.name("b"), kind=Kind.SELECT_ONE, label=self.text(whole=True), list_name=scale)
            for _ in range(self.draw(st.integers(1, 3)))
        )
        return Group(
            name=self.name("g"), label=self.text(whole=True), appearance=("table-list",), children=tuple(asked)
        )

    def question(self, kind: Kind) -> Question:
        draw = self.draw
        name = self.name("q")
        fields: dict[str, Any] = {}
        if kind in LIST_KINDS:
            fields["list_name"] = draw(st.sampled_from(sorted(self.lists)))
            if fields["list_name"] == "list0" and draw(st.booleans()):
                fields["choice_filter"] = "region = 'north'"
            if kind is not Kind.RANK and draw(st.booleans()):
                fields["parameters"] = {"randomize": "true", "seed": "7"}
        if kind is Kind.RANGE:
            fields["parameters"] = {"start": "0", "end": "10", "step": "2"}
        if kind is Kind.TEXT and draw(st.booleans()):
            fields |= {"appearance": ("multiline",), "parameters": {"rows": "4"}}
        if kind is Kind.TEXT and draw(st.integers(0, 5)) == 0:
            fields["written_type"] = "barcode"
        if kind is not Kind.NOTE and draw(st.booleans()):
            fields |= {"required": "true()", "required_message": self.text()}
        if kind in (Kind.INTEGER, Kind.DECIMAL, Kind.TEXT) and draw(st.booleans()):
            fields |= {"constraint": ". != 13", "constraint_message": self.text(), "default": "12"}
        return Question(
            name=name,
            kind=kind,
            label=self.text(whole=True),
            hint=self.text(),
            guidance_hint=self.text(),
            media=self.media(),
            relevant=draw(st.sampled_from(("", "${q0} = 'a | b'", "true()"))),
            read_only=draw(st.sampled_from(("", "true()"))),
            **fields,
        )
