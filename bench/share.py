#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What two processes have in common, by memcensus and by a script.

Usage: share.py PROCESSES GROUPS

The processes map a file in memory, each a random half of its pages. The script reads
/proc/PID/pagemap of each, keeps its frames as a set, and intersects each two. A second one numbers
all frames, keeps those of a process as one long integer, and counts the bits of each two. All
pairs must be equal. Then 20 processes in each of GROUPS cgroups: what each two cgroups have in common, and
who is charged.
"""
import array
import ctypes
import itertools
import json
import mmap
import os
import random
import signal
import subprocess
import sys
import time

PAGE = mmap.PAGESIZE
PAGES = 4096            # of the file; each process has half of them
MEMBERS = 20            # of a group
MOST = 256              # processes in a request, MEMCENSUS_SHARE_PIDS_MAX
REPETITIONS = 5

libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
CGROUPS = "/sys/fs/cgroup"


def live(fd, number, cgroup, ready):
    """In a child: maps its half, and waits."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with open(os.path.join(CGROUPS, cgroup, "cgroup.procs"), "w", encoding="ascii") as procs:
        procs.write("0")
    memory = mmap.mmap(fd, PAGES * PAGE)
    chosen = random.Random(number)
    for page in range(PAGES):
        if chosen.random() < 0.5:
            memory[page * PAGE] = 1
    os.write(ready, b".")
    while True:
        signal.pause()


def start(count, cgroup_of):
    """PIDs of @count children, with their memory."""
    fd = os.memfd_create("common")
    os.ftruncate(fd, PAGES * PAGE)
    ready, tell = os.pipe()
    pids = []
    for number in range(count):
        pid = os.fork()
        if not pid:
            live(fd, number, cgroup_of(number), tell)
        pids.append(pid)
    for _ in range(count):
        os.read(ready, 1)
    os.close(fd)
    return pids


def stop(pids):
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for pid in pids:
        os.waitpid(pid, 0)


def reader(*words):
    """What the reader prints, and how long it ran, s."""
    begun = time.monotonic()
    text = subprocess.run(["memcensus", *words], check=True, stdout=subprocess.PIPE).stdout
    return text, time.monotonic() - begun


def wall(*words):
    """The time that the kernel took for it, s, and the document."""
    document = json.loads(reader(*words, "-J")[0])
    return document["scan"]["wall_ns"] / 1e9, document


def by_census(pids):
    """Memory that each two have in common, the time of the kernel and that of the reader, s."""
    common, kernel, total = {}, 0, 0
    for at in range(0, len(pids), MOST):
        named = ",".join(map(str, pids[at:at + MOST]))
        kernel += wall("share", named, "--top", "4096")[0]
        text, seconds = reader("share", named, "--top", "4096", "--raw", "-c",
                               "pid,peer_pid,memory")
        total += seconds
        for line in text.decode().rpartition("\n\n")[2].splitlines()[1:]:
            pid, peer, memory = line.split()
            common[int(pid), int(peer)] = int(memory) * 1024
    return common, kernel, total


def frames(pid):
    """The frames that a process maps."""
    found = set()
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, \
            open(f"/proc/{pid}/pagemap", "rb", buffering=0) as pagemap:
        for line in maps:
            # PFN maps have no entries.
            if line.endswith(("[vsyscall]\n", "[vvar]\n")):
                continue
            first, last = (int(address, 16) // PAGE for address in line.split()[0].split("-"))
            pagemap.seek(first * 8)
            entries = array.array("Q", pagemap.read((last - first) * 8))
            # Present, and not the zero page, which has no owner
            found.update(entry & (1 << 55) - 1 for entry in entries if entry >> 63)
    found -= special
    return found


def zero_frames():
    """Frames of the zero page: private memory that was only read."""
    memory = mmap.mmap(-1, PAGE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    ctypes.string_at(address, 1)
    with open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
        pagemap.seek(address // PAGE * 8)
        return {int.from_bytes(pagemap.read(8), "little") & (1 << 55) - 1}


def by_sets(pids):
    """The same from pagemap, and its time, s."""
    begun = time.monotonic()
    of = {pid: frames(pid) for pid in pids}
    common = {(a, b): len(of[a] & of[b]) * PAGE for a, b in itertools.combinations(pids, 2)}
    return common, time.monotonic() - begun


def by_bits(pids):
    """The same with one bit for each frame."""
    begun = time.monotonic()
    number, of = {}, {}
    for pid in pids:
        bits = bytearray(len(number) // 8 + 1)
        for frame in frames(pid):
            at = number.setdefault(frame, len(number))
            if at // 8 >= len(bits):
                bits.extend(bytes(at // 8 + 1 - len(bits)))
            bits[at // 8] |= 1 << at % 8
        of[pid] = int.from_bytes(bits, "little")
    common = {(a, b): (of[a] & of[b]).bit_count() * PAGE
              for a, b in itertools.combinations(pids, 2)}
    return common, time.monotonic() - begun


def median(values):
    values = sorted(values)
    return values[len(values) // 2]


def compare_processes(count):
    pids = start(count, lambda number: "")
    runs = [by_census(pids) for _ in range(REPETITIONS)]
    common = runs[-1][0]
    kernel, total = median(run[1] for run in runs), median(run[2] for run in runs)
    alone = []
    for _ in range(REPETITIONS):
        alone.append(wall("tasks")[0])
    scripts = {"of sets": by_sets(pids), "of bits": by_bits(pids)}
    print(f"{count} processes, {PAGES // 2} of {PAGES} shared pages each")
    print(f"census of all processes: {1e3 * median(alone):.1f} ms")
    print(f"share: {1e3 * kernel:.1f} ms in the kernel, {1e3 * total:.1f} ms with the reader, "
          f"in {-(-count // MOST)} requests")
    for name, (counted, seconds) in scripts.items():
        differ = sum(common.get(pair) != counted[pair] or common.get(pair[::-1]) != counted[pair]
                     for pair in counted)
        print(f"script {name}: {1e3 * seconds:.0f} ms: {seconds / total:.1f} times as long as with "
              f"the reader, {seconds / kernel:.0f} times as long as in the kernel; "
              f"{len(counted)} pairs, {differ} differ")
    stop(pids)


def compare_groups(groups):
    for group in range(groups):
        os.mkdir(os.path.join(CGROUPS, f"group{group}"))
    pids = start(groups * MEMBERS, lambda number: f"group{number % groups}")
    plain, matrix, charged = [], [], []
    for _ in range(REPETITIONS):
        plain.append(1e3 * wall("tasks", "-g")[0])
        matrix.append(1e3 * wall("share", "--by", "cgroup", "--top", "4096")[0])
        seconds, document = wall("share", "--by", "cgroup", "--top", "4096", "--charged")
        charged.append(1e3 * seconds)
    print(f"{len(pids)} processes in {groups} cgroups: census of cgroups {median(plain):.1f} ms, "
          f"with what each two have in common {median(matrix):.1f} ms: "
          f"{median(matrix) / median(plain):.2f} times, {len(document['pairs'])} pairs; "
          f"and with who is charged {median(charged):.1f} ms: "
          f"{median(charged) / median(plain):.2f} times")
    stop(pids)


special = zero_frames()
compare_processes(int(sys.argv[1]))
compare_groups(int(sys.argv[2]))
print("end", flush=True)
