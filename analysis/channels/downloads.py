"""Files that a signed-in person takes away: charts, numbers, the deck; for a meeting, or marked internal."""

import html
from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from analysis import data_out, reports, take_away
from analysis.charts import choose
from analysis.charts.sizes import DEFAULT_SCALE, Size, scale_of, size_of
from analysis.disclosure import Audience
from analysis.findings.method import method_of, weights_of
from analysis.opened_data import Filters
from analysis.report.formats import Look
from analysis.waves import Wave, slope_file, trend_file
from analysis.words import MESSAGES
from data.errors import Faulty, InvalidInput, SoundingsError
from survey import response_files
from survey.access import Actor
from survey.channels.requests import SANDBOX, Site, actor_of, error_page, key_of, now, page, status_of, words_of
from survey.translator import Words

UNSPECIFIC = "application/octet-stream"


def routes(site: Site) -> list[Route]:
    """/export/SLUG/chart/QUESTION.FORMAT, /export/SLUG/slope/QUESTION.FORMAT and /export/SLUG/trend/QUESTION.FORMAT,
    /export/SLUG/charts.zip, /export/SLUG/monitor/NAME.FORMAT,
    /export/SLUG/dashboard.FORMAT, /export/SLUG/report/ID.FORMAT, /export/SLUG/data/figures.FORMAT,
    /export/SLUG/data/answers.FORMAT and /answers/files/ID."""

    async def answer(request: Request, make: Callable[[Actor, Words, datetime], take_away.File]) -> Response:
        words = words_of(request)
        try:
            actor = await run_in_threadpool(actor_of, request, site)
            file = await run_in_threadpool(make, actor, words, now())
            await run_in_threadpool(take_away.record, site.store(), file.name, actor=actor, now=now())
        except Faulty as error:
            return page(
                words,
                words.translate("This did not work"),
                words.error(error, MESSAGES),
                body=_problems(error, words),
                status=status_of(error),
            )
        except SoundingsError as error:
            return error_page(error, words, MESSAGES)
        return _attachment(file)

    async def chart(request: Request) -> Response:
        question, kind = _split(request.path_params["file"])
        return await answer(
            request,
            lambda actor, words, moment: take_away.chart_file(
                site.store(),
                request.path_params["slug"],
                question,
                kind,
                actor=actor,
                words=words,
                filters=filters_of(request),
                by=request.query_params.get("by", ""),
                method=method_of(request.query_params),
                audience=audience_of(request),
                look=look_of(request),
                now=moment,
            ),
        )

    async def slope(request: Request) -> Response:
        question, kind = _split(request.path_params["file"])
        return await answer(
            request,
            lambda actor, words, moment: slope_file(
                site.store(),
                waves_of(request),
                question,
                kind,
                actor=actor,
                words=words,
                audience=audience_of(request),
                look=look_of(request),
                now=moment,
            ),
        )

    async def trend(request: Request) -> Response:
        question, kind = _split(request.path_params["file"])
        asked = request.query_params
        return await answer(
            request,
            lambda actor, words, moment: trend_file(
                site.store(),
                waves_of(request),
                question,
                kind,
                actor=actor,
                words=words,
                audience=audience_of(request),
                now=moment,
                matched=asked.get("matched") == "1",
                correction=method_of(asked).correction,
            ),
        )

    async def charts(request: Request) -> Response:
        words, asked = words_of(request), request.query_params

        def make(actor: Actor, moment: datetime) -> take_away.Pieces:
            return take_away.charts_zip(
                site.store(),
                request.path_params["slug"],
                asked.getlist("kind") or ["png"],
                actor=actor,
                words=labels_of(request, words),
                filters=filters_of(request),
                by=asked.getlist("by"),
                method=method_of(asked),
                audience=audience_of(request),
                look=look_of(request),
                now=moment,
                questions=asked.getlist("q"),
            )

        try:
            actor = await run_in_threadpool(actor_of, request, site)
            file = await run_in_threadpool(make, actor, now())
            await run_in_threadpool(take_away.record, site.store(), file.name, actor=actor, now=now())
        except SoundingsError as error:
            return error_page(error, words, MESSAGES)
        return StreamingResponse(file.pieces, media_type=file.content_type, headers=_headers(file.name))

    async def monitor(request: Request) -> Response:
        name, kind = _split(request.path_params["file"])
        return await answer(
            request,
            lambda actor, words, moment: take_away.monitor_file(
                site.store(),
                request.path_params["slug"],
                name,
                kind,
                actor=actor,
                words=words,
                now=moment,
                look=look_of(request),
            ),
        )

    async def dashboard(request: Request) -> Response:
        return await answer(
            request,
            lambda actor, words, moment: take_away.dashboard_file(
                site.store(),
                request.path_params["slug"],
                request.path_params["format"],
                actor=actor,
                words=labels_of(request, words),
                filters=filters_of(request),
                by=request.query_params.getlist("by"),
                method=method_of(request.query_params),
                audience=audience_of(request),
                now=moment,
                questions=request.query_params.getlist("q"),
            ),
        )

    async def finding(request: Request) -> Response:
        key, kind = _split(request.path_params["file"])
        return await answer(
            request,
            lambda actor, words, moment: take_away.finding_file(
                site.store(),
                request.path_params["slug"],
                key_of(key),
                kind,
                actor=actor,
                words=words,
                look=look_of(request),
            ),
        )

    async def report(request: Request) -> Response:
        key, kind = _split(request.path_params["file"])
        return await answer(
            request,
            lambda actor, words, moment: reports.report_file(
                site.store(), request.path_params["slug"], key_of(key), kind, actor=actor, now=moment
            ),
        )

    async def data(request: Request) -> Response:
        content, kind = _split(request.path_params["file"])
        asked = request.query_params

        def make(actor: Actor, words: Words, moment: datetime) -> take_away.File:
            slug, labels = request.path_params["slug"], labels_of(request, words)
            questions, filters = asked.getlist("q"), filters_of(request)
            if content == "answers":
                return data_out.answers_file(
                    site.store(),
                    slug,
                    kind,
                    actor=actor,
                    words=labels,
                    filters=filters,
                    now=moment,
                    questions=questions,
                    names="names" in asked,
                    texts="texts" in asked,
                    method=weights_of(method_of(asked)),
                )
            if content != "figures":
                raise InvalidInput(
                    "format.unknown", format=request.path_params["file"][:40], allowed="figures, answers"
                )
            return data_out.figures_file(
                site.store(),
                slug,
                kind,
                actor=actor,
                words=labels,
                filters=filters,
                now=moment,
                questions=questions,
                by=asked.get("by", ""),
            )

        return await answer(request, make)

    async def uploaded(request: Request) -> Response:
        def read(actor: Actor, words: Words, moment: datetime) -> take_away.File:
            record, content = response_files.staff_file(site.store(), request.path_params["id"], actor=actor)
            return take_away.File(name=record.name, content_type=UNSPECIFIC, content=content)

        return await answer(request, read)

    return [
        Route("/export/{slug:str}/chart/{file:str}", chart, methods=["GET"]),
        Route("/export/{slug:str}/slope/{file:str}", slope, methods=["GET"]),
        Route("/export/{slug:str}/trend/{file:str}", trend, methods=["GET"]),
        Route("/export/{slug:str}/charts.zip", charts, methods=["GET"]),
        Route("/export/{slug:str}/monitor/{file:str}", monitor, methods=["GET"]),
        Route("/export/{slug:str}/finding/{file:str}", finding, methods=["GET"]),
        Route("/export/{slug:str}/report/{file:str}", report, methods=["GET"]),
        Route("/export/{slug:str}/dashboard.{format:str}", dashboard, methods=["GET"]),
        Route("/export/{slug:str}/data/{file:str}", data, methods=["GET"]),
        Route("/answers/files/{id:str}", uploaded, methods=["GET"]),
    ]


def waves_of(request: Request) -> tuple[Wave, Wave]:
    """Two states of a consultation as ?before=STATE&after=STATE, or &earlier=SLUG of the consultation before."""
    slug, asked = request.path_params["slug"], request.query_params
    return (
        Wave(slug=asked.get("earlier") or slug, snapshot=asked.get("before", "")),
        Wave(slug=slug, snapshot=asked.get("after", "")),
    )


def audience_of(request: Request) -> Audience:
    """For whom the file is: a meeting, unless the address says audience=internal.

    Raises  InvalidInput "audience.unknown".
    """
    asked = request.query_params.get("audience", Audience.MEETING.value)
    if asked not in (Audience.MEETING.value, Audience.INTERNAL.value):
        raise InvalidInput("audience.unknown", audience=asked[:40])
    return Audience(asked)


def labels_of(request: Request, words: Words) -> Words:
    """The language of a file, as labels=fr names it; else that of the page, in which errors are told."""
    return Words(request.query_params.get("labels") or words.language)


def look_of(request: Request) -> Look:
    """Size and scale of a picture, its form, and whether bars show intervals:
    size=slide&scale=3&form=heat_map&intervals=1.

    Raises  InvalidInput "size.unknown", "scale.unknown", "form.unknown".
    """
    asked = request.query_params
    return Look(
        size=size_of(asked.get("size", Size.PLAIN.value)),
        scale=scale_of(asked.get("scale", str(DEFAULT_SCALE))),
        form=choose.form_of(asked.get("form", "")),
        intervals=asked.get("intervals") == "1",
    )


def filters_of(request: Request) -> Filters:
    """Filters from the address: f=region:ssa&f=region:lac&f=language:fr, and snapshot=DIGITS of a frozen state."""
    chosen: dict[str, list[str]] = {}
    for pair in request.query_params.getlist("f"):
        name, _, code = pair.partition(":")
        chosen.setdefault(name, []).append(code)
    return Filters.of(chosen, snapshot=request.query_params.get("snapshot", ""))


def _problems(error: Faulty, words: Words) -> str:
    """Everything that stops a report, as a list."""
    lines = [reports.problem_line(each, words) for each in error.details if isinstance(each, reports.Problem)]
    return "<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in lines) + "</ul>"


def _split(file: str) -> tuple[str, str]:
    name, _, kind = file.rpartition(".")
    return (name, kind) if name else (kind, kind)  # without an ending there is no such format, and it is named


def _attachment(file: take_away.File) -> Response:
    return Response(file.content, media_type=file.content_type, headers=_headers(file.name))


def _headers(name: str) -> dict[str, Any]:
    return {
        "Content-Disposition": f'attachment; filename="{_ascii(name)}"',
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


def _ascii(name: str) -> str:
    return "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\' else "_" for letter in name
    )
