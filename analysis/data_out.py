"""Use case: take data away as a file for statistical programs, as a zip with its README and code-book.

Who may read answers one by one gets the replies, one row each. Everybody else who may see figures gets protected
figures, one row for each option: a file of replies tells every table at once, also those that would be hidden, and
replies of organisations whose type, country and language are known cannot be made anonymous by coarser codes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis import inventory, microdata, opened_data, review
from analysis.charts import method_words, wording
from analysis.data_files import formats
from analysis.data_files.answers import Asked, answers, in_order, left_out
from analysis.data_files.figures import figures
from analysis.data_files.table import About
from analysis.dataset.arrays import FloatArray
from analysis.disclosure import Audience
from analysis.findings import provenance
from analysis.findings.card import Card
from analysis.findings.method import PLAIN, Method, WeightKind
from analysis.findings.provenance import ANSWERS, FIGURES
from analysis.findings.weighting import weigh, with_uncounted
from analysis.inventory import Listed
from analysis.microdata import Unprotected
from analysis.opened_data import Filters
from analysis.take_away import File
from data.errors import InvalidInput, NotFound
from data.store import Store
from survey.access import Action, Actor, decide, require
from survey.consent import text_shown
from survey.policies import Identification, policies_of
from survey.translator import Words

MOST_COMPARED = 10


def answers_file(
    store: Store,
    slug: str,
    kind: str,
    *,
    actor: Actor,
    words: Words,
    filters: Filters,
    now: datetime,
    questions: Sequence[str] = (),
    names: bool = False,
    texts: bool = False,
    method: Method = PLAIN,
) -> File:
    """Submitted replies, one row each, unprotected; for those who may read answers one by one.

    words      of the labels and of the README: a language of the program or of the questionnaire
    questions  names of questions or batteries; all without
    names      with the names of organisations and places, for those who may read contacts, where who answers is known
    texts      with answers in words
    method     its weights become a column too, with their bounds and margins; those that are raked and those of equal
               regions are there without being asked for
    Contact data and uploaded files are never in it. A consultation whose answers are kept apart from names gives rows
    without a key, in an order that tells nothing. They are of the present alone: a frozen state would hand over the
    replies of people who have withdrawn them since, or taken a permission back.
    Raises     InvalidInput "data.present_only", "format.unknown", "data.unknown_language", "data.no_names",
               "data.too_large"; NotFound "card.unknown_question"; of the weights of the method as
               `analysis.findings.weighting.weigh`; as `analysis.dataset.arrays.Dataset.select`.
    """
    require(actor, Action.READ_ANSWERS, slug)
    if names:
        require(actor, Action.READ_CONTACTS, slug)
    formats.known(kind)
    inventory.require_language(store, slug, words.language, actor=actor)
    if filters.snapshot:
        raise InvalidInput("data.present_only")
    found = microdata.unprotected(store, slug, actor=actor, language=words.language, now=now)
    rules = policies_of(found.consultation)
    identified = rules.identification is Identification.IDENTIFIED
    if names and not identified:
        raise InvalidInput("data.no_names")
    mask = found.dataset.select(filters.as_mapping())
    keys = None if identified else [_shuffled(found.digest, each.response_id) for each in found.dataset.respondents]
    weights, told = _weights(found, method, words)
    asked = Asked(
        order=in_order(found.dataset, mask, keys),
        identified=identified,
        questions=tuple(questions),
        names=names,
        texts=texts,
        weights=weights,
    )
    about = About(
        consultation=slug,
        title=found.source.title,
        rows=words.translate("Replies, one row each. Internal: nothing is hidden."),
        made_at=found.source.as_of,
        snapshot=found.source.sha256,
        fictional=found.source.fictional,
        protected=False,
        weights=told,
        notes=_notes_on_answers(found, asked, filters, words),
        query=provenance.of_data(
            ANSWERS,
            kind,
            consultation=slug,
            sha256=found.source.sha256,
            as_of=found.source.as_of,
            audience=Audience.INTERNAL,
            language=words.language,
            filters=filters.as_mapping(),
            questions=questions,
            names=names,
            texts=texts,
            method=method,
        ),
        consent=text_shown(found.questionnaire, found.consultation.roles.get("consent", ""), words.language),
        conditions=_conditions_of_answers(words, names=names),
    )
    table = answers(found.dataset, asked, about, words)
    ending = "".join(f"-{word}" for word, chosen in (("names", names), ("texts", texts)) if chosen)
    return _file(
        f"{slug}-{ANSWERS}{ending}-{words.language}", formats.package(table, kind, f"{slug}-{ANSWERS}", words), kind
    )


def figures_file(
    store: Store,
    slug: str,
    kind: str,
    *,
    actor: Actor,
    words: Words,
    filters: Filters,
    now: datetime,
    questions: Sequence[str] = (),
    by: str = "",
    audience: Audience = Audience.MEETING,
) -> File:
    """Figures of the cards, one row for each option, as the audience may see them.

    questions  names of questions or batteries; all without. Answers in words are left out.
    by         a variable whose values become rows besides; for a few named questions, because each comparison is
               protected against all that was shown before
    Raises     InvalidInput "format.unknown", "data.unknown_language", "data.too_large", "data.compare_few"; as
               `review.card`.
    """
    formats.known(kind)
    if by and not 0 < len(questions) <= MOST_COMPARED:
        raise InvalidInput("data.compare_few", most=MOST_COMPARED)
    inventory.require_language(store, slug, words.language, actor=actor, snapshot=filters.snapshot)
    cards = _cards(store, slug, actor, words, filters, now, questions, by, audience)
    state = cards[0].source.sha256 if cards else opened_data.digest(store, slug, actor=actor, snapshot=filters.snapshot)
    about = About(
        consultation=slug,
        title=cards[0].source.title if cards else slug,
        rows=words.translate("Figures, one row for each option of each question."),
        made_at=now.replace(second=0, microsecond=0),
        snapshot=state,
        fictional=bool(cards) and cards[0].source.fictional,
        protected=audience is not Audience.INTERNAL,
        notes=_notes_on_figures(cards, words),
        conditions=(
            words.translate("You may publish these figures with n, base, source and data state."),
            words.translate("Do not work hidden figures out."),
        )
        if audience is not Audience.INTERNAL
        else (words.translate("Internal figures: not for publication."),),
        query=provenance.of_data(
            FIGURES,
            kind,
            consultation=slug,
            sha256=state,
            as_of=cards[0].source.as_of if cards else now,
            audience=audience,
            language=words.language,
            filters=filters.as_mapping(),
            questions=questions,
            by=by,
        ),
    )
    name = f"{slug}-{FIGURES}"
    return _file(f"{name}-{words.language}", formats.package(figures(cards, about, words), kind, name, words), kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What somebody can choose from.

    languages  tags: those of the questionnaire, then those of the program
    answers    may take replies, one row each
    names      may have names of organisations in them
    """

    questions: tuple[Listed, ...]
    languages: tuple[str, ...]
    answers: bool
    names: bool


def offer(store: Store, slug: str, *, actor: Actor, language: str, snapshot: str = "") -> Offer:
    """What this actor can take of a consultation, as it is or in a frozen state, with questions in the language."""
    questions = inventory.questions(store, slug, actor=actor, language=language, snapshot=snapshot)
    with store.read() as kept:
        known = policies_of(kept.consultation(slug)).identification is Identification.IDENTIFIED
    may_read = decide(actor, Action.READ_ANSWERS, slug).allowed
    return Offer(
        questions=questions,
        languages=inventory.label_languages(store, slug, actor=actor, snapshot=snapshot),
        answers=may_read,
        names=may_read and known and decide(actor, Action.READ_CONTACTS, slug).allowed,
    )


def _file(name: str, content: bytes, kind: str) -> File:
    return File(name=f"{name}-{kind}.zip", content_type=formats.CONTENT_TYPE, content=content)


def _shuffled(digest: str, response_id: int) -> str:
    """A key of a reply that tells nothing of when it came, another one in each state of the data."""
    return hashlib.sha256(f"{digest}/{response_id}".encode()).hexdigest()


def _weights(
    found: Unprotected, method: Method, words: Words
) -> tuple[tuple[tuple[str, str, FloatArray], ...], tuple[str, ...]]:
    """The columns of weights that can be made, among them those of the method, and lines on what they are and cost."""
    _ = words.translate
    labels = {
        WeightKind.RAKED: ("weight_frame", _("Weight: raked to the contact frame")),
        WeightKind.EQUAL_REGIONS: ("weight_regions", _("Weight: every region counts the same")),
        WeightKind.POSTSTRATIFIED: ("weight_cells", _("Weight: post-stratified to the contact frame")),
        WeightKind.LINEAR: ("weight_linear", _("Weight: calibrated to the contact frame (linear)")),
        WeightKind.LOGIT: ("weight_logit", _("Weight: calibrated to the contact frame (logit)")),
    }
    kinds = dict.fromkeys((WeightKind.RAKED, WeightKind.EQUAL_REGIONS, method.weights))
    columns: list[tuple[str, str, FloatArray]] = []
    lines: list[str] = []
    for kind in kinds:
        is_chosen = kind is method.weights
        try:
            wanted = method if is_chosen else Method(weights=kind)
            weighed = weigh(found.dataset, wanted, found.contacts.margins, words.language)
        except InvalidInput:  # there is no frame, no region or no reply: the file goes without, unless it was asked for
            if is_chosen:
                raise
            continue
        weighed = with_uncounted(weighed, found.dataset, found.contacts)
        if weighed is None:
            continue
        name, label = labels[kind]
        columns.append((name, label, weighed.weights))
        lines.append(
            _(
                "{name}: {label}. Mean 1 over all replies; effective number of replies {number}.",
                name=name,
                label=label,
                number=words.number(weighed.report.effective_n, 1),
            )
        )
        if is_chosen:
            lines[-1] = wording.with_plain_spaces(
                wording.sentences((lines[-1], *method_words.weight_lines(weighed.report, words)))
            )
    return tuple(columns), tuple(lines)


def _notes_on_answers(found: Unprotected, asked: Asked, filters: Filters, words: Words) -> tuple[str, ...]:
    identifying, wordy = left_out(found.dataset, asked)
    _ = words.translate
    lines = [
        _("Contact data and uploaded files are never in it."),
        _("Questions inside repeats are not in it; there is how often they were answered."),
    ]
    if identifying:
        lines.append(
            words.plural(
                "{count} question that names the organisation or a place was left out.",
                "{count} questions that name the organisation or a place were left out.",
                identifying,
            )
        )
    if wordy:
        lines.append(
            words.plural(
                "{count} question that is answered in words was left out.",
                "{count} questions that are answered in words were left out.",
                wordy,
            )
        )
    if not asked.identified:
        lines.append(_("Rows have no key and stand in an order that tells nothing: names are kept apart from answers."))
    if filters.by_variable:
        shown = "; ".join(f"{name}: {', '.join(codes)}" for name, codes in filters.by_variable)
        lines.append(_("Only replies with {filters}.", filters=shown))
    return tuple(lines)


def _notes_on_figures(cards: Sequence[Card], words: Words) -> tuple[str, ...]:
    lines = [wording.filter_line(cards[0], words) if cards else ""]
    if cards and cards[0].source.erased:
        lines.append(wording.erased_line(cards[0].source.erased, words))
    lines.append(words.translate("Answers in words are not in it."))
    return tuple(line for line in lines if line)


def _conditions_of_answers(words: Words, *, names: bool) -> tuple[str, ...]:
    _ = words.translate
    return (
        _("For those only who may read answers one by one. Do not pass it on, do not publish it."),
        _("The column publication says what each reply permits; one without a name must stay without."),
        _("Do not try to find out who answered.")
        if not names
        else _("It names organisations: keep it encrypted, and delete it when it is no longer needed."),
        _("What is erased later stays in this file: make it anew, and delete the older one."),
    )


def _cards(
    store: Store,
    slug: str,
    actor: Actor,
    words: Words,
    filters: Filters,
    now: datetime,
    questions: Sequence[str],
    by: str,
    audience: Audience,
) -> tuple[Card, ...]:
    if not questions:
        return review.cards(
            store, slug, actor=actor, audience=audience, language=words.language, filters=filters, now=now
        )
    asked = inventory.questions(store, slug, actor=actor, language=words.language, snapshot=filters.snapshot)
    listed = {each.name: each for each in asked}
    for name in questions:
        if name not in listed:
            raise NotFound("card.unknown_question", question=name)
    return tuple(
        review.card(
            store,
            slug,
            name,
            actor=actor,
            audience=audience,
            language=words.language,
            filters=filters,
            now=now,
            by="" if name == by else by,
        )
        for name in questions
        if not listed[name].wordy
    )
