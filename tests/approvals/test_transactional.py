"""Two people who take the same step at the same moment: one decision stands, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.db.utils import OperationalError

from accounts.models import User
from accounts.roles import Role
from approvals import concerns, services
from approvals.models import Request, StepTaken
from approvals.services import Said
from policy.refused import Refused
from register.models import Status
from tests.approvals.concern_pages import AT, make_concern
from tests.approvals.making import LATER, Council
from tests.factories import make_user


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_one_moment_one_stands():
    council = Council()
    request = council.request()
    council.to_cmt(request)
    deciders = [council.cmt, make_user(Role.MANAGEMENT_TEAM, name="K.D.")]
    together = Barrier(2)

    def decide(number):
        try:
            mine = Request.objects.get(pk=request.pk)
            together.wait(timeout=10)
            outcome = ("join", "not-join")[number]
            try:
                services.take_step(mine, "brk-f04", Said(outcome, "Because."), by=deciders[number], at=LATER)
            except (Refused, OperationalError) as refusal:
                return str(refusal)
            return "kept"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as two:
        said = list(two.map(decide, range(2)))

    assert said.count("kept") == 1
    other = next(each for each in said if each != "kept")
    # The second is told in words; SQLite may say that the database is busy instead of letting it look again.
    assert "so no step is open" in other or "a moment ago" in other or "goes up" in other or "taken already" in other
    record = StepTaken.objects.get(step="brk-f04")
    request.refresh_from_db()
    if record.outcome == "join":
        assert (request.outcome, council.entry().status) == ("join", Status.ACTIVE)


@pytest.mark.django_db(transaction=True)
def test_reminders_that_go_out_as_soon_as_they_are_kept_are_counted():
    concern = make_concern(Council("redditch"), kind="exception")
    holder = concern.places.current().get()
    concerns.pass_on(concern, "As the policy says", by=User.objects.get(name="R.H."), at=AT)
    mail.outbox.clear()
    out = StringIO()

    call_command("send_reminders", on="2027-03-01", stdout=out)  # it goes up the line, which sends at once

    assert concern.places.current().get() != holder
    assert len(mail.outbox) == 1
    assert out.getvalue().startswith("1 e-mail sent, 0 not sent")
