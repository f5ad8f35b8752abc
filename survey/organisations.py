"""Which organisation of the contact frame a name means."""

import unicodedata
from functools import lru_cache

from data.records import EVERYTHING, Scope
from data.store import Transaction

_LEGAL_FORMS = frozenset(
    (
        *("inc", "incorporated", "ltd", "limited", "llc", "llp", "plc", "corp", "corporation", "gmbh", "ggmbh", "ev"),
        *("asbl", "aisbl", "vzw", "ivzw", "sarl", "srl", "ооо", "ано", "нко", "зао"),
    )
)
"""Legal forms that are no words of a name; shorter ones, such as SA, may be words and are left."""


def invited_by_name(kept: Transaction, consultation_id: int, scope: Scope = EVERYTHING) -> dict[str, int]:
    """Names of the contact frame within a scope, folded, with the key of their invitation."""
    return {same_name(name): key for key, name in kept.invited_organisations(consultation_id, scope).items()}


@lru_cache(maxsize=10_000)  # a page compares every name with every other
def same_name(name: str) -> str:
    """An organisation's name without what people write now so, now so; the same name typed twice is equal.

    Case, spaces, punctuation, accents, signs without width and a legal form at the beginning or end are no difference.
    What is nearly the same is another name: `survey.contact_lists.Alike` finds it, and people decide.
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_PLAIN)
    words = " ".join(plain.split()).removesuffix(" e v").split()
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    while len(words) > 1 and words[0] in _LEGAL_FORMS:
        words.pop(0)
    return "".join(words) or " ".join(name.casefold().split())


def _unseen(sign: str) -> bool:
    """True for an accent, which Unicode combines with a letter, and for a sign that only steers how text is set."""
    return unicodedata.combining(sign) != 0 or unicodedata.category(sign) == "Cf"


class _Plain(dict[int, int | str | None]):
    """Sign of a name -> itself, a space, or nothing; each is looked up once."""

    def __missing__(self, sign: int) -> int | str | None:
        found: int | str | None = sign if unicodedata.category(chr(sign))[0] in "LNM" else " "
        # A full stop or an apostrophe stands inside a word (e.V., Int'l); other signs stand between words.
        if chr(sign) in ".'’ʼ" or _unseen(chr(sign)):
            found = None
        self[sign] = found
        return found


_PLAIN = _Plain()
