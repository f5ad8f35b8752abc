"""The pages of the light form about one response, each drawn from the store alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from data.errors import SoundingsError
from data.records import KeyRole
from survey import asking, confirmations, corrections, outcomes, receipts, responses
from survey.channels import light_team, light_view
from survey.channels.light_address import ASIDE, LATER, OWN, REVIEW, Address, at_mark, only
from survey.channels.light_html import html, languages_of, words_for
from survey.channels.requests import Site, now, status_of
from survey.logic.form_state import Issue
from survey.logic.marks import written
from survey.open_responses import TO_TAKE, OpenResponse
from survey.policies import policies_of
from survey.questionnaire import Group, Kind
from survey.receipts import Told
from survey.translator import LANGUAGES, Words
from survey.words import MESSAGES


class Pages:
    """What a browser is shown of a response."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._limit_mb = site.settings.upload_limit_mb

    def page(
        self,
        opened: OpenResponse,
        code: str,
        wanted: str,
        *,
        query: Mapping[str, str],
        status: int = 200,
        error: str = "",
        typed: Mapping[str, object] | None = None,
        faults: Mapping[str, Issue] | None = None,
        others: Mapping[str, light_view.Other] | None = None,
        lost: Sequence[tuple[str, Told]] = (),
        seen: Mapping[str, str] | None = None,
    ) -> Response:
        """A section, or one of the pages after it.

        typed, faults, others  as in `light_view.Drawing`
        lost  (question, what was entered) that has no place on the page any more
        seen  marks that the page keeps, because its reader has not seen the stored answers
        """
        state, words = opened.state, words_for(opened.state.language)
        sections = asking.shown_sections(state)
        names = [section.name for section in sections]
        place = wanted or opened.response.section or names[0]
        if place in ASIDE.values():
            draw = self._team if place == light_team.TEAM else self._later
            return draw(opened, code, words, query=query, error=error, status=status)
        if place == REVIEW and not opened.declined:
            return self._review(opened, code, sections, words, error=error, status=status)
        if place not in names:
            place = names[0]
        number = names.index(place)
        section = sections[number]
        at = query.get("at", "")
        drawing = light_view.Drawing(
            state=state,
            words=words,
            files=opened.files,
            with_issues=bool(query.get("check")),
            typed=typed or {},
            faults=faults or {},
            others=others or {},
            at=at,
        )
        blocks = light_view.draw(section, drawing)
        fields = list(light_view.fields_of(blocks))
        return _framed(
            "section",
            opened,
            words,
            status=status,
            title=asking.heading(section, state) or asking.title_of(opened.consultation, words),
            fictional=opened.consultation.fictional and number == 0,
            at=Address(slug=opened.consultation.slug, code=code, place=place, language=state.language),
            instance=at,
            ends=asking.closes(opened.consultation, now(), words),
            untranslated=asking.untranslated(state.form, state.language, words, section),
            number=number + 1,
            total=len(sections),
            share=100 * number // max(len(sections), 1),
            first=number == 0,
            declined=opened.declined,
            blocks=blocks,
            wrong=[(each, asking.place_of(each.key, state)) for each in fields if each.issues or each.other],
            lost=lost,
            files=any(each.control == "file" for each in fields),
            marks=written(light_view.marks_of(state, section, at) | dict(seen or {})),
            version=opened.response.version_number,
            limit_mb=self._limit_mb,
            error=error,
            changed=asking.changed_words(opened.changed.get(place), words, policies_of(opened.consultation).clock),
            more=bool(query.get("more")),
            note=_note(opened),
            fresh=bool(query.get("new")),
            saved=saved_words(opened, words),
            correcting=opened.response.correcting,
            mailed=bool(query.get("mailed")),
            **self._link(opened, code, words),
        )

    def _link(self, opened: OpenResponse, code: str, words: Words) -> dict[str, Any]:
        base, slug = self._site.settings.base_url, opened.consultation.slug
        until = opened.response.expires_at
        query = urlencode({"c": slug, "r": code, "lang": opened.state.language})
        mailing = self._site.settings.smtp_url and confirmations.can_mail(opened, self._site.settings)
        return {
            "reference": f"{slug}/{code[-4:]}",
            "address": confirmations.address_of(opened) if mailing else "",
            "team": opened.holder.role is KeyRole.OWNER,
            "code": code,
            "own": Address(slug=slug, code=code, place=OWN, language=opened.state.language),
            "link": f"{base}/f/{slug}?{urlencode({'r': code})}",
            "until": "" if until is None else words.moment(until, policies_of(opened.consultation).clock),
            "full": f"/respond?{query}",
        }

    def _later(
        self, opened: OpenResponse, code: str, words: Words, *, query: Mapping[str, str], error: str, status: int
    ) -> Response:
        return _framed(
            "later",
            opened,
            words,
            **_beside(LATER, opened, code, query),
            status=status,
            title=words.translate("Go on later or on another device"),
            error=error,
            mailed=bool(query.get("mailed")),
            **self._link(opened, code, words),
        )

    def _team(
        self, opened: OpenResponse, code: str, words: Words, *, query: Mapping[str, str], error: str, status: int
    ) -> Response:
        given, rules, store = query.get("given", ""), policies_of(opened.consultation), self._site.store()
        owner = opened.holder.role is KeyRole.OWNER
        return _framed(
            "team",
            opened,
            words,
            **_beside(light_team.TEAM, opened, code, query),
            status=status,
            title=words.translate("Colleagues at this response"),
            error=error or ("" if owner else words.translate(MESSAGES["response.not_yours"])),
            owner=owner,
            members=light_team.members(store, code, words, now=now()),
            given=given,
            given_to=light_team.given_to(store, opened, given, words, now=now()),
            given_link=f"{self._site.settings.base_url}/f/{opened.consultation.slug}?{urlencode({'r': given})}",
            anonymous=rules.anonymous,
            asks_approval=opened.response.sign_off,
            must_approve=rules.sign_off_required,
        )

    def _review(
        self,
        opened: OpenResponse,
        code: str,
        sections: list[Group],
        words: Words,
        *,
        error: str = "",
        status: int = 200,
    ) -> Response:
        state, clock = opened.state, policies_of(opened.consultation).clock
        sent = state.submission()
        at = Address(slug=opened.consultation.slug, code=code, language=state.language)
        rows = []
        for section in sections:
            answered = [k for k, q in state.asked((section,)) if k in sent and q.kind is not Kind.NOTE]
            issues = [
                (
                    replace(at, place=section.name, marks={"check": "1", **at_mark(key)}, anchor=f"q-{key}"),
                    asking.place_of(key, state),
                    asking.issue_words(issue, key, state, words),
                )
                for key, issue in state.section_issues(section.name)
            ]
            count = words.plural("{count} answer", "{count} answers", len(answered))
            label = asking.heading(section, state) or asking.title_of(opened.consultation, words)
            changed = asking.changed_words(opened.changed.get(section.name), words, clock)
            rows.append((replace(at, place=section.name), label, count, issues, changed))
        return _framed(
            "review",
            opened,
            words,
            status=status,
            title=words.translate("Look it over and send it"),
            fictional=opened.consultation.fictional,
            at=replace(at, place=REVIEW),
            back=replace(at, place=sections[-1].name),
            total=len(sections),
            rows=rows,
            correcting=opened.response.correcting,
            open_points=sum(len(row[3]) for row in rows),
            approval=light_team.approval(self._site.store(), opened, code, words, now=now()),
            may_send=opened.may_send,
            duplicate=responses.duplicate_hint(self._site.store(), code, now=now()),
            version=opened.response.version_number,
            error=error,
            note=_note(opened),
            **self._link(opened, code, words),
        )

    def own(self, opened: OpenResponse, code: str, *, unsure: bool, cause: SoundingsError | None = None) -> Response:
        """Everything as a zip, and erasing; `unsure` when it was to be erased without the tick that this takes.

        cause  why the response is not opened any more
        """
        words = words_for(opened.state.language)
        at = Address(slug=opened.consultation.slug, code=code, language=opened.state.language)
        title, left = words.translate("Your data"), ""
        anew = responses.Anew.NOT
        if cause is not None:
            title, left = asking.left_words(opened, words, policies_of(opened.consultation).clock)
            anew = responses.begins_anew(self._site.store(), opened, now=now())
        return _framed(
            "own",
            opened,
            words,
            status=200 if cause is None else status_of(cause),
            title=title,
            cause="" if cause is None else words.error(cause, MESSAGES),
            left=left,
            may_take=cause is None or cause.code in TO_TAKE,
            at=replace(at, place=OWN),
            back=at,
            begin=Address(slug=at.slug, language=at.language) if anew is responses.Anew.FIRST_PAGE else None,
            erase_first=asking.erase_first(words) if anew is responses.Anew.BY_LINK else "",
            code=code,
            may_erase=opened.holder.role is not KeyRole.WRITER,
            unsure=unsure,
        )

    def receipt(self, opened: OpenResponse, code: str, *, unsure: bool) -> Response:
        """What was sent; `unsure` when it was to be withdrawn without the tick that this takes."""
        tag = opened.state.language
        words = words_for(tag)
        kept = receipts.receipt(self._site.store(), code, now=now(), language=tag)
        return html(
            "receipt",
            words,
            tag,
            title=words.translate(
                "This response was withdrawn." if kept.withdrawn_at else "Thank you. Your response was received."
            ),
            consultation=kept.title,
            fictional=kept.fictional,
            languages=languages_of(opened.state.questionnaire),
            at=Address(slug=opened.consultation.slug, code=code, language=tag),
            kept=kept,
            moment=kept.moment(kept.submitted_at, words),
            since=receipts.since(kept, words),
            wrong=unsure and not kept.withdrawn_at,
            outcome=outcomes.outcome_of(opened.consultation),
            results=outcomes.results_address(self._site.store(), opened.consultation, tag),
            may=corrections.afterwards(opened, now=now()),
            clock=policies_of(opened.consultation).clock,
            **self._link(opened, code, words),
        )


def problem(
    error: SoundingsError,
    slug: str,
    words: Words,
    code: str = "",
    place: str = "",
    again: Sequence[tuple[str, str]] = (),
    saves: bool = False,
    asked: Address | None = None,
    begin: Address | None = None,
) -> Response:
    """What is wrong, and the way back.

    again  fields of what could not be done now, which the page sends once more when asked to
    saves  whether that was to save something
    asked  the page that was asked for, which is offered in each language; None for a form that was sent
    begin  where another response can be begun, None for nowhere
    """
    erased = error.code == "response.erased"
    title = words.translate("This page cannot be shown")
    if again:
        title = words.translate("Not saved yet") if saves else words.translate("Not done yet")
    return html(
        "problem",
        words,
        words.language,
        status=status_of(error),
        title=words.translate("This response was erased") if erased else title,
        erased=erased,
        error=words.error(error, MESSAGES),
        again=again,
        saves=saves,
        asked=asked,
        begin=begin,
        languages=list(LANGUAGES.items()),
        at=Address(slug=slug, code=code if erased else "", language=words.language),
        back=Address(slug=slug, code=code, place=place, language=words.language),
        unknown=error.code == "consultation.unknown",
        problem=True,
    )


def _framed(template: str, opened: OpenResponse, words: Words, **values: Any) -> Response:
    """A page of an open response: with the name of its consultation, and in its language among the others."""
    return html(
        template,
        words,
        opened.state.language,
        consultation=asking.title_of(opened.consultation, words),
        languages=languages_of(opened.state.questionnaire),
        **values,
    )


def _beside(place: str, opened: OpenResponse, code: str, query: Mapping[str, str]) -> dict[str, Any]:
    """What a page beside the questionnaire takes: its address, and the way back to where its reader came from."""
    origin = query.get("from", "")
    here = Address(slug=opened.consultation.slug, code=code, place=place, language=opened.state.language)
    return {
        "at": replace(here, marks=only(**{"from": origin})),
        "origin": origin,
        "back": replace(here, place=origin or opened.response.section),
    }


def saved_words(opened: OpenResponse, words: Words) -> str:
    """When it was saved, in the stated zone; the day alone where no more is kept."""
    rules, moment = policies_of(opened.consultation), opened.response.updated_at
    shown = words.date(moment.date()) if rules.anonymous else words.moment(moment, rules.clock)
    return words.translate("Saved at {moment}", moment=shown)


def _note(opened: OpenResponse) -> tuple[str, ...] | None:
    """Questions to look at again after the questionnaire was changed; None when there is nothing to tell."""
    if not opened.response.moved_from:
        return None
    return tuple(asking.place_of(key, opened.state) for key in opened.attention)
