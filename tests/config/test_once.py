"""A form that is sent twice, by a second press or after going back, is done once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from config import once
from register.models import ActionNote
from tests.factories import make_user
from tests.register.action_pages import make_action

pytestmark = pytest.mark.django_db


def test_a_note_that_is_sent_again_from_the_same_page_is_kept_once(browse_as):
    manager = browse_as(Role.REGISTER_MANAGER)
    action = make_action(due_on=timezone.localdate() + timedelta(days=9))
    address = reverse("register:note_action", args=[action.pk])
    said = {"text": "Half of it is done", "csrfmiddlewaretoken": "of this page"}

    assert manager.post(address, said).banner == "Your note is kept"
    again = manager.post(address, said)

    assert again.banner == once.TOLD
    assert again.path == reverse("register:action", args=[action.pk])  # where the first one led
    assert ActionNote.objects.filter(text="Half of it is done").count() == 1
    manager.post(address, said | {"csrfmiddlewaretoken": "of the page opened anew"})
    assert ActionNote.objects.filter(text="Half of it is done").count() == 2


def test_other_words_from_the_same_page_and_other_people_are_heard(browse_as):
    action = make_action()
    address = reverse("register:note_action", args=[action.pk])
    said = {"text": "Half of it is done", "csrfmiddlewaretoken": "of this page"}
    first, second = browse_as(Role.REGISTER_MANAGER), browse_as(Role.REGISTER_MANAGER)
    for manager, text in ((first, "One"), (first, "Two"), (second, "One")):
        assert manager.post(address, said | {"text": text}).banner == "Your note is kept"


def test_what_was_refused_may_be_sent_again_as_it_is(browse_as):
    manager = browse_as(Role.REGISTER_MANAGER)
    address = reverse("register:note_action", args=[make_action().pk])
    empty = {"text": "", "csrfmiddlewaretoken": "of this page"}
    assert manager.post(address, empty).errors == manager.post(address, empty).errors != []


# --- The middleware by itself ---------------------------------------------------------------------


def sent(text: str = "One", *, method: str = "post", token: str = "of this page", **more: object) -> HttpRequest:
    request: HttpRequest = getattr(RequestFactory(), method)("/x/", {"text": text, "csrfmiddlewaretoken": token} | more)
    request.user = SENDER["user"]  # type: ignore[assignment]
    request.session = SENDER["session"]  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


SENDER: dict[str, object] = {}


@pytest.fixture(autouse=True)
def _sender() -> None:
    session = SessionStore()
    session.create()
    SENDER.update(user=make_user(Role.REGISTER_MANAGER), session=session)


def test_a_second_press_while_the_first_runs_waits_and_does_nothing(monkeypatch):
    monkeypatch.setattr(once, "WAITS", 1)
    monkeypatch.setattr(once, "EACH", 0)
    led, done = [], []

    def view(request: HttpRequest) -> HttpResponse:
        done.append(request)
        led.append(middleware(sent())["Location"])  # pressed again before this one has ended
        return HttpResponseRedirect("/there/")

    middleware = once.OnceMiddleware(view)
    assert middleware(sent())["Location"] == "/there/"
    assert (len(done), led) == (1, ["/"])
    assert middleware(sent())["Location"] == "/there/"
    assert len(done) == 1


def test_a_second_press_is_tried_itself_once_the_first_was_refused(monkeypatch):
    """So that the browser, which shows the second answer, shows the errors and what was typed."""
    key, seconds = once.key_of(sent()), []
    once.cache.add(key, once.RUNNING)

    def wait(length: float) -> None:
        seconds.append(length)
        once.cache.delete(key)  # the first one is answered with its errors meanwhile

    monkeypatch.setattr(once.time, "sleep", wait)
    answer = once.OnceMiddleware(lambda _: HttpResponse("Enter the reasons"))(sent())
    assert (answer.content, seconds) == (b"Enter the reasons", [once.EACH])


@pytest.mark.parametrize("said", ["a page with its errors", "a banner"])
def test_only_what_was_done_is_known_again(said):
    done = []

    def view(request: HttpRequest) -> HttpResponse:
        done.append(request)
        if said == "a banner":
            once.messages.error(request, "Name a lead officer first")
            return HttpResponseRedirect("/there/")
        return HttpResponse("Enter the reasons")

    middleware = once.OnceMiddleware(view)
    middleware(sent())
    middleware(sent())
    assert len(done) == 2


def test_files_count_and_what_is_read_or_sent_by_nobody_is_let_through():
    small, large = (SimpleUploadedFile("plan.pdf", b"x" * size) for size in (1, 2))
    assert len({once.key_of(each) for each in (sent(), sent(file=small), sent(file=large))}) == 3
    assert once.key_of(sent(method="get")) == ""
    nobody = sent()
    nobody.user = AnonymousUser()
    assert once.key_of(nobody) == ""
