import subprocess
import sys

SCRIPT = """
import asyncio, os
from pipeline import stopping
from pipeline.cli.running import run
from pipeline.settings import Settings

stopping.heed()
run(Settings(), asyncio.sleep(0))
os.kill(os.getpid(), {number})
"""


def test_signals_are_heeded_after_a_run_on_kafka_too() -> None:
    for number, code, message in ((2, 130, "interrupted"), (15, 143, "terminated")):
        ended = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(number=number)], capture_output=True, text=True, check=False, timeout=60
        )
        assert (ended.returncode, ended.stderr) == (code, f"error: {message}\n")
