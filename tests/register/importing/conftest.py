"""The scorer and the makers of the fixtures stand in fixtures/legacy; the tests import them from there."""

import sys
from pathlib import Path

LEGACY = Path(__file__).resolve().parents[3] / "fixtures" / "legacy"
if str(LEGACY) not in sys.path:
    sys.path.insert(0, str(LEGACY))
