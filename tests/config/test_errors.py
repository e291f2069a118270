"""Pages that cannot be shown: each says what is so and what to do, and none tells of the inside."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client, RequestFactory
from django.urls import path

from accounts.roles import Role
from config import errors
from config.urls import handler400, handler403, handler404, handler429, handler500  # noqa: F401 - Django reads them here
from config.urls import urlpatterns as real
from tests.page import Page, faults


def _fail(request):
    raise RuntimeError("the inside")


def _refuse(request):
    raise PermissionDenied("register.import")


def _suspect(request):
    raise SuspiciousOperation("the inside")


urlpatterns = [*real, path("fail/", _fail), path("refuse/", _refuse), path("suspect/", _suspect)]


@pytest.fixture
def _broken(settings):
    settings.ROOT_URLCONF = "tests.config.test_errors"


@pytest.mark.usefixtures("_broken")
def test_a_fault_of_ours_gives_a_reference_that_the_log_has_too(browse_as, caplog):
    there = browse_as(Role.AUDITOR)
    there.client.raise_request_exception = False
    page = there.get("/fail/")
    assert page.status == 500
    assert page.heading == "Something went wrong on our side"
    reference = page.select_one("main strong").text
    assert f"reference {reference}" in caplog.text
    assert "the inside" not in page


def test_the_page_for_a_fault_needs_no_database():
    answer = errors.server_error(RequestFactory().get("/"))
    assert not faults(answer.content.decode())


@pytest.mark.usefixtures("_broken")
def test_a_refusal_names_who_may(browse_as):
    page = browse_as(Role.AUDITOR).get("/refuse/")
    assert page.status == 403
    assert page.heading == "You cannot open this page"
    assert "administrator or register manager" in page


@pytest.mark.usefixtures("_broken")
def test_what_cannot_be_read(browse_as):
    page = browse_as(Role.AUDITOR).get("/suspect/")
    assert (page.status, page.heading) == (400, "The register could not read what was sent")


@pytest.mark.parametrize("who", [None, Role.AUDITOR])
def test_no_such_page(browse_as, who):
    page = browse_as(who).get("/nowhere/")
    assert (page.status, page.heading) == (404, "Page not found")


def test_a_form_from_another_site_is_refused(db):
    page = Page(Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "a"}))
    assert (page.status, page.heading) == (403, "This page was open too long")
    assert not faults(page.html)


def test_too_many_tries(db):
    page = Page(errors.too_many_requests(RequestFactory().get("/")))
    assert (page.status, page.heading) == (429, "Too many tries")
