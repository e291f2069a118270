"""Requests for tests, made by the verbs that the pages use."""

from copy import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import ServiceArea, User
from accounts.roles import Role
from approvals import services
from approvals.models import Deputy, Interest, Request, StepTaken
from approvals.rules import before_others
from approvals.services import Said
from assessments.models import Response
from assessments.services import keep_screening
from policy.models import PolicyVersion
from register.models import Benefit, Partnership, Status
from tests.factories import make_partnership, make_user, put_policy_in_force

SENT_AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 15, 42, tzinfo=UTC)


NAME = "Marsh Valley Rural Mobility Partnership"


class Council:
    """A council with one person a role, and a proposed partnership that one officer leads."""

    def __init__(
        self, pack: str = "breckland-2015", *, unbudgeted: str = "0", status: Status = Status.PROPOSED
    ) -> None:
        self.version = PolicyVersion.objects.filter(code=pack).first() or put_policy_in_force(pack)
        self.lead = make_user(Role.LEAD_OFFICER, name="L.N.")
        self.manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
        self.head = make_user(Role.RESPONSIBLE_HEAD, name="R.H.")
        self.finance = make_user(Role.FINANCE_ADVISER, name="F.A.")
        self.legal = make_user(Role.LEGAL_ADVISER, name="L.A.")
        self.cmt = make_user(Role.MANAGEMENT_TEAM, name="S.P.")
        self.holder = make_user(Role.PORTFOLIO_HOLDER, name="Cllr Z.Q.")
        self.executive = make_user(Role.EXECUTIVE, name="Cllr E.M.")
        self.service = ServiceArea.objects.get_or_create(name="Growth and Planning")[0]
        self.partnership = make_partnership(
            by=self.manager,
            status=status,
            name=NAME
            if not Partnership.objects.filter(name=NAME).exists()
            else f"{NAME} {Partnership.objects.count()}",
            purpose="Transport on demand for six villages.",
            lead_officer=self.lead,
            service=self.service,
            policy_version=self.version,
            contribution_a_year=Decimal(60000),
            unbudgeted_a_year=Decimal(unbudgeted),
            hours_a_month=Decimal(26),
        )
        self.partnership.set_levels(risk="medium", value="high", source="import", by=self.manager)
        definition = self.version.policy.definition
        answers = {test.id: True for test in definition.tests} | {each.id: False for each in definition.exclusions}
        keep_screening(self.partnership, answers, version=self.version, by=self.manager, at=SENT_AT)
        self.partnership = self.entry()
        Benefit(partnership=self.partnership, kind="soft", description="Knows the villages").keep(by=self.lead)

    @property
    def policy(self) -> Any:
        return self.version.policy

    def entry(self) -> Partnership:
        return Partnership.objects.get(pk=self.partnership.pk)

    def answer(self, *questionnaires: str, at: datetime = SENT_AT) -> None:
        """Send answers to forms; what they say does not matter here."""
        for each in questionnaires:
            occasion = self.policy.questionnaire(each).occasions[0]
            response = Response.start(
                self.partnership, each, occasion=occasion, by=self.lead, policy_version=self.version, at=at
            )
            response.send(missing=(), by=self.lead, at=at)

    def request(self, route: str = "brk-joining", *, sent: bool = True, at: datetime = SENT_AT) -> Request:
        """A request, sent unless said otherwise, with the answers that its route needs."""
        request = services.start(self.partnership, route, by=self.lead, version=self.version, at=at)
        request.say_why("Six villages have no bus.", by=self.lead)
        needs = dict.fromkeys(
            [
                *self.policy.route(route).needs,
                *(n for s in before_others(self.policy.route(route)) for n in s.needs),
            ]
        )
        self.answer(*needs, at=at)
        if sent:
            services.send(request, by=self.lead, at=at)
            request.refresh_from_db()
        return request

    def take(
        self, request: Request, step: str, outcome: str = "", *, by: User, at: datetime = LATER, **said: Any
    ) -> Any:
        """Take a step with a reason."""
        record = services.take_step(
            request, step, Said(outcome=outcome, reasons=said.pop("reasons", "Because."), **said), by=by, at=at
        )
        request.refresh_from_db()
        return record

    def to_cmt(self, request: Request, *, view: str = "agree") -> None:
        """The steps before the Corporate Management Team of the Breckland route."""
        self.take(request, "brk-f02-challenge", by=self.manager)
        self.take(request, "brk-f04-view", view, by=self.holder)

    def another(self, name: str) -> "Council":
        """The same people with another proposed partnership."""
        found = copy(self)
        found.partnership = make_partnership(
            by=self.manager,
            status=Status.PROPOSED,
            name=name,
            lead_officer=self.lead,
            policy_version=self.version,
            unbudgeted_a_year=Decimal(0),
            screening=self.partnership.screening,
        )
        found.partnership.set_levels(risk="low", value="high", source="import", by=self.manager)
        Benefit(partnership=found.partnership, kind="soft", description="Known").keep(by=self.lead)
        return found

    def interest(self) -> Interest:
        """An interest that a member of the management team declared in a request on its way."""
        return services.declare_interest(
            self.request(), person=self.cmt, what="Sits on the bus company’s board", by=self.cmt, on=TODAY
        )

    def decision(self) -> StepTaken:
        """The decision to join."""
        request = self.request()
        self.to_cmt(request)
        return self.take(
            request,
            "brk-f04",
            "join",
            by=self.cmt,
            reasons="It brings transport that the council cannot provide alone.",
            options="Nothing.",
            minute="CMT 92/26",
            conditions=[("Ashmere Borough Council has voted to join", self.lead, date(2026, 12, 15))],
        )

    def deputy(self) -> Deputy:
        """Somebody who acts for the member of the management team."""
        found = Deputy(
            person=self.cmt,
            deputy=make_user(name="D.P."),
            role=Role.MANAGEMENT_TEAM,
            from_on=TODAY,
            to_on=date(2099, 12, 31),
        )
        found.keep(by=self.manager)
        return found

    def changed(self) -> Request:
        """A request whose facts changed after it was advised on."""
        request = self.request()
        self.to_cmt(request)
        self.entry().change({"hours_a_month": Decimal(40)}, by=self.manager, reason="Counted again")
        return request


def make_leaving() -> Request:
    """A draft to leave a partnership, under a policy whose route depends on what only the proposer can say."""
    council = Council("harborough-2015", status=Status.ACTIVE)
    return services.start(council.partnership, "har-leaving", by=council.lead, version=council.version, at=SENT_AT)


TODAY = date(2026, 11, 20)
