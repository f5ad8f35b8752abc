"""Marks by which a window tells which answers it was drawn with, so that nothing is overwritten unseen."""

import json
import zlib
from collections.abc import Mapping

from survey.questionnaire import Answer

NOTHING = "-"
"""The mark of no answer."""


def mark(answer: Answer | None) -> str:
    """Eight characters that tell an answer from another one."""
    if answer is None:
        return NOTHING
    return f"{zlib.crc32(json.dumps(answer, ensure_ascii=False).encode()):08x}"


def marks(answers: Mapping[str, Answer | None]) -> str:
    """The marks of answers as a page carries them."""
    return written({key: mark(answer) for key, answer in answers.items()})


def written(found: Mapping[str, str]) -> str:
    """Marks as a page carries them: "name:mark name:mark"."""
    return " ".join(f"{key}:{each}" for key, each in found.items())
