"""What every test stands on."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="register-tests-"))
os.environ.setdefault("HTTPS", "false")
