"""Long work: asked for once, told how far it is, its owner's alone, taken up again, cleared away."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import Notice
from accounts.roles import Role
from jobs import progress, services
from jobs.management.commands.work import keep_house
from jobs.models import KEPT_FOR, LOST_AFTER, Job, State
from jobs.progress import Made, Progress, Stopped
from policy.refused import Refused
from tests.factories import make_user
from tests.jobs.making import make_job

pytestmark = pytest.mark.django_db
NOW = timezone.now()
QUERIES = 9  # session kept in a transaction (4), person, roles, policy, how many, the jobs


@pytest.fixture
def work(settings):
    """Put a function in the place of the register's PDF and ask for it."""

    def put(function):
        _made["now"] = function
        settings.JOBS = {"register-pdf": ("tests.jobs.test_jobs.make_it", "reports.view")}
        return lambda by: services.ask("register-pdf", title="A report", by=by, arguments={"on": "2026-11-21"})

    return put


_made = {}


def make_it(told: Progress) -> Made:
    return _made["now"](told)


def test_what_is_made_stands_ready_and_an_email_says_so(work):
    person = make_user(Role.SCRUTINY)

    job = work(lambda told: Made("report.pdf", b"%PDF-1.7"))(person)

    assert (job.state, job.runs, job.file_name) == (State.DONE, 1, "report.pdf")
    assert job.file.read() == b"%PDF-1.7"
    keep_house()
    assert mail.outbox[0].to == [person.email]
    assert mail.outbox[0].subject == "Ready to fetch: A report"
    assert f"/jobs/{job.pk}/" in mail.outbox[0].body
    assert "It is kept for 7 days." in mail.outbox[0].body


def test_what_fails_says_so_in_words(work, caplog):
    def fail(told):
        raise ZeroDivisionError

    job = work(fail)(make_user(Role.SCRUTINY))

    assert job.state == State.FAILED
    assert "Something went wrong on our side. Ask for it again" in job.trouble
    assert "could not be made" in caplog.text
    assert Notice.objects.get().subject == "Could not be made: A report"


def test_a_refusal_reaches_the_person_as_it_was_said(work):
    def refuse(told):
        raise Refused("No policy is in force")

    assert work(refuse)(make_user(Role.SCRUTINY)).trouble == "No policy is in force"


def test_a_second_click_asks_for_the_same_work(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    one, other = make_user(Role.SCRUTINY), make_user(Role.SCRUTINY)

    def ask(by):
        return services.ask("register-pdf", title="A report", by=by, arguments={"on": "2026-11-21"})

    assert ask(one) == ask(one)
    assert ask(other) != ask(one)


def test_who_may_not_read_the_report_may_not_have_it_made(settings):
    settings.JOBS = {"register-pdf": ("tests.jobs.test_jobs.make_it", "accounts.change_users")}
    with pytest.raises(Refused, match="Your role may not have this made"):
        services.ask("register-pdf", title="A report", by=make_user(Role.SCRUTINY), arguments={})


def test_how_far_it_is_and_no_more_than_once_a_second():
    job = make_job(State.RUNNING, runs=1)
    told = Progress(job)

    told.tell(84, 250, "partnerships")
    told.tell(85, 250, "partnerships")

    job.refresh_from_db()
    assert job.how_far == "Being made: 84 of 250 partnerships"


def test_a_cancelled_job_stops_at_its_next_sign_of_life():
    job = make_job(State.RUNNING, runs=1)

    services.cancel(Job.objects.get(pk=job.pk))

    with pytest.raises(Stopped):
        Progress(job).tell(1, 2)
    assert not job.ended(State.DONE, at=NOW)
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    with pytest.raises(Refused, match="There is nothing to cancel"):
        services.cancel(job)


def test_what_was_cancelled_while_it_was_finished_leaves_no_file(work):
    def cancelled_meanwhile(told):
        services.cancel(Job.objects.get())
        return Made("late.pdf", b"%PDF-1.7")

    job = work(cancelled_meanwhile)(make_user(Role.SCRUTINY))

    assert (job.state, job.file.name) == (State.CANCELLED, "")
    assert not default_storage.exists(f"jobs/{job.pk}-late.pdf")


@pytest.mark.parametrize(
    ("silent_for", "runs", "then"),
    [
        (LOST_AFTER - timedelta(seconds=5), 1, State.RUNNING),
        (LOST_AFTER + timedelta(seconds=5), 1, State.DONE),
        (LOST_AFTER + timedelta(seconds=5), 2, State.DONE),
        (LOST_AFTER + timedelta(seconds=5), 3, State.FAILED),
    ],
)
def test_after_two_minutes_of_silence_a_job_is_taken_up_again_three_runs_at_most(work, silent_for, runs, then):
    work(lambda told: Made("report.pdf", b"%PDF-1.7"))
    job = make_job(State.RUNNING, runs=runs, at=NOW - silent_for)

    services.take_up_lost(NOW)

    job.refresh_from_db()
    assert job.state == then
    assert job.runs == runs + (then == State.DONE)


def test_a_job_whose_worker_died_before_it_began_is_taken_up_too(work):
    work(lambda told: Made("report.pdf", b"%PDF-1.7"))
    job = make_job(State.WAITING, task="6a1f5c7e-0000-4000-8000-000000000000", at=NOW - timedelta(minutes=3))

    assert services.take_up_lost(NOW) == 1

    job.refresh_from_db()
    assert job.state == State.DONE


def test_the_worker_that_was_thought_dead_cannot_end_what_another_took_up():
    first = make_job(State.RUNNING, runs=1)
    Job.objects.filter(pk=first.pk).update(runs=2)

    with pytest.raises(Stopped):
        Progress(first).tell(1, 2)
    assert not first.ended(State.FAILED, at=NOW)


def test_a_worker_that_stops_puts_its_work_back(work):
    def stop_once(told):
        if not stopped:
            stopped.append(True)
            progress.stopping.set()
            told.tell(1, 2)
        progress.stopping.clear()
        return Made("report.pdf", b"%PDF-1.7")

    stopped: list[bool] = []
    try:
        job = work(stop_once)(make_user(Role.SCRUTINY))
    finally:
        progress.stopping.clear()

    assert (job.state, job.runs) == (State.DONE, 1)


def test_what_a_run_has_reached_is_there_for_the_next():
    job = make_job(State.RUNNING, runs=1)

    Progress(job).keep("page", "<p>Read</p>")

    assert Progress(Job.objects.get(pk=job.pk)).kept("page") == "<p>Read</p>"
    assert Progress(Job.objects.get(pk=job.pk)).kept("other") is None


@pytest.mark.parametrize(("ago", "left"), [(KEPT_FOR - timedelta(hours=1), 1), (KEPT_FOR + timedelta(hours=1), 0)])
def test_files_are_kept_for_a_week(ago, left):
    job = make_job(State.DONE, at=NOW - ago)

    services.tidy(NOW)

    assert Job.objects.count() == left
    assert default_storage.exists(job.file.name) == bool(left)


# --- Pages ----------------------------------------------------------------------------------------


def test_only_who_asked_can_fetch_the_file(browse_as):
    owner = make_user(Role.SCRUTINY)
    job = make_job(State.DONE, by=owner)

    own = browse_as(owner).client.get(f"/jobs/{job.pk}/file/")
    others = browse_as(Role.ADMINISTRATOR).client.get(f"/jobs/{job.pk}/file/")

    assert b"".join(own.streaming_content) == b"%PDF-1.7 made for a test"
    assert own["Content-Disposition"] == 'attachment; filename="register-2026-11-21.pdf"'
    assert others.status_code == 404


def test_who_has_lost_the_permission_cannot_fetch_it_any_more(browse_as, settings):
    owner = make_user(Role.SCRUTINY)
    job = make_job(State.DONE, by=owner)
    settings.JOBS = {"register-pdf": ("tests.jobs.test_jobs.make_it", "accounts.change_users")}

    assert browse_as(owner).client.get(f"/jobs/{job.pk}/file/").status_code == 403


def test_the_page_says_how_far_it_is_and_looks_again_by_itself(browse_as):
    owner = make_user(Role.SCRUTINY)
    job = make_job(State.RUNNING, by=owner, done=84, total=250, stage="partnerships")
    person = browse_as(owner)

    page = person.get(f"/jobs/{job.pk}/")

    assert "Being made: 84 of 250 partnerships" in page
    assert "You can leave; an e-mail tells you when it is ready" in page
    assert page.select_one("noscript meta")["http-equiv"] == "refresh"
    Job.objects.filter(pk=job.pk).update(state=State.FAILED, finished_at=NOW, trouble="Ask for less at once")
    assert person.client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    again = person.get(f"/jobs/{job.pk}/")
    assert "Ask for less at once." in again
    assert again.select_one("noscript meta") is None


def test_cancelling_says_so_and_a_second_click_does_no_harm(browse_as):
    owner = make_user(Role.SCRUTINY)
    job = make_job(State.WAITING, by=owner)
    person = browse_as(owner)

    first = person.post(f"/jobs/{job.pk}/cancel/")
    second = person.post(f"/jobs/{job.pk}/cancel/")

    assert "Cancelled: Register of partnerships" in first
    assert "There is nothing to cancel" in second


@pytest.mark.parametrize("jobs", [1, 20])
def test_the_list_takes_the_same_queries_however_many(browse_as, django_assert_num_queries, jobs):
    owner = make_user(Role.SCRUTINY)
    for _ in range(jobs):
        make_job(State.RUNNING, by=owner)
    person = browse_as(owner).client
    person.get("/jobs/")

    with django_assert_num_queries(QUERIES):
        person.get("/jobs/")
