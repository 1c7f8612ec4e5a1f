from hashlib import sha256

import pytest

from lti.rows import Dropped

PAGE = "results page 1, row 3"
SUB = "ada@school.example"
FINGERPRINT = sha256(SUB.encode()).hexdigest()[:12]


@pytest.mark.parametrize(
    ("sub", "label", "where"),
    [
        ("", "", PAGE),
        ("", "Quiz 1", f"“Quiz 1”, {PAGE}"),
        ("17", "Quiz 1", f"“Quiz 1”, {PAGE}, person p-17"),
        (SUB, "", f"{PAGE}, person {FINGERPRINT}"),
    ],
)
def test_an_operator_is_told_where_a_row_is_and_whose(
    sub: str, label: str, where: str
) -> None:
    row = Dropped(PAGE, "score out of range", sub)

    assert row.told(label, {"17": "p-17"}).where == where


def test_whose_a_row_is_at_the_platform_is_not_printed() -> None:
    assert SUB not in str(Dropped(PAGE, "no maximum", SUB).told())
