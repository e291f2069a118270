"""Django's own admin: absent unless switched on, and then for superusers alone, to read."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

from tests.tables import kept_tables

WALK = """
import json
import django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
from accounts.models import User
from accounts.roles import Role
from datetime import date
root = User.objects.create_superuser("root@example.org", "a long password", name="Root")
administrator = User.objects.create_user("a@example.org", "a long password", name="A", is_staff=True)
administrator.give_role(Role.ADMINISTRATOR, by=None, from_on=date(2020, 1, 1))
found = {}
for name, user in {"stranger": None, "administrator": administrator, "superuser": root}.items():
    client = Client(HTTP_HOST="localhost")
    if user:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/django-admin/", follow=True)
    found[name] = [answer.status_code, answer.request["PATH_INFO"]]
    if name == "superuser":
        page = client.get(f"/django-admin/accounts/user/{root.pk}/change/")
        found["row"] = [page.status_code, root.password in page.content.decode(), "_save" in page.content.decode()]
        found["add"] = client.get("/django-admin/accounts/user/add/").status_code
        gone = client.post(f"/django-admin/accounts/user/{administrator.pk}/delete/", {"post": "yes"})
        found["delete"] = gone.status_code
        found["people"] = User.objects.count()
print(json.dumps(found))
"""


def walk(tmp_path, **environment):
    own = {"DATA_DIR": str(tmp_path), "HTTPS": "false", "DJANGO_SETTINGS_MODULE": "config.settings"}
    own["DATABASE_URL"] = f"sqlite:///{tmp_path / 'register.sqlite3'}"
    if (tables := kept_tables()).exists():
        shutil.copyfile(tables, tmp_path / "register.sqlite3")  # spares most of the migrations
    own["DEBUG"] = "true"  # static files without the manifest that collectstatic makes
    done = subprocess.run(
        [sys.executable, "-c", WALK],
        cwd=settings.BASE_DIR,
        env=os.environ | own | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_switched_on_it_lets_in_superusers_alone_and_only_to_read(tmp_path):
    found = walk(tmp_path, DJANGO_ADMIN="true")

    assert found["stranger"] == [200, "/sign-in/"]
    assert found["administrator"][0] == 403
    assert found["superuser"] == [200, "/django-admin/"]
    assert found["row"] == [200, False, False]
    assert (found["add"], found["delete"]) == (403, 403)
    assert found["people"] == 2


@pytest.mark.django_db
def test_it_is_not_there_unless_switched_on(client):
    assert "config.apps.RegisterAdminConfig" not in settings.INSTALLED_APPS
    assert client.get("/django-admin/").status_code == 404
