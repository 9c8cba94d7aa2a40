"""`python -m tests.fuzz`: a million mutated frames, thousands of mutated streams, the memory of the largest frames."""

from __future__ import annotations

import argparse
import json
import resource
import secrets
import subprocess
import sys
import time

from tests.fuzz import campaigns

_GROWN_MB = 32  # of this process, over all frames: none of them leaves anything behind


def main() -> int:
    """Run all three, print what came of them; 1 where a bound does not hold (anything else ends in a traceback)."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--streams", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32), help="repeats the run that printed it")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    start = time.perf_counter()
    result = campaigns.frames(options.frames, seed=options.seed)
    seconds = time.perf_counter() - start
    print(f"{result.frames} mutated frames in {seconds:.0f} s: {_counts(result.outcomes)}")
    print(f"  refused for {len(result.reasons)} reasons, no other exception")
    print(f"  memory grew by {result.grown_bytes >> 20} MB, at most {_GROWN_MB} are allowed")
    print(f"{options.streams} streams in pieces: {_counts(campaigns.streams(options.streams, seed=options.seed))}")
    fine = result.grown_bytes <= _GROWN_MB << 20
    return 0 if _memory() and fine else 1


def _memory() -> bool:
    command = [sys.executable, "-m", "tests.fuzz.memory"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in output.splitlines()]
    print("memory that a frame takes beyond its own bytes:")
    for row in sorted(rows, key=lambda row: -row["took"]):
        verdict = "value" if row["outcome"] == "value" else "refused"
        print(f"  {row['took'] / 2**20:6.1f} MB of {row['bound'] >> 20:3} allowed  {row['name']}: {verdict}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print(f"largest process: {peak} MB")
    return all(row["took"] <= row["bound"] and (row["outcome"] == "value") == row["allowed"] for row in rows)


def _counts(outcomes: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items(), key=lambda item: -item[1]))


if __name__ == "__main__":
    sys.exit(main())
