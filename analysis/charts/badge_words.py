"""What the robustness of a finding is called: the badge, and the sentence under charts and in files."""

from analysis.charts.spec import Words
from analysis.findings.card import Lens, LensVerdict, Robustness, Untested, Verdict


def badge(found: Robustness, words: Words) -> str:
    """In how many lenses the finding holds, such as "holds in 3 of 4"; why none was tested where none was."""
    tested = len(found.lenses) - len(found.of(Verdict.UNTESTED))
    if not tested:
        return words.translate("Robustness not tested")
    holds = len(found.of(Verdict.HOLDS))
    return words.translate("Robustness: holds in {holds} of {tested}", holds=str(holds), tested=str(tested))


def line(found: Robustness | None, words: Words) -> str:
    """The badge with the lenses that turn the finding and those that cannot be computed; "" for None."""
    if found is None:
        return ""
    if found.untested is not None:
        return f"{badge(found, words)}{words.colon}{untested(found.untested, words)}{words.translate('.')}"
    return f"{words.listed((badge(found, words), *exceptions(found, words)))}{words.translate('.')}"


def exceptions(found: Robustness, words: Words) -> tuple[str, ...]:
    """The lenses that turn the finding, and those that cannot be computed."""
    parts = []
    for verdict, label in (
        (Verdict.REVERSED, words.translate("reversed by")),
        (Verdict.LEVEL, words.translate("level under")),
        (Verdict.MOVED, words.translate("moved by")),
        (Verdict.UNTESTED, words.translate("not tested")),
    ):
        named = [_named(each, words) for each in found.of(verdict)]
        if named:
            parts.append(f"{label}{words.colon}{words.translate(', ').join(named)}")
    return tuple(parts)


def _named(each: LensVerdict, words: Words) -> str:
    name = lens(each.lens, words)
    if each.untested is not None:
        return f"{name} ({untested(each.untested, words)})"
    return f"{name} ({words.listed(each.about)})" if each.about else name


def lens(which: Lens, words: Words) -> str:
    """What a lens is called."""
    return {
        Lens.ONE_VOICE: words.translate("one voice per organisation"),
        Lens.EQUAL_REGIONS: words.translate("equal regions"),
        Lens.RAKED: words.translate("weighted to the contact list"),
        Lens.NO_CAMPAIGNS: words.translate("without copied answers"),
    }[which]


def untested(why: Untested, words: Words) -> str:
    """Why a lens, or a card, was not tested."""
    return {
        Untested.HIDDEN: words.translate("figures that it rests on are hidden"),
        Untested.NO_LEAD: words.translate("nothing leads by more than two percentage points"),
        Untested.NO_GAP: words.translate("no two groups are a fifth of a standard deviation apart"),
        Untested.TOO_FEW: words.translate("fewer than 30 answers"),
        Untested.NO_NAMES: words.translate("no names of organisations"),
        Untested.NO_REGION: words.translate("no region is asked for"),
        Untested.NO_FRAME: words.translate("no contact list to weight by"),
        Untested.NOT_REACHED: words.translate("the contact list cannot be reached by weights"),
        Untested.NO_OPEN_ANSWERS: words.translate("no answers in words"),
        Untested.NOBODY_LEFT: words.translate("nobody is left"),
        Untested.NOT_FROZEN: words.translate("a frozen state does not keep what this needs"),
    }[why]
