"""Fills any form of the site in a browser from the form's own fields, with plausible, always equal answers."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page as BrowserPage

PLAN = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Agreed by all partners."}
# What stands in an empty field. Answers that are there stay; `chosen` gives those that the test cares about.
FILL = """
chosen => {
  const day = name => (name.includes("--source") ? ["15", "3", "2026"] : ["15", "12", "2026"]);
  const words = "As the partners agreed in March.";
  const fields = [...document.querySelectorAll("main form [name]")].filter(
    field => !["hidden", "submit", "button", "file"].includes(field.type) && field.name !== "reason"
  );
  const groups = new Map();
  for (const field of fields) {
    if (!groups.has(field.name)) groups.set(field.name, []);
    groups.get(field.name).push(field);
  }
  let ranks = 0;
  for (const [name, group] of groups) {
    const first = group[0];
    const wanted = chosen[name];
    if (/remove|take-?out/.test(name)) continue;
    if (first.type === "radio") {
      const last = group[group.length - 1];
      const usual = group.every(each => /^[0-9]+$/.test(each.value)) ? last : group.find(each => each.value) || first;
      const pick = wanted === undefined ? usual : group.find(each => each.value === String(wanted));
      if (wanted !== undefined || !group.some(each => each.checked && each.value)) pick.checked = true;
    } else if (first.type === "checkbox") {
      const pick = wanted === undefined ? first : group.find(each => each.value === String(wanted));
      if (!group.some(each => each.checked)) pick.checked = true;
    } else if (first.tagName === "SELECT") {
      const options = [...first.options].map(option => option.value).filter(Boolean);
      if (wanted !== undefined) first.value = wanted;
      else if (!first.value && options.length) first.value = options[0];
    } else if (wanted !== undefined) {
      first.value = wanted;
    } else if (!first.value.trim()) {
      const part = name.match(/_([012])$/);
      const whole = part && groups.has(name.replace(/_[012]$/, "_2"));
      if (part) first.value = whole ? day(name)[part[1]] : ["12", "2026"][part[1]];
      else if (name.endsWith("-owner")) first.value = "L.N.";
      else if (first.type === "email") first.value = "board@example.org";
      else if (["decimal", "numeric"].includes(first.inputMode)) first.value = "12";
      else if (first.classList.contains("govuk-input--width-10")) first.value = "12";
      else first.value = first.maxLength > 0 ? words.slice(0, first.maxLength) : words;
    }
  }
}
"""


def fill(page: BrowserPage, **chosen: Any) -> None:
    """Fill every field of the page's form that is empty. `chosen` gives values by the field's name."""
    page.evaluate(FILL, {name.replace("__", "--"): value for name, value in chosen.items()})
    for place in page.locator("main form input[type=file]").all():
        place.set_input_files(PLAN)  # type: ignore[arg-type]


def send(page: BrowserPage, button: str) -> None:
    """Press the form's button, and say what the page refused."""
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=button).last.click()
    errors = page.locator(".govuk-error-summary li")
    assert not errors.count(), f"{page.url}: {errors.all_inner_texts()}"


def answer_form(page: BrowserPage, reference: str, form: str, chosen: Mapping[str, Any]) -> None:
    """Start a form of the policy, fill each of its sections, and once more for what then was asked."""
    page.goto(f"/partnerships/{reference}/questionnaires/")
    with page.expect_navigation():
        page.locator(f"main form[action*='/{form}/start/'] button").first.click()
    start = page.url
    links = page.locator(".govuk-task-list__link")
    sections = [str(link.get_attribute("href")) for link in links.all()]
    assert sections, f"{start} shows no sections"
    for _ in range(2):
        for section in sections:
            page.goto(section)
            page.evaluate(FILL, dict(chosen))
            for place in page.locator("main form input[type=file]").all():
                place.set_input_files(PLAN)  # type: ignore[arg-type]
            send(page, "Save and go on")
    page.goto(f"{start.split('?')[0]}check/")
