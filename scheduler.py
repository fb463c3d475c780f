"""All of Goodturn in one command: `python scheduler.py` is `goodturn run` (jobs/supervisor.py)."""

import os
import sys

if __name__ == "__main__":
    os.execv(sys.executable, [sys.executable, "-m", "cli", "run", *sys.argv[1:]])
