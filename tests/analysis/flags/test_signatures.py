"""Signatures in bulk are those that datasketch and Python make text by text, and so are the campaigns they lead to."""

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from analysis.flags import likeness, signatures
from analysis.flags.campaigns import campaigns_in
from analysis.flags.signatures import BANDS, FEWEST_SIGNS, ROWS, SHINGLE, all_folded, meeting, sign

WORDS = ("we", "call", "on", "the", "government", "to", "fund", "harm", "reduction")
ALPHABET = "abcdefgh ßÉéñœİıΣς \n\t_-.,'’½²①ﬁ Ⅷ абвжё أإآىة ـًّ 我们呼吁各国政府。、 カガが नमस्ते 🌍 \u0301\u0308\u0345"
texts = st.text(st.sampled_from(ALPHABET) | st.characters(exclude_categories=["Cs"]), max_size=90)
answers = st.lists(texts, max_size=12)


def plainly_folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())


def is_long(plain: str) -> bool:
    return len(plain) + 2 * sum(unicodedata.east_asian_width(sign) == "W" for sign in plain) >= FEWEST_SIGNS


def minhash(plain: str) -> LeanMinHash:
    """The signature of one text, by datasketch."""
    signs = np.frombuffer(plain.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    pieces = np.zeros(signs.size - SHINGLE + 1, dtype=np.uint64)
    for place in range(SHINGLE):
        pieces = pieces * np.uint64(1_000_003) + signs[place : place + pieces.size]
    found = MinHash(num_perm=signatures.PERMUTATIONS, hashfunc=int)
    found.update_batch(((pieces ^ (pieces >> np.uint64(29))) & np.uint64(0xFFFF_FFFF)).tolist())
    return LeanMinHash(found)


def plain_campaigns(given: Sequence[tuple[int, str]], alike: float, fewest: int) -> list[tuple[tuple[int, float], ...]]:
    """The campaigns, each by its copies: one text after the other, in an index by datasketch."""
    replies: defaultdict[str, list[int]] = defaultdict(list)
    for key, text in given:
        if is_long(plain := plainly_folded(text)):
            replies[plain].append(key)
    order = {key: place for place, (key, _text) in enumerate(given)}
    known, index = list(replies), MinHashLSH(num_perm=signatures.PERMUTATIONS, params=(BANDS, ROWS))
    members: dict[int, list[tuple[int, float]]] = {}
    for place, plain in enumerate(known):
        near = sorted(index.query(minhash(plain)))
        like = process.extractOne(plain, [known[other] for other in near], scorer=fuzz.ratio, score_cutoff=alike)
        if like is not None:
            members[near[like[2]]] += [(key, like[1]) for key in replies[plain]]
            continue
        members[place] = [(key, 100.0) for key in replies[plain]]
        index.insert(place, minhash(plain))
    found = [tuple(sorted(copies, key=lambda copy: order[copy[0]])) for copies in members.values()]
    return [copies for copies in found if len(copies) >= fewest]


def letters(seed: int, count: int) -> list[tuple[int, str]]:
    """Answers of which some are copies with small changes, some share a template and some are the same."""
    rng = random.Random(seed)
    words = [*WORDS, "我们", "呼吁", "Нужны", "услуги", "près", "des", "gens", "نطالب", "بالخدمات"]
    originals = [" ".join(rng.choices(words, k=rng.randint(8, 40))) for _ in range(count // 8)]
    found = []
    for key in range(count):
        parts = rng.choice(originals).split(" ")
        for _ in range(rng.choice((0, 0, 1, 2, 6))):
            parts[rng.randrange(len(parts))] = rng.choice(words) + str(rng.randrange(9))
        found.append((key, " ".join(parts)))
    return found


@given(answers)
def test_texts_folded_together_are_those_folded_one_by_one(given: list[str]) -> None:
    assert all_folded(given) == [plainly_folded(text) for text in given]
    assert [all_folded([text])[0] for text in given] == [plainly_folded(text) for text in given]


@settings(max_examples=40)
@given(answers)
def test_a_signature_is_that_of_datasketch(given: list[str]) -> None:
    long = [text for text in (text * 4 for text in given) if is_long(plainly_folded(text))]
    found = sign([*given, *long])
    assert found.long.tolist() == [is_long(plainly_folded(text)) for text in [*given, *long]]
    assert not found.bands[~found.long].any()
    for row, text in enumerate([*given, *long]):
        if found.long[row]:
            values = minhash(plainly_folded(text)).hashvalues
            bands = [tuple(values[start : start + ROWS].tolist()) for start in range(0, BANDS * ROWS, ROWS)]
            assert found.bands[row].tolist() == [_key(band) for band in bands]


def _key(band: tuple[int, ...]) -> int:
    key = 0
    for value in (*band, 0):
        key = (key * 0x9E37_79B9_7F4A_7C15 + value) % 2**64
    return key >> 32


def test_texts_with_a_band_in_common_meet_and_no_others() -> None:
    rng = np.random.default_rng(3)
    bands = rng.integers(0, 4_000, (300, BANDS), dtype=np.uint32)
    shared = [
        any(bands[one, at] == bands[other, at] for at in range(BANDS) for other in range(300) if other != one)
        for one in range(300)
    ]
    assert 0 < sum(shared) < 300
    assert meeting(bands).tolist() == shared
    assert meeting(bands[:0]).tolist() == []


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(("seed", "alike", "fewest"), [(1, 85.0, 3), (2, 75.0, 2), (3, 97.5, 2)])
def test_campaigns_are_those_found_text_by_text(
    seed: int, alike: float, fewest: int, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "MANY", 2 if compiled else 10**9)
    given = letters(seed, 400)
    found = campaigns_in("wish", given, likeness=alike, fewest=fewest)
    copies = [tuple((copy.response_id, copy.likeness) for copy in each.copies) for each in found]
    assert copies == plain_campaigns(given, alike, fewest)
    assert len(copies) > 5


@settings(max_examples=60)
@given(
    st.lists(st.text("ab ñ我", min_size=1, max_size=150), min_size=2, max_size=12, unique=True),
    st.sampled_from([50.0, 75.0, 85.0]),
)
def test_the_compiled_loop_leads_as_rapidfuzz_does(given: list[str], alike: float) -> None:
    """All texts share a band here, so that each is held against each."""
    bands = np.zeros((len(given), BANDS), dtype=np.uint32)
    plain = likeness._one_by_one(given, bands, alike).tolist()
    many, likeness.MANY = likeness.MANY, 1
    try:
        assert likeness.leaders(given, bands, alike).tolist() == plain
    finally:
        likeness.MANY = many
