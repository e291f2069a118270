"""The demonstration's people: one for each role. They exist only where `load_demo` was run."""

from dataclasses import dataclass

from accounts.roles import Role

PASSWORD = "register-demo-2026"  # noqa: S105 - shown on the sign-in page of a demonstration on purpose


@dataclass(frozen=True)
class DemoPerson:
    email: str
    name: str
    job_title: str
    role: Role


PEOPLE = (
    DemoPerson("lead.officer@demo.example", "D.F.", "Planning Policy Manager", Role.LEAD_OFFICER),
    DemoPerson("register.manager@demo.example", "T.W.", "Policy and Performance Team", Role.REGISTER_MANAGER),
    DemoPerson("responsible.head@demo.example", "R.H.", "Executive Director (Growth)", Role.RESPONSIBLE_HEAD),
    DemoPerson("finance.adviser@demo.example", "F.A.", "Head of Finance", Role.FINANCE_ADVISER),
    DemoPerson("legal.adviser@demo.example", "L.A.", "Head of Legal", Role.LEGAL_ADVISER),
    DemoPerson("cmt.member@demo.example", "S.P.", "Executive Director (Resources)", Role.MANAGEMENT_TEAM),
    DemoPerson("portfolio.holder@demo.example", "Cllr Z.Q.", "Portfolio Holder for Growth", Role.PORTFOLIO_HOLDER),
    DemoPerson("executive.member@demo.example", "Cllr E.M.", "Member of the Executive", Role.EXECUTIVE),
    DemoPerson("scrutiny.member@demo.example", "Cllr S.M.", "Chair of Scrutiny", Role.SCRUTINY),
    DemoPerson("administrator@demo.example", "K.B.", "Systems Administrator", Role.ADMINISTRATOR),
    DemoPerson("auditor@demo.example", "A.U.", "Internal Audit", Role.AUDITOR),
)
