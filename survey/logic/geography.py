"""Areas and distances on the earth, from points written as "latitude longitude altitude accuracy" with ; between.

The earth is a sphere of the radius that JavaRosa takes, so that figures agree with those of other tools
(https://getodk.github.io/xforms-spec/#fn:area), and results have two decimals as those of Enketo and Web Forms.
Whatever is no such text gives NaN, or false where a truth is asked.
"""

import math
import re
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from survey.logic.values import ExpressionError, Value, scalar, scalars, to_text

_FIGURE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+(?:,\d+)?", re.ASCII)
RADIUS_METRES = 6_378_100.0
MAX_CROSSING = 5_000
"""Most points of a line that intersects() looks at; each edge is held against every other."""
Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def points(text: str) -> list[Point] | None:
    """The points of a geopoint, geotrace or geoshape; None when one of them is none."""
    found: list[Point] = []
    for part in text.replace("\n", " ").split(";"):
        words = figures(part)
        if not words:
            continue
        if len(words) < 2 or not all(_FIGURE.fullmatch(word) for word in words[:2]):
            return None
        latitude, longitude = float(words[0]), float(words[1])
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            return None
        found.append((latitude, longitude))
    return found


def figures(part: str) -> list[str]:
    """The figures of one place; a comma parts two of them, as maps write it, or is a decimal comma inside one."""
    words = part.split()
    if len(words) > 1 and all(_DECIMAL_COMMA.fullmatch(word) for word in words):
        return [word.replace(",", ".") for word in words]
    return part.replace(",", " ").split()


def area(shape: Value) -> float:
    """Square metres inside the shape; 0 for fewer than three points."""
    corners = _points_of((shape,))
    if corners is None:
        return math.nan
    if len(corners) < 3:
        return 0.0
    total = 0.0
    for (latitude, longitude), (next_latitude, next_longitude) in _pairs([*corners, corners[0]]):
        turn = math.radians(next_longitude - longitude)
        total += turn * (2 + math.sin(math.radians(latitude)) + math.sin(math.radians(next_latitude)))
    return round(abs(total * RADIUS_METRES**2 / 2), 2)


def distance(*places: Value) -> float:
    """Metres along the points, in order; 0 for fewer than two."""
    stops = _points_of(places)
    if stops is None:
        return math.nan
    return round(math.fsum(_between(here, there) for here, there in _pairs(stops)), 2)


def geofence(place: Value, shape: Value) -> bool:
    """True when the point lies inside the shape."""
    stops, corners = points(to_text(place)), points(to_text(shape))
    if not stops or not corners or len(corners) < 3:
        return False
    latitude, longitude = stops[0]
    inside = False
    for (one_latitude, one_longitude), (other_latitude, other_longitude) in _pairs([*corners, corners[0]]):
        if (one_latitude > latitude) != (other_latitude > latitude):
            share = (latitude - one_latitude) / (other_latitude - one_latitude)
            inside ^= longitude < one_longitude + share * (other_longitude - one_longitude)
    return inside


def intersects(line: Value) -> bool:
    """True when the line, or the outline of the shape, crosses itself."""
    corners = points(to_text(line))
    if not corners:
        return False
    if len(corners) > MAX_CROSSING:
        raise ExpressionError("expression.too_many_steps", limit=MAX_CROSSING)
    edges = [edge for edge in _pairs(corners) if edge[0] != edge[1]]
    closed = len(corners) > 2 and corners[0] == corners[-1]
    ends = np.array(edges, dtype=np.float64).reshape(-1, 2, 2)
    for place in range(len(edges) - 2):
        last = len(edges) - 1 if closed and place == 0 else len(edges)
        if _crosses(ends[place], ends[place + 2 : last]):
            return True
    return False


def _points_of(values: tuple[Value, ...]) -> list[Point] | None:
    found: list[Point] = []
    for value in scalars(values):
        read = points(to_text(scalar(value)))
        if read is None:
            return None
        found += read
    return found


def _pairs(stops: list[Point]) -> list[tuple[Point, Point]]:
    return list(pairwise(stops))


def _between(here: Point, there: Point) -> float:
    first, second = math.radians(here[0]), math.radians(there[0])
    turn = math.radians(there[1] - here[1])
    chord = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(turn / 2) ** 2
    return 2 * RADIUS_METRES * math.asin(min(1.0, math.sqrt(chord)))


def _crosses(edge: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> bool:
    """True when the edge, (2, 2) its ends, meets one of the others, (n, 2, 2)."""
    a, b, c, d = edge[0], edge[1], others[:, 0], others[:, 1]
    turns = _side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b)
    across = (turns[0] * turns[1] < 0) & (turns[2] * turns[3] < 0)
    touching = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    on = ((turn == 0) & _within(*ends) for turn, ends in zip(turns, touching, strict=True))
    return bool(across.any() or any(each.any() for each in on))


def _side(
    p: npt.NDArray[np.float64], q: npt.NDArray[np.float64], r: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Above 0 where r lies to one side of the line from p to q, below 0 on the other."""
    return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])


def _within(
    p: npt.NDArray[np.float64], q: npt.NDArray[np.float64], r: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """True where r lies in the rectangle of p and q."""
    inside = (np.minimum(p, q) <= r) & (r <= np.maximum(p, q))
    return inside[..., 0] & inside[..., 1]
