"""What stands in the queue: the number of a job."""

from django_tasks import task

from jobs import services


@task()
def run_job(job_id: int) -> None:
    """Make what a job asks for; a job that ended or that another worker makes is left alone."""
    services.run(job_id)
