"""Which figures must be hidden beside the small ones, so that nobody can work the small ones out again.

The attacker knows every shown figure, every sum that must hold, and that no count is negative; a respondent who is
alone in a group also knows that. For every small group there must be possible worlds, alike in all that is shown, in
which it has nobody and in which it reaches the threshold. Such a world is kept as a proof (`Suppression.worlds`).

Linear programmes by HiGHS; method after Kelly, Golden and Assad (1992), "Cell suppression: disclosure protection for
sensitive tabular data", Networks 22:397-417, then figures are shown again as long as every proof can be renewed.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from analysis.dataset.remembering import remembered
from analysis.disclosure.stopping import go_on
from analysis.disclosure.system import Condition, FloatArray, Standing, System, grid
from analysis.disclosure.worlds import EPS, Flags, Worlds

NOBODY, ALL_OTHERS = -1, -2
MOST_KNOWERS = 6
DECISIONS = 512
"""Decisions that a process remembers; one with its proof is up to some 100 kB."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Suppression:
    """The decision about every figure of a system.

    primary        hidden because they are small themselves
    complementary  hidden so that no small group can be worked out
    unproved       hidden because what they tell is more than can be looked at
    exposed        secrets (by place in the system) that no hiding can protect, because earlier releases tell them
                   to anybody; what one respondent alone can conclude from those is not counted
    worlds         (worlds, unknowns) counts that agree with all that is shown, the proof of protection
    """

    primary: frozenset[Hashable]
    complementary: frozenset[Hashable]
    exposed: tuple[int, ...]
    worlds: FloatArray
    unproved: frozenset[Hashable] = frozenset()

    @property
    def hidden(self) -> frozenset[Hashable]:
        """Every figure that is not shown."""
        return self.primary | self.complementary | self.unproved


class _Claim(NamedTuple):
    """A world is wanted in which a secret has nobody (`up` False) or reaches its height.

    knower  NOBODY in particular, the secret whose one member attacks, or ALL_OTHERS: everybody who is alone in another
            secret, together
    """

    secret: int
    up: bool
    knower: int


def suppress(system: System, *, singletons: bool = True) -> Suppression:
    """Figures to hide, so that every secret's range reaches from 0 to its height for every attacker.

    With more small groups than `System.most`, such as countries by region, every figure that is open is hidden at once.
    Figures that stand as SHOWN stay so. What cannot be protected for that reason is `exposed`.

    singletons  also the one member of a secret of size 1 attacks; where there are more than MOST_KNOWERS of them, all
                of them together instead of one after the other, which protects more and asks less
    """
    if len(system.secrets) > system.most:
        return _hide_all(system)
    return _decided(_Asked(content=(singletons, _content(system)), system=system))


def hidden_beside_total(
    counts: Sequence[int], threshold: int, *, rounding: int = 0, hidden: Collection[int] = ()
) -> frozenset[int]:
    """Places of counts that are hidden beside their total, which is known exactly though the counts are rounded.

    hidden  places that are hidden elsewhere
    """
    if not threshold or not counts:
        return frozenset()
    table = np.array(counts)
    *cells, _ = grid(table, threshold, rounding=rounding).statistics
    system = grid(table, threshold)
    statistics = (
        *(replace(each, standing=Standing.HIDDEN) if at in hidden else each for at, each in enumerate(cells)),
        replace(system.statistics[-1], standing=Standing.SHOWN),
    )
    found = suppress(replace(system, statistics=statistics)).hidden
    return frozenset(place for place in range(len(counts)) if (0, place) in found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A system to decide about, equal to every other of the same content."""

    content: tuple[bool, Hashable]
    system: System = field(compare=False)


def _content(system: System) -> Hashable:
    """Everything that a decision depends on."""

    def told(conditions: Iterable[Condition]) -> Hashable:
        return tuple((each.places.tobytes(), each.weights.tobytes(), each.low, each.high) for each in conditions)

    return (
        system.truth.tobytes(),
        told(system.always),
        tuple((each.key, told(each.conditions), each.weight, each.standing) for each in system.statistics),
        tuple(
            (each.places.tobytes(), each.weights.tobytes(), each.value, each.high, each.statistic)
            for each in system.secrets
        ),
    )


@remembered(DECISIONS)
def _decided(asked: _Asked) -> Suppression:
    """One and the same table is asked for by several people and audiences, and decided again only when it changes."""
    singletons, _ = asked.content
    return _Search(asked.system, singletons=singletons).run()


def _hide_all(system: System) -> Suppression:
    small = {secret.statistic for secret in system.secrets}
    open_figures = [each.key for each in system.statistics if each.standing is Standing.OPEN]
    hidden = [each.key for each in system.statistics if each.standing is Standing.HIDDEN]
    return Suppression(
        primary=frozenset([key for key in open_figures if key in small] + hidden),
        complementary=frozenset(),
        unproved=frozenset(key for key in open_figures if key not in small),
        exposed=(),
        worlds=system.truth[None, :],
    )


class _Quiet(highspy.Highs):
    """The solver without its line of greeting, which would stand in what a command prints."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()  # without the callbacks, whose switching on greets
        self.setOptionValue("output_flag", False)


def _model(sums: FloatArray, most: FloatArray, lows: FloatArray, highs: FloatArray) -> highspy.Highs:
    """Unknowns from 0 up to their most, and sums of them between bounds, without costs."""
    model, lp = _Quiet(), highspy.HighsLp()
    lp.num_row_, lp.num_col_ = sums.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(most.size), np.zeros(most.size), most
    lp.row_lower_, lp.row_upper_ = lows, highs
    columns, rows = np.nonzero(sums.T)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.searchsorted(columns, np.arange(most.size + 1)).astype(np.int32)
    lp.a_matrix_.index_ = rows.astype(np.int32)
    lp.a_matrix_.value_ = sums[rows, columns]
    model.setOptionValue("presolve", "off")
    model.setOptionValue("threads", 1)
    model.passModel(lp)
    return model


class _Search:
    def __init__(self, system: System, *, singletons: bool) -> None:
        self.system = system
        self.conditions: list[Condition] = [*system.always]
        self.owner: list[int] = [-1] * len(system.always)
        for place, statistic in enumerate(system.statistics):
            self.conditions += statistic.conditions
            self.owner += [place] * len(statistic.conditions)
        self.first_secret = len(self.conditions)
        self.lows = np.array([each.low for each in self.conditions])
        self.highs = np.array([each.high for each in self.conditions])
        self.owners: NDArray[np.int64] = np.array(self.owner, dtype=np.int64)
        primary = {secret.statistic for secret in system.secrets if secret.statistic is not None}
        self.hidden: Flags = np.array(
            [
                each.standing is Standing.HIDDEN or (each.standing is Standing.OPEN and each.key in primary)
                for each in system.statistics
            ],
            dtype=np.bool_,
        )
        self.before = self.hidden.copy()
        self.open: Flags = np.array([each.standing is Standing.OPEN for each in system.statistics], dtype=np.bool_)
        self.weights = np.array([each.weight for each in system.statistics])
        self.values = np.array([secret.value for secret in system.secrets])
        self.heights = np.array([secret.high for secret in system.secrets])
        self.size = system.truth.size
        self.matrix = np.zeros((self.first_secret, self.size))
        for row, condition in enumerate(self.conditions):
            np.add.at(self.matrix[row], condition.places, condition.weights)
        self.secret_matrix = np.zeros((len(system.secrets), self.size))
        for row, secret in enumerate(system.secrets):
            np.add.at(self.secret_matrix[row], secret.places, secret.weights)
        self.alone = np.flatnonzero(self.values == 1) if singletons else np.zeros(0, dtype=np.int64)
        self.told_by: Flags = self._strangers()
        knowers = self.alone.tolist() if self.alone.size <= MOST_KNOWERS else [ALL_OTHERS]
        self.claims = [
            _Claim(secret=i, up=up, knower=knower)
            for knower in (NOBODY, *knowers)
            for i in range(len(system.secrets))
            if knower < 0 or self.told_by[i, np.searchsorted(self.alone, knower)]
            for up in ((True,) if system.secrets[i].statistic is None else (True, False))
        ]
        self.of = np.array([claim.secret for claim in self.claims], dtype=np.int64)
        self.up: Flags = np.array([claim.up for claim in self.claims], dtype=np.bool_)
        self.knowers = np.array([claim.knower for claim in self.claims], dtype=np.int64)
        self.by_nobody: Flags = np.equal(self.knowers, NOBODY)
        self.together = ALL_OTHERS in knowers
        self.told = self.told_by.T.astype(np.float64)
        # The truth is a world like any other; it proves what is 0 by itself.
        self.worlds = Worlds(
            system.truth, self.matrix, (self.lows, self.highs), self.owners, len(system.statistics), self._proofs
        )
        self.needed_by: dict[int, list[int]] = {}
        self.model: highspy.Highs | None = None
        self.strict: highspy.Highs | None = None

    def run(self) -> Suppression:
        lost: Flags = np.zeros(len(self.claims), dtype=np.bool_)
        self._prove_together()
        proved = self.worlds.proved(self.hidden)
        for place in self._hardest_first():
            if proved[place]:
                continue
            found = self._repair(place)
            lost[place] = not found[place]
            proved |= found
        if self.hidden[self.open & ~self.before].any():
            self._show_again(~lost)
        statistics = self.system.statistics
        primary = {each.key for each, small in zip(statistics, self.before, strict=True) if small}
        added = {each.key for each, now in zip(statistics, self.hidden & ~self.before, strict=True) if now}
        kept = np.flatnonzero(self.worlds.standing(self.hidden))
        if kept.size:
            # One world for each claim is proof enough; the truth stands first.
            kept = kept[np.unique(np.append(self.worlds.proves[kept].argmax(axis=0), 0))]
        worlds = self.worlds.counts[kept]
        worlds.flags.writeable = False
        return Suppression(
            primary=frozenset(primary),
            complementary=frozenset(added),
            exposed=tuple(sorted({int(each) for each in self.of[lost & (self.knowers == NOBODY)]})),
            worlds=worlds,
        )

    def _strangers(self) -> Flags:
        """(secrets, alone): False where one group lies within the other: there the member only meets itself."""
        sums: Flags = np.all(self.secret_matrix >= 0, axis=1)
        inside = self.secret_matrix @ self.secret_matrix[self.alone].T
        sizes = (self.secret_matrix > 0).sum(axis=1)
        nested = inside >= np.minimum(sizes[:, None], sizes[self.alone][None, :])
        found: Flags = ~(nested & sums[:, None] & sums[self.alone][None, :])
        return found

    # Proofs.

    def _proofs(self, worlds: FloatArray) -> Flags:
        """(worlds, claims): which world proves which claim."""
        if not self.claims:
            return np.zeros((worlds.shape[0], 0), dtype=np.bool_)
        sizes = worlds @ self.secret_matrix.T
        proofs: Flags = np.where(self.up, (sizes >= self.heights - EPS)[:, self.of], (sizes <= EPS)[:, self.of])
        if self.together:
            others = np.abs(sizes[:, self.alone] - 1) > EPS
            agree = ((others.astype(np.float64) @ self.told) == 0)[:, self.of]
            proofs &= agree | self.by_nobody
        elif self.alone.size:
            proofs &= (np.abs(sizes[:, self.knowers] - 1) <= EPS) | self.by_nobody
        return proofs

    def _hardest_first(self) -> list[int]:
        """Places of claims: a world that somebody who knows more takes for possible is possible for anybody."""
        order: list[int] = np.lexsort((self.values[self.of], self.by_nobody)).tolist()
        return order

    # Linear programmes: the counts; how far each condition is missed upwards, downwards; each secret up to its height.

    def _solver(self) -> highspy.Highs:
        if self.model is not None:
            return self.model
        told, secrets = self.first_secret, len(self.system.secrets)
        parts = np.block(
            [
                [self.matrix, np.eye(told), -np.eye(told), np.zeros((told, secrets))],
                [self.secret_matrix, np.zeros((secrets, 2 * told)), np.zeros((secrets, secrets))],
                [self.secret_matrix, np.zeros((secrets, 2 * told)), -np.eye(secrets)],
            ]
        )
        self.model = _model(
            parts,
            np.concatenate([np.full(self.size, highspy.kHighsInf), np.zeros(2 * told), self.heights]),
            np.concatenate([self.lows, np.full(secrets, -highspy.kHighsInf), np.zeros(secrets)]),
            np.concatenate([self.highs, np.full(2 * secrets, highspy.kHighsInf)]),
        )
        return self.model

    def _solve(
        self, knower: int, costs: FloatArray, freedom: FloatArray, *, claim: _Claim | None = None
    ) -> FloatArray | None:
        """A world of least cost, in which the claim holds; None when there is none.

        costs    (size,) of the counts, (conditions,) of missing each by one, (secrets,) of their sizes up to the height
        freedom  (conditions,) how far each may be missed
        """
        model = self._solver()
        told, secrets = self.first_secret, len(self.system.secrets)
        missed = np.concatenate([costs[self.size : self.size + told]] * 2)
        prices = np.concatenate([costs[: self.size], missed, costs[self.size + told :]])
        model.changeColsCost(prices.size, np.arange(prices.size, dtype=np.int32), prices)
        span = np.arange(self.size, self.size + 2 * told, dtype=np.int32)
        model.changeColsBounds(span.size, span, np.zeros(span.size), np.concatenate([freedom, freedom]))
        rows = np.arange(told, told + secrets, dtype=np.int32)
        model.changeRowsBounds(secrets, rows, *self._claimed(knower, claim))  # type: ignore[attr-defined]
        return self._solution(model)

    def _find(self, claim: _Claim) -> FloatArray | None:
        """A world in which the claim holds with what is hidden now; None when there is none."""
        if self.strict is None:
            sums = np.vstack([self.matrix, self.secret_matrix])
            free = np.full(sums.shape[0], highspy.kHighsInf)
            self.strict = _model(sums, np.full(self.size, highspy.kHighsInf), -free, free)
        told = (self.owners < 0) | ~self.hidden[self.owners]
        lows, highs = self._claimed(claim.knower, claim)
        lows = np.concatenate([np.where(told, self.lows, -highspy.kHighsInf), lows])
        highs = np.concatenate([np.where(told, self.highs, highspy.kHighsInf), highs])
        rows = np.arange(lows.size, dtype=np.int32)
        self.strict.changeRowsBounds(lows.size, rows, lows, highs)  # type: ignore[attr-defined]
        return self._solution(self.strict)

    def _solution(self, model: highspy.Highs) -> FloatArray | None:
        go_on()
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found: FloatArray = np.maximum(np.array(model.getSolution().col_value[: self.size]), 0.0)
        return found

    def _claimed(self, knower: int, claim: _Claim | None) -> tuple[FloatArray, FloatArray]:
        """(secrets,) the least and most size of each secret in a world that proves the claim."""
        secrets = len(self.system.secrets)
        lows, highs = np.full(secrets, -highspy.kHighsInf), np.full(secrets, highspy.kHighsInf)
        if claim is not None and claim.up:
            lows[claim.secret] = self.heights[claim.secret]
        elif claim is not None:
            highs[claim.secret] = 0.0
        known = np.array([knower] if knower >= 0 else [], dtype=np.int64)
        if knower == ALL_OTHERS:
            known = self.alone if claim is None else self.alone[self.told_by[claim.secret]]
        lows[known] = highs[known] = 1.0
        return lows, highs

    def _prove_together(self) -> None:
        """Worlds that prove as many claims as they can with what is hidden now, one after the other."""
        freedom = self._hidden_only()
        groups: dict[tuple[int, bool], list[int]] = {}
        for place, claim in enumerate(self.claims):
            if claim.knower == ALL_OTHERS and not self.told_by[claim.secret].all():
                continue  # not everybody is another: such a secret needs a world of its own
            groups.setdefault((claim.knower, claim.up), []).append(place)
        proved = self.worlds.proved(self.hidden)
        for (knower, up), places in sorted(groups.items(), key=lambda each: each[0][0] == NOBODY):
            left = [place for place in places if not proved[place]]
            while left:
                secrets = [self.claims[place].secret for place in left]
                costs = np.zeros(self.size + self.first_secret + len(self.system.secrets))
                if up:
                    # Unequal prices fill one group after the other instead of all of them halfway.
                    costs[self.size + self.first_secret + np.array(secrets)] = -np.linspace(2, 1, len(secrets))
                else:
                    costs[: self.size] = self.secret_matrix[secrets].sum(axis=0)
                world = self._solve(knower, costs, freedom)
                if world is None:
                    break
                proved |= self.worlds.add(world[None, :])
                after = [place for place in left if not proved[place]]
                if len(after) == len(left):
                    break
                left = after

    def _hidden_only(self) -> FloatArray:
        """(conditions,) free where nothing is told, strict elsewhere."""
        told = (self.owners < 0) | ~self.hidden[self.owners]
        return np.where(told, 0.0, highspy.kHighsInf)

    def _repair(self, number: int) -> Flags:
        """Hides what a proof of the claim costs least; (claims,) what it proves, nothing when there is none."""
        claim = self.claims[number]
        movable = (self.owners >= 0) & self.open[self.owners]
        free = (self.owners >= 0) & self.hidden[self.owners]
        costs = np.where(free | ~movable, 0.0, self.weights[self.owners])
        freedom = np.where(free | movable, highspy.kHighsInf, 0.0)
        free_counts, free_secrets = np.zeros(self.size), np.zeros(len(self.system.secrets))
        prices = np.concatenate([free_counts, costs, free_secrets])
        world = self._solve(claim.knower, prices, freedom, claim=claim)
        if world is None:
            return np.zeros(len(self.claims), dtype=np.bool_)
        found = self.matrix @ world
        missed = (found < self.lows - EPS) | (found > self.highs + EPS)
        for place in self.owners[missed & movable].tolist():
            self.hidden[place] = True
            self.needed_by.setdefault(place, []).append(number)
        return self.worlds.add(world[None, :])

    def _show_again(self, wanted: Flags) -> None:
        """Shows every added figure again that is not needed for the proof of a wanted claim, the weightiest first."""
        self.worlds.keep(self.worlds.standing(self.hidden))
        added: list[int] = np.flatnonzero(self.hidden & ~self.before).tolist()
        for place in sorted(added, key=lambda each: -self.weights[each]):
            self.hidden[place] = False
            if self._provable(place, wanted):
                self.worlds.keep(self.worlds.standing(self.hidden))
            else:
                self.hidden[place] = True

    def _provable(self, place: int, wanted: Flags) -> bool:
        """Whether every wanted claim can be proved also with this figure shown."""
        missing = wanted & ~self.worlds.proved(self.hidden)
        conditions = np.flatnonzero(self.owners == place)
        if conditions.size == 1 and missing.any():
            agreeing = self.hidden.copy()
            agreeing[place] = True
            self.worlds.mix(self.worlds.standing(agreeing), int(conditions[0]), np.flatnonzero(missing))
            missing &= ~self.worlds.proved(self.hidden)
        while missing.any():
            # First what the figure was hidden for, then what few worlds prove: most likely no other world can prove it.
            proofs = self.worlds.proves.sum(axis=0)
            proofs[self.needed_by.get(place, [])] = -1
            number = int(np.argmin(np.where(missing, proofs, self.worlds.proves.shape[0] + 1)))
            world = self._find(self.claims[number])
            found = np.zeros(missing.size, dtype=np.bool_) if world is None else self.worlds.add(world[None, :])
            if not found[number]:
                return False
            missing &= ~found
        return True
