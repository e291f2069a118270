"""Policy versions as they were loaded: whole, and never changed."""

from datetime import date, timedelta
from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from policy.examples import why_not_load
from policy.model import Policy
from policy.reading import Pack, PackError, policy_from_canonical, read_pack
from policy.refused import Refused


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def in_force(self, on: date) -> "PolicyVersion | None":
        """The version in force on that day; `None` before a policy is switched on.

        Every page asks for it, so the texts (200 kB) stay in the database until somebody reads them.
        """
        started = self.defer("text", "canonical").filter(in_force_from__lte=on)
        return (
            started.filter(Q(in_force_to__isnull=True) | Q(in_force_to__gte=on))
            .order_by("-in_force_from", "-pk")
            .first()
        )

    def dated(self) -> Self:
        """Versions that were, are or will be in force; not those that wait to be put in force."""
        return self.filter(in_force_from__isnull=False)

    def load(self, text: str, by: Any, in_force_from: date | None, *, name: str = "pack") -> "PolicyVersion":
        """Keep a pack for good and put it in force from a day; the version before ends the day before.

        Without a day it is kept and waits, to be decided and put in force later (`put_in_force`). The same content
        loaded again answers the version that is already there. `by` is a user, or None for a command; `name` is the
        file's, for errors. Raises PackError when the pack cannot be used or an example of it does not come out, and
        Refused when another content stands under this code and version, or the day is not after the version in force.
        """
        pack = read_pack(text, name=name)
        try:
            with transaction.atomic():
                return self._load(pack, by, in_force_from)
        except IntegrityError:  # somebody else loaded this code and version meanwhile
            there = self._already_there(pack)
            if there is None:
                raise
            return there

    def _already_there(self, pack: Pack) -> "PolicyVersion | None":
        there = self.filter(code=pack.policy.code, version=pack.policy.version).first()
        if there and there.digest != pack.digest:
            published = f"version {there.version} of {there.code} was published on {there.loaded_at:%-d %B %Y}"
            problem = f"write a new version number and load it again: {published} and never changes"
            raise Refused(str(pack.problem(("version",), problem)))
        return there

    def _load(self, pack: Pack, by: Any, in_force_from: date | None) -> "PolicyVersion":
        # The lock comes first: what another load has kept meanwhile is seen by the look after it.
        before = self._last()
        if there := self._already_there(pack):
            return there
        if problems := tuple(why_not_load(pack)):
            raise PackError(problems)
        undecided = before.take_over(in_force_from) if before and in_force_from else ""
        loaded = PolicyVersion(
            code=pack.policy.code,
            version=pack.policy.version,
            title=pack.policy.title,
            digest=pack.digest,
            text=pack.text,
            canonical=pack.canonical,
            loaded_by=by,
            in_force_from=in_force_from,
            decision=undecided,
        )
        loaded.save(force_insert=True)
        _read[pack.digest] = pack.policy
        return loaded

    def _last(self) -> "PolicyVersion | None":
        """The version that the next one takes over from, locked."""
        open_ended = self.select_for_update().dated().filter(in_force_to__isnull=True)
        return open_ended.order_by("-in_force_from").first()

    @transaction.atomic
    def put_in_force(self, version: "PolicyVersion", on: date, *, decision: str = "") -> None:
        """Put a version that waits in force from a day; the one before ends the day before.

        `decision` says who agreed to it. Without one, and where the version before has its successor decided on a
        route, the record says that nobody decided (HAR-F17). Raises Refused.
        """
        before = self._last()
        version = self.select_for_update().get(pk=version.pk)
        if version.in_force_from:
            raise Refused(f"{version} is in force from {version.in_force_from:%-d %B %Y} already")
        undecided = before.take_over(on) if before else ""
        version.come_into_force(on, decision or undecided)

    def update(self, **values: Any) -> int:
        """Nothing of a published version changes, save the day on which it ends."""
        if set(values) != {"in_force_to"}:
            _never()
        return super().update(**values)

    def delete(self) -> NoReturn:
        """A published version is kept for good. Raises Refused."""
        _never()


def _never() -> NoReturn:
    raise Refused("A published policy version never changes. Load the new text as a new version")


class PolicyVersion(models.Model):
    """One version of a council's policy: its text, its canonical form and their digest.

    Only the days change, each once: `in_force_from` when a version that waited is put in force, with the `decision`
    that it rests on, and `in_force_to` when the next one takes over. Triggers in the database hold that too, so that
    no other program changes what records were judged under.
    """

    code = models.SlugField(max_length=60)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    text = models.TextField()
    # Text, because a database's own JSON forgets the order of keys, and the order is the author's.
    canonical = models.TextField()
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    loaded_at = models.DateTimeField(default=timezone.now)
    in_force_from = models.DateField(null=True, blank=True)
    in_force_to = models.DateField(null=True, blank=True)
    decision = models.TextField(blank=True, help_text="Who agreed to it and when, or that nobody did")

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_text_a_version"),
            models.CheckConstraint(
                condition=Q(in_force_to__isnull=True) | Q(in_force_from__isnull=False), name="what_ends_was_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new version; one that is kept already stays as it is. Raises Refused."""
        if self.pk is not None and not self._state.adding:
            _never()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """A published version is kept for good. Raises Refused."""
        _never()

    @property
    def policy(self) -> Policy:
        """The policy as typed data. The same version is read once a process."""
        if self.digest not in _read:
            _read[self.digest] = policy_from_canonical(self.canonical)
        return _read[self.digest]

    def end(self, on: date) -> None:
        """Say on which day the version was last in force, because another takes over. Raises Refused."""
        if self.in_force_to is not None or self.in_force_from is None or on < self.in_force_from:
            _never()
        self.in_force_to = on
        super().save(update_fields=["in_force_to"])

    def take_over(self, on: date) -> str:
        """End this version because another holds from that day. Raises Refused for a day that is not after its own.

        Answers what the record of the next one says where this one has it decided, and nobody did.
        """
        if self.in_force_from and self.in_force_from >= on:
            raise Refused(
                f"{self} is in force from {self.in_force_from:%-d %B %Y}. Choose a later day for the new version"
            )
        self.end(on - timedelta(days=1))
        route = self.policy.policy_route
        return (
            f"Put in force without the decision that “{route.title}” of version {self.version} asks for"
            if route
            else ""
        )

    def come_into_force(self, on: date, decision: str) -> None:
        """Say from which day a version that waited holds, and by whose decision. Raises Refused."""
        if self.in_force_from is not None:
            _never()
        self.in_force_from, self.decision = on, decision
        super().save(update_fields=["in_force_from", "decision"])


_read: dict[str, Policy] = {}
