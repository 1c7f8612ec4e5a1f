"""One cleaner for what people are called, wherever the platform says it."""

import pytest

from lti.launch import LONGEST_TEXT, Launch
from lti.rows import text_of
from models.texts import one_line
from tests.unit.lti.test_launch import launched

PERSIAN = "می‌خواهم"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (PERSIAN, PERSIAN),
        ("Ana\u00a0María", "Ana María"),
        ("So\u00adphie", "Sophie"),
        ("\u202eevil\u2066\u0007\u2028", "evil"),
        ("Ada\tAhorn\x00", "Ada Ahorn"),
        ("\u200d \u200c", ""),
        ("Lan \ud800Phạm", "Lan Phạm"),
    ],
    ids=ascii,
)
def test_a_name_is_the_same_by_launch_and_by_roster(sent: str, kept: str) -> None:
    launch: Launch = launched(name=sent)

    assert (launch.name, text_of(sent, LONGEST_TEXT)) == (kept, kept)


def test_cleaning_twice_changes_nothing() -> None:
    once = one_line(" \u200cAna\u00a0\u00ad María\u200d\n")

    assert (once, one_line(once)) == ("Ana María", "Ana María")
