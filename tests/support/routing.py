"""Routes that cost little to make: a test makes a whole application of its own."""

from collections.abc import Callable

from flask import Flask
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A route that learns to build its address when one is first asked for.

    Werkzeug writes two functions for each route when it is added and compiles them,
    which was most of what an application cost; few tests ask for one address in ten.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compile_it = super()._compile_builder
        compiled: Builder | None = None

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            nonlocal compiled
            compiled = compiled or compile_it(append_unknown)
            return compiled(rule, **values)

        return build


def compile_routes_late() -> None:
    """Let every application of this process, from now on, have such routes."""
    Flask.url_rule_class = LateRule
