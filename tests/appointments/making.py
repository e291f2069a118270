"""Bodies, places and rounds for tests, made by the verbs that the pages use."""

from datetime import date
from typing import Any

from accounts.models import User
from accounts.roles import Role
from appointments import queries, rules, services
from appointments.models import Nomination, Round, RoundState
from appointments.rules import Named
from appointments.services import Appointment
from policy.models import PolicyVersion
from register.models import Partnership, Representative
from tests.factories import make_user, put_policy_in_force

TODAY = date(2026, 11, 20)
YEARLY, ELECTION, VACANCY, OFFICER = (
    f"brk-appointments-{each}" for each in ("yearly", "election", "vacancy", "officer")
)
SEDGE = "Great Sedge Internal Drainage Board"


class Town:
    """A council with a policy, its register manager, and one outside body of two places."""

    def __init__(self, pack: str = "breckland-2015", *, places: int = 2, rule: str = YEARLY, **facts: Any) -> None:
        self.version = PolicyVersion.objects.filter(code=pack).first() or put_policy_in_force(pack)
        self.manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
        self.body = self.add(SEDGE, places=places, rule=rule, **facts)

    @property
    def policy(self) -> Any:
        return self.version.policy

    def rule(self, rule_id: str) -> Any:
        return next((each for each in rules.rules_of(self.policy) if each.id == rule_id), None)

    def add(self, name: str, *, places: int = 1, rule: str = YEARLY, **facts: Any) -> Partnership:
        facts.setdefault("vacant_since", date(2026, 11, 2))
        return services.add_body(
            name=name,
            purpose="",
            places=places,
            substitutes=facts.pop("substitutes", 0),
            rule=self.rule(rule),
            asks_consent=facts.pop("asks_consent", False),
            asks_codes=facts.pop("asks_codes", False),
            by=self.manager,
            policy_version=self.version,
            **facts,
        )

    def places(self, body: Partnership | None = None) -> list[Representative]:
        return list(Representative.objects.filter(partnership=body or self.body).order_by("pk"))

    def appoint(
        self,
        name: str,
        *,
        place: Representative | None = None,
        rule: str = YEARLY,
        by: User | None = None,
        **facts: Any,
    ) -> Representative:
        """Put somebody into the first vacant place, for a year from 20 May 2026 unless said otherwise."""
        place = place or next(each for each in self.places() if each.is_vacant)
        facts.setdefault("starts_on", date(2026, 5, 20))
        facts.setdefault("ends_on", date(2027, 5, 19))
        facts.setdefault("agreed_roles", ["report-to-council"])
        facts.setdefault("appointed_by", "Annual Council")
        said = Appointment(name=name, **facts)
        return services.appoint(
            place, said, by=by or self.manager, policy=self.policy, rule=self.rule(rule), today=TODAY
        )

    def round(self, *, meeting_on: date = TODAY, rule: str = YEARLY) -> Round:
        return services.start_round(
            self.rule(rule), version=self.version, meeting_on=meeting_on, nominations_by=None, by=self.manager
        )

    def nominate(self, found: Round, *people: str, body: Partnership | None = None, **facts: Any) -> list[Nomination]:
        body = body or self.body
        services.nominate(
            found, [Named(body.name, name, "Group A") for name in people], {body.name: body}, by=self.manager
        )
        made = list(found.nominations.filter(partnership=body).order_by("pk"))
        for each in made:
            if facts:
                services.change_nomination(each, facts, by=self.manager)
        return made

    def close(self, found: Round) -> None:
        for to in (RoundState.SENT, RoundState.CLOSED):
            services.move_round(found, to, by=self.manager, reason="Test", on=TODAY)
        found.refresh_from_db()

    def agree(self, found: Round, agreed: list[Nomination]) -> Any:
        return services.agree(found, agreed, queries.places_of(found), minute="AC 12/26", by=self.manager, today=TODAY)
