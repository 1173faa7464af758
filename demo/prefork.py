# SPDX-License-Identifier: GPL-2.0
"""A server that forks workers after it has loaded its data.

The parent makes 30 MiB. Each of four workers inherits this memory and writes
to 1, 2, 4 or 8 MiB of it, which become exclusive. Prints a line when all have
written, then waits, or ends all after some seconds: prefork.py SECONDS.
"""
import os
import signal
import sys
import time

MIB = 1 << 20
PAGE = os.sysconf("SC_PAGE_SIZE")

data = bytearray(b"d") * (30 * MIB)
ready, told = os.pipe()
workers = []
for written in (1, 2, 4, 8):
    workers.append(os.fork())
    if workers[-1] == 0:
        for at in range(0, written * MIB, PAGE):
            data[at] = 1
        os.write(told, b".")
        signal.pause()
for _ in range(4):
    os.read(ready, 1)
print("ready", flush=True)
if len(sys.argv) < 2:
    signal.pause()
time.sleep(float(sys.argv[1]))
for worker in workers:
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
