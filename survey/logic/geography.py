"""Areas and distances on the earth, from points written as "latitude longitude altitude accuracy" with ; between.

The earth is a sphere of the radius that JavaRosa takes, so that figures agree with those of other tools
(https://getodk.github.io/xforms-spec/#fn:area), and results have two decimals as those of Enketo and Web Forms.
Whatever is no such text gives NaN, or false where a truth is asked.
"""

import math
import re
from itertools import pairwise

from survey.logic.values import Value, scalar, scalars, to_text

_DECIMAL_COMMA = re.compile(r"[+-]?\d+(?:,\d+)?", re.ASCII)
RADIUS_METRES = 6_378_100.0
Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def points(text: str) -> list[Point] | None:
    """The points of a geopoint, geotrace or geoshape; None when one of them is none."""
    found: list[Point] = []
    for part in text.replace("\n", " ").split(";"):
        words = figures(part)
        if not words:
            continue
        try:
            latitude, longitude = (float(word) for word in words[:2])
        except ValueError:
            return None
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
    if not corners or len(corners) > 2_000:
        return False
    edges = [edge for edge in _pairs(corners) if edge[0] != edge[1]]
    closed = len(corners) > 2 and corners[0] == corners[-1]
    for place, first in enumerate(edges):
        for other in range(place + 2, len(edges)):
            if closed and place == 0 and other == len(edges) - 1:
                continue
            if _cross(*first, *edges[other]):
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


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    def within(p: Point, q: Point, r: Point) -> bool:
        return min(p[0], q[0]) <= r[0] <= max(p[0], q[0]) and min(p[1], q[1]) <= r[1] <= max(p[1], q[1])

    one, two, three, four = side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)
    if one * two < 0 and three * four < 0:
        return True
    touching = ((one, a, b, c), (two, a, b, d), (three, c, d, a), (four, c, d, b))
    return any(turn == 0 and within(p, q, r) for turn, p, q, r in touching)
