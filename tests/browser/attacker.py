"""Somebody who has a launch of their own, and wants another's browser to open it."""

import html
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from flask import Flask

from campus.records import Person
from campus.server import serving
from tests.browser.stage import Stage
from tests.support.visitor import Page, Visitor

PATIENCE = 5

# Answers every question about stored data, whoever asks and whoever was meant.
OBLIGING = """
<script>
  addEventListener("message", ({ data, source, origin }) => {
    top.heard.push(data);
    const { subject, message_id, key } = data;
    const value = "STATE";
    source.postMessage({ subject: `${subject}.response`, message_id, key, value }, origin);
  });
</script>"""
# Answers as the frame it has taken over would have: with what the address carries.
IMPOSTOR = """
<script>
  const answer = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  parent.frames.tool.postMessage(answer, "*");
</script>"""


@dataclass
class Attacker:
    """A site of its own; `pages` are what it serves."""

    origin: str
    pages: dict[str, str] = field(default_factory=dict)

    def poses_as_platform(self, framed: str, fields: Mapping[str, str]) -> str:
        """Frame an address of the tool, posting to it; answer all that it asks."""
        obliging = OBLIGING.replace("STATE", fields.get("state", ""))
        self.pages["post_message_forwarding"] = obliging
        return self.serve(
            f"<script>var heard = [];</script>{obliging}"
            f'<iframe name="post_message_forwarding" '
            f'src="/post_message_forwarding"></iframe>'
            f'<iframe name="tool"></iframe>{posting(framed, fields, "tool")}'
        )

    def serve(self, page: str) -> str:
        """Serve a page; return its address."""
        self.pages["trap"] = page
        return f"{self.origin}/trap"


def posting(action: str, fields: Mapping[str, str], target: str = "_self") -> str:
    """Return a form that posts itself once all frames are there."""
    inputs = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    return (
        f'<form action="{action}" method="post" target="{target}">{inputs}</form>'
        '<script>addEventListener("load", () => document.forms[0].submit());</script>'
    )


@contextmanager
def attacking() -> Iterator[Attacker]:
    """Serve an attacker's pages on a third site."""
    app = Flask("attacker")
    with serving(app, "127.0.0.1") as port:
        attacker = Attacker(f"http://attacker.localhost:{port}")
        attacker.pages["impostor"] = IMPOSTOR
        app.add_url_rule("/<name>", view_func=lambda name: attacker.pages[name])
        yield attacker


def own_launch(stage: Stage, person: Person) -> dict[str, str]:
    """Return the id_token and state of somebody's launch, not yet posted to us."""
    visitor = Visitor()
    course = visitor.get(stage.course_address(person))
    login = visitor.submit(course.form_to(stage.tool))
    return visitor.get(login.links["continue"]).form_to(stage.tool).fields


def own_pending(stage: Stage, fields: Mapping[str, str]) -> dict[str, str]:
    """Post a launch from no browser; return what the page that answers would send."""
    address = f"{stage.tool}/lti/launch"
    answer = requests.post(address, data=fields, timeout=PATIENCE)
    page = Page(address, answer.text)
    proofs = json.loads(page.scripts["finish-proofs"])
    return {"pending": proofs["pending"], "proof": fields["state"]}
