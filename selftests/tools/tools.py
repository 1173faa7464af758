# SPDX-License-Identifier: GPL-2.0
"""Common code of the comparisons with other tools: TAP, stopped processes, swap.

Figures of a stopped process do not change and must be equal.
"""
import atexit
import ctypes
import json
import mmap
import os
import re
import signal
import struct
import subprocess
import sys
import time

KIB = 1024
PAGEOUT = 21  # MADV_PAGEOUT
os.environ["LC_ALL"] = "C"
os.environ["TERM"] = "linux"

_results = []
_processes = []
_pids = []
_said = []
_kept = []


@atexit.register
def _flush():
    """Prints all output at the end, because the plan comes first; also on errors."""
    for process in _processes:
        process.send_signal(signal.SIGKILL)
    for pid in _pids:
        os.kill(pid, signal.SIGKILL)
    sys.stdout.write("".join(line + "\n" for line in _said))


def result(good, text):
    """One result of TAP."""
    _results.append(good)
    _said.append(f"{'ok' if good else 'not ok'} {len(_results)} - {text}")
    return good


def note(*words):
    _said.append(" ".join(map(str, ("#",) + words)))


def equal(name, pairs):
    """A result: both of each (what, ours, theirs) are equal; at least one."""
    wrong = [pair for pair in pairs if pair[1] != pair[2]]
    for what, ours, theirs in wrong[:20]:
        note(f"{what}: ours {ours}, theirs {theirs}")
    return result(pairs and not wrong,
                 f"{name}: {len(pairs)} figures compared, {len(wrong)} not equal")


def within(name, triples):
    """A result: ours - theirs lies in [0, room] for each (what, ours, theirs, room)."""
    wrong = [t for t in triples if not 0 <= t[1] - t[2] <= t[3]]
    for what, ours, theirs, room in wrong[:20]:
        note(f"{what}: ours {ours}, theirs {theirs}, may be {room} less")
    return result(triples and not wrong,
                 f"{name}: {len(triples)} figures compared, {len(wrong)} out of bounds")


def end():
    """Prints the plan and exits."""
    _said.insert(0, f"1..{len(_results)}")
    sys.exit(0 if _results and all(_results) else 1)


def run(*command):
    """The stdout of a command, which must succeed."""
    return subprocess.run(command, stdout=subprocess.PIPE, check=True,
                          text=True, errors="surrogateescape").stdout


def census(*words):
    return json.loads(run("memcensus", *words, "-J"))


def memory(mib, byte=b"x"):
    """Private memory of this size, touched."""
    area = mmap.mmap(-1, mib << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for _ in range(mib):
        area.write(byte * (1 << 20))
    return area


def locked(mib):
    """Private memory of this size, locked."""
    area = mmap.mmap(-1, mib << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if ctypes.CDLL(None).mlock(ctypes.byref(ctypes.c_char.from_buffer(area)),
                               ctypes.c_size_t(len(area))):
        sys.exit(f"cannot lock {mib} MiB")
    return area


def ends_with_this(pid):
    """Kills this child at the end of the program."""
    _pids.append(pid)


def number_in(path):
    with open(path, encoding="ascii") as file:
        return int(file.read())


def keep(area):
    """Keeps it until the end of the program."""
    _kept.append(area)


def page_out(area):
    """Swaps out a whole area of memory()."""
    begin = ctypes.addressof(ctypes.c_char.from_buffer(area)) // 4096
    pages = len(area) // 4096
    for _ in range(200):
        area.madvise(PAGEOUT)
        with open("/proc/self/pagemap", "rb", buffering=0) as file:
            entries = os.pread(file.fileno(), 8 * pages, 8 * begin)
        # Bit 62: in swap.
        if all(entry >> 62 & 1 for entry in struct.unpack(f"={pages}Q", entries)):
            return
        time.sleep(0.02)
    sys.exit(f"an area of {len(area)} bytes cannot be swapped out")


def swap(mib=128):
    """Gives the VM swap of this size on its disk, once, and swaps a part of memory out."""
    path = "/scratch/swap"
    if not os.path.exists(path):
        run("dd", "if=/dev/zero", f"of={path}", "bs=1M", f"count={mib}", "status=none")
        os.chmod(path, 0o600)
        run("mkswap", path)
    with open("/proc/swaps", encoding="ascii") as file:
        on = path in file.read()
    if not on:
        run("swapon", path)
    area = memory(4)
    keep(area)
    page_out(area)
    os.sync()


def kernel():
    """(6, 12)"""
    return tuple(int(word) for word in os.uname().release.split(".")[:2])


def counter():
    """Our figure for the RSS of status and statm, which ps and top show: the kernel's
    counters, which since 6.12 these files add up exactly."""
    return "rss" if kernel() >= (6, 12) else "rss_counter"


def state(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0]


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def still(n=2, users=(0,)):
    """Starts n pairs of a parent and a child, both stopped, of these users in turn;
    returns their PIDs."""
    pids = []
    for number in range(n):
        user = users[number % len(users)]
        directory = f"/tmp/still{number}"
        os.makedirs(directory, exist_ok=True)
        os.chown(directory, user, -1)
        for file in os.listdir(directory):
            os.unlink(os.path.join(directory, file))
        process = subprocess.Popen(["/tools/still", directory], user=user)
        _processes.append(process)
        for _ in range(1200):
            if state(process.pid) in "TZ":
                break
            time.sleep(0.05)
        pids += [process.pid] + children(process.pid)
    states = [state(pid) for pid in pids]
    if states != ["T"] * 2 * n:
        sys.exit(f"processes that should hold still: {pids} are {states}")
    return pids


def smaps(pid):
    """The mappings of PID: [{'name', 'mode', 'start', field: KiB ...}]."""
    maps = []
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+ *(.*)\n", line)
            if head:
                maps.append({"start": int(head[1], 16), "mode": head[3], "name": head[4]})
                continue
            field = re.match(r"(\w+): +(\d+) kB", line)
            if field:
                maps[-1][field[1]] = int(field[2])
    return maps


