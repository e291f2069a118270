"""The parts of a draft request as a task list: what each says now, and whether anything is missing there."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from approvals.models import Request
from approvals.papers import entry_of
from approvals.proposed import facts_of_request, is_about_money
from approvals.rules import stand
from approvals.services import asked_by, forms_of, known_to, said_in_words
from approvals.subjects import subject_of
from assessments.models import Assessment, Response
from assessments.rules import screen
from config import words
from policy.model import Policy
from register.exports import columns_of

DONE, PARTLY, NOT_STARTED = "Completed", "In progress", "Not started"


@dataclass(frozen=True)
class Part:
    """One line of the task list: its title, what it says now, its state and where it is filled in."""

    title: str
    says: str
    state: str
    address: str
    look_again: bool = False

    @property
    def is_done(self) -> bool:
        """Whether nothing is missing here."""
        return self.state == DONE


def marked(groups: list[tuple[str, list[Part]]], titles: Iterable[str]) -> list[tuple[str, list[Part]]]:
    """The task list with the parts marked that whoever sent it back wants looked at again."""
    wanted = set(titles)
    return [(name, [replace(part, look_again=part.title in wanted) for part in parts]) for name, parts in groups]


def groups_of(request: Request) -> list[tuple[str, list[Part]]]:
    """The task list, group by group; the number of queries does not grow with the entry's rows."""
    policy = request.policy_version.policy
    groups = [("Why", [*_about_it(request), _why(request), *_route_facts(request, policy)])]
    if request.purpose == "join":
        groups.append(("Is it a partnership?", [_definition(request, policy)]))
    if to_change := _to_change(request, policy):
        groups.append(("What is to change", to_change))
    groups.append(("About it", _about(request, policy)))
    if learned := [part for path in settings.REQUEST_PARTS for part in import_string(path)(request)]:
        groups.append(("What others learned", learned))
    if assessment := [*_questionnaires(request, policy), *_schemes(request, policy)]:
        groups.append(("Assessment", assessment))
    return groups


def _about_it(request: Request) -> list[Part]:
    if not request.about_key:
        return []
    missing = subject_of(request).missing(request)
    return [Part(request.about, ". ".join(missing), PARTLY if missing else DONE, request.about_address)]


def _why(request: Request) -> Part:
    address = reverse("approvals:why", args=[request.reference])
    title = "Why the council should do this"
    if request.about_key:
        return Part("What they should know (optional)", request.why[:160], DONE, address)
    return Part(title, request.why[:160], DONE if request.why else NOT_STARTED, address)


def _route_facts(request: Request, policy: Policy) -> list[Part]:
    names = asked_by(policy.route(request.route))
    if not names:
        return []
    said = "; ".join(f"{label}: {answer.lower()}" for label, answer in said_in_words(request).items())
    state = DONE if all(name in request.said for name in names) else NOT_STARTED
    address = reverse("approvals:route_facts", args=[request.reference])
    return [Part("What the route depends on", f"{said[:1].upper()}{said[1:]}", state, address)]


def _to_change(request: Request, policy: Policy) -> list[Part]:
    """What the request can ask of the register: facts, and the money year by year."""
    route = policy.route(request.route)
    found = []
    if facts := facts_of_request(request):
        asked = request.changes.get("facts", {})
        named = words.listed(fact.label for fact in facts if fact.name in asked)
        address = reverse("approvals:changes", args=[request.reference])
        found.append(Part("What the register says of it", named or "Stays as it is", DONE, address))
    if is_about_money(policy, route):
        count = len(request.changes.get("money", {}))
        says = f"{words.count(count, 'contribution')} would change" if count else "Stays as it is"
        found.append(Part("What the council pays", says, DONE, reverse("approvals:money", args=[request.reference])))
    return found


def _definition(request: Request, policy: Policy) -> Part:
    address = reverse("assessments:screening", args=[request.entry.reference])
    answers = request.entry.screening.get("answers", {})
    if not answers:
        return Part("Definition", policy.definition.intro, NOT_STARTED, address)
    found = screen(policy, answers)
    return Part("Definition", found.because, DONE if found.is_partnership else PARTLY, address)


def _about(request: Request, policy: Policy) -> list[Part]:
    entry = entry_of(request, policy)
    reference = request.entry.reference
    columns = columns_of(policy)
    asked = [field for field in policy.fields if field.required == "always" and (field.core or field.id) in columns]
    missing = [field.label for field in asked if columns[field.core or field.id].value(entry) in (None, "")]
    details = Part(
        "Purpose, people and the other facts",
        f"Not known yet: {words.listed(missing)}" if missing else "All that the policy always asks for is there",
        PARTLY if missing else DONE,
        reverse("register:details", args=[reference]),
    )
    cost, time = request.entry.contribution_a_year, request.entry.hours_a_month
    outside = request.entry.unbudgeted_a_year
    said = [
        f"{words.money(cost)} a year" if cost is not None else "Contribution not known",
        f"{words.money(outside)} of it not in the budget" if outside else "",
        words.hours(time) if time is not None else "hours not known",
    ]
    money = Part(
        "Money and time",
        "; ".join(filter(None, said)),
        DONE if cost is not None else NOT_STARTED,
        reverse("register:money", args=[reference]),
    )
    count = request.entry.benefits.count()
    benefits = Part(
        "Benefits",
        words.count(count, "benefit") if count else "None yet",
        DONE if count else NOT_STARTED,
        reverse("register:benefits", args=[reference]),
    )
    return [details, money, benefits]


def _questionnaires(request: Request, policy: Policy) -> list[Part]:
    names = forms_of(stand(policy, request.route, known_to(request), (), sent_on=timezone.localdate()))
    held = {
        (response.questionnaire, response.state): response
        for response in Response.objects.filter(partnership=request.entry, questionnaire__in=names)
    }
    found = []
    for name in names:
        form = policy.questionnaire(name)
        sent, draft = held.get((name, Response.State.SENT)), held.get((name, Response.State.DRAFT))
        state = DONE if sent and not draft else PARTLY if draft else NOT_STARTED
        says = (
            f"Sent {words.day(sent.sent_at)}" if sent and sent.sent_at else words.count(len(form.questions), "question")
        )
        open_one = draft or sent
        address = (
            reverse("assessments:questionnaire", args=[request.entry.reference, name, open_one.slug])
            if open_one
            else reverse("assessments:questionnaire_list", args=[request.entry.reference])
        )
        found.append(Part(form.title, says, state, address))
    return found


def _schemes(request: Request, policy: Policy) -> list[Part]:
    needed = policy.route(request.route).needs_schemes
    if not needed:
        return []
    latest = Assessment.objects.latest_for(request.entry).first()
    levels = []
    for each in needed:
        scheme = policy.schemes[each]
        level = getattr(request.entry, scheme.core) if scheme.core else ""
        levels.append(
            f"{scheme.level_label(level)} {scheme.label}" if level in scheme.order else f"{scheme.label}: not set"
        )
    known = all("not set" not in each for each in levels)
    title = words.listed(policy.schemes[each].title for each in needed)
    return [
        Part(
            title,
            "; ".join(levels),
            DONE if latest and known else PARTLY if known else NOT_STARTED,
            reverse("assessments:assessment", args=[request.entry.reference]),
        )
    ]
