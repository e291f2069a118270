"""People, their roles, and what keeps the register from losing its administrators."""

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import RoleAssignment, ServiceArea, User
from accounts.permissions import IN_WORDS, PERMISSIONS
from accounts.roles import Role
from policy.refused import Refused
from tests.factories import make_user

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


def address(person, page="user", **parts):
    return reverse(f"accounts:{page}", kwargs={"user_id": person.pk} | parts)


def role_of(person):
    return person.assignments.get()


# --- The list ----------------------------------------------------------------------------------


def test_the_list_shows_people_with_their_roles_of_today(browse_as):
    make_user(Role.AUDITOR, name="Ada Upton", job_title="Internal Audit")
    past = make_user(name="Old Hand")
    past.give_role(Role.SCRUTINY, by=None, from_on=date(2020, 1, 1), to_on=date(2021, 1, 1))

    page = browse_as(Role.ADMINISTRATOR).get(reverse("accounts:user_list"))

    rows = {row.th.a.text: " ".join(row.get_text(" ").split()) for row in page.select("tbody tr")}
    assert "Auditor" in rows["Ada Upton"]
    assert "No role" in rows["Old Hand"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "upton"}, ["Ada Upton"]),
        ({"q": "internal audit"}, ["Ada Upton"]),
        ({"role": "auditor"}, ["Ada Upton"]),
        ({"role": "none"}, ["Bo Nothing"]),
        ({"state": "closed"}, ["Cy Gone"]),
        ({"q": "nobody of that name"}, []),
    ],
)
def test_the_list_is_narrowed_by_words_role_and_account(browse_as, query, names):
    make_user(Role.AUDITOR, name="Ada Upton", job_title="Internal Audit")
    make_user(name="Bo Nothing")
    make_user(Role.AUDITOR, name="Cy Gone", is_active=False)

    page = browse_as(Role.REGISTER_MANAGER).get(reverse("accounts:user_list"), query)

    assert [link.text for link in page.select("tbody th a")] == names


@pytest.mark.parametrize("people", [2, 40])
def test_the_list_asks_the_same_number_of_queries_for_few_and_many(browse_as, django_assert_num_queries, people):
    for _ in range(people):
        make_user(Role.LEAD_OFFICER)
    administrator = browse_as(Role.ADMINISTRATOR)
    address = reverse("accounts:user_list")
    administrator.get(address)

    # session, user, own roles, session kept (3), policy in force (page, frame), count, people, their roles
    with django_assert_num_queries(11):
        administrator.get(address)


def test_the_register_manager_and_the_auditor_look_but_do_not_change(browse_as):
    person = make_user(Role.LEAD_OFFICER)

    for role in (Role.REGISTER_MANAGER, Role.AUDITOR):
        page = browse_as(role).get(address(person))
        assert page.status == 200
        assert "Give a role" not in page
        assert browse_as(role).get(address(person, "change_user")).status == 403


# --- Adding and changing -----------------------------------------------------------------------


def add(browsing, **given):
    facts = {"name": "Nia Price", "email": "Nia.Price@Example.org", "role": "lead_officer"} | given
    return browsing.post(reverse("accounts:add_user"), facts)


def test_a_new_person_is_sent_a_link_and_sets_a_password_of_their_own(
    browse_as, django_capture_on_commit_callbacks, settings
):
    settings.SITE_ADDRESS = "https://register.example.org"
    administrator = browse_as(Role.ADMINISTRATOR)
    with django_capture_on_commit_callbacks(execute=True):
        page = add(administrator)

    person = User.objects.get(email="nia.price@example.org")
    assert page.heading == "Nia Price"
    assert "A link to set a password is on its way to nia.price@example.org" in page.banner
    assert person.roles == {Role.LEAD_OFFICER}
    assert not person.has_usable_password()
    (message,) = mail.outbox
    assert message.to == ["nia.price@example.org"]
    assert message.subject == "Set your password for the partnership register"

    (link,) = [line for line in message.body.splitlines() if "/sign-in/new-password/" in line]
    assert link.startswith("https://register.example.org/")
    stranger = browse_as()
    form = stranger.get(link.removeprefix("https://register.example.org"))
    sent = {each["name"]: "three marsh harriers" for each in form.select("input[type=password]")}
    stranger.post(form.response.request["PATH_INFO"], sent)
    page = stranger.post("/sign-in/", {"login": "nia.price@example.org", "password": "three marsh harriers"})
    assert page.response.wsgi_request.user == person


def test_a_person_without_name_address_or_role_is_asked_for_each_and_what_was_typed_stays(browse_as):
    page = add(browse_as(Role.ADMINISTRATOR), name="", email="nia", role="")

    assert page.errors == [
        "Enter the person’s name",
        "Enter an e-mail address like name@council.gov.uk",
        "Select the person’s role",
    ]
    assert page.select_one("[name=email]")["value"] == "nia"
    assert not User.objects.filter(email="nia").exists()


def test_two_people_do_not_share_an_address_however_it_is_spelt(browse_as):
    make_user(email="nia.price@example.org")

    page = add(browse_as(Role.ADMINISTRATOR))

    assert page.errors == ["Another person already has this e-mail address"]


def test_with_a_new_address_the_old_one_no_longer_signs_in(browse_as):
    person = make_user(Role.LEAD_OFFICER, email="old@example.org", password="three marsh harriers")
    EmailAddress.objects.create(user=person, email="old@example.org", primary=True, verified=True)

    page = browse_as(Role.ADMINISTRATOR).post(
        address(person, "change_user"), {"name": person.name, "email": "new@example.org", "job_title": "Clerk"}
    )

    assert "new@example.org" in page
    old = browse_as().post("/sign-in/", {"login": "old@example.org", "password": "three marsh harriers"})
    assert not old.response.wsgi_request.user.is_authenticated
    new = browse_as().post("/sign-in/", {"login": "new@example.org", "password": "three marsh harriers"})
    assert new.response.wsgi_request.user == person


def test_a_change_of_a_person_says_who_made_it(browse_as):
    administrator = make_user(Role.ADMINISTRATOR)
    person = make_user(name="Before")

    browse_as(administrator).post(address(person, "change_user"), {"name": "After", "email": person.email})

    version = person.history.first()
    assert (version.name, version.history_user) == ("After", administrator)


# --- Roles -------------------------------------------------------------------------------------


def give(browsing, person, **given):
    facts = {"role": "auditor", "from_on_0": "1", "from_on_1": "4", "from_on_2": "2026"} | given
    return browsing.post(address(person, "add_role"), facts)


def test_a_role_is_given_from_a_day_for_a_service(browse_as):
    service = ServiceArea.objects.create(name="Environment")
    person = make_user()

    page = give(browse_as(Role.ADMINISTRATOR), person, service_area=service.pk)

    held = role_of(person)
    assert (held.role, held.from_on, held.to_on, held.service_area) == ("auditor", date(2026, 4, 1), None, service)
    assert "now has the role" in page.banner


def test_the_same_role_is_not_given_twice_for_the_same_days(browse_as):
    person = make_user(Role.AUDITOR, name="Ada")

    page = give(browse_as(Role.ADMINISTRATOR), person)

    assert page.errors == ["Ada already holds this role on some of these days. End it first, or choose other days"]
    assert person.assignments.count() == 1


def test_a_role_does_not_end_before_it_begins(browse_as):
    page = give(browse_as(Role.ADMINISTRATOR), make_user(), to_on_0="31", to_on_1="3", to_on_2="2026")
    assert page.errors == ["The last day must not be before the first day"]


def test_a_role_that_ends_now_opens_nothing_from_now_on(browse_as):
    person = make_user(Role.AUDITOR)

    browse_as(Role.ADMINISTRATOR).post(address(person, "end_role", role_id=role_of(person).pk), {"when": "now"})

    assert role_of(person).to_on == TODAY() - timedelta(days=1)
    assert User.objects.get(pk=person.pk).roles == set()


def test_a_role_given_today_by_mistake_is_taken_out_and_its_history_stays():
    administrator, person = make_user(Role.ADMINISTRATOR), make_user()
    held = person.give_role(Role.AUDITOR, by=administrator, from_on=TODAY())

    services.end_role(held, by=administrator, on=TODAY() - timedelta(days=1))

    assert not person.assignments.exists()
    assert [version.history_type for version in RoleAssignment.history.filter(id=held.pk)] == ["-", "+"]


def test_a_role_that_ends_on_a_later_day_counts_until_then(browse_as):
    person, last = make_user(Role.AUDITOR), TODAY() + timedelta(days=30)

    browse_as(Role.ADMINISTRATOR).post(
        address(person, "end_role", role_id=role_of(person).pk),
        {"when": "on", "last_day_0": last.day, "last_day_1": last.month, "last_day_2": last.year},
    )

    assert role_of(person).to_on == last
    assert User.objects.get(pk=person.pk).roles == {Role.AUDITOR}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"when": ""}, "Select when the role ends"),
        ({"when": "on"}, "Enter the last day of the role"),
        (
            {"when": "on", "last_day_0": "1", "last_day_1": "1", "last_day_2": "2020"},
            "The last day must be today or later. To end the role at once select Now",
        ),
    ],
)
def test_ending_a_role_asks_when(browse_as, given, error):
    person = make_user(Role.AUDITOR)

    page = browse_as(Role.ADMINISTRATOR).post(address(person, "end_role", role_id=role_of(person).pk), given)

    assert page.errors == [error]
    assert role_of(person).to_on is None


def test_a_role_of_somebody_else_is_not_ended_through_this_persons_address(browse_as):
    person, other = make_user(Role.AUDITOR), make_user(Role.SCRUTINY)

    page = browse_as(Role.ADMINISTRATOR).get(address(person, "end_role", role_id=role_of(other).pk))

    assert page.status == 404


# --- Administrators ----------------------------------------------------------------------------


def test_an_administrator_does_not_take_their_own_last_role_away(browse_as):
    make_user(Role.ADMINISTRATOR)
    me = make_user(Role.ADMINISTRATOR)

    page = browse_as(me).post(address(me, "end_role", role_id=role_of(me).pk), {"when": "now"})

    assert page.errors == ["You cannot take your own administrator’s role away. Ask another administrator to do it"]
    assert role_of(me).to_on is None


def test_the_register_is_never_left_without_an_administrator():
    last = make_user(Role.ADMINISTRATOR)
    # An administrator for a while only: their role runs out by itself.
    deputy = make_user()
    deputy.give_role(Role.ADMINISTRATOR, by=last, from_on=date(2020, 1, 1), to_on=TODAY() + timedelta(days=90))

    with pytest.raises(Refused, match="left without an administrator"):
        services.end_role(role_of(last), by=deputy, on=TODAY())
    with pytest.raises(Refused, match="left without an administrator"):
        services.deactivate(last, by=deputy, reason="Left")


def test_an_administrator_is_ended_while_another_stays():
    leaving, staying = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)

    services.end_role(role_of(leaving), by=staying, on=TODAY())

    assert role_of(leaving).to_on == TODAY()


# --- Accounts ----------------------------------------------------------------------------------


def test_a_closed_account_is_out_at_once_and_what_they_did_stays(browse_as):
    person = make_user(Role.LEAD_OFFICER, name="Cy")
    theirs = browse_as(person)
    assert theirs.get(reverse("accounts:my_account")).heading == "My account"

    page = browse_as(Role.ADMINISTRATOR).post(address(person, "deactivate"), {"reason": "Left on 30 June"})

    assert "Cy’s account is closed" in page.banner
    assert theirs.get(reverse("accounts:my_account")).heading == "Sign in"
    assert person.history.first().history_change_reason == "Left on 30 June"


def test_closing_an_account_needs_a_reason(browse_as):
    person = make_user(Role.LEAD_OFFICER)

    page = browse_as(Role.ADMINISTRATOR).post(address(person, "deactivate"), {"reason": ""})

    assert page.errors == ["Say why the account is closed"]
    assert User.objects.get(pk=person.pk).is_active


def test_nobody_closes_their_own_account(browse_as):
    make_user(Role.ADMINISTRATOR)
    me = make_user(Role.ADMINISTRATOR)
    browsing = browse_as(me)

    assert "You cannot close your own account" in browsing.get(address(me))
    assert browsing.post(address(me, "deactivate"), {"reason": "Try"}).errors == [
        "You cannot close your own account. Ask another administrator to do it"
    ]


def test_a_closed_account_is_opened_again_with_its_roles(browse_as):
    person = make_user(Role.AUDITOR, is_active=False)

    page = browse_as(Role.ADMINISTRATOR).post(address(person, "activate"))

    assert "is open again" in page.banner
    assert User.objects.get(pk=person.pk).has_perm("accounts.view_users")


def test_a_link_is_sent_again(browse_as):
    person = make_user(Role.AUDITOR, email="ada@example.org")

    browse_as(Role.ADMINISTRATOR).post(address(person, "send_link"))

    assert [message.to for message in mail.outbox] == [["ada@example.org"]]


def test_a_person_with_roles_cannot_be_deleted():
    with pytest.raises(ProtectedError):
        make_user(Role.AUDITOR).delete()


# --- What a person can do ----------------------------------------------------------------------


def test_every_permission_has_its_words():
    assert list(IN_WORDS) == list(PERMISSIONS), "Say in accounts/permissions.py, IN_WORDS, what the permission lets do"


def test_what_a_person_can_do_is_said_in_words(browse_as):
    page = browse_as(Role.ADMINISTRATOR).get(address(make_user(Role.AUDITOR)))

    assert "see people and their roles" in page
    assert "add people, change them, and give or end roles" not in page


def test_the_roles_page_says_who_may_and_how_many_there_are(browse_as):
    make_user(Role.AUDITOR)
    make_user(Role.AUDITOR)

    page = browse_as(Role.ADMINISTRATOR).get(reverse("accounts:role_list"))

    rows = {row.th.get_text(" ", strip=True): row.get_text(" ", strip=True) for row in page.select("tbody tr")}
    assert rows["Auditor"].endswith("2 with the role Auditor")
    assert rows["Add people, change them, and give or end roles"].endswith("Administrator")
    assert rows["See every partnership, its documents and its history"].endswith("Everyone with a role")


# --- One's own account -------------------------------------------------------------------------


def test_my_account_shows_roles_with_their_days(browse_as):
    page = browse_as(Role.AUDITOR).get(reverse("accounts:my_account"))
    assert "Auditor" in page
    assert "1 Jan 2020" in page


def test_everybody_changes_their_own_name_and_nothing_else(browse_as):
    me = make_user(Role.SCRUTINY, name="Cllr S.M.", email="s.m@example.org")

    browse_as(me).post(
        reverse("accounts:change_own"),
        {"name": "Cllr S.N.", "job_title": "Chair", "email": "x@example.org", "notices": "each"},
    )

    me.refresh_from_db()
    assert (me.name, me.job_title, me.email) == ("Cllr S.N.", "Chair", "s.m@example.org")


def test_somebody_without_a_role_is_told_whom_to_ask(browse_as):
    nobody = browse_as(make_user())

    assert "You have no role today" in nobody.get(reverse("home"))
    assert "You have no role yet" in nobody.get(reverse("accounts:my_account"))
    assert nobody.get(reverse("accounts:user_list")).status == 403


# --- Sessions ----------------------------------------------------------------------------------


def test_a_session_that_ran_out_says_so_and_leads_back(browse_as):
    browsing = browse_as(Role.AUDITOR)
    browsing.client.session.delete()

    page = browsing.get(reverse("accounts:my_account"))

    assert page.heading == "You were signed out"
    assert page.select_one("main a[role=button]")["href"] == "/sign-in/?next=/account/"


def test_a_stranger_goes_straight_to_the_sign_in_page(browse_as):
    assert browse_as().get(reverse("accounts:my_account")).heading == "Sign in"


def test_the_way_back_never_leads_to_another_site(browse_as):
    page = browse_as().get(reverse("accounts:session_ended"), {"next": "https://elsewhere.example/"})
    assert page.select_one("main a[role=button]")["href"] == "/sign-in/"
