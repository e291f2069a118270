"""The demonstration: complete, safe to repeat, and out of the way of the spreadsheet that a visitor imports.

Every test here finds a council loaded; what begins with an empty register is in test_load_demo.py.
"""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from rapidfuzz import fuzz

from accounts.demo import PEOPLE
from accounts.models import User
from accounts.roles import Role
from approvals.models import AgendaItem, BodySetting, Condition, Meeting, MeetingState, Request, StepTaken
from assessments.models import Answer, Response
from config import demonstration
from exits.models import Leaving, Lesson
from policy.models import PolicyVersion
from register.models import ListEntry, Organisation, Partnership, Priority, Representative, Status
from reviews.models import Review, State

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("loaded")]

EACH_COUNCIL = pytest.mark.parametrize("loaded", demonstration.COUNCILS, indirect=True)


def load(**options):
    said = StringIO()
    call_command("load_demo", stdout=said, **options)
    return said.getvalue()


def test_it_brings_a_person_for_each_role_a_policy_and_sixteen_partnerships(loaded):
    assert {role for person in User.objects.all() for role in person.roles} == set(Role)
    assert PolicyVersion.objects.get().code == "breckland-2015"
    assert "16 partnerships loaded, 0 already there" in loaded.said
    assert Priority.objects.filter(parent=None).count() == 4
    assert Priority.objects.get(code="1.10").parent.code == "1"


def test_its_bodies_meet_and_decisions_are_key_from_a_sum_of_the_council(loaded):
    """No policy says when its bodies meet, nor what counts as a key decision."""
    assert "20 meetings loaded, 0 already there" in loaded.said
    assert Meeting.objects.filter(body="management_team").count() == 14
    assert BodySetting.of("executive").key_from == 100000
    assert "0 meetings loaded, 20 already there" in load()


def test_it_ends_with_the_accounts_and_their_password(loaded):
    lines = loaded.said.splitlines()

    assert lines[-1] == "Password for each: register-demo-2026"
    assert sum("@demo.example" in line for line in lines) == len(PEOPLE) == 11


def test_loading_it_again_changes_nothing():
    changed = Partnership.objects.get(name="Thornmarsh Town Team")
    changed.change({"purpose": "Another purpose"}, by=User.objects.get(email=demonstration.MANAGER), reason="Try")
    versions = Partnership.history.count()

    said = load()

    assert "0 people loaded, 11 already there" in said
    assert "0 partnerships loaded, 16 already there" in said
    assert Partnership.history.count() == versions
    assert Partnership.objects.get(pk=changed.pk).purpose == "Another purpose"


def test_another_council_is_not_loaded_into_the_register_of_this_one():
    people = User.objects.count()
    other = demonstration.FIXTURES / "elsewhere.yaml"

    with pytest.raises(CommandError, match=r"Choose one of .*breckland"):
        load(council="elsewhere")
    assert (User.objects.count(), other.exists()) == (people, False)


def test_a_register_that_works_by_another_policy_is_left_alone(tmp_path, monkeypatch):
    text = (demonstration.FIXTURES / "breckland.yaml").read_text(encoding="utf-8")
    (tmp_path / "other.yaml").write_text(text.replace("pack: breckland-2015", "pack: other-2031"), encoding="utf-8")
    monkeypatch.setattr(demonstration, "FIXTURES", tmp_path)
    monkeypatch.setattr(demonstration, "COUNCILS", ("other",))

    with pytest.raises(CommandError, match=r"works by Partnership Policy 2015.*set DATA_DIR or DATABASE_URL"):
        load(council="other")


def test_every_state_of_the_life_and_every_level_is_there():
    states = set(Partnership.objects.values_list("status", flat=True))
    life = {Status.PROPOSED, Status.NOT_JOINED, Status.ACTIVE, Status.LEAVING, Status.LEFT}
    assert states == life | {Status.OUTSIDE_BODY}
    assert set(Partnership.objects.values_list("risk_level", flat=True)) >= {"", "low", "medium", "high"}


def test_every_value_is_one_of_the_policys_lists():
    policy = PolicyVersion.objects.get().policy
    listed = {
        core: {value.id for value in policy.list(field.list).values}
        for core in (
            "nature",
            "council_role",
            "meeting_frequency",
            "governance_form",
            "budget_status",
            "exit_impact_level",
        )
        if (field := policy.core_field(core))
    }
    assert len(listed) == 6
    for partnership in Partnership.objects.all():
        for core, values in listed.items():
            assert getattr(partnership, core) in values | {""}, f"{partnership}: {core}"
    kinds = {value.id for value in policy.list("kinds-of-partner").values}
    assert set(Organisation.objects.values_list("sector", flat=True)) <= kinds


def test_the_lead_officer_of_the_demonstration_leads_some_and_not_all():
    lead = User.objects.get(email="lead.officer@demo.example")
    editable = Partnership.objects.editable_by(lead).count()
    assert 4 <= editable < Partnership.objects.count()


@pytest.mark.parametrize("file", ["breckland-style-register", "harborough-style-register", "redditch-style-database"])
def test_no_name_is_near_one_of_the_spreadsheets_that_visitors_import(file):
    truth = json.loads((Path(settings.BASE_DIR) / "fixtures" / "legacy" / "expected" / f"{file}.json").read_text())
    names = [row["values"]["name"] for row in truth["rows"] if row["values"].get("name")]
    assert len(names) > 20
    for partnership in Partnership.objects.all():
        nearest = max(fuzz.token_sort_ratio(partnership.name.lower(), name.lower()) for name in names)
        assert nearest < 75, partnership.name


def test_what_waits_for_a_body_is_on_the_agenda_of_its_next_meeting():
    item = AgendaItem.objects.get(meeting__on__gte=timezone.localdate())
    coming = Meeting.objects.filter(body=item.meeting.body, on__gte=timezone.localdate())
    assert item.meeting == coming.order_by("on").first()
    assert item.request == Request.objects.open().exclude(sent_at=None).get(purpose="join")
    assert "0 agenda items loaded, 1 already there" in load()


def test_a_meeting_was_held_that_agreed_to_join_with_conditions_and_refused_another():
    meeting = Meeting.objects.get(state=MeetingState.HELD)
    assert meeting.on < timezone.localdate()
    taken = {item.request.partnership.name: item.request.partnership.status for item in meeting.items.all()}
    assert taken == {"Fenside Repair Days": Status.ACTIVE, "Old Quay Cruise Study": Status.NOT_JOINED}
    owners = Condition.objects.values_list("action__owner__email", flat=True)
    assert list(owners) == ["lead.officer@demo.example"] * 2
    assert Partnership.objects.get(name="Fenside Repair Days").next_review_on is not None
    assert set(Lesson.objects.values_list("kind", flat=True)) == {"achievement", "practice", "improvement"}


# --- Each council ------------------------------------------------------------------------------

# The rows of an entry whose columns take values of the policy's lists, by the core name of their field.
ROWS = ("representatives", "benefits", "risks", "opportunities", "contributions", "documents")
WITHOUT_ANSWER = (None, "", [])


def values_in(field, held):
    """The field or column, and what stands in it: one value, or each of several."""
    several = held if isinstance(held, list) else [held]
    return [(field, each) for each in several if each not in WITHOUT_ANSWER]


def listed_values(policy, partnership):
    """What stands on the entry wherever the policy offers a list or a scale."""
    found = []
    for field in policy.fields:
        if field.core in ROWS:
            related = "risks" if field.core == "opportunities" else field.core
            for row in getattr(partnership, related).all():
                for column in field.columns:
                    found += values_in(column, getattr(row, column.id, ""))
        elif field.core is None:
            found += values_in(field, partnership.local_values.get(field.id))
        elif field.core not in ("status", "partners", "priorities", "critical_outcomes", "service", "parent"):
            found += values_in(field, getattr(partnership, field.core, ""))
    return found


def unknown_values(policy, partnership):
    """What no list or scale of the policy has."""
    council = {(each.list_id, each.value) for each in ListEntry.objects.all()}
    unknown = []
    for field, value in listed_values(policy, partnership):
        if field.list and policy.list(field.list).values:
            known = value in policy.list(field.list).by_id or (field.list, value) in council
        elif field.list:
            known = (field.list, value) in council
        elif field.scale:
            known = value in policy.scale(field.scale).by_id
        else:
            known = True
        if not known:
            unknown.append((str(partnership), field.id, value))
    return unknown


@EACH_COUNCIL
def test_each_council_loads_once_and_says_nothing_that_its_policy_does_not_know(loaded):
    versions = [model.history.count() for model in (Partnership, Response, Answer, Request)]
    policy = PolicyVersion.objects.get().policy

    assert "0 partnerships loaded" in load(council=loaded.council)

    assert [model.history.count() for model in (Partnership, Response, Answer, Request)] == versions
    for partnership in Partnership.objects.all():
        own = {field.id for field in policy.fields if field.core is None}
        assert set(partnership.local_values) <= own, partnership
        assert unknown_values(policy, partnership) == []
    kinds = {value.id for each in policy.lists if each.id in ("kinds-of-partner", "sectors") for value in each.values}
    assert set(Organisation.objects.values_list("sector", flat=True)) <= kinds | {""}
    states = set(Partnership.objects.values_list("status", flat=True))
    assert states >= {Status.PROPOSED, Status.ACTIVE, Status.LEAVING, Status.LEFT}
    assert Partnership.objects.active().filter(next_review_on__lt=timezone.localdate()).exists()


@EACH_COUNCIL
def test_each_council_has_answers_and_a_request_on_its_way_that_are_sealed():
    assert Response.objects.sent().count() >= 2
    assert Response.objects.filter(state=Response.State.DRAFT).exists()
    assert Request.objects.open().exclude(sent_at=None).exists()
    assert StepTaken.objects.exists()
    said = StringIO()
    call_command("verify_decisions", stdout=said)
    assert "every copy is as it was sealed" in said.getvalue()


@EACH_COUNCIL
def test_every_page_of_each_council_opens(browse_as):
    browser = browse_as(User.objects.get(email=demonstration.MANAGER))
    pages = ("register:partnership", "register:details", "register:risks")
    pages += ("assessments:questionnaire_list", "approvals:of_entry")
    addresses = [
        reverse(page, args=[reference])
        for reference in Partnership.objects.values_list("reference", flat=True)
        for page in pages
    ]
    addresses += [
        reverse("assessments:questionnaire", args=[each.partnership.reference, each.questionnaire, each.slug])
        for each in Response.objects.select_related("partnership")
    ]
    addresses += [reverse("approvals:request", args=[each.reference]) for each in Request.objects.all()]
    assert {address: status for address in addresses if (status := browser.get(address).status) != 200} == {}


@EACH_COUNCIL
def test_each_council_is_in_the_middle_of_its_year(browse_as):
    today = timezone.localdate()

    states = set(Review.objects.values_list("state", flat=True))
    assert states >= {State.OPEN, State.CHALLENGED, State.SIGNED_OFF}
    assert Review.objects.filter(state=State.OPEN, due_on__lt=today).exists()
    assert Representative.objects.filter(is_vacant=True).exists()
    assert Representative.objects.filter(ends_on__range=(today, today + timedelta(days=60))).exists()
    leaving = Leaving.objects.get()
    assert leaving.last_day > today

    browser = browse_as(User.objects.get(email=demonstration.MANAGER))
    reference = leaving.partnership.reference
    pages = [reverse("exits:exit", args=[reference]), reverse("reviews:refresh"), reverse("reviews:review_list")]
    pages += [reverse("appointments:appointment_list")]
    assert {page: status for page in pages if (status := browser.get(page).status) != 200} == {}
