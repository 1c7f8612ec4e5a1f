"""A tool that answers the campus's deep linking, and the browser that carries it."""

import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campus import deep_linking, launches
from campus import vocabulary as lti
from campus.records import Link
from campus.seeding import Cast
from campus.state import Campus
from campus.tokens import REMOVED, signed
from tests.integration.campus.stage import ProvingTool

TWO = [
    {
        "type": "ltiResourceLink",
        "title": "Leaderboard",
        "url": "http://tool.example/lti/launch",
        "custom": {"panel": "leaderboard"},
    },
    {
        "type": "ltiResourceLink",
        "title": "Badges",
        "custom": {"panel": "badges"},
        "lineItem": {
            "label": "Share of badges",
            "scoreMaximum": 20,
            "resourceId": "laurel-badges",
            "tag": "laurel",
        },
    },
]


@dataclass
class Stage:
    campus: Campus
    cast: Cast
    tool: ProvingTool
    browser: FlaskClient

    def ask(self, placement: str = "") -> dict[str, Any]:
        """Return the settings that the tool is asked with."""
        launch = deep_linking.request(
            self.campus, self.tool.tool, self.cast.course, self.cast.iris, placement
        )
        claims: dict[str, Any] = launches.claims_for(self.campus, launch, "n")
        settings: dict[str, Any] = claims[lti.DEEP_LINKING_SETTINGS]
        return settings

    def answer(self, **changes: object) -> str:
        """Sign an answer; `changes` replace claims by their names here."""
        now = int(time.time())
        claims = {
            "iss": self.tool.tool.client_id,
            "aud": self.campus.issuer,
            "iat": now,
            "exp": now + 300,
            "nonce": f"nonce-{time.monotonic_ns()}",
            lti.DEPLOYMENT_ID: self.tool.tool.deployment_ids[0],
            lti.MESSAGE_TYPE: "LtiDeepLinkingResponse",
            lti.VERSION: "1.3.0",
            lti.CONTENT_ITEMS: TWO,
            **{getattr(lti, name, name): value for name, value in changes.items()},
        }
        kept = {name: value for name, value in claims.items() if value is not REMOVED}
        header = {"typ": "JWT", "alg": "RS256", "kid": self.tool.key.kid}
        return signed(header, kept, self.tool.key)

    def send(self, settings: dict[str, Any], answer: str) -> TestResponse:
        """Post an answer as the tool's page does, and as often as it takes."""
        url = urlsplit(settings["deep_link_return_url"])
        path, form = f"{url.path}?{url.query}", {"JWT": answer}
        sent = self.browser.post(path, data=form)
        if 'name="repost"' in sent.text:
            sent = self.browser.post(path, data={**form, "repost": "1"})
        return sent

    def save(self, page: TestResponse) -> None:
        """Press the button of the form, where there is one to press."""
        action = re.findall(r'<form method="post" action="([^"]*)"', page.text)
        if action:
            assert self.browser.post(action[0]).status_code == 303

    def links(self) -> list[Link]:
        return [
            link
            for link in self.campus.links(self.cast.course)
            if link.number != self.cast.link.number
        ]
