"""People who use the register, and the roles they hold between two days."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from accounts.permissions import PERMISSIONS, WITHOUT_A_ROLE
from accounts.roles import Role
from accounts.versions import Versions
from policy.models import PolicyVersion
from policy.refused import Refused


class ServiceArea(models.Model):
    """A service or department of the council; narrows a role and groups partnerships."""

    name = models.CharField(max_length=120, unique=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


VISIT = timedelta(hours=1)  # within it, opening the home page again is the same visit


class NoticeHabit(models.TextChoices):
    """How a person wants the register's e-mails."""

    EACH = "each", "One e-mail for each thing, as it happens"
    DAILY = "daily", "One e-mail a day with all of them"


class UserQuerySet(models.QuerySet["User"]):
    def for_list(self, *, on: date) -> Self:
        """People by name, each with the roles of that day in `roles_of_the_day`."""
        held = RoleAssignment.objects.on(on).select_related("service_area").order_by("role", "pk")
        return self.prefetch_related(Prefetch("assignments", held, to_attr="roles_of_the_day")).order_by("name", "pk")

    def search(self, words: str) -> Self:
        """People whose name, e-mail address or job title holds every word."""
        found = self
        for word in words.split():
            found = found.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(job_title__icontains=word))
        return found

    def holding(self, role: str, *, on: date) -> Self:
        """People who may sign in and hold `role` on that day, by name."""
        held = RoleAssignment.objects.on(on).filter(role=role, user=OuterRef("pk"))
        return self.filter(Exists(held), is_active=True).order_by("name", "pk")

    def without_a_role(self, *, on: date) -> Self:
        """People who may sign in and then do nothing, because no role of theirs is in force."""
        held = RoleAssignment.objects.on(on).filter(user=OuterRef("pk"))
        return self.filter(~Exists(held), is_active=True).order_by("name", "pk")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people known by their e-mail address."""

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)

    def create_user(self, email: str, password: str | None = None, **facts: Any) -> "User":
        """Make a person; without a password they set one from the e-mail they are sent."""
        user = self.model(email=self.normalize_email(email).lower(), **facts)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **facts: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, is_staff=True, **facts)


class User(AbstractBaseUser):
    """A person with an account. Never deleted: history refers to people for ever."""

    email = models.EmailField(
        "e-mail address", unique=True, error_messages={"unique": "Another person already has this e-mail address"}
    )
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    notices = models.CharField(
        max_length=10, choices=NoticeHabit.choices, default=NoticeHabit.EACH, help_text="How e-mails come"
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_superuser = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    here_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When this visit began")
    here_before_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When the last one began")

    history = HistoricalRecords(
        excluded_fields=["password", "last_login", "here_at", "here_before_at"], history_manager=Versions
    )
    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def held(self) -> tuple["RoleAssignment", ...]:
        """The roles in force today, each with its service; asked once a request."""
        return tuple(self.assignments.on(timezone.localdate()).select_related("service_area").order_by("role", "pk"))

    @cached_property
    def policy_version(self) -> "PolicyVersion | None":
        """The policy in force today, for all parts of a page; asked once a request, as the roles are."""
        return PolicyVersion.objects.in_force(timezone.localdate())

    @property
    def roles(self) -> frozenset[Role]:
        """Roles held today."""
        return frozenset(Role(each.role) for each in self.held)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Say whether one of today's roles gives `perm`. Superusers get nothing extra here."""
        if not self.is_active:
            return False
        return perm in WITHOUT_A_ROLE or not PERMISSIONS.get(perm, frozenset()).isdisjoint(self.roles)

    def get_all_permissions(self, obj: object = None) -> set[str]:
        """Everything that today's roles give, by name."""
        return {name for name in PERMISSIONS if self.has_perm(name)}

    def has_module_perms(self, app_label: str) -> bool:
        """Say whether one of today's roles gives anything in an app."""
        return any(name.startswith(f"{app_label}.") for name in self.get_all_permissions())

    def come_in(self, *, at: datetime) -> datetime | None:
        """Note a visit, at most once an hour; answers when the visit before it began, `None` for the first."""
        if self.here_at is None or at - self.here_at > VISIT:
            self.here_before_at, self.here_at = self.here_at, at
            User.objects.filter(pk=self.pk).update(here_at=self.here_at, here_before_at=self.here_before_at)
        return self.here_before_at

    # --- Verbs --------------------------------------------------------------------------------

    def change(self, values: Mapping[str, Any], *, by: "User | None", reason: str = "") -> None:
        """Set name, e-mail address or job title; the version says who and why."""
        for name, value in values.items():
            setattr(self, name, value)
        self._keep(by=by, reason=reason)

    def why_not_deactivate(self, *, by: "User") -> str:
        """Say why `by` cannot close this account now, or return "" when they can."""
        if not self.is_active:
            return f"{self}’s account is closed already"
        if self == by:
            return "You cannot close your own account. Ask another administrator to do it"
        if not RoleAssignment.objects.somebody_administers_without(user=self, on=timezone.localdate()):
            return LAST_ADMINISTRATOR
        return ""

    def deactivate(self, *, by: "User", reason: str = "") -> None:
        """Close the account: the person cannot sign in, what they did stays. Raises Refused."""
        if problem := self.why_not_deactivate(by=by):
            raise Refused(problem)
        self.is_active = False
        self._keep(by=by, reason=reason)

    def activate(self, *, by: "User", reason: str = "") -> None:
        """Open a closed account again; roles still in force count at once. Raises Refused."""
        if self.is_active:
            raise Refused(f"{self}’s account is open already")
        self.is_active = True
        self._keep(by=by, reason=reason)

    def give_role(
        self,
        role: str,
        *,
        by: "User | None",
        from_on: date,
        to_on: date | None = None,
        service_area: ServiceArea | None = None,
    ) -> "RoleAssignment":
        """Give a role from a day, perhaps to a day and for one service. Raises Refused when it is held already."""
        days = Q(to_on__isnull=True) | Q(to_on__gte=from_on)
        if to_on is not None:
            days &= Q(from_on__lte=to_on)
        if self.assignments.filter(days, role=role, service_area=service_area).exists():
            raise Refused(f"{self} already holds this role on some of these days. End it first, or choose other days")
        assignment = RoleAssignment(user=self, role=role, from_on=from_on, to_on=to_on, service_area=service_area)
        assignment._history_user = by  # type: ignore[assignment]
        assignment.save()
        return assignment

    def _keep(self, *, by: "User | None", reason: str) -> None:
        self._history_user = by
        self._change_reason = reason
        self.save()


LAST_ADMINISTRATOR = (
    "The register would be left without an administrator. "
    "Give somebody else the administrator’s role without a last day first"
)


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def on(self, day: date) -> "RoleAssignmentQuerySet":
        """Assignments in force on that day, both ends included."""
        return self.filter(from_on__lte=day).filter(Q(to_on__isnull=True) | Q(to_on__gte=day))

    def somebody_administers_without(
        self, *, on: date, user: User | None = None, assignment: "RoleAssignment | None" = None
    ) -> bool:
        """Whether an administrator stays on that day and after it, leaving out a person or one role of theirs.

        A role with a last day does not count: it would run out and leave nobody.
        """
        staying = self.filter(role=Role.ADMINISTRATOR, user__is_active=True, from_on__lte=on, to_on__isnull=True)
        if user is not None:
            staying = staying.exclude(user=user)
        if assignment is not None:
            staying = staying.exclude(pk=assignment.pk)
        return staying.exists()


class RoleAssignment(models.Model):
    """One role of one person, from a day to a day, perhaps for one service area."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=40, choices=Role.choices)
    service_area = models.ForeignKey(ServiceArea, models.PROTECT, null=True, blank=True, related_name="+")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    history = HistoricalRecords(history_manager=Versions)
    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")),
                name="role_ends_after_it_starts",
                violation_error_message="The last day of the role must not be before its first day",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "service_area", "from_on"],
                condition=Q(service_area__isnull=False),
                name="one_role_from_one_day_in_a_service",
                violation_error_message="This person already holds this role from this day",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "from_on"],
                condition=Q(service_area__isnull=True),
                name="one_role_from_one_day",
                violation_error_message="This person already holds this role from this day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.to_on is not None and self.to_on < timezone.localdate()

    def why_not_end(self, *, by: User, on: date) -> str:
        """Say why `by` cannot make `on` the last day of this role, or return "" when they can."""
        if self.is_over:
            return "This role has ended already"
        if self.role != Role.ADMINISTRATOR or not self.user.is_active:
            return ""
        others = RoleAssignment.objects.on(on + timedelta(days=1)).filter(user=by, role=self.role).exclude(pk=self.pk)
        if self.user == by and not others.exists():
            return "You cannot take your own administrator’s role away. Ask another administrator to do it"
        if not RoleAssignment.objects.somebody_administers_without(assignment=self, on=on + timedelta(days=1)):
            return LAST_ADMINISTRATOR
        return ""

    def end(self, *, by: User, on: date) -> None:
        """Make `on` the last day of this role. A role that would then never have begun is taken out; its
        history stays. Raises Refused.
        """
        if problem := self.why_not_end(by=by, on=on):
            raise Refused(problem)
        self._history_user = by
        if on < self.from_on:
            self.delete()
        else:
            self.to_on = on
            self.save()


class NoticeQuerySet(models.QuerySet["Notice"]):
    def not_sent(self) -> Self:
        """What still has to go out, the oldest first."""
        return self.filter(sent_at=None).select_related("person").order_by("made_at", "pk")


class Notice(models.Model):
    """An e-mail to one person: what it is about is its key, so that nothing is said twice. Kept as a log.

    It is written with the change that it tells of, and sent afterwards: a mail server that fails loses nothing.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_notice_a_thing")]
        indexes = [models.Index(fields=["sent_at"], name="notices_not_sent")]

    def __str__(self) -> str:
        return f"{self.person}: {self.subject}"


class HandedOver(models.Model):
    """One handover, as it was made: what went to whom. It can be handed back once.

    `things` are rows of the key of a thing, its words, and the id of its new holder (none where it was given back).
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    on = models.DateField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    things = models.JSONField()
    handed_back_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"From {self.person}, {self.on}"
