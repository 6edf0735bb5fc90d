"""Reads a page the way a browser without scripts does: its form's fields, its links, its words."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})


@dataclass
class Page(HTMLParser):
    """What a page holds. `fields` is what its form would send now."""

    html: str
    language: str = ""
    title: str = ""
    action: str = ""
    words: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    radios: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, dict[str, str]]] = []
        self._select = ""
        self._textarea = ""
        self._link = ""
        self.feed(self.html)
        self.close()
        assert self._open == [], f"never closed: {self._open}"
        assert len(self.ids) == len(set(self.ids)), "an id stands twice"

    @property
    def text(self) -> str:
        """All words of the page, with single spaces."""
        return " ".join(" ".join(self.words).split())

    @property
    def _is_inert(self) -> bool:
        """Inside a template: there for scripts, and nothing of the page."""
        return any(tag == "template" for tag, _ in self._open)

    def having(self, tag: str, /, **attributes: str) -> list[dict[str, str]]:
        """Attributes of the elements called `tag` that have these attributes."""
        return [found for name, found in self.tags if name == tag and attributes.items() <= found.items()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        is_inert = self._is_inert
        if tag not in VOID:
            self._open.append((tag, found))
        if is_inert:
            return
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
        match tag:
            case "html":
                self.language = found.get("lang", "")
            case "form":
                self.action = found["action"]
            case "input":
                self._input(found)
            case "select":
                self._select = found["name"]
            case "option" if "selected" in found:
                self.fields[self._select] = found["value"]
            case "textarea":
                self._textarea = found["name"]
                self.fields[self._textarea] = ""
            case "a":
                self._link = found["href"]

    def _input(self, found: dict[str, str]) -> None:
        if found.get("type") == "radio":
            self.radios.setdefault(found["name"], []).append(found["value"])
            if "checked" not in found:
                return
        self.fields[found["name"]] = found.get("value", "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._is_inert:
            self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self._open.pop()
        assert opened == tag, f"{opened} closed by {tag}"
        if tag == "a":
            self._link = ""
        if tag == "textarea":
            # The parser of a browser drops the line break that directly follows the start tag.
            self.fields[self._textarea] = self.fields[self._textarea].removeprefix("\n")
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._is_inert:
            return
        if self._textarea:
            self.fields[self._textarea] += data
            return
        if self._open and self._open[-1][0] == "title":
            self.title += data
        self.words.append(data)
        if self._link:
            self.links[" ".join(data.split())] = self._link
