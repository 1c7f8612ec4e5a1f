from pathlib import Path

import pytest

from views.assets import SCRIPTS, STATIC
from views.modules import bundle


def written(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder


def test_a_bundle_holds_what_is_imported_once_and_before_its_importer(
    tmp_path: Path,
) -> None:
    folder = written(
        tmp_path,
        entry='import "./left.js";\nimport "./right.js";\n',
        left='import { base } from "./base.js";\nbase("left");\n',
        right='import { base } from "./base.js";\nbase("right");\n',
        base="export function base(word) {\n  note(word);\n}\n",
    )

    script = bundle(folder, "entry")

    assert script.split("\n") == [
        *("function base(word) {", "  note(word);", "}"),
        *("", 'base("left");', "", 'base("right");', "", ""),
    ]


def test_what_is_imported_when_it_is_needed_stays_a_file_of_its_own(
    tmp_path: Path,
) -> None:
    text = 'const { put } = await import("./storage.js");\n'

    assert bundle(written(tmp_path, login=text), "login") == text


def test_two_modules_may_not_declare_the_same_name(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        entry='import "./other.js";\nconst page = 1;\n',
        other="function page() {}\n",
    )

    with pytest.raises(ValueError, match=r"both declare: page\.$"):
        bundle(folder, "entry")


@pytest.mark.parametrize("name", SCRIPTS)
def test_our_scripts_can_be_joined(name: str) -> None:
    script = bundle(STATIC / "js", name)

    assert "\nimport " not in script
    assert "\nexport " not in script
