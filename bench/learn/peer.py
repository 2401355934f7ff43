"""One job of the Python peers: `peer.py JOB`, what it is asked as JSON on standard input, what it found as JSON on standard output.

Asked: {"arrays": {name: {"path", "type", "shape"}}, "parameters": {...}}; arrays are raw files, row after row.
A job is a file of jobs/ with `run(arrays, parameters)` that returns what can be written as JSON. Where it is to be timed,
it does so itself (`seconds(...)` below) and leaves start-up and reading out.
"""

import importlib
import json
import sys
import time
from pathlib import Path


def seconds(work):
    """Runs `work`; what it returned, and how long it took in seconds."""
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def main():
    import numpy

    sys.path.insert(0, str(Path(__file__).parent))
    sys.modules.setdefault("peer", sys.modules["__main__"])
    asked = json.load(sys.stdin)
    arrays = {
        name: numpy.fromfile(of["path"], dtype=of["type"]).reshape(of["shape"]) for name, of in asked["arrays"].items()
    }
    job = importlib.import_module(f"jobs.{sys.argv[1]}")
    json.dump(job.run(arrays, asked["parameters"]), sys.stdout, allow_nan=True)


if __name__ == "__main__":
    main()
