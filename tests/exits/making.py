"""Leavings for tests, made by the verbs that the pages use."""

from datetime import UTC, date, datetime
from typing import Any

from approvals.models import Request
from assessments import services as answering
from assessments.models import Response
from exits import services
from exits.models import Leaving
from register import actions
from register.models import Status
from tests.approvals.making import Council

STARTED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DECIDED = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
DECIDED_ON = date(2026, 11, 20)

STRATEGY: dict[str, Any] = {
    "brk-d26": {"value": ["funding-ended"]},
    "brk-d27": {"value": [{"risk": "Villages lose their bus", "level": "high"}]},
    "brk-d28": {
        "value": [
            {"control": "Hand the timetable to the county", "owner": "L.N.", "due_on": "2026-12-15"},
            {"control": "Tell every parish", "owner": "R.H.", "due_on": "2026-12-20"},
        ]
    },
}
SHORT: dict[str, Any] = {
    "har-d12": {"value": ["not-relevant"]},
    "har-d15": {"value": "not-needed"},
    "har-d15-why": {"value": "Nobody depends on it"},
}
LEAVING_FORM: dict[str, Any] = {
    "red-d5-01": {"value": "Rural mobility"},
    "red-d5-02": {"value": "2026-11-30"},
    "red-d5-03": {"value": "2026-12-31"},
    "red-d5-04": {"value": ["achieved"]},
    "red-d5-04-detail": {"value": "It did what it was for"},
    "red-d5-05": {"value": "no"},
    "red-d5-06": {"value": False},
    "red-d5-07": {"value": False},
    "red-d5-08": {"value": [{"achievement": "Six villages have a bus"}]},
    "red-d5-09": {"value": [{"practice": "One timetable for all operators"}, {"practice": "None"}]},
    "red-d5-10": {"value": [{"better": "Ask the drivers first"}]},
    "red-d5-11": {"value": "L.N."},
    "red-d5-12": {"value": "2027-01-10"},
    "red-d5-13": {"value": "Officer"},
    "red-d5-14": {"value": "01234 567890"},
    "red-d5-15": {"value": "l.n@example.org"},
}


class Going(Council):
    """A council that wants to leave an active partnership."""

    def __init__(self, pack: str = "breckland-2015", *, is_significant: bool = False) -> None:
        super().__init__(pack, status=Status.ACTIVE)
        because = "The value is High" if is_significant else ""
        self.entry().change(
            {"is_significant": is_significant, "significance_reason": because, "responsible_head": self.head},
            by=self.manager,
        )
        self.partnership = self.entry()

    def form(self, name: str, answers: dict[str, Any], *, at: datetime = DECIDED) -> Response:
        """Answer a form and send it, as the pages do."""
        form = self.policy.questionnaire(name)
        response = Response.start(
            self.entry(), name, occasion=form.occasions[0], by=self.lead, policy_version=self.version, at=at
        )
        response.answer(answers, by=self.lead, at=at)
        answering.send(response, form, by=self.lead, at=at)
        return response

    def ask(self, route: str, *, said: dict[str, bool] | None = None) -> Request:
        """A request to leave, sent with the forms that its route asks for beforehand."""
        from approvals import services as deciding

        request = deciding.start(self.entry(), route, by=self.lead, version=self.version, at=STARTED)
        request.say_why("The money ends.", by=self.lead)
        if said:
            request.say_facts(said, by=self.lead)
        if route == "har-leaving":
            self.form("har-exit", SHORT, at=STARTED)
        deciding.send(request, by=self.lead, at=STARTED)
        request.refresh_from_db()
        return request

    def in_principle(self) -> Request:
        """Leaving decided in principle by the management team of Breckland."""
        request = self.ask("brk-leaving")
        self.take(request, "brk-f30-decide", "leave", by=self.cmt, at=DECIDED)
        return request

    def approved(self) -> Leaving:
        """A strategy with two controls, seen by the Portfolio Holder and approved."""
        request = self.in_principle()
        self.form("brk-exit", STRATEGY)
        self.take(request, "brk-f31", by=self.lead, at=DECIDED)
        if self.partnership.is_significant:
            self.take(request, "brk-f33", "agree", by=self.executive, at=DECIDED)
        self.take(request, "brk-f32-view", by=self.holder, at=DECIDED)
        self.take(request, "brk-f32", "agree", by=self.cmt, at=DECIDED)
        return self.leaving()

    def by_executive(self, *, on: date | None = None) -> Leaving:
        """Leaving decided by the Executive of Redditch, without constitutional implications."""
        request = self.ask("red-leaving")
        self.take(request, "red-i23", by=self.head, at=DECIDED)
        self.take(request, "red-f07-leaving", by=self.finance, at=DECIDED)
        self.take(request, "red-f08-leaving", "executive-decides", by=self.legal, at=DECIDED)
        self.take(request, "red-i23-cmt", by=self.cmt, at=DECIDED)
        self.take(request, "red-f55", "leave", by=self.executive, at=DECIDED, on=on)
        return self.leaving()

    def close_controls(self, leaving: Leaving) -> None:
        """Close each control with a word."""
        for control in services.controls_of(leaving):
            actions.close(control.action, outcome="Done", by=self.manager, at=LATER)

    def ready(self) -> Leaving:
        """Everything done, the last day reached."""
        leaving = self.approved()
        self.close_controls(leaving)
        services.arrange(leaving, {"last_day": date(2026, 11, 20)}, by=self.lead, at=LATER)
        return self.leaving()

    def gone(self) -> Leaving:
        """The council has left."""
        leaving = self.ready()
        services.record_left(leaving, by=self.lead, at=LATER)
        return self.leaving()

    def leaving(self) -> Leaving:
        found = Leaving.objects.of(self.partnership)
        assert found is not None
        return found
