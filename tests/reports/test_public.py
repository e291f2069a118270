"""What people outside read of the register, and what they never do (CORE-20, CONF-23, DEF-06)."""

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from policy.model import NEVER_PUBLIC, Policy
from policy.reading import load_policy, pack_files
from register.models import Membership, Organisation, Partnership, Status
from reports import public
from tests.factories import make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db
LIST, CSV = "reports:public_register", "reports:public_register_csv"
SECRET = "L.N. lead 07700 900123"


def make_entry(name: str, status: Status = Status.ACTIVE, **facts) -> Partnership:
    lead = make_user(Role.LEAD_OFFICER, name=SECRET)
    return make_partnership(name=name, status=status, lead_officer=lead, exit_impact="Buses would stop", **facts)


def join(entry: Partnership, name: str) -> Membership:
    member = Membership(partnership=entry, organisation=Organisation.objects.get_or_create(name=name)[0])
    member.keep(by=make_user(), reason="Joined")
    return member


def pack(name: str) -> Policy:
    return load_policy(next(path for path in pack_files() if path.stem == name))


def partner_page(token: str) -> str:
    return reverse("reports:partner_view", args=[token])


def test_the_public_reads_the_fields_that_the_policy_opens_and_nothing_else(browse_as):
    """RED-E41, RED-I08, RED-G02."""
    put_policy_in_force("redditch")
    entry = make_entry("Bus Partnership", is_statutory=True)
    join(entry, "Ashmere Trust")
    browser = browse_as()

    page = browser.get(reverse(LIST))
    assert [row.select_one("th").text for row in page.select("tbody tr")] == ["Bus Partnership"]
    one = browser.get(reverse("reports:public_partnership", args=[entry.reference]))
    labels = [each.get_text(strip=True) for each in one.select("dt")]
    assert [{"Status": "State"}.get(each, each) for each in labels] == [
        field.short or field.label for field in pack("redditch").fields if field.public and field.core != "name"
    ]
    assert "Ashmere Trust" in one.words
    said = b"".join(browser.client.get(reverse(CSV)).streaming_content).decode()
    for text in (page.html, one.html, said):
        assert "Bus Partnership" in text
        assert SECRET not in text
        assert "Buses would stop" not in text


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.ACTIVE, Status.LEAVING}))
def test_the_public_sees_only_what_the_council_is_in(browse_as, status):
    put_policy_in_force("redditch")
    entry = make_entry("Bus Partnership")
    Partnership.objects.filter(pk=entry.pk).update(status=status)
    assert "Bus Partnership" not in browse_as().get(reverse(LIST)).words
    assert browse_as().get(reverse("reports:public_partnership", args=[entry.reference])).status == 404


@pytest.mark.parametrize("code", ["breckland-2015", "harborough-2015", "melton", "strategy-2009"])
def test_where_the_policy_keeps_the_register_to_itself_nothing_is_there(browse_as, code):
    """BRK-I09, HAR-I12, MEL-I19, STR-I16: off until the council turns it on."""
    put_policy_in_force(code)
    entry = make_entry("Bus Partnership")
    member = join(entry, "Ashmere Trust")
    token = signing.dumps([member.pk, member.withdrawals], salt=public.SALT)
    addresses = [reverse(LIST), reverse(CSV), reverse("reports:public_partnership", args=[entry.reference])]
    for address in [*addresses, partner_page(token)]:
        assert browse_as().client.get(address).status_code == 404
    assert "Partnerships in public" not in browse_as(Role.AUDITOR).get("/").words


def test_a_policy_that_opens_it_later_shows_its_own_fields(browse_as):
    """STR-I16, STR-G05, BRK-I09: a setting of the council."""
    for code in ("strategy-2009", "breckland-2015"):
        policy = pack(code)
        opened = policy.model_copy(update={"visibility": policy.visibility.model_copy(update={"public": True})})
        shown = {column.id for column in public.public_columns(opened)}
        assert {"name", "purpose", "partners"} <= shown
        assert not shown & NEVER_PUBLIC
        assert public.public_columns(policy) == []


@pytest.mark.parametrize("code", [path.stem for path in pack_files()])
def test_no_pack_marks_people_or_risks_as_public(code):
    assert not [field.id for field in pack(code).fields if field.public and field.core in NEVER_PUBLIC]


# --- Partners -----------------------------------------------------------------------------------------


@pytest.fixture
def entry():
    put_policy_in_force("redditch")
    return make_entry("Bus Partnership")


def test_a_partner_reads_its_own_entry_by_the_address_it_was_given(browse_as, entry):
    """RED-E40."""
    join(entry, "Ashmere Trust")
    page = browse_as(Role.REGISTER_MANAGER).get(reverse("reports:partner_links", args=[entry.reference]))
    address = page.select_one("dd a")["href"]

    answer = browse_as().client.get(address.removeprefix("http://testserver"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "For Ashmere Trust" in page
    assert "no-store" in answer["Cache-Control"]
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert SECRET not in page
    hidden = [field for field in pack("redditch").fields if not public._may_see(field, public.PARTNER)]
    assert hidden
    assert not [field.label for field in hidden if f">{field.label}<" in page]


def test_an_address_opens_nothing_once_it_is_old_changed_or_no_partners(browse_as, entry, settings):
    member = join(entry, "Ashmere Trust")
    (link,) = public.links_of(entry)
    other = make_entry("Fen Forum")
    forged = signing.dumps([other.pk + 1000, member.withdrawals], salt=public.SALT)
    elsewhere = signing.dumps([member.pk, member.withdrawals], salt="another")

    def status(token: str) -> int:
        return browse_as().client.get(partner_page(token)).status_code

    assert status(link.token) == 200
    for token in (f"{link.token}x", forged, elsewhere, "x", signing.dumps("x", salt=public.SALT)):
        assert status(token) == 404
    public.DAYS, days = -1, public.DAYS
    try:
        assert status(link.token) == 404
    finally:
        public.DAYS = days
    member.take_out(by=make_user(), reason="Left")
    assert status(link.token) == 404


def test_an_address_is_withdrawn_at_once_with_a_reason_and_a_fresh_one_opens(browse_as, entry):
    member = join(entry, "Ashmere Trust")
    other = join(entry, "Fen Forum")
    given, kept = (each.token for each in public.links_of(entry))
    keeper = browse_as(Role.REGISTER_MANAGER)
    links, address = (
        reverse("reports:partner_links", args=[entry.reference]),
        reverse("reports:withdraw_partner_link", args=[entry.reference, member.pk]),
    )
    assert keeper.get(links).select_one(f"a[href='{address}']")
    assert "Withdraw the address of Ashmere Trust" in keeper.get(address).words
    assert keeper.post(address, {"seen": "0"}).errors == ["Say why the address is withdrawn"]
    assert public.membership_of(given) == member

    page = keeper.post(address, {"seen": "0", "reason": "Sent on to a newspaper"})

    assert page.banner.startswith("What Ashmere Trust was given opens nothing any more")
    assert browse_as().client.get(partner_page(given)).status_code == 404
    assert public.membership_of(kept) == other
    fresh = page.select("dd a.app-digest")[0]["href"].removeprefix("http://testserver")
    assert browse_as().client.get(fresh).status_code == 200
    history = keeper.get(reverse("register:history", args=[entry.reference])).words
    assert "Partner Ashmere Trust: the address of its page was withdrawn" in history
    assert "Sent on to a newspaper" in history
    # A second press, or a second tab, withdraws no address that was given since.
    page = keeper.post(address, {"seen": "0", "reason": "Sent on to a newspaper"})
    assert "Somebody withdrew this address meanwhile. The page for partners has the fresh one" in page.errors
    assert browse_as().client.get(fresh).status_code == 200
    assert browse_as(Role.LEAD_OFFICER).get(address).status == 404
    member.refresh_from_db()
    member.take_out(by=make_user(), reason="Left")
    join(entry, "Ashmere Trust")
    assert public.membership_of(fresh.rsplit("/", 2)[1]) is None, "nor does it open for one that comes again"


def test_only_whoever_keeps_the_entry_gets_the_addresses(browse_as, entry):
    address = reverse("reports:partner_links", args=[entry.reference])
    assert "names no partner yet" in browse_as(Role.REGISTER_MANAGER).get(address).words
    assert browse_as(entry.lead_officer).get(address).status == 200
    assert browse_as(Role.LEAD_OFFICER).get(address).status == 404
    profile = browse_as(entry.lead_officer).get(reverse("reports:profile", args=[entry.reference]))
    assert profile.select_one(f"a[href='{address}']")


# --- What it costs ------------------------------------------------------------------------------------


def test_the_public_list_takes_the_same_number_of_queries_for_any_number(browse_as, entry):
    join(entry, "Ashmere Trust")
    browser, counts = browse_as().client, []
    for more in (0, 6):
        for number in range(more):
            join(make_entry(f"Partnership {number}"), f"Trust {number}")
        browser.get(reverse(LIST))
        with CaptureQueriesContext(connection) as asked:
            browser.get(reverse(LIST))
        counts.append(len(asked))
    assert counts[0] == counts[1]
