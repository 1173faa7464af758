#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Measures passes over all frames, in the guest of bench/physical."""

import json
import mmap
import os
import statistics
import subprocess
import sys
import time

PASSES = [[], ["--by", "cgroup"], ["--files"], ["--contiguous"]]
PROC = ["kpageflags", "kpagecount", "kpagecgroup"]


def evict():
    with open("/sys/kernel/debug/census_floor/evict", encoding="ascii") as file:
        file.read()


def take(words):
    """ns of a pass in the kernel, and frames."""
    evict()
    answer = subprocess.run(["memcensus", "physical", "-J", *words], check=True,
                            stdout=subprocess.PIPE).stdout
    one = json.loads(answer)["pass"]
    return one["wall_ns"], one["frames"], one["read"]


def read(name):
    """ns of a program that reads the file in blocks of 1 MiB."""
    evict()
    fd = os.open("/proc/" + name, os.O_RDONLY)
    start = time.perf_counter_ns()
    while os.read(fd, 1 << 20):
        pass
    end = time.perf_counter_ns()
    os.close(fd)
    return end - start


def row(what, times, frames, more=""):
    each = sorted(t / frames for t in times)
    print(f"{what:32} {statistics.median(each):7.1f} {each[0]:7.1f} {each[-1]:7.1f}{more}")


def measure(title, repetitions):
    times = {}
    frames = seen = 0
    # One after the other, so that what disturbs one disturbs all.
    for _ in range(repetitions):
        for words in PASSES:
            wall, frames, seen = take(words)
            times.setdefault(" ".join(["physical", *words]), []).append((wall, seen))
        for name in PROC:
            if os.path.exists("/proc/" + name):
                times.setdefault("read " + name, []).append((read(name), 0))
    print(f"{title}: {frames} frames; ns a frame: median, least, most")
    for what, values in times.items():
        seen = values[-1][1]
        row(what, [wall for wall, _ in values], frames,
            f"  {seen} struct pages read" if seen else "")


def fill():
    """2 GiB of small anonymous pages, and 1 GiB in 20,000 files."""
    block = mmap.mmap(-1, 2 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        try:
            block.madvise(mmap.MADV_NOHUGEPAGE)
        except OSError:
            pass
    for at in range(0, len(block), mmap.PAGESIZE):
        block[at] = 1
    for i in range(20000):
        with open(f"/tmp/{i}", "wb") as file:
            file.write(b"x" * (52 << 10))
    return block


def main():
    repetitions = int(sys.argv[1])
    measure("nearly free", repetitions)
    held = fill()
    measure("three quarters in use", repetitions)
    held.close()
    print("end")


main()
