import re

import pytest

from config import ROOT
from views.assets import STYLES

RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
SIDED = re.compile(r"(?<![\w-])(?:[a-z]+-)?(?:left|right)(?:-[a-z-]+)?\s*:")
SIDED_VALUE = re.compile(r"(?:text-align|float|clear)\s*:\s*(?:left|right)")


@pytest.mark.parametrize("name", STYLES)
def test_no_rule_takes_a_side_that_does_not_mirror(name: str) -> None:
    style = (ROOT / "static" / "css" / f"{name}.css").read_text()

    sided = [
        selector.strip()
        for selector, rules in RULE.findall(style)
        if SIDED.search(rules) or SIDED_VALUE.search(rules)
        if "[dir=" not in selector
    ]

    assert sided == []
