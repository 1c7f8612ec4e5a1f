import re

import pytest

from config import ROOT

FORM = re.compile(r"<form\b[^>]*>")
OURS = [
    form
    for path in sorted((ROOT / "templates").rglob("*.html"))
    # The launch's own form is the browser's: it opens the page that has the scripts.
    if path.parent.name != "lti"
    for form in FORM.findall(path.read_text())
    # Hidden and empty until the script fills it in for the platform.
    if 'id="deep-link"' not in form
]
SENT_BY = ("data-json=", "data-route=", 'id="choices"', 'id="back"')


@pytest.mark.parametrize("form", OURS)
def test_a_form_waits_for_the_script_that_sends_it(form: str) -> None:
    """Sent by the browser itself it would lead away, its content in the address."""
    assert 'method="dialog"' in form
    assert sum(sign in form for sign in SENT_BY) == 1


def test_there_are_forms_to_look_at() -> None:
    assert len(OURS) > 5
