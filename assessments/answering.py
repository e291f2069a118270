"""Who answers a form of the policy: those who may change the entry, and the roles that the policy has fill it in.

Source: CORE-11 (a form names who fills it in), RED-F09, MEL-F05: a head answers the tests that their own step rests on.
"""

from accounts.models import User
from accounts.roles import Role
from policy.model import Questionnaire
from register.models import Partnership

# Roles that an entry fills by name: where it names somebody, nobody else of the role answers.
NAMED = (Role.RESPONSIBLE_HEAD, Role.PORTFOLIO_HOLDER)


def may_answer(user: User, partnership: Partnership, form: Questionnaire) -> bool:
    """Whether somebody may begin, fill in and send this form for this entry."""
    if partnership.is_editable_by(user):
        return True
    return any(_has_the_part(user, partnership, role) for role in form.filled_by)


def _has_the_part(user: User, partnership: Partnership, role: str) -> bool:
    if role == "representative":
        return partnership.representatives.filter(user=user).exists()
    if role not in Role.values or role == Role.LEAD_OFFICER:
        return False  # a lead officer answers for their own entries, as those who may change them
    named = getattr(partnership, f"{role}_id") if role in NAMED else None
    return any(
        held.role == role and held.service_area_id in (None, partnership.service_id) and named in (None, user.pk)
        for held in user.held
    )
