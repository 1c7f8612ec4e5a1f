"""What becomes of a document's words once its draft is bound to a rule."""

from typing import Any

from tests.support.badges import TWICE, get, put
from tests.support.documents import COMPLIANCE, OWL, bring, came, told
from tests.support.launches import Caller


def test_a_long_text_is_kept_to_the_letter_and_shown_as_far_as_it_fits(
    teacher: Caller,
) -> None:
    document = {
        **COMPLIANCE,
        "name": f"Compliance\n{'novice ' * 34}",
        "description": "What it is.\n\n" + "It is long. " * 300,
    }
    bring(teacher, document)
    draft = get(teacher, "compliance_101").json

    rule = {"metric": "events", "at_least": 2}
    wish = {**draft, "state": "active", "criterion": rule}
    bound = put(teacher, "compliance_101", wish).json

    assert (len(draft["label"]), draft["label"][-1]) == (100, "…")
    assert draft["label"].startswith("Compliance novice")
    assert draft["description"].startswith("What it is.\n\nIt is long.")
    assert len(draft["description"]) == 1000
    assert (bound["state"], bound["source"]) == ("active", document)


def test_what_is_shown_is_one_line_that_can_be_sent_back(teacher: Caller) -> None:
    owl = {**OWL, "label": "A\nB\u202e", "icon": "👩\u200d🚀\n"}
    bring(teacher, owl)
    draft = get(teacher, "owl").json

    bound = put(
        teacher, "owl", {**draft, **TWICE, "criterion": None, "state": "active"}
    ).json

    assert (draft["label"], draft["icon"]) == ("A B", "👩\u200d🚀")
    assert bound["state"] == "active"


def test_a_name_of_another_script_keeps_its_joiners(teacher: Caller) -> None:
    bring(teacher, {**COMPLIANCE, "name": "می\u200cرود 👩\u200d🚀 Compl\u00adiance"})

    label = get(teacher, "compliance_101").json["label"]

    assert label == "می\u200cرود 👩\u200d🚀 Compliance"


def test_a_rule_that_comes_for_a_text_keeps_the_text(teacher: Caller) -> None:
    bring(teacher, COMPLIANCE)
    ours: dict[str, Any] = {"key": "compliance_101", "metric": "events", "threshold": 2}

    came_once, came_again = (came(bring(teacher, ours)) for _ in "ab")

    assert get(teacher, "compliance_101").json["source"] == COMPLIANCE
    assert told(teacher)[-1]["source"] == COMPLIANCE
    assert [came_once, came_again] == [
        [("compliance_101", "kept")],
        [("compliance_101", "known")],
    ]
