# SPDX-License-Identifier: GPL-2.0
"""A census and /proc of one point in time, and other tools run on the same state.

The reader records all the time, but is stopped except for one census at a time.
Before and after each census the files of /proc are read; a figure that is the same
in both is quiet, and the census must have the same.  Then a tool runs with these
texts in place of the files: it sees the kernel's state of that time, and its output
is compared with that of the reader for its record.
"""
import atexit
import contextlib
import fcntl
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
import zlib
import tools

HEAD = 48            # bytes of a frame's head; Documentation/record.rst
MACHINE, END = 1, 4  # kinds of frames
FROZEN = "/run/frozen"
NEEDED = 5           # quiet samples in which a figure must be equal
LOOKS = 12
ROUNDS = 6

MEMINFO = {
    "MemTotal": "total", "MemFree": "free", "MemAvailable": "available",
    "Buffers": "buffers", "Cached": "cached", "SwapCached": "swap_cached",
    "SwapFree": "swap_free", "Active(anon)": "active_anon",
    "Inactive(anon)": "inactive_anon", "Active(file)": "active_file",
    "Inactive(file)": "inactive_file", "Dirty": "dirty", "AnonPages": "anon",
    "Mapped": "mapped", "Shmem": "shmem", "SReclaimable": "slab_reclaimable",
    "KernelStack": "kernel_stack", "PageTables": "pagetables",
    "Committed_AS": "committed",
}
EVENTS = ("pgpgin", "pgpgout", "pswpin", "pswpout", "pgmajfault", "pgscan_kswapd",
          "pgscan_direct", "pgsteal_kswapd", "pgsteal_direct")


def read(name):
    """The content of a file of /proc, or of any path."""
    with open(os.path.join("/proc", name), encoding="ascii") as file:
        return file.read()


def meminfo(text):
    """{name: KiB, or a number}"""
    return {name: int(rest.split()[0]) for name, rest in
            (line.split(":") for line in text.splitlines())}


def vmstat(text):
    return {name: int(value) for name, value in map(str.split, text.splitlines())}


def events(census):
    """By the name in vmstat, where two count KiB; the reader has these in bytes."""
    found = census["system"]["events"]
    return dict(found, **{name: found[f"{name}_bytes"] // 1024 for name in ("pgpgin", "pgpgout")})


def system_fields(names=MEMINFO, counters=EVENTS):
    """Fields for moments(): lines of meminfo and vmstat."""
    fields = {name: (lambda census, key=names[name]: census["system"]["bytes"][key] // 1024,
                     lambda texts, key=name: meminfo(texts["meminfo"])[key])
              for name in names}
    fields.update({name: (lambda census, key=name: events(census)[key],
                          lambda texts, key=name: vmstat(texts["vmstat"])[key])
                   for name in counters})
    return fields


def numbered(frames, number):
    """The frames of a census with a new number, as if it were a new record."""
    done = b""
    while frames:
        size = HEAD + struct.unpack_from("<I", frames, 12)[0]
        head = frames[:16] + struct.pack("<Q", number) + frames[24:HEAD - 4]
        done += head + struct.pack("<I", zlib.crc32(head)) + frames[HEAD:size]
        frames = frames[size:]
    return done


class Recorder:
    """memcensus record, a census at a time."""

    def __init__(self, *words):
        self.process = subprocess.Popen(["memcensus", "record", "-", "0.1", *words],
                                        stdout=subprocess.PIPE, bufsize=0)
        atexit.register(self.process.kill)
        self.pipe = self.process.stdout.fileno()
        fcntl.fcntl(self.pipe, fcntl.F_SETPIPE_SZ, 1 << 20)
        self.machine = b""
        for _ in range(3):
            self.look()

    def _read(self, size):
        data = b""
        while len(data) < size:
            part = os.read(self.pipe, size - len(data))
            if not part:
                raise EOFError("memcensus record has ended")
            data += part
        return data

    def look(self):
        """The frames of one census.  It may have started before this call, if this
        program stopped the recorder too late after the last one."""
        self.process.send_signal(signal.SIGCONT)
        frames = b""
        kind = None
        while kind != END:
            head = self._read(HEAD)
            frame = head + self._read(struct.unpack_from("<I", head, 12)[0])
            kind = head[9]
            if kind == MACHINE:
                self.machine = frame
            else:
                frames += frame
        self.process.send_signal(signal.SIGSTOP)
        while tools.state(self.process.pid) != "T":
            time.sleep(0.005)
        return frames


class Moment:
    """A census, its record in a file, and texts of /proc that were the same
    before and after."""
    numbers = 0

    def __init__(self, machine, frames, texts):
        Moment.numbers += 1
        self.path = f"/tmp/moment{Moment.numbers}"
        self.machine = machine
        self.frames = frames
        self.texts = texts
        with open(self.path, "wb") as file:
            file.write(machine + numbered(frames, 1))
        self.census = json.loads(tools.run("memcensus", "-f", self.path, "-J"))

    def hundredths(self):
        """Its time in 1/100 s since boot, as in /proc/uptime."""
        return self.census["scan"]["boottime_ns"] // 10000000

    def show(self, *words):
        """The reader's output for it, as words of each line."""
        return [line.split() for line in
                tools.run("memcensus", *words, "-f", self.path, "--raw",
                          "--at", "last").splitlines()]


class Moments:
    """Looks for quiet points in time; end() gives one result for all figures.

    fields: {name: (function of the census, function of the texts)}.  A wrong figure is
    unequal in all quiet samples; a change and its reversal between two reads of /proc
    is rare.  So each figure must be equal in at least NEEDED quiet samples, and in
    more samples than it is unequal.
    """

    def __init__(self, name, fields, files=("meminfo", "vmstat"), words=()):
        self.name = name
        self.fields = fields
        self.files = files
        self.recorder = Recorder(*words)
        self.good = dict.fromkeys(fields, 0)
        self.bad = {field: [] for field in fields}

    def _texts(self):
        return {name: read(name) for name in self.files}

    def _judge(self, before, moment, after):
        """Whether all fields are quiet and equal."""
        whole = True
        for name, (mine, theirs) in self.fields.items():
            expected = theirs(before)
            if expected != theirs(after):
                whole = False
            elif mine(moment.census) == expected:
                self.good[name] += 1
            else:
                self.bad[name].append((mine(moment.census), expected))
                whole = False
        return whole

    def look(self):
        """A sample in which all fields were quiet and are equal.

        It starts no process and does little from the first read to the last.
        """
        for _ in range(ROUNDS):
            samples = []
            time.sleep(0.2)
            for _ in range(LOOKS):
                before = self._texts()
                begun = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
                samples.append((before, begun, self.recorder.look(), self._texts()))
            found = None
            for before, begun, frames, after in samples:
                moment = Moment(self.recorder.machine, frames, before)
                if moment.census["scan"]["boottime_ns"] < begun:
                    continue
                if self._judge(before, moment, after):
                    found = moment
                if found and min(self.good.values()) >= NEEDED:
                    return found
        self.end()
        tools.result(False, f"{self.name}: never was all of it quiet and equal")
        return tools.end()

    def end(self):
        self.recorder.process.kill()
        wrong = [name for name, good in self.good.items()
                 if good < NEEDED or good <= len(self.bad[name])]
        for name in self.fields:
            if self.bad[name]:
                tools.note(f"{name}: equal in {self.good[name]} quiet moments, not in "
                           f"{len(self.bad[name])}: ours, theirs {self.bad[name][:6]}")
        for name in wrong:
            tools.note(f"{name}: equal in {self.good[name]} moments only")
        tools.result(self.good and not wrong,
                    f"{self.name}: {len(self.good)} figures as /proc says, in "
                    f"{min(self.good.values())} quiet moments at least; {len(wrong)} wrong")


@contextlib.contextmanager
def frozen(texts):
    """While it is open the files of /proc have these texts; show() changes them."""
    os.makedirs(FROZEN, exist_ok=True)
    mounted = []
    try:
        show(texts)
        for name in texts:
            subprocess.run(["mount", "--bind", f"{FROZEN}/{name}", f"/proc/{name}"],
                           check=True)
            mounted.append(name)
        yield
    finally:
        for name in mounted:
            subprocess.run(["umount", f"/proc/{name}"], check=True)


def show(texts):
    """Sets the texts of the frozen files."""
    for name, text in texts.items():
        with open(f"{FROZEN}/{name}", "w", encoding="ascii") as file:
            file.write(text)


def human(text):
    """(amount in KiB, what its last digit is worth) of 1.5K, 954Mi, 12.3M, 0, 0B, 512."""
    number, digits, unit = re.fullmatch(r"(\d+(?:\.(\d+))?)([BKMGT]?)i?", text).groups()
    factor = {"": 1, "B": 1 / 1024, "K": 1, "M": 1024, "G": 1 << 20, "T": 1 << 30}[unit]
    return float(number) * factor, factor / 10 ** len(digits or "")


class Series:
    """Several samples as one record."""

    def __init__(self, moments):
        self.moments = moments
        self.path = moments[-1].path + ".series"
        with open(self.path, "wb") as file:
            file.write(moments[-1].machine + b"".join(
                numbered(one.frames, i) for i, one in enumerate(moments, 1)))

    def rows(self, command):
        """The reader's rows at an interval, from JSON."""
        return [json.loads(line) for line in
                tools.run("memcensus", command, "-f", self.path, "-J").splitlines()]

    def table(self, command):
        """The same from the table, with all columns; the last row is the average."""
        headers, *rows = [line.split() for line in tools.run(
            "memcensus", command, "-w", "-f", self.path, "--raw").splitlines()]
        return [dict(zip(headers, row)) for row in rows]

    def seconds(self, first, last):
        """From one to another; before the first is the boot."""
        begin = self.moments[first].census["scan"]["boottime_ns"] if first >= 0 else 0
        return (self.moments[last].census["scan"]["boottime_ns"] - begin) / 1e9

    def count(self, row, i, rate):
        """How many events the rate in the row of moment i stands for.

        JSON has four digits behind the point, so over some minutes it is whole.
        """
        count = row[rate] * self.seconds(i - 1, i)
        if abs(count - round(count)) > 0.1:
            tools.note(f"{rate} of row {i}: {count} is no number of events")
            return count
        return round(count)


def stepped(command, moments, every):
    """The lines of a program that looks at /proc every so many seconds: at first at
    that of moments[0], and after each row at that of the next one.

    Where this program was not in time for that, as the times of the rows show, it is
    done anew.
    """
    def texts(one):
        return dict(one.texts, uptime=f"{one.hundredths() / 100:.2f} 0.00\n")

    for _ in range(5):
        lines = []
        times = []
        with frozen(texts(moments[0])), subprocess.Popen(
                ("env", "S_TIME_FORMAT=ISO", "stdbuf", "-oL", *command),
                stdout=subprocess.PIPE, text=True) as process:
            left = moments[1:]
            for line in process.stdout:
                lines.append(line)
                if line.startswith("Linux"):
                    # The heading of sar; then it takes its first sample and prints no row.
                    time.sleep(every / 2)
                elif not re.match(r"[ \d:]+\d +[\d. ]+$", line):
                    continue
                times.append(time.monotonic())
                if left:
                    show(texts(left.pop(0)))
        steps = [after - before for before, after in zip(times, times[1:])]
        if command[0] == "sar":
            steps[0] += every / 2
        if all(0.7 * every < step < 1.4 * every for step in steps):
            return lines
    sys.exit(f"{command}: rows never came in time: {steps}")
