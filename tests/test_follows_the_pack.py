"""Everything follows the pack in force: no council's name or item in the code, and pages with its own words alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.roles import Role
from policy.model import Policy
from policy.reading import pack_files, read_pack_file
from register.listing import has_grid
from register.models import Status
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

ROOT = Path(settings.BASE_DIR)
PACKS = {path.stem: read_pack_file(path).policy for path in pack_files()}

# --- The code names no council --------------------------------------------------------------------

LEFT = {"benchmarks", "tests"}
APPS = sorted({path.parent.name for path in ROOT.glob("*/__init__.py")} - LEFT)
# The demonstration is of a council. The reader of old spreadsheets knows words that many councils write.
LEFT_OUT = ("policy/packs/", "config/demonstration.py", "config/management/commands/load_demo.py", "accounts/demo.py")
READER = "register/importing/"
# Neutral words of the product (requirements section 6) that some councils use as they are.
NEUTRAL = {"Council", "Executive", "Scrutiny", "Portfolio Holder", "Officer", "Partner", "Representative", "Public"}
# An example in a docstring or in an error, which shows how something of a pack is written.
EXAMPLE = re.compile(
    r"brk-(c01|c03|d01|d27)\b|CMT, the Executive and Scrutiny|Agreed by CMT|CMT member|CMT, SMT, Member"
)


def council_names() -> set[str]:
    """The names of the councils, from the codes of their packs; one without a name is known by its title's year."""
    codes = {re.sub(r"-\d{4}$", "", policy.code) for policy in PACKS.values()}
    return {code for code in codes if code != "strategy"}


def bodies() -> set[str]:
    """What councils call their bodies and officers, where it is a name of their own and not a neutral word."""
    neutral = NEUTRAL | {str(role.label) for role in Role}
    labels = {
        label
        for policy in PACKS.values()
        for role in policy.roles
        if role.kind in ("body", "member", "officer")
        for label in (role.label, role.short, *role.also_called)
    }
    neutral = {each.casefold() for each in neutral} | {"leader", "director", "assessor", "reviewer", "contact"}
    return {label for label in labels if label and label.casefold() not in neutral and label[0].isupper()} - OF_OFFICES


# Offices under which any council keeps people, which pages and the reader use as plain words.
OF_OFFICES = {
    "Lead Officer",
    "Management Team",
    "Head of Service",
    "Head of Finance",
    "Head of Legal",
    "Link officer",
    "Partnership officer",
    "Senior Officer",
    "Service Manager",
    "Area bodies",
    "Nominating groups",
    "Corporate champion",
    "Full Council",
    "Council representative",
    "Lead representative",
    "Officer representative",
    "Responsible head",
}


def code_lines() -> Iterator[tuple[str, int, str]]:
    """Every line of our Python and templates, with its place."""
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py")] + list((ROOT / "templates").rglob("*.*"))
    for path in files:
        place = str(path.relative_to(ROOT))
        if "/migrations/" in place or place.startswith(LEFT_OUT):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            yield place, number, line


def test_no_code_names_a_council_its_bodies_or_an_item_of_its_policy():  # CONF-01
    prefixes = {policy.ref_prefix.lower() for policy in PACKS.values() if policy.ref_prefix}
    ids = {item for policy in PACKS.values() for item in _ids(policy) if item.partition("-")[0] in prefixes}
    names = re.compile(rf"\b({'|'.join(map(re.escape, council_names() | set(PACKS)))})\b", re.IGNORECASE)
    said = re.compile(rf"\b({'|'.join(sorted(map(re.escape, bodies()), key=len, reverse=True))})\b")
    looks_like_id = re.compile(rf"\b(?:{'|'.join(prefixes)})-[a-z0-9-]+")

    found = []
    for place, number, line in code_lines():
        plain = EXAMPLE.sub("", line)
        is_source = line.lstrip().startswith(("#", '"""')) or "Source:" in line
        hits = [hit for hit in looks_like_id.findall(plain) if hit in ids]
        hits += names.findall(plain) if not is_source and "BRK-" not in plain else []
        hits += said.findall(plain) if not place.startswith(READER) and not is_source else []
        found += [f"{place}:{number}: {hit}" for hit in hits]
    assert found == []


def _ids(policy: Policy) -> Iterator[str]:
    yield from (field.id for field in policy.fields)
    for form in policy.questionnaires:
        yield from (form.id, *form.by_id)
    for scheme in policy.schemes.values():
        yield from (criterion.id for criterion in scheme.criteria)
    for route in policy.routes:
        yield from (route.id, *route.by_id)
    for items in (policy.cycles, policy.reports, policy.checks):
        yield from (item.id for item in items)


# --- Pages show what the pack has -----------------------------------------------------------------

OVERVIEW = ("council_role", "governance_form", "priorities")


@pytest.fixture(params=sorted(PACKS))
def under(request, db, browse_as):
    """A register under one of the packs: a browsing manager, the policy, an entry."""
    version = put_policy_in_force(request.param)
    manager = make_user(Role.REGISTER_MANAGER, Role.ADMINISTRATOR, name="T.W.")
    entry = make_partnership(by=manager, policy_version=version, name="Marsh Valley Board", lead_officer=manager)
    make_contribution(entry, 1000)
    make_partnership(by=manager, policy_version=version, name="Fen Forum", status=Status.PROPOSED)
    return browse_as(manager), version.policy, entry


def words_of_others(policy: Policy) -> set[str]:
    """Names of bodies that other councils have and this one's policy says nowhere."""
    own = policy.model_dump_json()
    others = {
        label
        for other in PACKS.values()
        for role in other.roles
        if role.kind in ("body", "member")
        for label in (role.label, role.short)
        if len(label) > 3 and label not in NEUTRAL
    }
    return {label for label in others - {str(role.label) for role in Role} if label not in own}


def addresses(entry) -> list[str]:
    of_entry = ("partnership", "details", "people", "money", "benefits", "risks", "actions", "history")
    return [
        reverse("home"),
        reverse("register:partnership_list") + "?all=yes&more=yes",
        reverse("register:list_columns"),
        reverse("register:add"),
        reverse("reports:report_list"),
        reverse("reports:register"),
        reverse("reports:resources"),
        reverse("reports:profile", args=[entry.reference]),
        reverse("accounts:role_list"),
        reverse("approvals:deputy_list"),
        reverse("help_topic", args=["decide"]),
        *(reverse(f"register:{page}", args=[entry.reference]) for page in of_entry),
        reverse("assessments:questionnaire_list", args=[entry.reference]),
        reverse("approvals:of_entry", args=[entry.reference]),
    ]


@pytest.mark.slow
def test_pages_open_and_name_nothing_that_the_policy_lacks(under):
    browsing, policy, entry = under
    lacking = {
        label: re.compile(rf"\b{re.escape(label)}\b") for label in words_of_others(policy) | levels_lacking(policy)
    }

    for address in addresses(entry):
        page = browsing.get(address)
        assert page.status == 200, address
        assert [label for label, said in lacking.items() if said.search(page.words)] == [], address
    assert browsing.get(reverse("register:grid")).status == (200 if has_grid(policy) else 404)


def levels_lacking(policy: Policy) -> set[str]:
    """What pages say of overall levels that this policy does not have."""
    cores = {scheme.core for scheme in policy.schemes.values()}
    lacking = {scale for scale in ("risk", "value") if f"{scale}_level" not in cores}
    said = {
        words for scale in lacking for words in (f"No {scale} level", f"without a {scale} level", f"{scale} not set")
    }
    return said | {each.capitalize() for each in said} | ({"Risk by value", "Risk against value"} if lacking else set())


def test_sections_of_an_entry_are_those_that_the_policy_has(under):
    browsing, policy, entry = under
    pages = [
        browsing.get(reverse(name, args=[entry.reference]))
        for name in ("register:partnership", "assessments:questionnaire_list")  # the second shows what stands beside it
    ]
    links = {link.get_text(strip=True) for page in pages for link in page.select("nav a")}

    assert ("Assessment" in links) == bool(policy.schemes)
    assert ("Agreement" in links) == bool(policy.agreement_form)
    assert ("Significance" in links) == bool(policy.significance and policy.significance.shown)


def test_the_overview_names_facts_in_the_policys_words_and_only_those_it_asks_for(under):
    browsing, policy, entry = under
    overview = browsing.get(reverse("register:partnership", args=[entry.reference]))
    labels = {each.get_text(strip=True) for each in overview.select("dt")}

    for core in OVERVIEW:
        field = policy.core_field(core)
        if field is not None:
            assert (field.short or field.label) in labels
    if policy.core_field("council_role") is None:
        assert "Council’s role" not in labels
    if policy.core_field("governance_form") is None:
        assert "Governance form" not in labels


def test_the_list_filters_by_what_the_policy_asks_for(under):
    browsing, policy, _ = under
    page = browsing.get(reverse("register:partnership_list") + "?all=yes&more=yes")

    for name, core in (("statutory", "is_statutory"), ("head", "responsible_head"), ("nature", "nature")):
        field = policy.core_field(core)
        assert bool(page.select(f"[name={name}]")) == (field is not None), name
        if field is not None:
            assert (field.short or field.label) in page
    offered = {option["value"] for option in page.select("select[name=missing] option")}
    assert ("governance" in offered) == (policy.core_field("governance_form") is not None)
    assert ("head" in offered) == (policy.core_field("responsible_head") is not None)


def test_roles_are_those_of_the_policy_under_its_labels(under):
    browsing, policy, _ = under
    person = make_user(Role.LEAD_OFFICER)
    offered = browsing.get(reverse("accounts:add_role", args=[person.pk])).select("[name=role]")
    deputies = browsing.get(reverse("approvals:deputy_list"))
    given = {each.get("value") for each in offered if each.name == "input"} | {
        option.get("value") for each in offered for option in each.select("option")
    }
    in_deputies = {option["value"]: option.get_text(strip=True) for option in deputies.select("[name=role] option")}

    for role in ("executive", "portfolio_holder", "scrutiny", "responsible_head", "management_team"):
        own = policy.role(role)
        assert (role in given) == (own is not None), role
        assert in_deputies.get(role, "") == (own.label if own else ""), role
