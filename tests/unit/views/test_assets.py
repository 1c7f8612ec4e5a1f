import gzip
import re
from pathlib import Path

from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from views.assets import ICONS, SCRIPTS, static_url

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"


def address_of(app: OpenAPI, name: str) -> str:
    with app.test_request_context():
        return static_url(name)


def test_an_asset_is_kept_for_ever_at_todays_address(
    app: OpenAPI, client: FlaskClient
) -> None:
    answer = client.get(address_of(app, "laurel.css"))

    assert answer.status_code == 200
    assert answer.content_type == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_asset_at_yesterdays_address_is_answered_but_not_kept(
    client: FlaskClient,
) -> None:
    answer = client.get("/static/v-0123456789ab/js/shell.js")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_unknown_asset_is_not_found(client: FlaskClient) -> None:
    assert client.get("/static/v-0123456789ab/css/../../config.py").status_code == 404


def test_an_asset_is_packed_for_who_can_unpack_it(
    app: OpenAPI, client: FlaskClient
) -> None:
    plain = client.get(address_of(app, "laurel.css"))
    packed = client.get(
        address_of(app, "laurel.css"), headers={"Accept-Encoding": "gzip"}
    )
    refused = client.get(
        address_of(app, "laurel.css"), headers={"Accept-Encoding": "gzip;q=0"}
    )

    assert gzip.decompress(packed.data) == plain.data == refused.data
    assert packed.content_encoding == "gzip"
    assert plain.content_encoding is None
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert len(packed.data) < 50_000


def test_every_rule_of_ours_wins_over_bootstraps(
    app: OpenAPI, client: FlaskClient
) -> None:
    style = client.get(address_of(app, "laurel.css")).text

    assert style.startswith("@layer bootstrap{")
    assert "sourceMappingURL" not in style
    assert "--leaf:" in style


def test_every_icon_named_is_in_the_sprite(app: OpenAPI, client: FlaskClient) -> None:
    sprite = client.get(address_of(app, "icons.svg")).text
    drawn = set(re.findall(r'<symbol[^>]*id="([^"]+)"', sprite))
    text = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    named = set(re.findall(r"""icon\(["']([a-z-]+)["']""", text))
    named |= set(re.findall(r"""icons\.svg["']\) \}\}#([a-z-]+)""", text))

    assert drawn == {*ICONS, "sprout", "wreath"}
    assert named <= drawn
    assert "wreath" in named


def test_what_a_script_imports_later_lies_beside_it(
    app: OpenAPI, client: FlaskClient
) -> None:
    folder = address_of(app, "js/login.js").rsplit("/", 1)[0]
    scripts = [client.get(f"{folder}/{name}.js").text for name in SCRIPTS]
    later = re.findall(r'import\("\./([\w-]+\.js)"\)', "".join(scripts))

    assert later == ["platform-storage.js"]
    assert client.get(f"{folder}/platform-storage.js").status_code == 200


def test_todays_files_say_to_browsers_what_every_answer_says(
    app: OpenAPI, client: FlaskClient
) -> None:
    answers = [client.get(address_of(app, "icons.svg")), client.get("/nowhere")]

    said = ("Referrer-Policy", "Permissions-Policy", "X-Content-Type-Options")
    today, other = ([answer.headers[name] for name in said] for answer in answers)
    assert today == other
