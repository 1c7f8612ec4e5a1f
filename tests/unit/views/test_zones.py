from zoneinfo import ZoneInfo, available_timezones

from views.zones import zones


def test_every_proposed_zone_is_one_and_each_is_proposed_once() -> None:
    assert set(zones()) <= available_timezones()
    assert len(zones()) == len(set(zones()))
    assert [zone for zone in zones() if ZoneInfo(zone).key != zone] == []


def test_places_are_proposed_and_old_names_are_not() -> None:
    names = ("UTC", "Europe/Berlin", "Asia/Kolkata", "US/Pacific", "GMT0", "localtime")

    assert [name for name in names if name in zones()] == [*names[:3]]
