"""The same point all through a battery is told, and nothing that can be read otherwise."""

from analysis.flags.batteries import straight_lines
from tests.analysis.consultations import dataset, responses


def test_the_same_point_for_every_item_is_told_with_the_battery_and_the_point() -> None:
    data = dataset(responses({"g1": "3", "g2": "3"}, {"g1": "3", "g2": "2"}, {"g1": "5", "g2": "5"}))
    found = straight_lines(data, fewest=2)
    keys = [each.response_id for each in data.respondents]
    assert [(each.response_id, each.battery, each.point, each.items) for each in found] == [
        (keys[0], "grid", "3", 2),
        (keys[2], "grid", "5", 2),
    ]


def test_fewer_items_than_the_threshold_say_nothing_and_neither_do_missing_answers() -> None:
    data = dataset(responses({"g1": "3", "g2": "3"}, {"g1": "3"}, {"g1": "dk", "g2": "dk"}))
    assert straight_lines(data) == ()
    assert len(straight_lines(data, fewest=2)) == 1
    assert straight_lines(dataset(()), fewest=2) == ()
