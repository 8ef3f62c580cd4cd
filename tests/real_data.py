"""Real data, which is no part of the project: TAKEDOWN_TEST_DATA says where it lies. Where it does not, tests that need it skip."""

import os
from pathlib import Path

import pytest

REAL_DATA = Path(os.environ.get("TAKEDOWN_TEST_DATA", "../shared/data"))
needs_real_data = pytest.mark.skipif(not REAL_DATA.is_dir(), reason=f"no real data in {REAL_DATA}; name its folder in TAKEDOWN_TEST_DATA")
