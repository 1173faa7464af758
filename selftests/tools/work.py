# SPDX-License-Identifier: GPL-2.0
"""Four samples with work in between: memory is read, written, reclaimed and swapped,
so that all counters change.
"""
import os
import pickle
import re
import moment
import tools

CACHE = 60  # MiB of page cache to reclaim
ROOM = 80   # MiB that stay free
SAVED = "/tmp/four"  # the first test saves them for the next one

_taken = {}


def four():
    """The four samples."""
    if os.path.exists(SAVED):
        with open(SAVED, "rb") as file:
            return [moment.Moment(*one) for one in pickle.load(file)]
    tools.swap()
    moments = moment.Moments("meminfo and vmstat", moment.system_fields(),
                             files=("meminfo", "vmstat", "stat"))
    found = [moments.look()]
    begun = moment.events(found[0].census)
    for step in range(3):
        work(step)
        # kswapd may be faster than direct reclaim, and swapped pages may still be in
        # the swap cache: repeat until each counter has changed.
        for _ in range(10 if step == 2 else 0):
            now = moment.vmstat(moment.read("vmstat"))
            if all(now[name] > begun[name] for name in moment.EVENTS):
                break
            work(step)
        found.append(moments.look())
    moments.end()
    with open(SAVED, "wb") as file:
        pickle.dump([(one.machine, one.frames, one.texts) for one in found], file)
    return found


def work(step):
    """Reads, writes, reclaims, swaps out and in: a different amount each time."""
    area = tools.memory(1 + step)
    tools.page_out(area)
    with open(f"/scratch/work{step}", "wb") as file:
        file.write(b"x" * (300000 + 100000 * step))
        os.fsync(file.fileno())
    os.sync()
    # Otherwise swapped-out pages are still in the swap cache.
    reclaim(2 << step)
    area.seek(0)
    area.read(4096 * (16 + step))
    tools.keep(area)
    os.sync()


def read_disk(mib):
    fd = os.open("/dev/vda", os.O_RDONLY)
    for i in range(mib):
        os.pread(fd, 1 << 20, i << 20)
    os.close(fd)


def largest_zone():
    """(free KiB, fraction of all memory) of the largest zone."""
    pages = [(int(managed), int(free)) for free, managed in re.findall(
        r"pages free +(\d+).*?managed +(\d+)", moment.read("zoneinfo"), re.S)]
    managed, free = max(pages)
    return free * 4, managed / sum(one[0] for one in pages)


def reclaim(mib):
    """Makes an allocator, then kswapd, reclaim at least this much page cache: the
    watermarks are raised above the free memory for a short time.  Before, the rest of
    memory is taken, so that the high watermark, 3/2 of min, can be reached; otherwise
    kswapd gives up and is not woken again.
    """
    knob = "/proc/sys/vm/min_free_kbytes"
    usual = moment.read(knob)
    if "rest" not in _taken:
        _taken["rest"] = tools.locked(largest_zone()[0] // 1024 - CACHE - ROOM)
    for who in "direct", "kswapd":
        read_disk(CACHE)
        free, part = largest_zone()
        # Below min, allocations reclaim directly; below low, 5/4 of min, they wake kswapd.
        least = free + 2048 if who == "direct" else free * 0.82
        goal = moment.vmstat(moment.read("vmstat"))[f"pgsteal_{who}"] + (mib << 8)
        try:
            with open(knob, "w", encoding="ascii") as file:
                file.write(str(int(least / part)))
            for _ in range(10):
                # More than zone DMA, which fills up to its watermarks first.
                tools.memory(24).close()
                if moment.vmstat(moment.read("vmstat"))[f"pgsteal_{who}"] >= goal:
                    break
        finally:
            with open(knob, "w", encoding="ascii") as file:
                file.write(usual)
