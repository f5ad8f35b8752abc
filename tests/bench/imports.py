"""`python -m tests.bench.imports`: a million rows of the demonstration's questionnaire by `import-responses`.

`--rows N` takes fewer, `--folder PLACE` keeps the file and the database. It prints how many rows a second were checked
and added, and the most memory that one process of the command took.
"""

import argparse
import csv
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from data.demo import generator
from survey import demo

ROWS = 1_000_000


def rows() -> Iterator[Mapping[str, object]]:
    """The demonstration's replies, over and over, each time of other organisations."""
    replies, number = generator.responses(), 0
    while True:
        for reply in replies:
            number += 1
            answers = {
                name: " ".join(value) if isinstance(value, list | tuple) else value
                for name, value in reply.answers.items()
            }
            yield {
                "language": reply.language,
                "reference": f"IMP-{number}",
                "started_at": reply.started_at.isoformat(),
                "submitted_at": reply.submitted_at.isoformat(),
                **answers,
                "org_name": f"{answers['org_name']} {number}",
            }


def write(file: Path, size: int) -> None:
    """A file with so many rows."""
    names = dict.fromkeys(name for row in islice(rows(), len(generator.responses())) for name in row)
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(names), restval="")
        writer.writeheader()
        writer.writerows(islice(rows(), size))


def main() -> int:
    """Prints the figures; 1 when the import was refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        folder: Path = arguments.folder or Path(own)
        folder.mkdir(parents=True, exist_ok=True)
        file, database = folder / "rows.csv", folder / "soundings.db"
        write(file, arguments.rows)
        print(f"{arguments.rows:,} rows, {file.stat().st_size / 1e6:,.0f} MB", flush=True)
        environment = {**os.environ, "SOUNDINGS_DATABASE_URL": f"sqlite:///{database}"}
        for command in (("data", "upgrade"), ("survey", "load-demo")):
            subprocess.run([sys.executable, "-m", *command], env=environment, check=True, stdout=subprocess.DEVNULL)
        return _measured(file, environment)


def _measured(file: Path, environment: Mapping[str, str]) -> int:
    command = [sys.executable, "-m", "survey", "import-responses", demo.SLUG, str(file)]
    began, stages = time.monotonic(), dict[str, tuple[int, float]]()
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        for line in running.stderr:
            told = re.match(r"(\d+) (\w+)", line)
            if told:
                stages[told[2]] = (int(told[1]), time.monotonic() - began)
            else:
                print(line, end="", file=sys.stderr)
    before = 0.0
    for stage, (count, until) in stages.items():
        print(f"{count:,} {stage} in {until - before:,.0f} s, {count / (until - before):,.0f} a second")
        before = until
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"ended after {time.monotonic() - began:,.0f} s; most memory of one process {most:,.0f} MB")
    return running.returncode


if __name__ == "__main__":
    sys.exit(main())
