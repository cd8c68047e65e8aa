"""How is XML walked by local names? A namespace names the version of a message; the names in it stay."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element as Element

from schemas.findings import Where


@dataclass(frozen=True, slots=True)
class Node:
    """An element and its path of local names from the message on, each with its place among its like."""

    element: Element
    path: str

    @property
    def where(self) -> Where:
        """The line on which it begins."""
        return Where(line=self.element.sourceline, xpath=self.path)

    @property
    def text(self) -> str:
        """What it says, without blanks around it."""
        return (self.element.text or "").strip()

    def all(self, *names: str) -> Iterator["Node"]:
        """Yield the descendants along a path of local names, in document order."""
        if not names:
            yield self
            return
        place = 0
        for child in self.element:
            if local(child) == names[0]:
                place += 1
                yield from Node(child, f"{self.path}/{names[0]}[{place}]").all(*names[1:])

    def first(self, *names: str) -> "Node | None":
        """Return the first descendant along a path, or None."""
        return next(self.all(*names), None)

    def say(self, *names: str) -> str:
        """Return what the first descendant along a path says; empty when there is none."""
        found = self.first(*names)
        return found.text if found else ""

    def said(self, *paths: tuple[str, ...]) -> str:
        """Return what the first of several paths says that says anything."""
        return next(filter(None, (self.say(*path) for path in paths)), "")

    def texts(self, *names: str) -> list[str]:
        """Return what every descendant along a path says, where it says anything."""
        return [node.text for node in self.all(*names) if node.text]


def local(element: Element) -> str:
    """Return an element's name without its namespace; empty for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
