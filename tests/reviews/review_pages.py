"""The pages of reviews: who may open each, how each is looked at in a browser, and what wrong input leads to."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import ServiceArea
from accounts.permissions import EVERYONE, PERMISSIONS
from accounts.roles import Role
from reviews import notices, queries, services
from reviews.models import CalendarAddress, Review
from tests.factories import make_user, put_policy_in_force
from tests.reviews.making import LATER, OPENED, Council, People, partners_council, take

MANAGERS = frozenset({Role.REGISTER_MANAGER})
SIGNERS = PERMISSIONS["reviews.sign_off"]


def _of(review: Review, **more: Any) -> dict[str, Any]:
    return {"reference": review.partnership.reference, "slug": review.slug, **more}


def _entry(**more: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"reference": Council().partnership.reference, **more}


def _with_partners(**more: Any) -> dict[str, Any]:
    return {"reference": partners_council().partnership.reference, **more}


def _council_cycle() -> dict[str, Any]:
    put_policy_in_force("harborough-2015")
    return {"cycle": "har-cycle-scrutiny"}


def _secret() -> dict[str, Any]:
    return {"secret": CalendarAddress.make(make_user(Role.LEAD_OFFICER), at=timezone.now())}


def _year() -> dict[str, Any]:
    return {"slug": Council().campaign().slug}


def _policy() -> dict[str, Any]:
    put_policy_in_force("harborough-2015")
    return {}


ACCESS: dict[str, tuple[Any, ...]] = {
    "reviews:review_list": (EVERYONE,),
    "reviews:date_list": (EVERYONE,),
    "reviews:council_done": (MANAGERS, _council_cycle),
    "reviews:calendar": (EVERYONE,),
    "reviews:calendar_end": (EVERYONE,),
    "reviews:feed": (None, _secret),
    "reviews:of_entry": (EVERYONE, _entry()),
    "reviews:open": (MANAGERS, _entry(cycle="har-cycle-review")),
    "reviews:done": (MANAGERS, _entry(cycle="har-cycle-confirm")),
    "reviews:practice": (EVERYONE, _with_partners),
    "reviews:practise": (EVERYONE, lambda: _with_partners(step="red-f43")),
    "reviews:review": (EVERYONE, lambda: _of(Council().open())),
    "reviews:send": (MANAGERS, lambda: _of(Council().open())),
    "reviews:sign_off": (SIGNERS, lambda: _of(Council().sent())),
    "reviews:answer": (MANAGERS, lambda: _of(_challenged())),
    "reviews:close": (MANAGERS, lambda: _of(Council().open())),
    "reviews:ask": (PERMISSIONS["reviews.change"], lambda: _of(Council().signed_off("leave", why="The grant ended"))),
    "reviews:refresh": (MANAGERS,),
    "reviews:open_year": (MANAGERS, _policy),
    "reviews:campaign": (MANAGERS, _year),
    "reviews:campaign_reviews": (MANAGERS, _year),
    "reviews:remind": (MANAGERS, _year),
    "reviews:letter": (MANAGERS, _year),
    "reviews:letters": (MANAGERS, _year),
    "reviews:campaign_close": (MANAGERS, _year),
}


def _challenged() -> Review:
    council = Council()
    review = council.sent()
    services.challenge(review, "Does the board meet at all?", by=council.manager, at=OPENED)
    review.refresh_from_db()
    return review


def _practice(name: str, **more: Any) -> Callable[[], str]:
    return lambda: reverse(f"reviews:{name}", kwargs=_with_partners(**more))


def _at(name: str, made: Callable[[], Review], **more: Any) -> Callable[[], str]:
    return lambda: reverse(f"reviews:{name}", kwargs=_of(made(), **more))


def _beside() -> Review:
    """A review beside last year's: some answers changed, the contribution too."""
    council = Council()
    council.answer("har-review", at=OPENED.replace(year=2025), har_d11=True, har_d11b="go-on")
    review = services.open_review(
        council.partnership, council.cycle, version=council.version, by=council.lead, at=timezone.now()
    )
    council.partnership.change({"hours_a_month": 20}, by=council.lead)
    council.answer("har-review", at=timezone.now(), har_d11=True, har_d11b="change")
    services.send(review, recommendation="change", why="Fewer meetings would do.", by=council.lead, at=timezone.now())
    return review


def _refresh() -> str:
    """A refresh with reviews in every state, over two services and none."""
    council = Council(service=ServiceArea.objects.get_or_create(name="Place")[0])
    growth = ServiceArea.objects.get_or_create(name="Growth")[0]
    others = [council.entry(service=growth) for _ in range(3)] + [council.entry(lead_officer=None) for _ in range(2)]
    campaign = council.campaign(council.partnership, *others)
    for entry in (council.partnership, *others[:2]):
        council.answer("har-review", partnership=entry)
    for entry in (council.partnership, others[0]):
        review = Review.objects.get(partnership=entry)
        services.send(review, recommendation="go_on", why="", by=council.lead, at=timezone.now())
    services.sign_off(Review.objects.get(partnership=others[0]), note="", by=council.manager, at=timezone.now())
    return reverse("reviews:campaign", args=[campaign.slug])


def _letters() -> str:
    council = Council()
    campaign = council.campaign()
    notices.chase(campaign, queries.behind_in(campaign), at=timezone.now())
    return reverse("reviews:letters", args=[campaign.slug])


def _in_year(name: str) -> Callable[[], str]:
    return lambda: reverse(f"reviews:{name}", kwargs=_year())


def _list() -> str:
    council = Council()
    council.open()
    council.entry()
    return "/reviews/"


def _opening() -> str:
    _policy()
    ServiceArea.objects.get_or_create(name="Place")
    return "/refresh/open/"


def _of_entry(name: str, **more: Any) -> Callable[[], str]:
    return lambda: reverse(f"reviews:{name}", kwargs=_entry(**more)())


def _entry_with_all() -> str:
    council = Council()
    council.signed_off()
    council.open("har-cycle-review")
    return reverse("reviews:of_entry", args=[council.partnership.reference])


def _earlier() -> str:
    return reverse("reviews:open", args=[Council("melton").partnership.reference, "mel-cycle-early"])


def _ready() -> Review:
    council = Council()
    review = council.open()
    council.answer("har-review")
    return review


def _on_its_way() -> Review:
    """A review with several people on its route: one step is taken, one waits, others come."""
    council = Council("redditch", is_significant=True)
    review = council.open("red-cycle-review")
    council.answer("red-2a")
    services.send(review, recommendation="go_on", why="", by=council.lead, at=LATER)
    take(review, "red-f31-head", "object", by=People().by_role[Role.RESPONSIBLE_HEAD], reasons="No benefit is left.")
    return review


def _to_say() -> str:
    """A report that is said in words: what was done, and how far its figures can be relied on."""
    council = Council("breckland-2015")
    return reverse("reviews:done", args=[council.partnership.reference, "brk-cycle-programme"])


def received() -> str:
    """Several reviews that the management team only receives, on one page."""
    council = Council()
    picks = []
    for name in ("Channel Board", "Fen Forum", "Sedge Trust"):
        review = council.sent(partnership=council.entry(name=name))
        services.sign_off(review, note="", by=council.manager, at=LATER)
        review.refresh_from_db()
        picks.append(f"pick={review.way.reference}.har-f10-cmt")  # type: ignore[union-attr]
    return f"{reverse('approvals:several')}?{'&'.join(picks)}"


LOOKS: list[tuple[Any, ...]] = [
    ("review-on-its-way", _at("review", _on_its_way), Role.REGISTER_MANAGER),
    ("review-said", _to_say, Role.REGISTER_MANAGER),
    ("review-received", received, Role.MANAGEMENT_TEAM),
    ("review-list", _list, Role.REGISTER_MANAGER),
    ("review-list-none", "/reviews/", Role.LEAD_OFFICER),
    ("review-dates", lambda: _list() and "/reviews/dates/", Role.REGISTER_MANAGER),
    ("review-council-done", lambda: reverse("reviews:council_done", kwargs=_council_cycle()), Role.REGISTER_MANAGER),
    ("review-calendar", "/account/calendar/", Role.LEAD_OFFICER),
    ("review-entry", _entry_with_all, Role.REGISTER_MANAGER),
    ("review-open", _earlier, Role.REGISTER_MANAGER),
    ("review-done", _of_entry("done", cycle="har-cycle-confirm"), Role.REGISTER_MANAGER),
    ("practice", _practice("practice"), Role.REGISTER_MANAGER),
    ("practice-step", _practice("practise", step="red-f43"), Role.REGISTER_MANAGER),
    ("practice-step-of-others", _practice("practise", step="red-f43"), Role.AUDITOR),
    ("review", _at("review", _beside), Role.REGISTER_MANAGER),
    ("review-send", _at("send", _ready), Role.REGISTER_MANAGER),
    ("review-sign-off", _at("sign_off", _beside), Role.REGISTER_MANAGER),
    ("review-answer", _at("answer", _challenged), Role.REGISTER_MANAGER),
    ("review-close", _at("close", _ready), Role.REGISTER_MANAGER),
    ("refresh", "/refresh/", Role.REGISTER_MANAGER),
    ("refresh-open", _opening, Role.REGISTER_MANAGER),
    ("refresh-campaign", _refresh, Role.REGISTER_MANAGER),
    ("refresh-reviews", _in_year("campaign_reviews"), Role.REGISTER_MANAGER),
    ("refresh-letters", _letters, Role.REGISTER_MANAGER),
    ("refresh-letter", _in_year("letter"), Role.REGISTER_MANAGER),
    ("refresh-close", _in_year("campaign_close"), Role.REGISTER_MANAGER),
]

FORMS: dict[str, tuple[Any, Any]] = {
    "review-council-done": ("refused", "refused"),
    "review-done": ("refused", "refused"),
    "review-said": ("refused", "refused"),
    "review-received": ("refused", "refused"),
    "review-open": ("refused", "refused"),
    "practice-step": ("refused", "refused"),
    "review-send": ("refused", "refused"),
    "review-sign-off": ("refused", "refused"),
    "review-answer": ("refused", "taken"),
    "review-close": ("refused", "taken"),
    "refresh-open": ("refused", "refused"),
    "refresh-letter": ("refused", "taken"),
    "refresh-close": ("refused", "taken"),
    "refresh-campaign": ("refused", None),
    "refresh-reviews": ("taken", None),
}
