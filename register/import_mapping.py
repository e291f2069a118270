"""What a spreadsheet's values become in the register: pure functions, no database.

`entry_of(values, words)` turns the values of one record (fields of fixtures/legacy/README.md, "The fields") into the
register's own fields in a form that JSON can hold, so that a file, the register and an earlier import can be compared:
money and hours as text ("12500.00"), days as text as precise as they are known ("2014-09"), parts as lists. What the
register or the policy in force has no place for is kept word for word in the comments, and `remarks` says so.
"""

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from register.models.lists import normalised

# Which register field each field of the reading feeds; what is not here goes to the comments.
GOES_TO = {
    "ref": "own_reference",
    "name": "name",
    "body": "name",
    "theme": "theme",
    "partnership_type": "partnership_type",
    "parent_ref": "parent",
    "status": "status",
    "area": "area",
    "purpose": "purpose",
    "lead_partner": "memberships",
    "partners": "memberships",
    "client_groups": "client_groups",
    "level": "nature",
    "statutory": "is_statutory",
    "statutory_note": "statutory_note",
    "meetings": "meeting_note",
    "meetings_per_year": "meetings_a_year",
    "representatives": "representatives",
    "rep_levels": "representatives",
    "officer_rep": "lead_officer_name",
    "portfolio_holder": "portfolio_holder_name",
    "head_of_service": "responsible_head_name",
    "priorities": "priorities",
    "benefits": "benefits",
    "role": "council_role",
    "contribution": "contribution",
    "contribution_note": "contribution_note",
    "staff_hours_month": "hours_a_month",
    "in_kind_note": "hours_note",
    "funding_sources": "funding_sources",
    "risk": "risk_level",
    "value": "value_level",
    "exit_impact": "exit_impact",
    "info_sharing": "information_sharing",
    "start_date": "starts_on",
    "end_date": "ends_on",
    "review_date": "next_review_on",
    "notes": "comments",
    "appointed_by": "representatives",
    "capacity": "representatives",
    "term_years": "representatives",
    "term_note": "representatives",
    "representative": "representatives",
}

# How the register's fields are called where no policy gives a label.
LABELS = {
    "own_reference": "Council's own reference",
    "name": "Name",
    "theme": "Theme",
    "partnership_type": "Type",
    "parent": "Sub-group of",
    "status": "State",
    "area": "Area",
    "purpose": "Purpose",
    "memberships": "Partners",
    "client_groups": "Client groups",
    "nature": "Nature",
    "is_statutory": "Statutory",
    "statutory_note": "Statutory, note",
    "meeting_note": "Meetings, in words",
    "meeting_frequency": "Meeting frequency",
    "meetings_a_year": "Meetings a year",
    "representatives": "Representatives",
    "lead_officer_name": "Lead officer",
    "portfolio_holder_name": "Portfolio Holder",
    "responsible_head_name": "Responsible head",
    "priorities": "Priorities",
    "benefits": "Benefits",
    "council_role": "Council's role",
    "council_role_note": "Council's role, note",
    "contribution": "Contribution",
    "contribution_note": "Contribution, note",
    "hours_a_month": "Hours a month",
    "hours_note": "Hours, note",
    "funding_sources": "Funding sources",
    "risk_level": "Overall risk",
    "value_level": "Overall value",
    "exit_impact": "Impact of leaving",
    "value_resources": "Value: resources",
    "information_sharing": "How information is shared",
    "governance_note": "Governance, note",
    "starts_on": "Start date",
    "ends_on": "End date",
    "next_review_on": "Next review",
    "comments": "Comments",
}

# Fields of the reading without a field of the register, with the words that stand before them in the comments.
KEPT_AS_NOTE = {
    "council": "Council in the old register",
    "member_contribution": "What members contribute",
    "accountable_to": "Accountable to",
    "contact_email": "Contact, e-mail",
    "contact_phone": "Contact, telephone",
    "corporate_objectives": "Corporate objectives",
    "scs_outcomes": "Community strategy outcomes",
    "value_note": "Value",
    "res_other": "Other resources",
    "likelihood": "Likelihood",
    "impact": "Impact",
    "risk_score": "Risk score",
    "category": "Category",
    "places": "Places",
    "substitutes": "Places for substitutes",
    "allowance": "Travel can be claimed",
}
RESOURCES = {
    "res_accommodation": "accommodation",
    "res_it": "IT",
    "res_admin": "administration",
    "res_training": "training",
    "res_insurance": "insurance",
    "res_recruitment": "recruitment",
    "res_payroll": "payroll",
    "res_health_safety": "health and safety",
    "res_advice": "advice",
}
# What an import takes whatever the policy asks for: every entry has it.
ALWAYS_TAKEN = frozenset({"name", "status", "comments"})
# How often a year a frequency of the policy's list is, where the list does not say.
MEETINGS_A_YEAR = {
    "weekly": 52,
    "fortnightly": 26,
    "monthly": 12,
    "every-two-months": 6,
    "quarterly": 4,
    "every-six-months": 2,
    "twice-a-year": 2,
    "yearly": 1,
    "annually": 1,
}
LONGEST = {  # characters that the register's columns hold
    "name": 200,
    "own_reference": 60,
    "theme": 60,  # as long as a value of a list that the council keeps
    "area": 60,
    "meeting_note": 200,
    "lead_officer_name": 120,
    "portfolio_holder_name": 120,
    "responsible_head_name": 120,
    "partnership_type": 60,
    "nature": 60,
    "council_role": 60,
}
EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Words:
    """The words of the policy in force, as far as an import needs them.

    `lists` gives for a register field the ids of its list by normalised word; a field the policy does not ask for is
    missing. `levels` is the same for the schemes `risk` and `value`. Without a policy both are empty and words
    stay as they are. `labels` are the policy's names of fields, `shown` the labels of list values by id.
    """

    has_policy: bool = False
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    frequencies: Mapping[int, str] = field(default_factory=dict)
    representation: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    council_lists: Mapping[str, str] = field(default_factory=dict)  # lists that the council keeps, by register field
    terms: Mapping[int, str] = field(default_factory=dict)  # terms of appointment by their months

    def value(self, name: str, word: str) -> str:
        """The id of `word` in the list of a register field, or "" when the list has no such word."""
        if not self.has_policy:
            return word
        return self.lists.get(name, {}).get(normalised(word), "")

    def level(self, scheme: str, word: str) -> str:
        """The id of a level, or "" when the scheme has no such level."""
        return word if not self.has_policy else self.levels.get(scheme, {}).get(normalised(word), "")

    def asks(self, names: Iterable[str]) -> bool:
        """Whether the policy asks for one of these fields of the reading, or it is kept among the comments."""
        targets = {GOES_TO.get(name, name) for name in names}
        kept = ALWAYS_TAKEN | set(KEPT_AS_NOTE) | set(RESOURCES) | set(self.labels)
        kept |= {f"{scheme}_level" for scheme in self.levels}
        return not self.has_policy or not targets.isdisjoint(kept)

    def label(self, name: str) -> str:
        """What a register field is called on screen."""
        return self.labels.get(name) or LABELS.get(name, name.replace("_", " ").capitalize())


def words_of(policy: Any) -> Words:
    """The words of a typed policy (policy.model.Policy), or none when `policy` is None."""
    if policy is None:
        return Words()
    lists: dict[str, dict[str, str]] = {}
    labels: dict[str, str] = {}
    shown: dict[str, str] = {}
    frequencies: dict[int, str] = {}
    representation: dict[str, str] = {}
    council_lists: dict[str, str] = {}
    for one in policy.fields:
        if not one.core:
            continue
        labels[_CORE_NAMES.get(one.core, one.core)] = one.short or one.label
        if one.list and one.core in ("theme", "area") and policy.list(one.list).kept_by == "council":
            council_lists[one.core] = one.list
        if one.list:
            lists[one.core] = _by_word(policy.list(one.list).values)
            shown |= {value.id: value.label for value in policy.list(one.list).values}
        if one.core == "meeting_frequency" and one.list:
            frequencies = _frequencies(policy.list(one.list).values)
        if one.core == "representatives":
            for column in one.columns:
                if column.id in ("level", "representation", "representation-level") and column.list:
                    representation = _by_word(policy.list(column.list).values)
    levels = {name: _by_word(scheme.levels) for name, scheme in policy.schemes.items() if name in ("risk", "value")}
    for scheme in policy.schemes.values():
        shown |= {level.id: level.label for level in scheme.levels}
    return Words(True, lists, levels, frequencies, representation, labels, shown, council_lists, _terms(policy))


def _terms(policy: Any) -> dict[int, str]:
    """The policy's terms of appointment by how many months they last; two of one length say nothing."""
    if policy.appointments is None:
        return {}
    months = [
        (int(value.number), value.id) for value in policy.list(policy.appointments.term_list).values if value.number
    ]
    lengths = [each for each, _ in months]
    return {each: value for each, value in months if lengths.count(each) == 1}


# Names of the policy's core where the import writes to a field of another name.
_CORE_NAMES = {
    "contribution_a_year": "contribution",
    "lead_officer": "lead_officer_name",
    "portfolio_holder": "portfolio_holder_name",
    "responsible_head": "responsible_head_name",
    "partners": "memberships",
}


def _by_word(values: Iterable[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        for word in (value.id, value.id.replace("-", " "), value.label, *getattr(value, "also", ())):
            found.setdefault(normalised(word), value.id)
        # "Control: chairs, or is the lead partner" is found by "control", too.
        found.setdefault(normalised(re.split(r"[:,(–]", value.label)[0]), value.id)
    return found


def _frequencies(values: Iterable[Any]) -> dict[int, str]:
    found: dict[int, str] = {}
    for value in values:
        number = getattr(value, "number", None)
        if number is None:
            number = MEETINGS_A_YEAR.get(value.id, MEETINGS_A_YEAR.get(normalised(value.label).replace(" ", "-")))
        if number is not None and number == int(number):
            found.setdefault(int(number), value.id)
    return found


@dataclass
class Entry:
    """What one record of a file says about one entry, in the register's fields."""

    fields: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def entry_of(values: Mapping[str, Any], words: Words, *, beside: Iterable[str] = ()) -> Entry:
    """The register's fields of one record of the sheet of partnerships. Empty values are left out.

    `beside` are lines that go to the comments as they are.
    """
    entry = Entry(notes=list(beside))
    put = entry.fields.__setitem__
    for name in ("ref", "theme", "area", "officer_rep", "portfolio_holder", "head_of_service"):
        if values.get(name) not in EMPTY:
            put(GOES_TO[name], _short(entry, GOES_TO[name], str(values[name]), words))
    for name in ("purpose", "statutory_note", "contribution_note", "in_kind_note", "exit_impact", "info_sharing"):
        if values.get(name) not in EMPTY:
            put(GOES_TO[name], str(values[name]))
    if values.get("name") not in EMPTY:
        put("name", " ".join(str(values["name"]).split()))
    if values.get("statutory") is not None:
        put("is_statutory", bool(values["statutory"]))
    _choices(entry, values, words)
    _meetings(entry, values, words)
    _people(entry, values, words)
    _parts(entry, values, words)
    _money_and_time(entry, values)
    for scheme in ("risk", "value"):
        if values.get(scheme) not in EMPTY:
            level = words.level(scheme, str(values[scheme]))
            if level:
                put(f"{scheme}_level", level)
            else:
                _keep(entry, f"Overall {scheme}", str(values[scheme]), words)
    _dates(entry, values, words)
    _rest(entry, values, words)
    return entry


def _short(entry: Entry, name: str, text: str, words: Words) -> str:
    """The text as the column can hold it; a longer one stands whole in the comments."""
    longest = LONGEST.get(name)
    text = " ".join(text.split()) if longest else text
    if longest is None or len(text) <= longest:
        return text
    _keep(entry, words.label(name), text, words, f"it is longer than {longest} characters")
    return text[: longest - 1].rstrip() + "…"


def _keep(entry: Entry, label: str, text: str, words: Words, why: str = "") -> None:
    """Keep something in the comments and say so."""
    keeper = "the policy in force" if words.has_policy else "the register"
    entry.notes.append(f"{label}: {text}")
    entry.remarks.append(f"{label} “{text}” is kept in the comments: {why or f'{keeper} has no place for it'}")


def _choices(entry: Entry, values: Mapping[str, Any], words: Words) -> None:
    if values.get("partnership_type") not in EMPTY:
        word = str(values["partnership_type"])
        value = words.value("partnership_type", word)
        if value:
            entry.fields["partnership_type"] = _short(entry, "partnership_type", value, words)
        else:
            _keep(entry, "Type", word, words)
    natures = as_list(values.get("level"))
    if len(natures) == 1 and (value := words.value("nature", natures[0])):
        entry.fields["nature"] = _short(entry, "nature", value, words)
    elif natures:
        both = len(natures) > 1 and (value := words.value("nature", "both"))
        if both and words.has_policy:
            entry.fields["nature"] = value
        else:
            _keep(entry, "Nature", ", ".join(natures), words, "it is more than one" if len(natures) > 1 else "")
    roles = as_list(values.get("role"))
    if len(roles) == 1 and (value := words.value("council_role", roles[0])):
        entry.fields["council_role"] = _short(entry, "council_role", value, words)
    elif roles:
        entry.fields["council_role_note"] = ", ".join(roles).capitalize()
        entry.remarks.append(f"Role “{', '.join(roles)}” is kept as a note: choose one role in the register")


def _meetings(entry: Entry, values: Mapping[str, Any], words: Words) -> None:
    if values.get("meetings") not in EMPTY:
        entry.fields["meeting_note"] = _short(entry, "meeting_note", str(values["meetings"]), words)
    number = values.get("meetings_per_year")
    if number is not None:
        entry.fields["meetings_a_year"] = plain(number, 1)
        if float(number) == int(number) and (frequency := words.frequencies.get(int(number))):
            entry.fields["meeting_frequency"] = frequency


def _people(entry: Entry, values: Mapping[str, Any], words: Words) -> None:
    people = [person_of(one, words) for one in as_list(values.get("representatives"))]
    if people:
        entry.fields["representatives"] = people


def person_of(one: Any, words: Words) -> dict[str, Any]:
    """One representative in the register's fields: only what is known."""
    if isinstance(one, str):
        one = {"who": one}
    person: dict[str, Any] = {"name": " ".join(str(one.get("who") or "").split())[:200]}
    if one.get("level"):
        person["level"] = words.representation.get(normalised(one["level"])) or str(one["level"])[:60]
    if one.get("substitute"):
        person["is_substitute"] = True
    if one.get("vacant") or not person["name"]:
        person |= {"name": "", "is_vacant": True}
    if one.get("councillor") is False:
        person["role_note"] = "Not a councillor"
    return person


def _parts(entry: Entry, values: Mapping[str, Any], words: Words) -> None:
    members: list[dict[str, Any]] = []
    if values.get("lead_partner") not in EMPTY:
        members.append({"name": _organisation(str(values["lead_partner"])), "is_lead": True})
    members += [{"name": _organisation(name)} for name in as_list(values.get("partners"))]
    if members:
        entry.fields["memberships"] = without_doubles(members)
    if codes := as_list(values.get("priorities")):
        entry.fields["priorities"] = sorted(dict.fromkeys(code[:20] for code in codes))
    if benefits := as_list(values.get("benefits")):
        entry.fields["benefits"] = benefits
    if sources := as_list(values.get("funding_sources")):
        entry.fields["funding_sources"] = [source[:200] for source in sources]
    if groups := as_list(values.get("client_groups")):
        entry.fields["client_groups"] = groups


def _organisation(name: str) -> str:
    return " ".join(name.split())[:200]


def without_doubles(members: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Memberships with each organisation once; what a later mention adds is kept, what an earlier says stays."""
    found: dict[str, dict[str, Any]] = {}
    for member in members:
        key = normalised(member["name"])
        if key:
            found[key] = {**member, **found.get(key, {})}
    return list(found.values())


def _money_and_time(entry: Entry, values: Mapping[str, Any]) -> None:
    if values.get("contribution") is not None:
        amount = Decimal(str(values["contribution"]))
        if amount < 0:
            # Money received is no contribution; the figure is kept in words.
            entry.fields["contribution"] = "0.00"
            note = f"The council receives £{-amount:,.2f} a year"
            entry.fields["contribution_note"] = "; ".join(filter(None, [values.get("contribution_note"), note]))
            entry.remarks.append(f"{note}: recorded as a contribution of £0 with a note")
        else:
            entry.fields["contribution"] = plain(amount, 2)
    if values.get("staff_hours_month") is not None:
        entry.fields["hours_a_month"] = plain(values["staff_hours_month"], 2)


def _dates(entry: Entry, values: Mapping[str, Any], words: Words) -> None:
    for name in ("start_date", "end_date"):
        if values.get(name) not in EMPTY:
            entry.fields[GOES_TO[name]] = str(values[name])
    if values.get("review_date") not in EMPTY:
        text = str(values["review_date"])
        entry.fields["next_review_on"] = day_of(text)[0].isoformat()
        if len(text) < len("2014-09-01"):
            _keep(entry, "Next review", text, words, "it is less exact than a day")
    start, end = entry.fields.get("starts_on"), entry.fields.get("ends_on")
    if start and end and day_of(end, last=True)[0] < day_of(start)[0]:
        del entry.fields["ends_on"]
        _keep(entry, "End date", end, words, "it is before the start date")


def _rest(entry: Entry, values: Mapping[str, Any], words: Words) -> None:
    status = values.get("status")
    entry.fields["status"] = "left" if status == "ended" else "active" if status == "active" else "proposed"
    if values.get("parent_ref") not in EMPTY:
        entry.fields["parent"] = str(values["parent_ref"])
    governance = []
    for name, text in (("has_terms", "terms of reference"), ("has_exit_plan", "exit plan")):
        if values.get(name) is not None:
            governance.append(f"{text}: {'yes' if values[name] else 'no'}")
    if governance:
        entry.fields["governance_note"] = "; ".join(governance).capitalize()
    if given := [text for name, text in RESOURCES.items() if values.get(name)]:
        entry.notes.append(f"Resources given: {', '.join(given)}")
    for name, label in KEPT_AS_NOTE.items():
        if name == "value_note" or values.get(name) in EMPTY or values.get(name) is False:
            continue
        if name != "council":
            entry.notes.append(f"{label}: {said(values[name])}")
    if values.get("value_note") not in EMPTY:
        entry.notes.append(f"Value: {values['value_note']}")
    for name, value in values.items():
        known = name in GOES_TO or name in KEPT_AS_NOTE or name in RESOURCES or name in ("has_terms", "has_exit_plan")
        if not known and value not in EMPTY:
            entry.notes.append(f"{name.removesuffix('_note').replace('_', ' ').capitalize()}: {said(value)}")
    comments = [str(values["notes"])] if values.get("notes") not in EMPTY else []
    if comments or entry.notes:
        entry.fields["comments"] = "\n".join(comments + entry.notes)


def body_of(rows: list[Mapping[str, Any]], words: Words, *, beside: Iterable[str] = ()) -> Entry:
    """The entry of an outside body: the first of its rows describes it, each row is one appointment."""
    first = dict(rows[0])
    facts = {name: value for name, value in first.items() if name not in APPOINTMENT_FIELDS}
    facts["name"] = facts.pop("body", None)
    facts["notes"] = "\n".join(dict.fromkeys(str(row["notes"]) for row in rows if row.get("notes") not in EMPTY))
    for name in ("start_date", "end_date"):  # of an appointment, not of the body
        facts.pop(name, None)
    entry = entry_of(facts, words, beside=beside)
    entry.fields["status"] = "left" if all(row.get("status") == "ended" for row in rows) else "outside_body"
    people = [person for row in rows for person in appointment_of(row, words)]
    if people:
        entry.fields["representatives"] = people
    return entry


APPOINTMENT_FIELDS = {
    "representative",
    "representatives",
    "capacity",
    "appointed_by",
    "term_years",
    "term_note",
}


def appointment_of(values: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """The representatives of one row of appointments, with their terms."""
    people = []
    for one in as_list(values.get("representative")) or as_list(values.get("representatives")):
        person = person_of(one, words)
        if values.get("capacity") not in EMPTY:
            person["capacity"] = str(values["capacity"])[:60]
        if values.get("appointed_by") not in EMPTY:
            person["appointed_by"] = str(values["appointed_by"])[:120]
        term = [f"{values['term_years']:g} years".replace("1 years", "1 year")] if values.get("term_years") else []
        term += [str(values["term_note"])] if values.get("term_note") not in EMPTY else []
        months = round(float(values.get("term_years") or 0) * 12)
        if len(term) == 1 and months in words.terms:
            term = [words.terms[months]]
        if term:
            person["term"] = "; ".join(dict.fromkeys(term))[:60]
        for name, key, last in (("start_date", "starts_on", False), ("end_date", "ends_on", True)):
            if values.get(name) not in EMPTY:
                person[key] = day_of(str(values[name]), last=last)[0].isoformat()
        if person.get("starts_on", "") > person.get("ends_on", "9999"):
            person.pop("ends_on")
        people.append(person)
    return people


def member_of(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """One row of a sheet of members as a membership; None when it names no organisation."""
    if values.get("organisation") in EMPTY:
        return None
    member: dict[str, Any] = {"name": _organisation(str(values["organisation"]))}
    if values.get("sector") not in EMPTY:
        member["sector"] = str(values["sector"])[:60]
    if values.get("member_status") not in EMPTY:
        member["standing"] = str(values["member_status"])[:60]
    who = values.get("representative")
    who = who.get("who") if isinstance(who, Mapping) else who
    office = "vice chair" if values.get("is_vice_chair") else "chair" if values.get("is_chair") else ""
    spoken = f"{who} ({office})" if who and office else who or office
    if spoken:
        member["represented_by"] = str(spoken)[:200]
    return member


# --- Small helpers ------------------------------------------------------------------------------


def as_list(value: Any) -> list[Any]:
    """A list of what is there: one value stands for a list of one."""
    if value in EMPTY:
        return []
    return [one for one in value if one not in EMPTY] if isinstance(value, list | tuple) else [value]


def plain(number: Any, places: int) -> str:
    """A number as the register's decimal column writes it: "12500.00"."""
    return f"{Decimal(str(number)):.{places}f}"


def day_of(text: str, *, last: bool = False) -> tuple[date, str]:
    """A day and its precision from "2014", "2014-09" or "2014-09-01"; with `last` the end of the year or month."""
    parts = [int(part) for part in text[:10].split("-")]
    if len(parts) == 1:
        return date(parts[0], 12, 31) if last else date(parts[0], 1, 1), "year"
    if len(parts) == 2:
        end = calendar.monthrange(parts[0], parts[1])[1]
        return date(parts[0], parts[1], end if last else 1), "month"
    return date(parts[0], parts[1], parts[2]), "day"


def said(value: Any) -> str:
    """A value of the reading in words, for a note."""
    if value is True:
        return "yes"
    if isinstance(value, list):
        return ", ".join(said(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {said(one)}" for key, one in value.items() if one not in EMPTY)
    return f"{value:g}" if isinstance(value, float) else str(value)
