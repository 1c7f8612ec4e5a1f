"""Conditions that cannot be met together: what a rule asks for and rules out."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from gamification.catalog.rules import All, AnyOf, Leaf, NoneOf, Rule
from gamification.catalog.rules.words import listed
from gamification.catalog.spans import ANY, Span, covering, in_common


def clashes(rule: Rule) -> list[str]:
    """Say in a sentence each what of a rule, or of a group in it, is nobody's."""
    return [*_clashing([rule]), *_contradicted(rule)]


def _contradicted(rule: Rule) -> Iterator[str]:
    """Yield what an `all` asks for and rules out itself."""
    if not isinstance(rule, All | AnyOf | NoneOf):
        return
    if isinstance(rule, All):
        yield from _clashing([rule])
    # Not a `none` by itself: in another one it may say what everybody meets.
    for part in rule.parts:
        yield from _contradicted(part)


def _clashing(parts: Sequence[Rule], beside: Sequence[Rule] = ()) -> list[str]:
    """Say why parts cannot be met together, nor beside others that do not clash.

    A choice between ways is looked at beside what must be met anyway, and not beside
    other choices: so many of them are no more work than their ways.
    """
    inner, choices = _sorted_out(parts)
    sure = [*beside, *inner]
    found = list(_against_each_other(sure))
    if found:
        return found
    for choice in choices:
        ways = [_clashing([way], sure) for way in choice.parts]
        if all(ways):
            return [why for way in ways for why in way]
    return []


def _sorted_out(parts: Sequence[Rule]) -> tuple[list[Rule], list[AnyOf]]:
    """Return what must be met whatever is chosen, and what there is to choose."""
    sure: list[Rule] = []
    choices: list[AnyOf] = []
    for part in parts:
        sure.append(part)
        if isinstance(part, AnyOf) and len(part.parts) > 1:
            choices.append(part)
        elif isinstance(part, All | AnyOf):
            inner, more = _sorted_out(part.parts)
            sure += inner
            choices += more
    return sure, choices


def _against_each_other(parts: Sequence[Rule]) -> Iterator[str]:
    """Yield why parts that must all be met cannot be met together."""
    unwanted = list(_unwanted(part for part in parts if isinstance(part, NoneOf)))
    asked_for = [out for out in unwanted if all(one in parts for one in _of_all(out))]
    for out in asked_for:
        yield f'Nobody can meet it: "{out.sentence({})}" is asked for and ruled out.'
    asked = _by_number(part for part in parts if isinstance(part, Leaf))
    ruled_out = _by_number(
        (out for out in unwanted if out not in asked_for), is_denied=True
    )
    for number in asked | ruled_out:
        yield from _nothing_left(asked.get(number, []), ruled_out.get(number, []))


def _unwanted(groups: Iterable[NoneOf | AnyOf]) -> Iterator[Rule]:
    """Yield what must not be met, whichever way: what is in a choice, too."""
    for group in groups:
        for part in group.parts:
            yield part
            if isinstance(part, AnyOf):
                yield from _unwanted([part])


def _of_all(rule: Rule) -> list[Rule]:
    """Return the parts that are met where a rule is, and it where they are."""
    if not isinstance(rule, All):
        return [rule]
    return [inner for part in rule.parts for inner in _of_all(part)]


def _by_number(
    parts: Iterable[Rule], *, is_denied: bool = False
) -> dict[str, list[Span]]:
    """Return what meets conditions on one number each, by what that number is.

    Conditions on the same number that are met together are one. Of a condition on
    each of several items, each item is asked for by itself, or ruled out where one
    would be enough.
    """
    found: dict[str, list[Span]] = {}
    for part in parts:
        leaves = _of_all(part)
        numbers = [_numbers(leaf, is_denied=is_denied) for leaf in leaves]
        spans = [Span.of(leaf) for leaf in leaves if isinstance(leaf, Leaf)]
        is_one = len(set(numbers)) == len(numbers[0]) == 1
        if is_one or len(leaves) == 1:
            for number in numbers[0]:
                span = in_common(spans, part.sentence({}))
                found.setdefault(number, []).append(span)
    return found


def _numbers(part: Rule, *, is_denied: bool) -> tuple[str, ...]:
    """Return what a condition counts, whatever it compares that with.

    An item by itself is the same as a list of one; none: it is not on one number.
    """
    if not isinstance(part, Leaf):
        return ()
    said = {"item", "items", "of", "at_least", "more_than", "at_most", "between"}
    scope, keys = part.model_dump_json(exclude=said), part.keys or ()
    if not part.is_per_item:
        return (f"{sorted(keys)} {scope}",)
    is_each = part.wanted == (1 if is_denied else len(keys))
    return tuple(f"{[key]} {scope}" for key in keys) if is_each else ()


def _nothing_left(asked: Sequence[Span], ruled_out: Sequence[Span]) -> Iterator[str]:
    """Yield why conditions on the same number leave no number, if they do.

    Where there is no result there is no number, and so nothing that is ruled out:
    of results a condition must be asked for, of all else there is 0 at least.
    """
    # Of bounds that are not above 0 `not_above_zero` tells.
    wanted = [span for span in asked if span.largest >= 0]
    pairs = list(combinations(wanted, 2))
    if apart := [both for both in pairs if in_common(both).is_empty]:
        yield from (f"Nobody can meet both {_quoted(both)}." for both in apart)
        return
    unwanted = [span for span in ruled_out if not span.is_all]
    few = [*((span,) for span in wanted), *pairs]
    if not any(span.is_result for span in unwanted):
        few.append(())
    found = [(some, covering(in_common([ANY, *some]), unwanted)) for some in few]
    reasons = [(some, out) for some, out in found if out]
    if reasons:
        yield _shut_out(*min(reasons, key=lambda both: len(both[0]) + len(both[1])))


def _shut_out(asked: Sequence[Span], ruled_out: Sequence[Span]) -> str:
    what = f"{'both ' if len(asked) > 1 else ''}{_quoted(asked)}" if asked else "it"
    several = "both " if len(ruled_out) == 2 and not asked else ""
    out = f"{several}{_quoted(ruled_out)} {'are' if ruled_out[1:] else 'is'} ruled out"
    return f"Nobody can meet {what}: {out}."


def _quoted(spans: Sequence[Span]) -> str:
    return listed([f'"{span.said}"' for span in spans])
