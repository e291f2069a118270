"""E-mails of the register: written with the change they tell of, sent once, tried again when the server fails.

No e-mail carries the words of a request or a concern, only what to do, by when and the link.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from accounts.models import Notice, NoticeHabit, User
from config import words

log = logging.getLogger(__name__)
MOST_TRIES = 20
FOOT = "You get this because of your part in the partnership register. Change your e-mails: {address}/account/"


def tell(people: Iterable[User], *, key: str, subject: str, lines: Iterable[str], path: str) -> None:
    """Write a notice for each of these people, once for each `key`; it goes out when the change is kept."""
    text = "\n\n".join([*lines, f"{settings.SITE_ADDRESS}{path}"])
    wanted = {person.pk: person for person in people if person.is_active}
    told = set(Notice.objects.filter(person__in=wanted, key=key).values_list("person_id", flat=True))
    Notice.objects.bulk_create(
        (
            Notice(person=person, key=key, subject=subject[:200], text=text)
            for pk, person in wanted.items()
            if pk not in told
        ),
        ignore_conflicts=True,
    )


def deliver(*, at: datetime, daily: bool = False) -> tuple[int, int]:
    """Send what waits: how many e-mails went out, how many failed. `daily` sends the digests as well."""
    by_person: dict[int, list[Notice]] = {}
    for notice in Notice.objects.not_sent().filter(tries__lt=MOST_TRIES):
        by_person.setdefault(notice.person_id, []).append(notice)
    sent = failed = 0
    for notices in by_person.values():
        person = notices[0].person
        if person.notices == NoticeHabit.DAILY:
            batches = [notices] if daily else []
        else:
            batches = [[notice] for notice in notices]
        for batch in batches:
            if _send(person, batch, at=at):
                sent += 1
            else:
                failed += 1
    return sent, failed


def send_again(notice: Notice, *, at: datetime) -> bool:
    """Try an e-mail that was not sent once more, now; answers whether it went out."""
    return _send(notice.person, [notice], at=at)


def _send(person: User, batch: list[Notice], *, at: datetime) -> bool:
    """Send one e-mail and note what became of it; a failure is noted and the notices wait."""
    ids = [notice.pk for notice in batch]
    with transaction.atomic():
        # Whoever comes second waits here and finds them sent.
        held = list(Notice.objects.select_for_update().filter(pk__in=ids, sent_at=None).order_by("pk"))
        if not held:
            return True
        try:
            _message(person, held).send()
        except Exception as trouble:
            log.warning("An e-mail to %s was not sent: %s", person.email, trouble)
            for notice in held:
                notice.tries += 1
                notice.trouble = str(trouble)[:500]
            Notice.objects.bulk_update(held, ["tries", "trouble"])
            return False
        Notice.objects.filter(pk__in=[notice.pk for notice in held]).update(sent_at=at, trouble="")
    return True


def _message(person: User, notices: list[Notice]) -> EmailMessage:
    subject = (
        notices[0].subject if len(notices) == 1 else f"{words.count(len(notices), 'thing')} for you in the register"
    )
    parts = [notice.text if len(notices) == 1 else f"{notice.subject}\n\n{notice.text}" for notice in notices]
    foot = FOOT.format(address=settings.SITE_ADDRESS)
    return EmailMessage(
        subject, "\n\n".join([*parts, foot]) + "\n", to=[person.email], connection=get_connection(fail_silently=False)
    )
