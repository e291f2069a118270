"""Policy versions as they were loaded: whole, and never changed."""

from datetime import date, timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from policy.examples import failing_examples
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

    def load(self, text: str, by: Any, in_force_from: date, *, name: str = "pack") -> "PolicyVersion":
        """Keep a pack for good and put it in force from a day; the version before ends the day before.

        The same content loaded again answers the version that is already there. `by` is a user, or None for
        a command; `name` is the file's, for errors. Raises PackError when the pack cannot be used or an example of
        it does not come out, and Refused when another content stands under this code and version, or the day is not
        after the version in force.
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

    def _load(self, pack: Pack, by: Any, in_force_from: date) -> "PolicyVersion":
        # The lock comes first: what another load has kept meanwhile is seen by the look after it.
        before = self.select_for_update().filter(in_force_to__isnull=True).order_by("-in_force_from").first()
        if there := self._already_there(pack):
            return there
        if problems := tuple(failing_examples(pack)):
            raise PackError(problems)
        if before and before.in_force_from >= in_force_from:
            raise Refused(
                f"{before} is in force from {before.in_force_from:%-d %B %Y}. Choose a later day for the new version"
            )
        if before:
            before.end(in_force_from - timedelta(days=1))
        loaded = PolicyVersion(
            code=pack.policy.code,
            version=pack.policy.version,
            title=pack.policy.title,
            digest=pack.digest,
            text=pack.text,
            canonical=pack.canonical,
            loaded_by=by,
            in_force_from=in_force_from,
        )
        loaded.save(force_insert=True)
        _read[pack.digest] = pack.policy
        return loaded

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

    Only `in_force_to` may change, once, when the next version takes over; triggers in the database
    hold that too, so that no other program changes what records were judged under.
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
    in_force_from = models.DateField()
    in_force_to = models.DateField(null=True, blank=True)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_text_a_version")]

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
        if self.in_force_to is not None or on < self.in_force_from:
            _never()
        self.in_force_to = on
        super().save(update_fields=["in_force_to"])


_read: dict[str, Policy] = {}
