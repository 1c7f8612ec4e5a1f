"""The house rules as functions: source text in, a list of faults out.

A fault is `line: what`; the rules and the reasons for them are in docs/style.md.
"""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
CODE = (
    "app.py",
    "cli.py",
    "config.py",
    "models",
    "gamification",
    "lti",
    "views",
    "jobs",
    "campus",
    "bench",
)
# Below the edges the time is an argument, and somebody else ends the transaction.
BELOW_THE_EDGES = ("config.py", "models", "gamification", "lti")
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
CLOCK_OWNERS = {"datetime", "date", "time", "dt"}

SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore)(?P<rest>.*)", re.IGNORECASE)
REASONED = re.compile(
    r"^\s*(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[\w,\s-]+\])\s*(?:--|#)\s*\S"
)
CLAIM = re.compile(r"purl\.imsglobal\.org/spec/lti")
SCOPE = re.compile(r"purl\.imsglobal\.org/spec/lti-(?:ags|nrps)/scope/")

TAG = re.compile(r"<[a-zA-Z][^<>]*>", re.DOTALL)
JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
INLINE = re.compile(r"\s(style|on[a-z]+)\s*=", re.IGNORECASE)

# Classes of one letter, so that this file keeps the rule, too.
REGISTRIES = re.compile(
    r"\b(?:[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.(?:org|com)|[u]npkg\.com"
    r"|[j]sdelivr\.net|[c]dnjs\.cloudflare\.com)"
)
OPEN_ENDS = re.compile(r"\b(?:[T]ODO|[F]IXME|[X]XX)\b")
MACHINE_PATH = re.compile(r"(?<![\w.~}-])/(?:[w]ork|[t]mp|[h]ome/\w+)/")


def modules(*places: str) -> list[Path]:
    """Return the Python files of some places of the house."""
    found: list[Path] = []
    for place in places:
        path = ROOT / place
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return found


def known_files() -> list[Path]:
    """Return every file that is in the repository or about to be."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 -- git is a prerequisite, wherever it lies
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = (ROOT / name for name in listing.split("\0") if name)
    return [path for path in paths if path.is_file()]


def edge_business(source: str) -> list[str]:
    """Find calls that ask the time or commit."""
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and _is_edge_business(node.func)
    ]


def undoing(source: str) -> list[str]:
    """Find calls that roll a transaction back."""
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".rollback")
    ]


def _is_edge_business(called: ast.expr) -> bool:
    if not isinstance(called, ast.Attribute):
        return False
    if called.attr == "commit":
        return True
    owner = called.value
    name = owner.attr if isinstance(owner, ast.Attribute) else ast.unparse(owner)
    asks_the_database = name == "func" and called.attr.startswith(("now", "current_"))
    return asks_the_database or (called.attr in CLOCKS and name in CLOCK_OWNERS)


def lengths(source: str) -> list[str]:
    """Find a module or a function that is too long."""
    total = len(source.splitlines())
    faults = [f"1: {total} lines"] if total > LONGEST_MODULE else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > LONGEST_FUNCTION:
                faults.append(f"{node.lineno}: {node.name} has {size} lines")
    return faults


def suppressions(source: str) -> list[str]:
    """Find a `noqa` or `type: ignore` that names no rule or gives no reason."""
    return [
        f"{line}: {comment}"
        for line, comment in _comments(source)
        if (found := SUPPRESSION.search(comment))
        and not REASONED.match(found.group("rest"))
    ]


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def claim_urls(source: str) -> list[str]:
    """Find claim names; the scopes of services are not claims."""
    return [
        f"{number}: {line.strip()}"
        for number, line in enumerate(source.splitlines(), 1)
        if CLAIM.search(SCOPE.sub("", line))
    ]


def inline_code(template: str) -> list[str]:
    """Find what our content security policy would block, and unescaped output."""
    text = JINJA_COMMENT.sub("", template)
    faults = [
        f"|safe in {found}"
        for found in JINJA.findall(text)
        if "|safe" in _squeezed(found)
    ]
    if re.search(r"javascript\s*:", text, re.IGNORECASE):
        faults.append("a javascript: address")
    for tag in TAG.findall(JINJA.sub(_harmless, text)):
        name = tag[1:].split(maxsplit=1)[0].rstrip("/>").lower()
        if INLINE.search(tag) or name == "style":
            faults.append(f"inline: {tag}")
        if name == "script" and not _is_allowed_script(tag):
            faults.append(f"script: {tag}")
    return faults


def _harmless(found: re.Match[str]) -> str:
    """Keep that something is there; quotes and brackets inside would confuse."""
    return "nonce" if "nonce" in found.group() else "x"


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def _is_allowed_script(tag: str) -> bool:
    if re.search(r"\ssrc\s*=", tag):
        return True
    return 'type="application/json"' in tag and re.search(r"\snonce=", tag) is not None


def unwelcome_words(text: str) -> list[str]:
    """Find registries, one machine's paths and open ends."""
    faults = []
    for number, line in enumerate(text.splitlines(), 1):
        named = REGISTRIES.search(line) is not None
        if named or OPEN_ENDS.search(line) or MACHINE_PATH.search(line):
            faults.append(f"{number}: {line.strip()[:80]}")
    return faults


def settings(source: str) -> set[str]:
    """Return the names that config.py reads from the environment."""
    return {
        argument.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        for argument in node.args
        if isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and re.fullmatch(r"[A-Z][A-Z_]+", argument.value)
    }
