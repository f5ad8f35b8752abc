"""What the buttons of the light form do with a whole response: send it, take it back, erase it, share or mail it."""

from dataclasses import replace

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from data.errors import Conflict, InvalidInput, NotFound
from survey import asking, confirmations, corrections, erasure, responses
from survey.channels import light_team
from survey.channels.light_address import OWN, REVIEW, Address, number_in, only, said
from survey.channels.light_html import html, in_language, words_for
from survey.channels.light_pages import Pages, problem
from survey.channels.requests import Site, now, status_of
from survey.open_responses import OpenResponse
from survey.responses import Entry
from survey.words import MESSAGES

AFTERWARDS = {
    "correct": corrections.correct,
    "drop-correction": corrections.drop_correction,
    "withdraw": corrections.withdraw,
}
"""What can be done with a response that was sent, by the button's name."""


class Acts:
    """The acts, each of which answers with a page or the address of the next one."""

    def __init__(self, site: Site, pages: Pages) -> None:
        self._site = site
        self._pages = pages

    def sent(self, entry: Entry, form: FormData, language: str) -> Response:
        """The response is sent, the first time with a confirmation; else the last look says why not."""
        store, code = self._site.store(), entry.code
        try:
            opened = responses.submit(store, code, now=now(), version=number_in(said(form, "version")))
        except (Conflict, InvalidInput) as error:
            if error.code == "consultation.closed":
                raise
            opened = in_language(responses.reopen(store, code, now=now()), language)
            message = words_for(opened.state.language).error(error, MESSAGES)
            return self._pages.page(opened, code, REVIEW, query={}, status=status_of(error), error=message)
        if opened.just_sent:  # two presses of one button are on their way at once
            confirmations.confirm(opened, settings=self._site.settings, now=now())
        at = Address(slug=entry.slug, code=code, language=in_language(opened, language).state.language)
        return RedirectResponse(str(at), status_code=303)

    def erased(self, opened: OpenResponse, code: str, act: str, at: Address, *, sure: bool, asked: str) -> Response:
        """Asks once more before the response is erased; without the tick nothing happens.

        asked  reference of the response about which the page asked: by the same link another may be begun since
        """
        words = words_for(opened.state.language)
        if not sure:
            return RedirectResponse(str(replace(at, place=OWN, marks={"unsure": "1"})), status_code=303)
        if act == "erase" or asked != opened.response.reference:
            return html(
                "erase",
                words,
                opened.state.language,
                title=words.translate("Erase this response?"),
                consultation=asking.title_of(opened.consultation, words),
                reference=opened.response.reference,
                at=at,
            )
        store, reference = self._site.store(), erasure.erase(self._site.store(), code, now=now())
        try:
            responses.entry(store, code, now=now())
        except NotFound:  # the address says so from now on
            return RedirectResponse(str(at), status_code=303)
        # A personal link leads to the first page again, so this is the moment to say it.
        begin = replace(at, code="", marks={"i": code}) if responses.is_beginning(store, code, now=now()) else None
        return problem(NotFound("response.erased", reference=reference), at.slug, words, code, begin=begin)

    def together(self, opened: OpenResponse, code: str, form: FormData, here: Address) -> Response:
        """What was wanted with colleagues is done."""
        try:
            given = light_team.act(self._site.store(), opened, code, form, now=now())
        except (Conflict, InvalidInput, NotFound) as error:
            words = words_for(opened.state.language)
            message = words.error(error, MESSAGES)
            return self._pages.page(opened, code, here.place, query=here.marks, status=status_of(error), error=message)
        return RedirectResponse(str(replace(here, marks={**here.marks, **only(given=given)})), status_code=303)

    def mailed(self, opened: OpenResponse, code: str, here: Address) -> Response:
        """The link of the draft goes to the address in it."""
        try:
            confirmations.mail_link(self._site.store(), code, settings=self._site.settings, now=now())
        except InvalidInput as error:
            message = words_for(opened.state.language).error(error, MESSAGES)
            return self._pages.page(opened, code, here.place, query=here.marks, status=status_of(error), error=message)
        return RedirectResponse(str(replace(here, marks={**here.marks, "mailed": "1"})), status_code=303)
