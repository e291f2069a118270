"""What a person asked to be made: the list, how far one is, its file."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import SignedIn, requires
from jobs import services
from jobs.models import Job
from policy.refused import Refused

A_PAGE = 25


def _own(request: SignedIn, number: int) -> Job:
    """The person's own job; anybody else's is not found."""
    return get_object_or_404(Job.objects.of(request.user), pk=number)


@requires("jobs.own")
@require_GET
def job_list(request: SignedIn) -> HttpResponse:
    """What this person asked for and is kept, the latest first."""
    page = Paginator(Job.objects.of(request.user), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "jobs/job_list.html", {"page": page, "one_size": [A_PAGE]})


@requires("jobs.own")
@require_GET
def job(request: SignedIn, number: int) -> HttpResponse:
    """How far it is; asked again by itself while something is to come."""
    record = _own(request, number)
    if request.headers.get("HX-Request") and not record.is_under_way:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"  # the whole page, so that its title says that it is ready
        return answer
    context = {"job": record, "no_worker": record.has_waited(timezone.now())}
    return render(request, "jobs/job.html", context)


@requires("jobs.own")
@require_POST
def cancel(request: SignedIn, number: int) -> HttpResponse:
    """Cancel what is under way."""
    record = _own(request, number)
    try:
        services.cancel(record)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, f"Cancelled: {record.title}")
    return redirect("jobs:job", number)


@requires("jobs.own")
@require_GET
def file(request: SignedIn, number: int) -> FileResponse:
    """The file, for whoever asked for it and may still have it."""
    record = _own(request, number)
    if not record.is_ready or not record.file:
        raise Http404("There is no file")
    if not request.user.has_perm(services.permission_of(record.kind)):
        raise PermissionDenied(record.kind)
    try:
        opened = record.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404("The file is no longer there") from gone
    answer = FileResponse(opened, as_attachment=True, filename=record.file_name)
    return answer
