"""A campus, the tool in its course page, and people who look at it with a browser."""

from dataclasses import dataclass, field

import sqlalchemy as sa
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Frame,
    FrameLocator,
    Locator,
    Page,
    WebError,
    expect,
)
from sqlalchemy.orm import Session

from campus.records import Link, Person
from lti.adapters import cookie_name
from models import LaunchSession, Login
from tests.browser.chrome import PAINTED, PATIENCE
from tests.browser.wire import Wire
from tests.support.platform import Registered


@dataclass
class Watch:
    """What the pages of one browser said in its console."""

    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def listen(self, browser: BrowserContext) -> None:
        browser.on("console", self._note_line)
        browser.on("weberror", self._note_error)

    @property
    def complaints(self) -> list[str]:
        """Return script errors, and what a content policy blocked."""
        blocked = [line for line in self.lines if "Content Security Policy" in line]
        return self.errors + blocked

    def _note_line(self, message: ConsoleMessage) -> None:
        self.lines.append(message.text)

    def _note_error(self, error: WebError) -> None:
        self.errors.append(str(error.error))


@dataclass(frozen=True)
class CoursePage:
    """A course page, with the tool in a frame on another site."""

    page: Page

    @property
    def panel(self) -> FrameLocator:
        return self.page.frame_locator("#tool")

    @property
    def heading(self) -> Locator:
        return self.panel.get_by_role("heading", level=1)

    @property
    def frame(self) -> Frame:
        """Return the tool's frame itself, to ask its scripts."""
        frame = self.page.frame(name="tool")
        assert frame is not None
        return frame

    def comes_to(self, state: str) -> None:
        """Wait until a JavaScript expression is true in the frame.

        Playwright's own `wait_for_function` evaluates again what our content policy
        forbids to evaluate, and fails where it does not hold at the first look.
        """
        holds = f"""async () => {{
          const patience = performance.now() + {PATIENCE};
          while (!({state})) {{
            if (performance.now() > patience) return false;
            await {PAINTED};
          }}
          return true;
        }}"""
        assert self.frame.evaluate(holds), state

    def follow(self, link: str) -> None:
        """Click on the link of this name in the panel."""
        self.panel.get_by_role("link", name=link, exact=True).click()

    def shows(self, heading: str) -> None:
        """Wait until a panel with this first heading is there, and its scripts are."""
        expect(self.heading).to_have_text(heading)
        self.frame.wait_for_load_state("domcontentloaded")


@dataclass(frozen=True)
class Stage:
    """The tool served to a browser, a campus, and a registration that joins them."""

    registered: Registered
    session: Session
    wire: Wire
    tool: str
    """The tool's address, which is its origin."""
    browser: BrowserContext

    def course_address(self, person: Person, *, link: Link | None = None) -> str:
        """Return the course page as somebody sees it, with the panel of a link."""
        cast = self.registered.cast
        address = f"{self.registered.campus.base_url}/course/{cast.course.number}"
        return f"{address}?as={person.number}&link={(link or cast.link).number}"

    def open(
        self,
        person: Person,
        *,
        link: Link | None = None,
        browser: BrowserContext | None = None,
    ) -> CoursePage:
        """Open the course page as somebody; the tool begins to load in its frame."""
        page = (browser or self.browser).new_page()
        page.goto(self.course_address(person, link=link))
        return CoursePage(page)

    def sessions(self) -> int:
        """Count the sessions that launches opened."""
        self.session.rollback()
        query = sa.select(sa.func.count()).select_from(LaunchSession)
        return self.session.scalar(query) or 0

    def states(self) -> list[str]:
        """Return the states of all logins, oldest first."""
        self.session.rollback()
        return list(self.session.scalars(sa.select(Login.state).order_by(Login.id)))

    def proof_keys(self) -> list[str]:
        """Return under which names browsers keep those states."""
        return [cookie_name(state) for state in self.states()]
