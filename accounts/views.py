"""Pages on people, their roles and one's own account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts import notices, services, words
from accounts.forms import EndRoleForm, NewPersonForm, OwnDetailsForm, PeopleFilter, PersonForm, ReasonForm, RoleForm
from accounts.models import Notice, RoleAssignment, User
from accounts.permissions import SignedIn, requires
from accounts.roles import Role
from policy.models import PolicyVersion
from policy.refused import Refused

SIZES = (25, 50, 100)


def policy_today() -> Any:
    """The policy in force today, for the council's labels, or `None` before one is switched on."""
    version = PolicyVersion.objects.in_force(timezone.localdate())
    return version.policy if version else None


@requires("accounts.view_users")
def user_list(request: SignedIn) -> HttpResponse:
    """List people, narrowed by words, role and whether the account is open."""
    today, policy = timezone.localdate(), policy_today()
    form = PeopleFilter(request.GET, policy=policy)
    form.is_valid()
    wanted = form.cleaned_data
    people = User.objects.for_list(on=today).search(wanted.get("q", ""))
    if wanted.get("role") == PeopleFilter.NO_ROLE:
        people = people.without_a_role(on=today)
    elif wanted.get("role"):
        people = people.holding(wanted["role"], on=today)
    match wanted.get("state", ""):
        case "":
            people = people.filter(is_active=True)
        case "closed":
            people = people.filter(is_active=False)
    size = request.GET.get("size", "")
    paginator = Paginator(people, int(size) if size in map(str, SIZES) else SIZES[0])
    page = paginator.get_page(request.GET.get("page"))
    for person in page:
        person.roles_in_words = [_role_in_words(held, policy) for held in person.roles_of_the_day]
    context = {
        "filter": form,
        "in_use": sum(1 for value in wanted.values() if value),
        "page": page,
        "may_change": request.user.has_perm("accounts.change_users"),
    }
    return render(request, "accounts/user_list.html", context)


@requires("accounts.change_users")
def add_user(request: SignedIn) -> HttpResponse:
    """Add a person with a first role; they are sent a link to set their password."""
    form = NewPersonForm(request.POST or None, policy=policy_today())
    if form.is_valid():
        person = services.add_person(by=request.user, from_on=timezone.localdate(), **form.cleaned_data)
        messages.success(request, f"{person} is added. A link to set a password is on its way to {person.email}")
        return redirect("accounts:user", person.pk)
    return render(request, "accounts/add_user.html", {"form": form})


@requires("accounts.view_users")
def user(request: SignedIn, user_id: int) -> HttpResponse:
    """Show a person, their roles and what they can do."""
    person = get_object_or_404(User, pk=user_id)
    policy = policy_today()
    may_change = request.user.has_perm("accounts.change_users")
    context = {
        "subject": person,
        "roles": _roles(person, policy),
        "abilities": words.abilities(person.roles) if person.is_active else [],
        "may_change": may_change,
        "cannot_close": person.why_not_deactivate(by=request.user) if may_change and person.is_active else "",
        "has_password": person.has_usable_password(),
    }
    return render(request, "accounts/user.html", context)


@requires("accounts.change_users")
def change_user(request: SignedIn, user_id: int) -> HttpResponse:
    """Change a person's name, e-mail address or job title."""
    person = get_object_or_404(User, pk=user_id)
    form = PersonForm(request.POST or None, instance=person)
    # A ModelForm writes into its record while it checks, so the record that is shown and changed is another.
    subject = User.objects.get(pk=user_id)
    if form.is_valid():
        if not form.has_changed():
            messages.success(request, "You changed nothing")
        else:
            services.change_person(subject, form.cleaned_data, by=request.user)
            messages.success(request, f"{subject} is changed")
        return redirect("accounts:user", person.pk)
    return render(request, "accounts/change_user.html", {"form": form, "subject": subject})


@requires("accounts.change_users")
def add_role(request: SignedIn, user_id: int) -> HttpResponse:
    """Give a person a role."""
    person = get_object_or_404(User, pk=user_id)
    policy = policy_today()
    form = RoleForm(request.POST or None, policy=policy, initial={"from_on": timezone.localdate()})
    if form.is_valid():
        try:
            held = person.give_role(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("role", str(refusal))
        else:
            messages.success(request, f"{person} now has the role {words.role_label(held.role, policy)}")
            return redirect("accounts:user", person.pk)
    return render(request, "accounts/add_role.html", {"form": form, "subject": person})


@requires("accounts.change_users")
def end_role(request: SignedIn, user_id: int, role_id: int) -> HttpResponse:
    """End one role of a person, now or on a later day."""
    person = get_object_or_404(User, pk=user_id)
    held = get_object_or_404(person.assignments.select_related("service_area"), pk=role_id)
    policy = policy_today()
    form = EndRoleForm(request.POST or None, today=timezone.localdate())
    label = words.role_label(held.role, policy)
    if form.is_valid():
        try:
            services.end_role(held, by=request.user, on=form.last)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The role {label} of {person} is ended")
            return redirect("accounts:user", person.pk)
    context = {"form": form, "subject": person, "held": _role_in_words(held, policy), "label": label}
    return render(request, "accounts/end_role.html", context)


@requires("accounts.change_users")
def deactivate(request: SignedIn, user_id: int) -> HttpResponse:
    """Close an account; what its owner did stays."""
    person = get_object_or_404(User, pk=user_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.deactivate(person, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{person}’s account is closed. What they did stays in the history")
            return redirect("accounts:user", person.pk)
    return render(request, "accounts/deactivate.html", {"form": form, "subject": person})


@requires("accounts.change_users")
@require_POST
def activate(request: SignedIn, user_id: int) -> HttpResponse:
    """Open a closed account again."""
    person = get_object_or_404(User, pk=user_id)
    try:
        person.activate(by=request.user)
    except Refused as refusal:
        messages.success(request, str(refusal))
    else:
        messages.success(request, f"{person}’s account is open again, with the roles listed below")
    return redirect("accounts:user", person.pk)


@requires("accounts.change_users")
@require_POST
def send_link(request: SignedIn, user_id: int) -> HttpResponse:
    """Send a person a new link to set their password."""
    person = get_object_or_404(User, pk=user_id, is_active=True)
    services.send_link(person)
    messages.success(request, f"A link to set a password is on its way to {person.email}")
    return redirect("accounts:user", person.pk)


@requires("accounts.view_users")
def role_list(request: SignedIn) -> HttpResponse:
    """Show the roles with the policy's labels, who holds them, and what each may do."""
    today, policy = timezone.localdate(), policy_today()
    counts = dict(
        RoleAssignment.objects.on(today)
        .filter(user__is_active=True)
        .values_list("role")
        .annotate(people=Count("user", distinct=True))
    )
    roles = [
        {
            "id": role.value,
            "label": words.role_label(role, policy),
            "neutral": role.label,
            "hint": words.role_hint(role, policy),
            "people": counts.get(role.value, 0),
        }
        for role in Role
        if role in words.roles_of(policy) or counts.get(role.value)  # held since an earlier policy
    ]
    context = {"roles": roles, "who_may": words.who_may(policy)}
    return render(request, "accounts/role_list.html", context)


@requires("accounts.own")
def my_account(request: SignedIn) -> HttpResponse:
    """Show one's own name, e-mail address and roles."""
    context = {
        "roles": _roles(request.user, policy_today()),
        "abilities": words.abilities(request.user.roles),
        "pages": [(title, reverse(name)) for title, name in settings.ACCOUNT_PAGES],
    }
    return render(request, "accounts/my_account.html", context)


@requires("accounts.own")
def change_own(request: SignedIn) -> HttpResponse:
    """Change one's own name or job title."""
    me = User.objects.get(pk=request.user.pk)
    form = OwnDetailsForm(request.POST or None, instance=User.objects.get(pk=me.pk))
    if form.is_valid():
        if form.has_changed():
            services.change_person(me, form.cleaned_data, by=request.user)
            messages.success(request, "Your details are changed")
        else:
            messages.success(request, "You changed nothing")
        return redirect("accounts:my_account")
    return render(request, "accounts/change_own.html", {"form": form})


@login_not_required
def session_ended(request: HttpRequest) -> HttpResponse:
    """Say why a person who was signed in has to sign in again, and bring them back afterwards."""
    following = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        following = ""
    return render(request, "accounts/session_ended.html", {"following": following})


def _roles(person: User, policy: Any) -> list[dict[str, Any]]:
    """The roles of a person in words: in force and coming first, then those that are over."""
    held = person.assignments.select_related("service_area").order_by("-from_on", "-pk")
    return sorted((_role_in_words(each, policy) for each in held), key=lambda each: each["is_over"])


def _role_in_words(held: RoleAssignment, policy: Any) -> dict[str, Any]:
    return {
        "pk": held.pk,
        "label": words.role_label(held.role, policy),
        "service": held.service_area,
        "from_on": held.from_on,
        "to_on": held.to_on,
        "is_over": held.is_over,
        "is_to_come": held.from_on > timezone.localdate(),
    }


# --- E-mails -------------------------------------------------------------------------------------


@requires("accounts.view_notices")
def notice_list(request: SignedIn) -> HttpResponse:
    """The log of e-mails: to whom, when, and what kept one from going out. Their text is not shown."""
    found = Notice.objects.defer("text").select_related("person").order_by("-made_at", "-pk")
    show = request.GET.get("show", "")
    if show == "waiting":
        found = found.filter(sent_at=None)
    page = Paginator(found, SIZES[0]).get_page(request.GET.get("page"))
    return render(request, "accounts/notice_list.html", {"page": page, "show": show, "sizes": SIZES[:1]})


@requires("accounts.view_notices")
@require_POST
def notice_send(request: SignedIn, notice_id: int) -> HttpResponse:
    """Send an e-mail again that did not go out."""
    notice = get_object_or_404(Notice.objects.select_related("person"), pk=notice_id)
    if notices.send_again(notice, at=timezone.now()):
        messages.success(request, f"The e-mail to {notice.person} is sent")
    else:
        messages.error(request, f"The e-mail to {notice.person} did not go out. The list says why")
    return redirect("accounts:notice_list")
