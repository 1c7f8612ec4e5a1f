"""Modules of ours joined into one script: a browser then fetches one file, not five.

They may import names from a file beside them, at the top, one import a line, and
export what they declare. Their top level is shared, so no two may declare the same.
"""

import re
from collections import Counter
from pathlib import Path

IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w-]+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ", re.MULTILINE)
DECLARED = re.compile(
    r"^(?:async )?(?:const|let|function|class) (?:\{ )?(\w+)", re.MULTILINE
)


def bundle(folder: Path, name: str) -> str:
    """Return a module with all that it imports, each once and before its importer.

    Raises ValueError when two of them declare the same name.
    """
    joined: dict[str, str] = {}
    _join(folder, name, joined)
    script = "\n".join(joined.values())
    times = Counter(DECLARED.findall(script))
    doubled = sorted(word for word, count in times.items() if count > 1)
    if doubled:
        raise ValueError(f"Modules of {name}.js both declare: {', '.join(doubled)}.")
    return script


def _join(folder: Path, name: str, joined: dict[str, str]) -> None:
    text = (folder / f"{name}.js").read_text()
    for imported in IMPORT.findall(text):
        if imported not in joined:
            _join(folder, imported, joined)
    joined[name] = EXPORT.sub("", IMPORT.sub("", text))
