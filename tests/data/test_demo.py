"""The demo data: the same every time, valid codes, texts that differ, and the effects that were put in."""

import csv
import hashlib
import itertools
import json
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process, utils

from data.demo import generator
from data.demo.generator import DemoResponse, invitations, responses

ROOT = Path(__file__).parents[2]
FORM = ROOT / "data" / "demo" / "way_forward_2029"
REFERENCE = ROOT / "tests" / "reference"
PLANTED = json.loads((REFERENCE / "planted_texts.json").read_text())
DIGEST = "4e49af412309b33b24e3aef718073f24199a8aced1f4fd0fc04964c8db4d0c2d"
DEADLINE = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
OPEN_QUESTIONS = (
    "finding",
    "recommendation",
    "positive",
    "worrying",
    "work_how",
    "action_local",
    "action_national",
    "action_regional",
    "action_international",
    "story_text",
    "comments",
)
BY_CELL = {
    ("lac", "es"): 66,
    ("lac", "en"): 12,
    ("weu", "en"): 38,
    ("weu", "fr"): 18,
    ("weu", "es"): 16,
    ("ssa", "en"): 58,
    ("ssa", "fr"): 36,
    ("ssa", "ar"): 2,
    ("mena", "ar"): 17,
    ("mena", "fr"): 7,
    ("mena", "en"): 3,
    ("eeca", "ru"): 30,
    ("eeca", "en"): 10,
    ("sea", "zh"): 14,
    ("sea", "en"): 30,
    ("nam", "en"): 22,
    ("nam", "fr"): 5,
    ("nam", "es"): 1,
    ("sa", "en"): 54,
    ("oce", "en"): 12,
    ("glob", "en"): 6,
    ("glob", "fr"): 2,
    ("glob", "es"): 2,
}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def canonical() -> str:
    data = [[asdict(invitation) for invitation in invitations()], [asdict(response) for response in responses()]]
    return json.dumps(data, ensure_ascii=False, sort_keys=True, default=lambda moment: moment.isoformat())


def test_two_runs_give_the_same_data() -> None:
    """Another process with another hash seed writes the same bytes as this one."""
    program = (
        "import hashlib; from tests.data.test_demo import canonical; "
        "print(hashlib.sha256(canonical().encode()).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert other.stdout.strip() == hashlib.sha256(canonical().encode()).hexdigest()


def test_the_data_is_the_pinned_one() -> None:
    assert hashlib.sha256(canonical().encode()).hexdigest() == DIGEST


def test_responses_are_made_within_three_seconds() -> None:
    generator.responses.cache_clear()
    started = time.perf_counter()
    generator.responses()
    assert time.perf_counter() - started < 3


def test_numbers_by_region_and_language_are_as_planned() -> None:
    assert Counter((str(response.answers["region"]), response.language) for response in responses()) == BY_CELL


def test_countries_and_organisations_are_many_and_distinct() -> None:
    assert len({response.answers["country"] for response in responses()}) >= 100
    names = [invitation.organisation.casefold() for invitation in invitations()]
    assert (len(names), len(set(names))) == (907, 907)
    assert len({invitation.email for invitation in invitations()}) == 907


def test_most_responses_come_from_the_frame_and_agree_with_it() -> None:
    frame = {invitation.organisation: invitation for invitation in invitations()}
    invited = [response for response in responses() if response.invitation]
    assert len(responses()) - len(invited) == 25
    assert len({response.invitation for response in invited}) == len(invited)
    for response in invited:
        known = frame[response.invitation]
        given = response.answers
        assert (known.region, known.country, known.organisation_type, known.language) == (
            given["region"],
            given["country"],
            given["org_type"],
            response.language,
        )


def test_answers_arrive_between_opening_and_21_november_with_43_late() -> None:
    times = [response.submitted_at for response in responses()]
    assert times == sorted(times)
    assert sum(time > DEADLINE for time in times) == 43
    assert max(times) < datetime(2026, 11, 21, tzinfo=UTC)
    assert sum(DEADLINE - timedelta(days=7) < time <= DEADLINE for time in times) > 140
    opened = datetime(2026, 9, 1, tzinfo=UTC)
    assert all(opened <= response.started_at < response.submitted_at for response in responses())


def test_answers_use_only_questions_and_codes_of_the_form() -> None:
    kinds = {row["name"]: row["type"].split() for row in rows(FORM / "survey.csv") if row["name"]}
    codes: dict[str, set[str]] = {}
    for row in rows(FORM / "choices.csv"):
        codes.setdefault(row["list_name"], set()).add(row["name"])
    for response in responses():
        order = [list(kinds).index(name) for name in response.answers]
        assert order == sorted(order)
        for name, value in response.answers.items():
            kind = kinds[name]
            if kind[0] in ("select_multiple", "rank"):
                assert (
                    isinstance(value, list) and value and len(value) == len(set(value)) and set(value) <= codes[kind[1]]
                )
            elif kind[0] == "select_one":
                assert value in codes[kind[1]]
            elif kind[0] == "range":
                assert value in (1, 2, 3, 4, 5)
            else:
                assert kind[0] == "text" and isinstance(value, str) and value == value.strip() and value


def test_addresses_are_in_example_domains_only() -> None:
    contacts = [response.answers["contact_email"] for response in responses() if "contact_email" in response.answers]
    assert 0.5 < len(contacts) / len(responses()) < 0.7
    for address in [*contacts, *(invitation.email for invitation in invitations())]:
        assert re.fullmatch(r"[a-z0-9-]+@(example\.(org|net|com)|[a-z0-9-]+\.example)", str(address))


def test_skipped_and_unknown_answers_stay_within_bounds() -> None:
    total = len(responses())
    scales = [row["name"] for row in rows(FORM / "survey.csv") if re.match(r"(prog|serv|part)_(c\d|\w+)$", row["name"])]
    scales = [name for name in scales if name not in ("part_done", "part_process", "part_barriers")]
    assert len(scales) == 23
    skipped = {name: sum(name not in response.answers for response in responses()) / total for name in scales}
    unknown = {name: sum(response.answers.get(name) == "dk" for response in responses()) / total for name in scales}
    assert min(skipped.values()) >= 0.035 and max(skipped.values()) <= 0.18
    assert min(unknown.values()) >= 0.035 and max(unknown.values()) <= 0.2
    assert unknown["prog_c04"] > 0.1 and unknown["prog_c05"] > 0.1
    ranked = Counter(len(list(response.answers.get("invest_rank", ()))) for response in responses())
    assert set(ranked) == {0, 3, 7}
    assert 0.15 < ranked[0] / total < 0.22 and 0.07 < ranked[3] / total < 0.14


def planted_places() -> dict[int, str]:
    """Place of each response whose texts others repeat -> the family to which it belongs."""
    families = dict.fromkeys(PLANTED["campaign"], "campaign")
    return families | {place: f"pair {pair[0]}" for pair in PLANTED["duplicate_pairs"] for place in pair}


def open_texts() -> list[tuple[str, str]]:
    """(family, text) for every open answer; the family is "" for words of one's own."""
    planted = planted_places()
    return [
        (planted.get(place, ""), str(response.answers[question]))
        for place, response in enumerate(responses())
        for question in OPEN_QUESTIONS
        if question in response.answers
    ]


def test_open_texts_are_many_and_each_is_said_once() -> None:
    own = [text for family, text in open_texts() if not family]
    assert len(own) == len(set(own))
    assert len(set(own)) >= 600


@pytest.mark.long
def test_no_two_open_texts_resemble_each_other_outside_what_was_planted() -> None:
    texts = open_texts()
    words = [text for _family, text in texts]
    matrix = process.cdist(
        words, words, scorer=fuzz.token_set_ratio, processor=utils.default_process, score_cutoff=60.01
    )
    sets = [frozenset(re.findall(r"\w+", text.lower())) for text in words]
    alike = [
        (first[1], second[1])
        for (i, first), (j, second) in itertools.combinations(enumerate(texts), 2)
        if not (first[0] and first[0] == second[0])
        and (matrix[i, j] > 60 or len(sets[i] & sets[j]) > 0.6 * len(sets[i] | sets[j]))
    ]
    assert alike == []


def test_the_campaign_is_28_letters_of_different_organisations_in_the_last_five_days() -> None:
    letters = [responses()[place] for place in PLANTED["campaign"]]
    assert len(letters) == 28
    assert len({letter.answers["org_name"] for letter in letters}) == 28
    assert Counter(letter.language for letter in letters) == {"en": 25, "es": 2, "fr": 1}
    assert all(DEADLINE - timedelta(days=5) <= letter.submitted_at <= DEADLINE for letter in letters)
    english = [str(letter.answers["finding"]) for letter in letters if letter.language == "en"]
    assert min(fuzz.ratio(first, second) for first, second in itertools.combinations(english, 2)) > 90


def test_seven_organisations_answer_twice_with_almost_the_same_words_and_ticks() -> None:
    pairs = [(responses()[first], responses()[second]) for first, second in PLANTED["duplicate_pairs"]]
    assert len(pairs) == 7
    for first, second in pairs:
        assert str(first.answers["org_name"]).casefold() == str(second.answers["org_name"]).casefold()
        assert timedelta(days=2) <= second.submitted_at - first.submitted_at <= timedelta(days=11)
        assert 80 < fuzz.ratio(str(first.answers["finding"]), str(second.answers["finding"])) < 100
        shared = set(first.answers) & set(second.answers)
        assert sum(first.answers[name] == second.answers[name] for name in shared) > 0.8 * len(shared)


def members(effect: dict[str, str], code: str) -> list[DemoResponse]:
    """The responses whose group variable is, or holds, the code; all of them without a variable."""
    variable = effect["group_variable"]

    def belongs(response: DemoResponse, wanted: str) -> bool:
        given = response.answers.get(variable, "")
        return wanted in given if isinstance(given, list) else given == wanted

    if not variable:
        return list(responses())
    if code == "rest":
        return [response for response in responses() if not belongs(response, effect["group_code"])]
    return [response for response in responses() if belongs(response, code)]


def measured(effect: dict[str, str], group: list[DemoResponse]) -> float:
    given = [response.answers[effect["question"]] for response in group if effect["question"] in response.answers]
    given = [value for value in given if value != "dk"]
    codes = effect["code"].split("|")
    if effect["measure"] == "mean":
        return sum(int(str(value)) for value in given) / len(given)
    if effect["measure"] == "share_first":
        return sum(isinstance(value, list) and value[0] in codes for value in given) / len(given)
    held = [set(value) if isinstance(value, list) else {value} for value in given]
    return sum(bool(values & set(codes)) for values in held) / len(given)


@pytest.mark.parametrize(
    "effect", rows(REFERENCE / "planted_effects.csv"), ids=lambda effect: "-".join(effect.values())
)
def test_planted_effects_are_in_the_raw_answers(effect: dict[str, str]) -> None:
    value = measured(effect, members(effect, effect["group_code"]))
    size = float(effect["size_at_least"])
    if effect["direction"] == "at_least":
        assert value >= size
    elif effect["direction"] == "at_most":
        assert value <= size
    else:
        difference = value - measured(effect, members(effect, effect["other_code"]))
        assert (difference if effect["direction"] == "higher" else -difference) >= size


def test_the_program_never_reads_what_was_planted() -> None:
    for path in (ROOT / "data" / "demo").rglob("*.py"):
        assert "planted" not in path.read_text(encoding="utf-8")
