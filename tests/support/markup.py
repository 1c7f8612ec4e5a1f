"""What a person reads of a page."""

from html.parser import HTMLParser

SILENT = {"script", "style", "template"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(
        self,
        tag: str,
        attrs: list[tuple[str, str | None]],  # noqa: ARG002 -- the parser's signature
    ) -> None:
        self.silent += tag in SILENT

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words += data.split()


def text_of(html: str) -> str:
    """Return the words of a page, one space apart."""
    reader = _Reader()
    reader.feed(html)
    return " ".join(reader.words)
