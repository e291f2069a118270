"""Reviews for tests, made by the verbs that the pages use."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.roles import Role
from approvals import services as deciding
from approvals.models import Request, Turn
from approvals.services import Said
from assessments.models import Response
from policy.model import Step
from policy.models import PolicyVersion
from register.models import Benefit, Document, Partnership
from reviews import practice, rules, services
from reviews.models import Campaign, Review
from tests.assessments import making as assessed
from tests.factories import make_partnership, make_user, put_policy_in_force
from tests.register.risk_packs import make_risk

OPENED = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 17, 15, 42, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DUE = date(2026, 11, 30)
FORM = {"breckland-2015": "brk-review", "harborough-2015": "har-review", "strategy-2009": "str-improvement"}


class Council:
    """A council with a register manager, a lead officer and an active partnership."""

    def __init__(self, pack: str = "harborough-2015", **facts: Any) -> None:
        self.version = PolicyVersion.objects.filter(code=pack).first() or put_policy_in_force(pack)
        self.lead = make_user(Role.LEAD_OFFICER, name="R.H.")
        self.manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
        self.partnership = self.entry(**({"name": "Channel Panel"} | facts))

    def entry(self, **facts: Any) -> Partnership:
        """Another active entry of the same lead officer, on the register since the spring of 2025."""
        facts = {
            "lead_officer": self.lead,
            "policy_version": self.version,
            "contribution_a_year": Decimal(12000),
            "created_at": datetime(2025, 4, 2, tzinfo=UTC),
        } | facts
        entry = make_partnership(by=self.manager, **facts)
        Benefit(partnership=entry, description="One board for all partners").keep(by=self.lead)
        return Partnership.objects.select_related("lead_officer", "policy_version").get(pk=entry.pk)

    @property
    def cycle(self) -> str:
        """What the yearly refresh asks of an entry."""
        found = rules.refresh_cycle(self.version.policy, {"status": "active"})
        assert found is not None
        return found.id

    def open(self, cycle: str = "", *, partnership: Partnership | None = None, **more: Any) -> Review:
        """A review of the entry, opened by its lead officer."""
        return services.open_review(
            partnership or self.partnership, cycle or self.cycle, version=self.version, by=self.lead, at=OPENED, **more
        )

    def answer(
        self, form: str, *, partnership: Partnership | None = None, at: datetime = LATER, **values: Any
    ) -> Response:
        """A form that is answered and sent; what is missing in it does not matter here."""
        partnership = partnership or self.partnership
        occasion = self.version.policy.questionnaire(form).occasions[0]
        response = Response.start(
            partnership, form, occasion=occasion, by=self.lead, policy_version=self.version, at=at
        )
        response.answer({key.replace("_", "-"): {"value": value} for key, value in values.items()}, by=self.lead, at=at)
        response.send(missing=(), by=self.lead, at=at)
        return response

    def fact(self, field: str, value: Any) -> None:
        """What a form that was answered through its pages puts on the register."""
        entry = Partnership.objects.get(pk=self.partnership.pk)
        entry.change({"local_values": {**entry.local_values, field: value}}, by=self.lead)

    def sent(self, recommendation: str = "go_on", *, why: str = "", **more: Any) -> Review:
        """A review that waits for sign-off."""
        review = self.open(**more)
        self.answer(FORM[self.version.code], partnership=review.partnership)
        services.send(review, recommendation=recommendation, why=why, by=self.lead, at=LATER)
        review.refresh_from_db()
        return review

    def signed_off(self, recommendation: str = "go_on", *, why: str = "") -> Review:
        """A review that is done."""
        review = self.sent(recommendation, why=why)
        services.sign_off(review, note="", by=self.manager, at=LATER)
        review.refresh_from_db()
        self.partnership.refresh_from_db()
        return review

    def campaign(self, *entries: Partnership, slug: str = "2026-27") -> Campaign:
        """A refresh of these entries, due on 30 November 2026."""
        return services.open_campaign(
            slug,
            entries or [self.partnership],
            due_on=DUE,
            letter=services.LETTER,
            version=self.version,
            by=self.manager,
            at=OPENED,
        )


def assessed_entry() -> Partnership:
    """An entry with figures to assess it by, and a benefit: nothing holds its review back."""
    entry = assessed.make_entry()
    Benefit(partnership=entry, description="Less crime").keep(by=entry.lead_officer)
    entry.refresh_from_db()
    return entry


def partners_council() -> Council:
    """An entry that manages risks with its partners: one transferred, one of high impact without a plan; a protocol."""
    council = Council("redditch", name="Abbey Vale Health Partnership")
    for facts in (
        {"note": "Funding ends", "view": "partnership", "likelihood": "l2", "impact": "i5", "owner": council.lead},
        {"note": "Floods", "view": "council", "likelihood": "l1", "impact": "i2", "transferred_to": "The insurer"},
    ):
        make_risk(partnership=council.partnership, by=council.manager, version=council.version, **facts)
    protocol = Document(
        partnership=council.partnership,
        title="Our risk protocol",
        kind="risk-protocol",
        address="https://www.example.org/protocol",
        added_by=council.lead,
    )
    protocol.keep(by=council.lead)
    practice.say_done(
        council.partnership,
        "red-f43",
        done_on=date(2026, 9, 3),
        note="Agreed at the board; all five partners signed.",
        document=protocol,
        version=council.version,
        by=council.lead,
        at=OPENED,
    )
    return council


class People:
    """Those who have a step on the routes of reviews and reports, beside lead officer and register manager."""

    def __init__(self, *, head: User | None = None) -> None:
        self.by_role = {
            Role.RESPONSIBLE_HEAD: head or make_user(Role.RESPONSIBLE_HEAD, name="H.D."),
            Role.REGISTER_MANAGER: User.objects.holding(Role.REGISTER_MANAGER, on=LATER.date()).first()
            or make_user(Role.REGISTER_MANAGER, name="T.W."),
            **{
                role: make_user(role, name=name)
                for role, name in (
                    (Role.FINANCE_ADVISER, "F.A."),
                    (Role.LEGAL_ADVISER, "L.A."),
                    (Role.MANAGEMENT_TEAM, "C.M."),
                    (Role.PORTFOLIO_HOLDER, "Cllr P.H."),
                    (Role.EXECUTIVE, "Cllr E.M."),
                    (Role.SCRUTINY, "Cllr S.C."),
                )
            },
        }

    def of(self, step: Step) -> User:
        """Whoever takes a step of others."""
        return next(self.by_role[role] for role in self.by_role if role in step.role)


YES = {"agree", "go-on", "stay"}


def take(
    review: Review, step: str, outcome: str = "", *, by: User, at: datetime = LATER, reasons: str = "Read."
) -> Any:
    """Take a step of the route on which a review goes its way."""
    review.refresh_from_db()
    assert review.way is not None
    record = deciding.take_step(review.way, step, Said(outcome, reasons), by=by, at=at)
    review.refresh_from_db()
    return record


def turns(request: Request | None) -> list[str]:
    """The open steps of a request that wait for somebody."""
    return sorted(set(Turn.objects.filter(request=request).values_list("step", flat=True)))


def walk(review: Review, people: People, *, at: datetime = LATER, until: str = "") -> list[str]:
    """Let everybody take their step, each with the outcome that says yes, until nothing waits or a step is next."""
    taken = []
    while review.way_id:
        open_steps = deciding.situation_of(Request.objects.get(pk=review.way_id)).standing.open_steps
        waiting = [each.step for each in open_steps if each.step.id != until]
        if not waiting or until in turns(review.way):
            break
        step = waiting[0]
        outcome = next((each for each in step.outcomes if each in YES), "")
        take(review, step.id, outcome, by=people.of(step), at=at)
        taken.append(step.id)
    return taken
