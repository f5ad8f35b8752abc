"""Where the pages of the light form are, what a posted form says of its place, and which page follows a section."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from starlette.datastructures import FormData
from starlette.requests import Request

from survey import asking
from survey.channels import light_view
from survey.channels.light_team import TEAM
from survey.logic.form_state import MAX_INSTANCES
from survey.open_responses import OpenResponse
from survey.questionnaire import Choice, Group

REVIEW, OWN = "_review", "_own"
"""The place after the last section, and that of what a respondent may do with all that is kept."""

LATER = "_later"
"""The place of the page with code and link."""

ASIDE = {"later": LATER, "team": TEAM}
"""The pages beside the questionnaire, by the buttons that lead to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a page of the light form is."""

    slug: str
    code: str = ""
    place: str = ""
    language: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    anchor: str = ""

    def within(self, language: str) -> "Address":
        """The same page in another language."""
        return replace(self, language=language)

    def __str__(self) -> str:
        parts = {"r": self.code, "s": self.place, "lang": self.language, **self.marks}
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"/f/{quote(self.slug)}" + (f"?{query}" if query else "") + (f"#{self.anchor}" if self.anchor else "")


def said(form: FormData, name: str) -> str:
    """What a field says; "" for a file and for no such field."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def number_in(text: str) -> int:
    """A number that a form says; 0 for anything else."""
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def place_in(request: Request, form: FormData) -> tuple[str, str]:
    """(code, section) that were sent; the address has them for a form that could not be read."""
    code, place = (said(form, name) or request.query_params.get(name, "") for name in ("r", "s"))
    return code, place


def instance_in(act: str, *acts: str) -> tuple[str, int] | None:
    """(repeat, number) that a button of one of these acts names: removed, shown, or with the number 0 added."""
    kind, _colon, rest = act.partition(":")
    number, _colon, key = rest.partition(":")
    return (key, number_in(number)) if kind in acts and key else None


def section_at(opened: OpenResponse, place: str) -> Group | None:
    """The section of that name, or None."""
    return next((each for each in opened.state.questionnaire.sections() if each.name == place), None)


def aside(act: str, here: Address) -> Address:
    """The page beside the questionnaire that a button leads to, which leads back here; else here."""
    return replace(here, place=ASIDE[act], marks={"from": here.place}) if act in ASIDE else here


def only(**marks: str) -> dict[str, str]:
    """The marks that say something."""
    return {name: value for name, value in marks.items() if value}


def at_mark(key: str) -> dict[str, str]:
    """The mark of an address that shows the instance in which a question is."""
    return only(at=asking.prefix(key).rstrip("/"))


def following(
    kept: OpenResponse, act: str, place: str, before: Mapping[str, tuple[Choice, ...]], at: Address
) -> Address:
    """The page after a section was saved."""
    here = replace(at, place=place)
    at = replace(at, marks={})
    section, instance = section_at(kept, place), here.marks.get("at", "")
    if section is None:  # it is gone in the version to which the draft was moved
        return at
    state = kept.state
    if act in ASIDE:
        return aside(act, replace(at, place=place))
    if wanted := instance_in(act, "add", "remove", "show"):
        repeat, number = wanted
        number = min(number or MAX_INSTANCES, len(state.instances(repeat)) if state.is_known(repeat) else 0)
        there = f"{repeat}[{number}]" if number else repeat
        return replace(here, marks=only(at=there if number else ""), anchor=f"g-{there}")
    if stays(act):
        return here
    names = [each.name for each in asking.shown_sections(state)]
    number = names.index(place) if place in names else 0
    if act == "back":
        return replace(at, place=names[max(number - 1, 0)])
    if kept.declined:
        return here
    answers = state.answers
    asked = light_view.asked_now(state, section, instance)
    fresh = [
        key for key, offered in asked.items() if key not in before or (key not in answers and offered != before[key])
    ]
    if fresh:
        return replace(here, marks={**here.marks, "more": "1"}, anchor=f"q-{fresh[0]}")
    wrong = [key for key, _issue in state.section_issues(place)]
    parts = light_view.parts_of(state, section, instance)
    if any(light_view.is_shown(key, parts) for key in wrong):
        return replace(here, marks={**here.marks, "check": "1"})
    if later := light_view.later_instances(state, section, instance):
        return replace(here, marks={"at": later}, anchor=f"g-{later}")
    if wrong:
        return replace(here, marks={"check": "1", **at_mark(wrong[0])})
    return replace(at, place=names[number + 1] if number + 1 < len(names) else REVIEW)


def stays(act: str) -> bool:
    """True when the page after a section was saved is the same one, whatever was entered."""
    return act in ("stay", "keep", "language", "read", "mail") or act.startswith("drop:")
