"""The neutral roles of requirements section 6; a policy pack gives each the council's own label."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person may be in the register. One person can hold several, each between two days."""

    LEAD_OFFICER = "lead_officer", "Lead officer"
    REGISTER_MANAGER = "register_manager", "Register manager"
    RESPONSIBLE_HEAD = "responsible_head", "Responsible head"
    FINANCE_ADVISER = "finance_adviser", "Finance adviser"
    LEGAL_ADVISER = "legal_adviser", "Legal adviser"
    MANAGEMENT_TEAM = "management_team", "Management team member"
    PORTFOLIO_HOLDER = "portfolio_holder", "Portfolio Holder"
    EXECUTIVE = "executive", "Executive member"
    SCRUTINY = "scrutiny", "Scrutiny member"
    ADMINISTRATOR = "administrator", "Administrator"
    AUDITOR = "auditor", "Auditor"
