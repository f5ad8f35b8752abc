"""Questionnaires made in one line, and random histories of versions in which each question has a true identity."""

from hypothesis import strategies as st

from survey.questionnaire import Choice, Group, Kind, Language, Question, Questionnaire, Text
from survey.versions.renames import RenameMap

History = tuple[dict[int, Questionnaire], dict[int, RenameMap], dict[int, dict[str, int]]]
"""Version number -> questionnaire, rename map, and name -> identity."""
Field = tuple[str, str, str]
"""Name, kind (with its list), label."""


def form(*rows: Field | Group, lists: dict[str, dict[str, str]] | None = None) -> Questionnaire:
    """A questionnaire in English."""
    choices = {
        name: tuple(Choice(name=code, label=Text({"en": words})) for code, words in options.items())
        for name, options in (lists or {}).items()
    }
    return Questionnaire(
        title="F",
        form_id="f",
        version="1",
        languages=(Language(tag="en", name="English"),),
        default_language="en",
        children=tuple(row if isinstance(row, Group) else question(*row) for row in rows),
        choice_lists=choices,
    )


def question(name: str, kind: str, label: str, **more: str) -> Question:
    """One question."""
    plain, _, list_name = kind.partition(" ")
    return Question(name=name, kind=Kind(plain), list_name=list_name, label=Text({"en": label}), **more)  # type: ignore[arg-type]


NAMES = [f"q{i}" for i in range(7)]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Versions whose questions have a true identity: its number is in the label, and the map tells where it went."""
    identity: dict[int, dict[str, int]] = {}
    forms: dict[int, Questionnaire] = {}
    maps: dict[int, RenameMap] = {}
    fresh = iter(range(1000))
    before: dict[str, int] = {}
    for number in range(1, draw(st.integers(2, 4)) + 1):
        kept = draw(st.lists(st.sampled_from(sorted(before)), unique=True)) if before else []
        names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=max(1, len(kept)), max_size=len(NAMES)))
        now = dict(zip(names, [before[name] for name in kept], strict=False))
        now |= {name: next(fresh) for name in names[len(kept) :]}
        going = dict(zip(kept, names, strict=False))
        maps[number] = RenameMap(questions={name: going.get(name, "") for name in before})
        identity[number] = before = now
        shuffled = draw(st.permutations(sorted(now)))
        forms[number] = form(*((name, "text", f"identity {now[name]}") for name in shuffled))
    return forms, maps, identity
