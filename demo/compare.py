# SPDX-License-Identifier: GPL-2.0
"""Compares a census with /proc/PID/smaps_rollup of each process.

Compares each figure that both have, in KiB, rounded as by smaps. smaps is read
twice after the census: a process is compared only if both reads are equal.

Exit status: 0 if all compared figures are equal.
"""
import collections
import fcntl
import json
import os
import re
import select
import subprocess
import sys
import tempfile
import time

PAGE = os.sysconf("SC_PAGESIZE")

# Figures of the census, and what of smaps_rollup adds up to each.
FIGURES = {
    ("rss",): ("Rss",), ("pss",): ("Pss",), ("uss",): ("Private_Clean", "Private_Dirty"),
    ("dirty",): ("Shared_Dirty", "Private_Dirty"),
    # smaps counts drivers' memory with files.
    ("pss_anon",): ("Pss_Anon",), ("pss_file", "pss_device"): ("Pss_File",),
    ("pss_shmem",): ("Pss_Shmem",), ("referenced",): ("Referenced",), ("anon",): ("Anonymous",),
    ("ksm",): ("KSM",), ("lazyfree",): ("LazyFree",), ("anon_thp",): ("AnonHugePages",),
    ("shmem_thp",): ("ShmemPmdMapped",), ("file_thp",): ("FilePmdMapped",),
    ("shared_hugetlb",): ("Shared_Hugetlb",), ("private_hugetlb",): ("Private_Hugetlb",),
    ("swap",): ("Swap",), ("swap_pss",): ("SwapPss",),
}
# smaps divides a page by how often it is mapped, the census by how many processes map it.
SHARES = {("pss",), ("uss",), ("pss_file", "pss_device"), ("pss_shmem",)}
COLUMNS = ",".join(dict.fromkeys(name for names in FIGURES for name in names))


def total(row, names):
    """The sum of these figures of @row; None if one is unknown."""
    parts = [row.get(name) for name in names]
    return None if None in parts else sum(parts)


def private_reader(directory):
    """The command of a reader with private copies of its libraries.

    A reader that shares the C library, or the file of a locale, with other processes is
    one of the owners, and owns more pages while it prints than during the census.
    """
    reader = "/usr/bin/memcensus"
    listing = subprocess.run(["ldd", reader], capture_output=True, text=True, check=True)
    loader = None
    for path in re.findall(r"(/\S+) \(0x", listing.stdout):
        copy = os.path.join(directory, os.path.basename(path))
        subprocess.run(["cp", path, copy], check=True)
        if os.path.basename(path).startswith("ld-linux"):
            loader = copy
    return ["env", "LC_ALL=C", loader, "--library-path", directory, reader,
            "tasks", "-J", "-c", "pid,comm," + COLUMNS]


def smaps(pid):
    """The figures of smaps_rollup in KiB; empty if PID has no memory."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            text = file.read().decode()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {name: int(kib) for name, kib in re.findall(r"^(\w+): +(\d+) kB$", text, re.M)}


def file_pages(pid):
    """How often each page of a file is mapped by PID, by its file and number."""
    pages = collections.Counter()
    try:
        with open(f"/proc/{pid}/maps", "rb") as file:
            lines = file.read().decode().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return pages
    for line in lines:
        places, _, offset, device, inode = line.split()[:5]
        start, end = (int(place, 16) for place in places.split("-"))
        first = int(offset, 16) // PAGE
        if int(inode):
            pages.update((device, inode, first + i) for i in range((end - start) // PAGE))
    return pages


def rooms(pids):
    """Bytes by which a share may differ: of pages that a process maps more than once."""
    mapped = {pid: file_pages(pid) for pid in pids}
    twice = {page for pages in mapped.values() for page in pages if pages[page] > 1}
    return {pid: PAGE * sum(pages[page] for page in twice & set(pages))
            for pid, pages in mapped.items()}


def all_smaps():
    """The figures of each process except this one, and the seconds for reading them."""
    began = time.monotonic()
    figures = {int(pid): smaps(pid) for pid in os.listdir("/proc") if pid.isdigit()}
    took = time.monotonic() - began
    figures.pop(os.getpid(), None)
    return {pid: of for pid, of in figures.items() if of}, took


def census_and_smaps(command):
    """A census, then all_smaps twice.

    After its census the reader waits, because the pipe has only one page and most of the
    output is not printed yet. Its exit would change the shares of others, by at least the
    one page of the vdso that all programs share.
    """
    with subprocess.Popen(command, stdout=subprocess.PIPE) as reader:
        fcntl.fcntl(reader.stdout, fcntl.F_SETPIPE_SZ, 4096)
        select.select([reader.stdout], [], [])
        first, took = all_smaps()
        second, _ = all_smaps()
        census = json.load(reader.stdout)
    # The reader changed after its census.
    first.pop(reader.pid, None)
    return census, first, second, took


def main():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        command = private_reader(directory)
        # A warm-up: when this program first runs some code, it maps its pages, and
        # the shares of others become smaller.
        census_and_smaps(command)
        census, first, second, took = census_and_smaps(command)

    tasks = {task["pid"]: task for task in census["tasks"]}
    still = sorted(pid for pid in first if first[pid] == second.get(pid) and pid in tasks)
    room = rooms(still)
    equal = points = 0
    wrong = []
    for pid in still:
        before = len(wrong)
        for ours, theirs in FIGURES.items():
            kib = total(first[pid], theirs)
            # A kernel without this line
            if kib is None:
                continue
            points += 1
            value = total(tasks[pid], ours)
            if value is None or value // 1024 != kib and (
                    ours not in SHARES or abs(value - kib * 1024) >= room[pid] + 1024):
                wrong.append(f"{pid} {tasks[pid]['comm']}: {' + '.join(theirs)} is {kib} kB, "
                             f"the census says {value} bytes")
        equal += len(wrong) == before

    print(f"compared with smaps_rollup: {len(still)} processes, {points} figures")
    print(f"equal:                      {equal} processes, {points - len(wrong)} figures")
    if any(room.values()):
        print("but for pages of a file that one process maps twice, which smaps counts twice: "
              f"at most {max(room.values()) // 1024} KiB of a process")
    for line in wrong:
        print("not equal:", line)
    if len(still) != len(first):
        print(f"did not hold still:         {len(first) - len(still)} processes")
    scan = census["scan"]
    print(f"the census took {scan['wall_ns'] / 1e6:.1f} ms, all processes in one pass, and held no")
    print(f"lock longer than {scan['lock_hold_max_ns'] / 1e6:.2f} ms; "
          f"smaps_rollup, read one by one, took {took * 1e3:.1f} ms")
    return 1 if wrong or not still else 0


sys.exit(main())
