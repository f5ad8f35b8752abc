"""Ports of servers that tests start."""

import subprocess
import sys

from tests.ports import free_port

ASKS = "from tests.ports import free_port; print(*[free_port() for _ in range(50)], flush=True); input()"


def test_no_port_is_given_twice_in_whichever_process() -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", ASKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ports = [free_port() for _ in range(50)]
    for process in processes:
        assert process.stdout is not None
        ports += map(int, process.stdout.readline().split())
    for process in processes:
        process.communicate("\n")
    assert len(ports) == len(set(ports)) == 200
