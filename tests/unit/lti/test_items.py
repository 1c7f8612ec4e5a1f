import pytest

from lti.grades import LineItem
from lti.items import key_of


def an_item(label: str = "Quiz 1: Cells", resource_id: str = "") -> LineItem:
    return LineItem("https://lms.example/8", label, 10_000_000, resource_id)


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Quiz 1: Cells", "quiz-1-cells"),
        ("  Übung «Zellen»  ", "ubung-zellen"),
        ("compliance_101", "compliance_101"),
        ("الخلايا", "item"),
        ("…", "item"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_key_is_made_of_the_label(label: str, key: str) -> None:
    assert key_of(an_item(label), set()) == key


def test_the_tools_own_resource_id_goes_before_the_label() -> None:
    assert key_of(an_item(resource_id="week-1"), set()) == "week-1"


def test_two_items_of_one_name_have_two_keys() -> None:
    assert key_of(an_item(), {"quiz-1-cells", "quiz-1-cells-2"}) == "quiz-1-cells-3"
