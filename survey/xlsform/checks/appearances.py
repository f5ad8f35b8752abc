"""The appearances and parameters that XLSForm tools know, whether they have an effect here or not."""

import re

from survey.questionnaire import Kind

APPEARANCES = frozenset(
    [
        "field-list",
        "table-list",
        "minimal",
        "autocomplete",
        "search",
        "quick",
        "compact",
        "quickcompact",
        "horizontal",
        "horizontal-compact",
        "columns",
        "columns-pack",
        "no-buttons",
        "likert",
        "label",
        "list-nolabel",
        "list",
        "image-map",
        "map",
        "multiline",
        "numbers",
        "url",
        "masked",
        "email",
        "thousands-sep",
        "counter",
        "bearing",
        "vertical",
        "no-ticks",
        "rating",
        "picker",
        "distress",
        "month-year",
        "year",
        "no-calendar",
        "ethiopian",
        "coptic",
        "islamic",
        "bikram-sambat",
        "myanmar",
        "persian",
        "buddhist",
        "signature",
        "draw",
        "annotate",
        "new",
        "new-front",
        "new-rear",
        "front",
        "selfie",
        "rear",
        "maps",
        "placement-map",
        "hide-input",
        "hidden-answer",
        "printer",
        "textarea",
        "phone",
        "tel",
    ]
)
_SELECTS = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE})
_DATES = frozenset({Kind.DATE, Kind.DATETIME})
OF_KINDS: dict[str, tuple[frozenset[Kind], str]] = {
    "multiline": (frozenset({Kind.TEXT}), "the type text"),
    "likert": (frozenset({Kind.SELECT_ONE}), "the type select_one"),
    **dict.fromkeys(("signature", "draw", "annotate"), (frozenset({Kind.IMAGE}), "the type image")),
    **dict.fromkeys(("month-year", "year", "no-calendar"), (_DATES, "the types date and dateTime")),
    "rating": (frozenset({Kind.RANGE}), "the type range"),
    **dict.fromkeys(("columns", "columns-pack", "list-nolabel", "image-map"), (_SELECTS, "selects")),
    **dict.fromkeys(("field-list", "table-list"), (frozenset(), "the row 'begin group' around the questions")),
}
"""Appearances that do nothing outside of some types, and those types in words."""
_PREFIXES = ("columns-", "compact-", "quickcompact-", "ex:", "printer:", "search(")
PARAMETERS = {
    Kind.TEXT: {"rows"},
    Kind.RANGE: {"start", "end", "step", "tick_interval", "tick_labelset", "placeholder"},
    Kind.SELECT_ONE: {"randomize", "seed", "value", "label"},
    Kind.SELECT_MULTIPLE: {"randomize", "seed", "value", "label"},
    Kind.RANK: {"randomize", "seed"},
    Kind.IMAGE: {"max-pixels", "app"},
    Kind.AUDIO: {"quality"},
    Kind.GEOPOINT: {"capture-accuracy", "warning-accuracy", "allow-mock-accuracy", "reference-geometry"},
    Kind.GEOTRACE: {"incremental", "allow-mock-accuracy", "reference-geometry"},
    Kind.GEOSHAPE: {"incremental", "allow-mock-accuracy", "reference-geometry"},
    Kind.METADATA: {
        "location-priority",
        "location-min-interval",
        "location-max-age",
        "track-changes",
        "track-changes-reasons",
        "identify-user",
        "quality",
    },
}


def is_known(appearance: str) -> bool:
    """True when some tool of the field knows the appearance."""
    return (
        appearance in APPEARANCES or appearance.startswith(_PREFIXES) or re.fullmatch(r"w\d+", appearance) is not None
    )
