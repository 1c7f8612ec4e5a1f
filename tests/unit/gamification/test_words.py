from gamification.standings.words import ADJECTIVES, NOUNS

# Colours that name people, bodies, minds, sexes; animals and plants that insult.
UNKIND = [
    "amber",
    "ape",
    "ass",
    "banana",
    "bear",
    "beaver",
    "beech",
    "big",
    "bitch",
    "black",
    "blonde",
    "brown",
    "bunny",
    "chicken",
    "coconut",
    "cow",
    "crab",
    "crazy",
    "cuckoo",
    "cute",
    "dark",
    "dog",
    "donkey",
    "dumb",
    "fair",
    "fat",
    "female",
    "fox",
    "fruit",
    "fruity",
    "goat",
    "goose",
    "gorilla",
    "gull",
    "hyena",
    "jackal",
    "king",
    "kitten",
    "lame",
    "lazy",
    "lemming",
    "little",
    "loose",
    "mad",
    "magpie",
    "male",
    "manatee",
    "monkey",
    "mouse",
    "mule",
    "nut",
    "old",
    "ox",
    "pale",
    "pansy",
    "parrot",
    "peach",
    "pig",
    "pretty",
    "queen",
    "rat",
    "red",
    "sexy",
    "sheep",
    "shrew",
    "silly",
    "skinny",
    "sloth",
    "slow",
    "slug",
    "small",
    "snail",
    "snake",
    "squaw",
    "swine",
    "tan",
    "thick",
    "thin",
    "tiny",
    "toad",
    "turkey",
    "ugly",
    "viper",
    "vulture",
    "weak",
    "weasel",
    "whale",
    "white",
    "wild",
    "worm",
    "yellow",
    "young",
]


def test_there_are_enough_pairs_for_a_large_course() -> None:
    assert len(ADJECTIVES) >= 120
    assert len(NOUNS) >= 120


def test_no_word_comes_twice() -> None:
    words = [*ADJECTIVES, *NOUNS]

    assert sorted(set(words)) == sorted(words)


def test_no_word_is_unkind() -> None:
    assert set(UNKIND) & {*ADJECTIVES, *NOUNS} == set()


def test_every_pair_fits_its_column() -> None:
    longest = max(map(len, ADJECTIVES)) + 1 + max(map(len, NOUNS))

    assert longest + len(" 999999") <= 64
