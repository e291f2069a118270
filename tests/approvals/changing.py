"""A request to change a partnership, for tests: the Executive decides where the partnership is significant."""

from decimal import Decimal
from typing import Any

from approvals import proposed, services
from approvals.models import Request
from register.models import Contribution, Status
from tests.approvals.making import SENT_AT, Council


class Changing(Council):
    """Harborough's council: CMT decides on a change, or the Executive where the partnership is significant."""

    def __init__(self, *, significant: bool = False) -> None:
        super().__init__("harborough-2015", status=Status.ACTIVE)
        Contribution(partnership=self.partnership, year=2026, amount=Decimal(60000)).keep(by=self.manager)
        self.partnership.change({"is_significant": significant}, by=self.manager)
        self.partnership = self.entry()

    def ask(self, *, sent: bool = True, **facts: Any) -> Request:
        """A request to change these facts of the entry."""
        request = self.request("har-changing", sent=False)
        proposed.ask_for_facts(request, facts or {"hours_a_month": Decimal(40)}, by=self.lead)
        return self.send(request) if sent else request

    def pay(self, request: Request, amount: int, *, year: int = 2026, **more: Any) -> None:
        """Ask for another sum in a year."""
        row = self.entry().contributions.filter(year=year).first() or Contribution(partnership=self.partnership)
        facts = proposed.row_facts(request, row)
        typed = {fact.name: fact.read(row) for fact in facts} | {"year": year, "amount": Decimal(amount)} | more
        key = str(row.pk) if row.pk else proposed.next_key(request)
        proposed.ask_for_row(request, row, typed, by=self.lead, key=key)

    def send(self, request: Request) -> Request:
        """Send it."""
        services.send(request, by=self.lead, at=SENT_AT)
        return Request.objects.select_related("partnership", "policy_version").get(pk=request.pk)
