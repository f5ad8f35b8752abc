"""Parts of sentences: labels in quotation marks and in rows, and sentences one after the other."""

from collections.abc import Sequence

from analysis.charts import wording
from analysis.charts.spec import Words

LONGEST_LABEL = 90


def in_a_row(sentences: Sequence[str], words: Words) -> str:
    """Sentences one after the other; Chinese has no space between them."""
    return ("" if words.language.startswith("zh") else " ").join(sentences)


def quoted(labels: Sequence[str], words: Words) -> str:
    """Labels in quotation marks, in a row."""
    return joined([words.translate("“{quote}”", quote=clipped(label)) for label in labels], words)


def joined(names: Sequence[str], words: Words) -> str:
    """Two names joined by "and", more divided as the language does."""
    if len(names) == 2:
        return words.translate("{first} and {second}", first=names[0], second=names[1])
    return wording.listing(names, words)


def clipped(label: str) -> str:
    """A label short enough for a sentence, cut at a word where there is one."""
    plain = " ".join(label.split())
    if len(plain) <= LONGEST_LABEL:
        return plain
    cut = plain[: LONGEST_LABEL - 1]
    head, space, _rest = cut.rpartition(" ")
    return f"{(head if space and len(head) > LONGEST_LABEL // 2 else cut).rstrip(' ,;:')}…"
