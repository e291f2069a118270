"""Journeys walk through the site in the same browser as the tests of single pages."""

from tests.browser.conftest import browser_type_launch_args, page_as, windows  # noqa: F401
