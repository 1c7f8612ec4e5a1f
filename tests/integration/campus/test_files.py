"""The campus's own scripts and styles, as a browser fetches them again."""

import gc
import warnings

from campus.state import Campus
from campus.web import create_app


def test_a_file_that_has_not_changed_is_closed(campus: Campus) -> None:
    browser = create_app(campus).test_client()
    first = browser.get("/static/submit.js")
    known = {"If-None-Match": first.headers["ETag"]}
    first.close()

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        again = browser.get("/static/submit.js", headers=known)
        status = again.status_code
        del again
        gc.collect()

    assert status == 304
    assert [one.message for one in said if one.category is ResourceWarning] == []
