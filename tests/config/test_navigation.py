"""The menu: by role, at most eight links, only those that the person may open."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from config import navigation
from tests.factories import make_user, put_policy_in_force

pytestmark = pytest.mark.django_db


def _links(monkeypatch, *roles, path="/"):
    # The pages of later apps need not be there for their place in the menu to be right.
    monkeypatch.setattr(navigation, "address_of", lambda name: f"/{name}/")
    monkeypatch.setattr(navigation, "LINKS", {title: (title.lower(), "") for title in navigation.LINKS})
    return navigation.menu(make_user(*roles), path)


def test_each_role_has_its_own_menu(monkeypatch):
    titles = [link.title for link in _links(monkeypatch, Role.AUDITOR)]
    assert titles == ["Home", "Register", "Decisions", "Reports", "Checks"]


def test_several_roles_see_the_union_up_to_eight(monkeypatch):
    titles = [link.title for link in _links(monkeypatch, Role.SCRUTINY, Role.ADMINISTRATOR, Role.LEAD_OFFICER)]
    assert len(titles) == len(set(titles)) == 8
    assert {"Home", "Register", "Reports", "Proposals"} <= set(titles)


def test_the_part_of_the_site_is_marked(monkeypatch):
    links = _links(monkeypatch, Role.AUDITOR, path="/register/P-0025/")
    assert [link.title for link in links if link.active] == ["Register"]
    assert not any(link.current for link in links)


def test_a_request_is_part_of_the_decisions_where_the_menu_has_no_proposals():
    decider = navigation.menu(make_user(Role.MANAGEMENT_TEAM), "/requests/R-2026-001/")
    assert [link.title for link in decider if link.active] == ["Decisions"]
    officer = navigation.menu(make_user(Role.LEAD_OFFICER), "/requests/R-2026-001/")
    assert [link.title for link in officer if link.active] == ["Proposals"]


def test_a_link_without_permission_is_left_out(monkeypatch):
    monkeypatch.setattr(navigation, "address_of", lambda name: f"/{name}/")
    auditor = {link.title for link in navigation.menu(make_user(Role.AUDITOR), "/")}
    administrator = {link.title for link in navigation.menu(make_user(Role.ADMINISTRATOR), "/")}
    assert "Import" in administrator - auditor
    assert "Users" in administrator


def test_the_band_says_who_is_there_and_lets_them_out(browse_as):
    there = browse_as(make_user(Role.LEAD_OFFICER, name="D.F.", job_title="Planning Policy Manager"))
    page = there.get("/help/")
    band = page.select_one(".app-header__account")
    assert "D.F., Planning Policy Manager" in band.text
    assert band.select_one("form")["action"] == reverse("account_logout")


def test_a_stranger_sees_no_account(browse_as):
    assert not browse_as().get("/help/").select(".app-header__account")


def test_the_footer_names_the_policy_in_force(browse_as):
    in_force = put_policy_in_force()
    page = browse_as().get("/help/")
    assert f"{in_force.title}, version {in_force.version}" in page.select_one(".govuk-footer").text


def test_the_frame_costs_the_same_on_every_page(browse_as, django_assert_num_queries):
    there = browse_as(Role.REGISTER_MANAGER)
    # Session, person, roles, policy in force; and the session kept alive, in a savepoint of its own.
    with django_assert_num_queries(4 + 3):
        there.client.get("/help/")
