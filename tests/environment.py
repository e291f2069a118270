"""The environment tests run in; loaded before Django reads its settings."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="register-tests-"))
os.environ.setdefault("HTTPS", "false")
