"""In which line a value stands, however the text is laid out."""

from gamification.copying.lines import DEEPEST, line_of, lines_of, too_deep

TEXT = '''# a file
version = 1
[settings.board] # who sees what
rank = "hidden"

[[badge]]
key = "a"
description = """
[[badge]]
key = "no field of ours"
"""
[badge.criterion]
metric = "score"

[[badge]]
  key = 'b'
criterion = { metric = "score", at_least = 3 }
'''


def test_tables_fields_and_entries_of_lists_have_lines() -> None:
    assert lines_of(TEXT) == {
        ("version",): 2,
        ("settings", "board"): 3,
        ("settings", "board", "rank"): 4,
        ("badge", 0): 6,
        ("badge", 0, "key"): 7,
        ("badge", 0, "description"): 8,
        ("badge", 0, "criterion"): 12,
        ("badge", 0, "criterion", "metric"): 13,
        ("badge", 1): 15,
        ("badge", 1, "key"): 16,
        ("badge", 1, "criterion"): 17,
    }


def test_what_has_no_line_has_that_of_what_is_around_it() -> None:
    lines = lines_of(TEXT)

    assert line_of(lines, ("badge", 1, "criterion", "at_least")) == 17
    assert line_of(lines, ("settings", "board", "top")) == 3
    assert line_of(lines, ("nowhere",)) == 0


def test_a_name_of_too_many_parts_is_found_with_its_line() -> None:
    deep = ".".join("a" * (DEEPEST + 2))
    quoted = " . ".join(["'a'", '"b"'] * (DEEPEST // 2 + 1))

    lines = [
        too_deep(f"version = 1\n{name}")
        for name in (f"{deep} = 1", f"[{deep}]", f"x = {{{quoted} = 1}}")
    ]

    assert lines == [2, 2, 2]
    assert too_deep(".".join("a" * DEEPEST)) == 0
    assert too_deep(TEXT) == 0


def test_lines_that_look_like_something_else_end() -> None:
    # Each took a time that grew with a power of its length.
    hostile = [
        "[" * 50_000,
        "[" + " " * 50_000,
        "a" * 50_000,
        '"' * 50_001,
        " " * 50_000,
    ]

    assert [lines_of(line) for line in hostile] == [{}] * len(hostile)
    assert [too_deep(line) for line in hostile] == [0] * len(hostile)
