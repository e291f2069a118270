"""Fills a scratch database with partnerships by the thousand, with invented facts that are the same every time.

Rows go in by the database's own bulk insert, without history: only measuring and demonstrations of size use it.
"""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from accounts.models import RoleAssignment, ServiceArea, User
from accounts.roles import Role
from policy.model import Policy
from policy.models import PolicyVersion
from register.levels import levels_of
from register.models import Membership, Organisation, Partnership, Priority, PriorityLink, Status
from register.models.lists import normalised

PLACES = ("Westmarsh", "Fenwold", "Ashmere", "Kestrel Vale", "Sedge", "Long Drove", "Marshland", "Wolds")
SUBJECTS = (
    "Community Safety", "Waste", "Health and Wellbeing", "Growth", "Housing", "Safeguarding", "Flood Resilience",
    "Rural Mobility", "Skills", "Early Help", "Tourism", "Climate", "Planning Policy", "Leisure", "Benefits",
)  # fmt: skip
MANAGER = "bench.manager@example.org"
KINDS = ("Partnership", "Board", "Forum", "Alliance", "Joint Committee", "Network")


def policy_for_tests(by: User | None = None) -> PolicyVersion:
    """The one policy pack that comes with the product, in force since 2020."""
    pack = next(iter(sorted((Path(__file__).resolve().parent.parent / "policy" / "packs").glob("*.yaml"))))
    return PolicyVersion.objects.load(pack.read_text(), by=by, in_force_from=date(2020, 1, 1), name=pack.name)


def _ids(policy: Policy, core: str) -> list[str]:
    field = policy.core_field(core)
    return [value.id for value in policy.list(field.list).values] if field and field.list else [""]


def fill(count: int, *, today: date, seed: int = 2026) -> User:
    """Put `count` partnerships with partners and priorities into an empty register; gives a register manager."""
    random = Random(seed)  # noqa: S311  invented facts, no secret
    manager = User.objects.create_user(MANAGER, name="T.W.")
    RoleAssignment.objects.create(user=manager, role=Role.REGISTER_MANAGER, from_on=date(2020, 1, 1))
    version = PolicyVersion.objects.in_force(today) or policy_for_tests(manager)
    policy = version.policy
    services = ServiceArea.objects.bulk_create([ServiceArea(name=name) for name in ("Growth", "Place", "Resources")])
    officers = User.objects.bulk_create(
        [User(email=f"officer{n}@example.org", name=f"Officer {n}", password="!") for n in range(40)]  # noqa: S106
    )
    organisations = Organisation.objects.bulk_create(
        [
            Organisation(name=f"{place} {kind}")
            for place in PLACES
            for kind in ("District Council", "NHS Trust", "Trust")
        ]
    )
    priorities = Priority.objects.bulk_create(
        [Priority(code=str(n), title=f"Priority {n}", position=n) for n in range(1, 6)]
    )
    risk = [level for level, _ in levels_of(policy, "risk_level")] or [""]
    value = [level for level, _ in levels_of(policy, "value_level")] or [""]
    natures, roles = _ids(policy, "nature"), _ids(policy, "council_role")
    meets, forms = _ids(policy, "meeting_frequency"), _ids(policy, "governance_form")
    entries = []
    for number in range(1, count + 1):
        name = f"{random.choice(PLACES)} {random.choice(SUBJECTS)} {random.choice(KINDS)}"
        named = random.random() < 0.3
        officer = None if named else random.choice(officers)
        entry = Partnership(
            reference=f"P-{number:04d}",
            name=f"{name} {number}",
            status=random.choices([Status.ACTIVE, Status.PROPOSED, Status.LEAVING, Status.LEFT], [88, 4, 4, 4])[0],
            policy_version=version,
            purpose=f"Brings the councils and bodies of the area together on {name.lower()}. " * 3,
            nature=random.choice(natures),
            is_statutory=random.choice([True, False, False, None]),
            has_statutory_duty=random.choice([True, False, None]),
            council_role=random.choice(roles),
            meeting_frequency=random.choice(meets),
            governance_form=random.choice(forms),
            service=random.choice(services),
            lead_officer=officer,
            lead_officer_name=f"Manager {random.randrange(20)}" if named else "",
            contribution_a_year=random.choice([None, Decimal(0), Decimal(random.randrange(100, 250_000))]),
            unbudgeted_a_year=Decimal(0),
            hours_a_month=random.choice([None, Decimal(random.randrange(1, 900)) / 10]),
            risk_level=random.choice([*risk, ""]),
            value_level=random.choice([*value, ""]),
            next_review_on=random.choice([None, today + timedelta(days=random.randrange(-60, 360))]),
            exit_impact="Two other bodies could take the work over within a year. " * 2,
            comments="Reviewed with the partners; no change proposed. " * 2,
        )
        entry.search_text = normalised(f"{entry.reference} {entry.name} {officer or entry.lead_officer_name}")
        entries.append(entry)
    entries = Partnership.objects.bulk_create(entries, batch_size=500)
    Membership.objects.bulk_create(
        [
            Membership(partnership=entry, organisation=organisation, is_lead=place == 0)
            for entry in entries
            for place, organisation in enumerate(random.sample(organisations, 3))
        ],
        batch_size=500,
    )
    PriorityLink.objects.bulk_create(
        [PriorityLink(partnership=entry, priority=random.choice(priorities)) for entry in entries], batch_size=500
    )
    return manager
