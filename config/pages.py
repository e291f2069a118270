"""Pages of the site itself: help, the accessibility statement, privacy."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

# Address, name in the list, and what it is about. Each has a template of its name in templates/help/.
TOPICS = {
    "start": ("Find your way about", "Signing in, finding a partnership, and what your home page lists"),
    "lead-officer": ("Look after a partnership", "For lead officers and representatives"),
    "register-manager": ("Run the register", "For the register manager and the policy team"),
    "administrator": ("Bring in a spreadsheet and look after people", "For administrators"),
    "decide": ("Read before you decide", "For everybody who advises or decides"),
    "trace": ("Trace a figure", "For auditors and Scrutiny"),
    "levels": ("How levels are worked out", "Risk and value: what the policy decides and what people judge"),
}


@login_not_required
def help_index(request: HttpRequest) -> HttpResponse:
    """List the help pages."""
    return render(request, "help/index.html", {"topics": TOPICS})


@login_not_required
def help_topic(request: HttpRequest, topic: str) -> HttpResponse:
    """Show one help page."""
    if topic not in TOPICS:
        raise Http404
    title, about = TOPICS[topic]
    return render(request, f"help/{topic}.html", {"topic_title": title, "about": about})


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement that the law asks of public bodies."""
    return render(request, "help/accessibility.html")


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """What the register keeps about people, and why."""
    return render(request, "help/privacy.html")
