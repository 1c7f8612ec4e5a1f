import os
from pathlib import Path

import pytest

from tests.support import chromium, postgres, provision


def a_program(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_browser_that_is_named_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = a_program(tmp_path, "my-browser") / "my-browser"
    monkeypatch.setenv("CHROMIUM", str(named))

    assert chromium.chromium() == str(named)


def test_a_browser_on_the_path_comes_before_a_download(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    download = a_program(tmp_path / "chromium-9" / "chrome-linux", "chrome")

    first = chromium.chromium()
    a_program(tmp_path / "bin", "google-chrome")
    second = chromium.chromium()

    assert (first, second) == (
        str(download / "chrome"),
        str(tmp_path / "bin" / "google-chrome"),
    )


def test_without_a_browser_one_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "nothing"))

    with pytest.raises(chromium.ChromiumMissing, match="CHROMIUM"):
        chromium.chromium()


def test_a_server_that_is_named_needs_no_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://db.example/tests")

    assert provision.postgresql() == "TEST_DATABASE_URL"


def test_postgresql_on_the_path_comes_first_if_it_is_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    partial = a_program(tmp_path / "partial", "initdb")
    whole = a_program(tmp_path / "whole", "initdb", "pg_ctl", "postgres")

    monkeypatch.setenv("PATH", str(whole))
    assert postgres.find_programs() == whole
    monkeypatch.setenv("PATH", str(partial))
    assert postgres.find_programs() != partial


def test_what_is_there_is_not_fetched() -> None:
    def fetch() -> None:
        raise AssertionError("fetched")

    assert provision._ensure(lambda: "here", [fetch]) == "here"


def test_every_way_is_tried_before_giving_up() -> None:
    tried: list[str] = []

    def nowhere() -> str:
        raise chromium.ChromiumMissing("Chromium was not found.")

    with pytest.raises(SystemExit, match="Chromium was not found"):
        provision._ensure(
            nowhere, [lambda: tried.append("one"), lambda: tried.append("two")]
        )
    assert tried == ["one", "two"]


def test_the_server_does_not_run_as_root() -> None:
    account = postgres._account()

    assert account.uid != 0
    assert account.uid == os.geteuid() or os.geteuid() == 0
    assert account.run("id", "-u").strip() == str(account.uid)


def test_a_failing_program_tells_its_own_words() -> None:
    with pytest.raises(postgres.PostgresMissing, match="no-such-option"):
        postgres._account().run("id", "--no-such-option")
