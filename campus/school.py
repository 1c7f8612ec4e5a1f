"""What a campus knows: people, courses, tools and the gradebook, behind one lock."""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace
from itertools import count
from threading import RLock
from typing import TypeVar

from campus.records import (
    Course,
    Enrolment,
    LineItem,
    Link,
    Person,
    Result,
    Role,
    Tool,
)
from campus.shapes.base import Shape

# Lower numbers belong to the site itself: its own course, guest and administrator.
FIRST_COURSE = 3
FIRST_PERSON = 17
FIRST_LINE_ITEM = 8

T = TypeVar("T")


class School:
    """The records of a platform; every method may be called from any thread.

    `add_…` numbers a record (one that has a number keeps it), gives it the identifiers
    of the shape and returns it.
    Looking up what is not there raises KeyError; `find_…` returns None instead.
    """

    def __init__(self, shape: Shape, seed: int) -> None:
        self.shape = shape
        self.seed = seed
        self._lock = RLock()
        self._next_course = count(FIRST_COURSE)
        self._next_person = count(FIRST_PERSON)
        self._next_tool = count(1)
        self._next_link = count(1)
        self._next_line_item = count(FIRST_LINE_ITEM)
        self._next_result = count(1)
        self._courses: dict[int, Course] = {}
        self._people: dict[int, Person] = {}
        self._enrolments: dict[tuple[int, int], Enrolment] = {}
        self._tools: dict[int, Tool] = {}
        self._links: dict[int, Link] = {}
        self._items: dict[int, LineItem] = {}
        self._results: dict[tuple[int, int], Result] = {}

    def add_course(self, course: Course) -> Course:
        with self._lock:
            number = _numbered(course.number, self._next_course, self._courses)
            context_id = self.shape.context_id(number, self.seed)
            course = replace(course, number=number, context_id=context_id)
            self._courses[number] = course
            return course

    def change_course(self, course: Course) -> None:
        """Replace a course by its changed self (concluded, renamed)."""
        with self._lock:
            self._courses[course.number] = course

    def add_person(self, person: Person) -> Person:
        with self._lock:
            number = _numbered(person.number, self._next_person, self._people)
            person = replace(
                person,
                number=number,
                sub=self.shape.subject(number, self.seed),
                legacy_id=self.shape.legacy_id(number, self.seed),
            )
            self._people[number] = person
            return person

    def enrol(self, enrolment: Enrolment) -> Enrolment:
        """Enrol somebody, or change how somebody is enrolled."""
        with self._lock:
            self._enrolments[enrolment.course, enrolment.person] = enrolment
            return enrolment

    def add_tool(self, tool: Tool) -> Tool:
        """Register a tool; without deployment ids it gets one."""
        with self._lock:
            number = _numbered(tool.number, self._next_tool, self._tools)
            deployed = tool.deployment_ids or (
                self.shape.deployment_id(number, self.seed),
            )
            tool = replace(tool, number=number, deployment_ids=deployed)
            self._tools[number] = tool
            return tool

    def change_tool(self, tool: Tool) -> None:
        """Replace a tool by its changed self (privacy, scopes, custom parameters)."""
        with self._lock:
            self._tools[tool.number] = tool

    def add_link(self, link: Link) -> Link:
        with self._lock:
            number = _numbered(link.number, self._next_link, self._links)
            link = replace(link, number=number)
            course = self.course(link.course)
            link = replace(link, id=self.shape.link_id(link, course, self.seed))
            self._links[link.number] = link
            return link

    @property
    def courses(self) -> tuple[Course, ...]:
        with self._lock:
            return tuple(self._courses.values())

    @property
    def tools(self) -> tuple[Tool, ...]:
        with self._lock:
            return tuple(self._tools.values())

    def course(self, number: int) -> Course:
        with self._lock:
            return self._courses[number]

    def person(self, number: int) -> Person:
        with self._lock:
            return self._people[number]

    def find_person(self, sub: str) -> Person | None:
        """Find somebody by `sub`."""
        with self._lock:
            return _first(self._people.values(), lambda person: person.sub == sub)

    def find_person_numbered(self, number: int) -> Person | None:
        with self._lock:
            return self._people.get(number)

    def tool(self, number: int) -> Tool:
        with self._lock:
            return self._tools[number]

    def find_tool(self, client_id: str) -> Tool | None:
        with self._lock:
            return _first(
                self._tools.values(), lambda tool: tool.client_id == client_id
            )

    def links(self, course: Course) -> tuple[Link, ...]:
        with self._lock:
            return tuple(
                link for link in self._links.values() if link.course == course.number
            )

    def enrolments(self, course: Course) -> tuple[Enrolment, ...]:
        """Return who is enrolled, in the order of enrolment."""
        with self._lock:
            return tuple(
                enrolment
                for enrolment in self._enrolments.values()
                if enrolment.course == course.number
            )

    def find_enrolment(self, course: Course, person: Person) -> Enrolment | None:
        with self._lock:
            return self._enrolments.get((course.number, person.number))

    def role_of(self, course: Course, person: Person) -> Role:
        """Return the role somebody has in a course; KeyError if none."""
        with self._lock:
            return self._enrolments[course.number, person.number].role

    # The gradebook

    def add_line_item(self, item: LineItem) -> LineItem:
        with self._lock:
            number = _numbered(item.number, self._next_line_item, self._items)
            item = replace(item, number=number)
            self._items[item.number] = item
            return item

    def line_items(
        self, course: Course, tool: Tool | None = None
    ) -> tuple[LineItem, ...]:
        """Return a course's line items; with a tool only those that are its own."""
        with self._lock:
            return tuple(
                item
                for item in self._items.values()
                if item.course == course.number
                and (tool is None or item.tool == tool.number)
            )

    def find_line_item(self, number: int) -> LineItem | None:
        with self._lock:
            return self._items.get(number)

    def change_line_item(self, item: LineItem) -> None:
        """Replace a line item by its changed self; its results stay as they are."""
        with self._lock:
            self._items[item.number] = item

    def remove_line_item(self, item: LineItem) -> None:
        """Take a line item away, and every result on it."""
        with self._lock:
            self._items.pop(item.number, None)
            for key in [key for key in self._results if key[0] == item.number]:
                del self._results[key]

    def put_result(self, result: Result) -> Result:
        """Store a result; a person has one on each line item."""
        with self._lock:
            key = (result.line_item, result.person)
            old = self._results.get(key)
            number = old.number if old else next(self._next_result)
            self._results[key] = replace(result, number=number)
            return self._results[key]

    def results(self, item: LineItem) -> tuple[Result, ...]:
        """Return the results of a line item, cleared ones included."""
        with self._lock:
            return tuple(
                result
                for result in self._results.values()
                if result.line_item == item.number
            )

    def find_result(self, item: LineItem, person: Person) -> Result | None:
        with self._lock:
            return self._results.get((item.number, person.number))


def _numbered(given: int, numbers: Iterator[int], taken: Container[int]) -> int:
    return given or next(number for number in numbers if number not in taken)


def _first(candidates: Iterable[T], wanted: Callable[[T], bool]) -> T | None:
    return next((candidate for candidate in candidates if wanted(candidate)), None)
