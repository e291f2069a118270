"""People who use the register, and the roles they hold between two days."""

from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from accounts.permissions import PERMISSIONS
from accounts.roles import Role


class ServiceArea(models.Model):
    """A service or department of the council; narrows a role and groups partnerships."""

    name = models.CharField(max_length=120, unique=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
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

    def holding(self, role: Role, *, on: date) -> models.QuerySet["User"]:
        """People who hold `role` on that day, by name."""
        held = RoleAssignment.objects.on(on).filter(role=role)
        return self.filter(is_active=True, assignments__in=held).distinct().order_by("name", "pk")


class User(AbstractBaseUser):
    """A person with an account. Never deleted: history refers to people for ever."""

    email = models.EmailField(
        "e-mail address", unique=True, error_messages={"unique": "Another person already has this e-mail address"}
    )
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_superuser = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    history = HistoricalRecords(excluded_fields=["password", "last_login"])
    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Roles held today; asked once a request."""
        held = self.assignments.on(timezone.localdate())
        return frozenset(Role(role) for role in held.values_list("role", flat=True))

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Say whether one of today's roles gives `perm`. Superusers get nothing extra here."""
        return self.is_active and not PERMISSIONS.get(perm, frozenset()).isdisjoint(self.roles)

    def get_all_permissions(self, obj: object = None) -> set[str]:
        """Everything that today's roles give, by name."""
        return {name for name in PERMISSIONS if self.has_perm(name)}

    def has_module_perms(self, app_label: str) -> bool:
        """Say whether one of today's roles gives anything in an app."""
        return any(name.startswith(f"{app_label}.") for name in self.get_all_permissions())


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def on(self, day: date) -> "RoleAssignmentQuerySet":
        """Assignments in force on that day, both ends included."""
        return self.filter(from_on__lte=day).filter(Q(to_on__isnull=True) | Q(to_on__gte=day))


class RoleAssignment(models.Model):
    """One role of one person, from a day to a day, perhaps for one service area."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=40, choices=Role.choices)
    service_area = models.ForeignKey(ServiceArea, models.PROTECT, null=True, blank=True, related_name="+")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    history = HistoricalRecords()
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
