from bench.browser import Fetch, Recording


def test_a_warm_cache_spares_what_is_kept_and_nothing_else() -> None:
    style, panel = Fetch("/style.css", {}, kept=True), Fetch("/panel", {})
    script = Fetch("/login.js", {}, kept=True)
    login, launch = Fetch("/login", {}), Fetch("/launch", {})
    cold = Recording(login, [script], launch, [style, panel])

    warm = cold.warm()

    assert warm == Recording(login, [], launch, [panel])
    assert (cold.count, warm.count) == (5, 3)
