"""By what an item is known again, and what is left open."""

from gamification.copying.mapping import Place, bindings


def test_our_own_name_goes_before_the_title() -> None:
    old = [Place("quiz-1", "Quiz 1", resource_id="week-1")]
    new = [Place("a", "Quiz 1"), Place("b", "Test", resource_id="week-1")]

    assert bindings(old, new) == {"quiz-1": "b"}


def test_the_platforms_history_goes_before_the_title() -> None:
    old = [Place("quiz-1", "Quiz 1", link="17")]
    new = [Place("a", "Quiz 1"), Place("b", "Test", earlier=frozenset({"17", "3"}))]

    assert bindings(old, new) == {"quiz-1": "b"}


def test_a_link_that_was_copied_twice_is_no_answer() -> None:
    old = [Place("quiz-1", link="17")]
    new = [Place(key, earlier=frozenset({"17"})) for key in ("a", "b")]

    assert bindings(old, new) == {}


def test_a_title_is_the_same_in_capitals_wherever_it_stands() -> None:
    old = [Place("quiz-1", "Quiz  1", "quiz", position=1)]

    assert bindings(old, [Place("q", "QUIZ 1", "quiz", position=9)]) == {"quiz-1": "q"}
    assert bindings(old, [Place("q", "Quiz 1", "forum", position=1)]) == {}


def test_of_equal_titles_the_position_decides() -> None:
    old = [Place("one", "Quiz", position=1), Place("two", "Quiz", position=2)]
    new = [Place("b", "Quiz", position=2), Place("a", "Quiz", position=1)]

    assert bindings(old, new) == {"one": "a", "two": "b"}


def test_of_equal_titles_in_other_places_none_is_guessed() -> None:
    old = [Place("one", "Quiz", position=1)]
    new = [Place("a", "Quiz", position=2), Place("b", "Quiz", position=3)]

    assert bindings(old, new) == {}


def test_items_without_a_title_have_nothing_in_common() -> None:
    assert bindings([Place("one")], [Place("a")]) == {}
