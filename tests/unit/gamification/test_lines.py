"""In which line a value stands, however the text is laid out."""

from gamification.copying.lines import line_of, lines_of

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
