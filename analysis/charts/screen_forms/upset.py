"""Sets of options for the screen, as a table: a column for each set, a row for each option, a dot where chosen."""

import html

from analysis.charts.spec import ChartSpec, Sets

CHOSEN, NOT_CHOSEN = "\u25cf", "\u00b7"


def markup(spec: ChartSpec) -> str:
    """The table; looks are in survey/ui/assets/style.css."""
    assert isinstance(spec.plan, Sets)
    (series,) = spec.series
    heads = "".join(
        f'<th scope="col" title="{html.escape(name)}"><i style="height:{(value or 0.0) / spec.maximum * 7:.2f}rem"></i>'
        f"{html.escape(label)}</th>"
        for name, value, label in zip(spec.categories, series.values, series.labels, strict=True)
    )
    rows = "".join(
        f'<tr><th scope="row">{html.escape(option)}</th>'
        + "".join(f"<td>{CHOSEN if place in members else NOT_CHOSEN}</td>" for members in spec.plan.members)
        + "</tr>"
        for place, option in enumerate(spec.plan.options)
    )
    return (
        f'<div class="sd-table sd-sets" tabindex="0"><table aria-label="{html.escape(spec.alt)}">'
        f'<thead><tr><th scope="col">{html.escape(series.name)}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
