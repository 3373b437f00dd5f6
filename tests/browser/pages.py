"""A person at a browser: logs in, opens actions and records, reads, takes pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCREENS = Path(__file__).resolve().parents[2] / "out" / "screens"
VIEWS = ".o_form_view, .o_list_view, .o_kanban_view, .o_pivot, .o_graph_view, .o_calendar_view"


@dataclass(slots=True)
class Person:
    """Somebody who is logged in. `errors` holds what went wrong in the page's own scripts."""

    page: Any
    url: str
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """The page of the web client is there: an action's XML id, or a path under /odoo."""
        target = f"action-{path}" if path.startswith("kam_connector.") else path
        self.page.goto(f"{self.url}/odoo/{target}")
        self.page.wait_for_selector(VIEWS)
        self.settle()

    def settle(self) -> None:
        """Nothing is loading any more."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_function("!document.querySelector('.o_loading_indicator, .o_blockUI')")
        self.page.wait_for_timeout(500)

    def click(self, selector: str) -> None:
        """The element was clicked, and its effect is there."""
        self.page.click(selector)
        self.settle()

    def text(self, selector: str = ".o_action_manager") -> str:
        """The visible text, blanks and line breaks as single blanks."""
        return " ".join(str(self.page.inner_text(selector)).split())

    def value(self, name: str) -> str:
        """What a field of the form shows."""
        return self.text(f".o_form_view .o_field_widget[name={name}] >> visible=true")

    def picture(self, name: str) -> None:
        """The page is saved as out/screens/NAME.png; no error dialog stands on it."""
        self.page.wait_for_timeout(700)  # charts grow
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png")
        assert self.page.query_selector(".o_error_dialog") is None
        assert self.errors == []


def log_in(browser: Any, url: str, database: str, name: str) -> Person:
    """The person with that name, who has the same password, in a window of his own."""
    page = browser.new_context(viewport={"width": 1440, "height": 1200}).new_page()
    page.set_default_timeout(60_000)
    person = Person(page, url)
    page.on("pageerror", lambda error: person.errors.append(str(error)))
    page.goto(f"{url}/web/login?db={database}")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", name)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")
    return person
