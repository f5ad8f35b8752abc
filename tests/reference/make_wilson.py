"""Makes wilson.json: the bounds as roots of the score equation, found by bisection in 50-digit decimals.

The program uses the closed form; this does not, so a slip in the formula shows. The two cases with `published` stand in
statistics-cases.md (81/263 and 0/20), rounded as printed there.

Run: python tests/reference/make_wilson.py > tests/reference/wilson.json
"""

import json
from decimal import Decimal, getcontext

getcontext().prec = 50

Z = {0.95: Decimal("1.959963984540054235524594430520551"), 0.99: Decimal("2.575829303548900760966094146010")}
"""Standard normal quantiles of 0.975 and 0.995 (Abramowitz and Stegun, table 26.5, to more digits)."""
CASES = [
    (81, 263, 0.95),
    (0, 20, 0.95),
    (20, 20, 0.95),
    (1, 2, 0.95),
    (5, 461, 0.95),
    (44, 262, 0.99),
    (230, 461, 0.99),
]
PUBLISHED = {(81, 263): [0.2553, 0.3662], (0, 20): [0.0, 0.1611]}


def excess(p: Decimal, share: Decimal, n: int, z: Decimal) -> Decimal:
    """(share - p)^2 - z^2 p (1 - p) / n: negative exactly inside the interval."""
    return (share - p) ** 2 - z * z * p * (1 - p) / n


def bound(chosen: int, n: int, z: Decimal, outside: Decimal) -> Decimal:
    """The root between `outside` (0 or 1) and the share."""
    share = Decimal(chosen) / n
    inside = share
    if outside == share:
        return outside
    for _ in range(150):
        middle = (inside + outside) / 2
        if excess(middle, share, n, z) > 0:
            outside = middle
        else:
            inside = middle
    return inside


def main() -> None:
    """Prints all cases as JSON."""
    cases = []
    for chosen, n, level in CASES:
        low, high = (bound(chosen, n, Z[level], Decimal(end)) for end in (0, 1))
        case = {"chosen": chosen, "n": n, "level": level, "low": float(low), "high": float(high)}
        if level == 0.95 and (chosen, n) in PUBLISHED:
            case["published"] = PUBLISHED[chosen, n]
        cases.append(case)
    print(json.dumps(cases, indent=1))


if __name__ == "__main__":
    main()
