# SPDX-License-Identifier: GPL-2.0
"""For tests with hundreds of commands: their points, and replay --each, which runs commands."""

import collections
import os
import socket
import subprocess
import sys
import tempfile
import termios

DATA = os.path.realpath(os.path.join(os.path.dirname(__file__), "../data"))
if "READER_TESTS" not in os.environ:
    sys.exit("READER_TESTS: says where the test programs are")
TESTS = os.path.realpath(os.environ["READER_TESTS"])
# No command takes as long on any machine.
SECONDS = 120

points = 0
failures = 0

# What a command printed, and its exit status; below 0: the signal that ended it
Ended = collections.namedtuple("Ended", "out err status")


def point(name, wrong):
    """A TAP point: ok where @wrong, the lines of what is wrong, is empty."""
    global points, failures
    points += 1
    failures += bool(wrong)
    print(f"{'not ok' if wrong else 'ok'} {points} - {name}")
    for line in wrong:
        print(f"# {line}")


def text_of(said):
    return said.decode("utf-8", "surrogateescape")


def read_all(fd):
    """What is written to a pipe or a terminal until its other end is closed."""
    said = b""
    while True:
        try:
            part = os.read(fd, 65536)
        except OSError:
            part = b""
        if not part:
            os.close(fd)
            return said
        said += part


def terminal_of(columns):
    """The two ends of a terminal of so many columns, which changes nothing."""
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, columns))
    modes = termios.tcgetattr(slave)
    modes[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, modes)
    return master, slave


class Replay:
    """A replay --each, see there: to start the program takes longer than most commands do."""

    def __init__(self, **environment):
        env = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", **environment)
        self.socket, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(SECONDS)
        # SIGPIPE stays ignored, as it is in Python: a closed pipe is an error of write(2).
        with end:
            self.process = subprocess.Popen(
                [os.path.join(TESTS, os.environ.get("REPLAY", "replay")), "--each"], env=env,
                cwd=DATA, stdin=end, restore_signals=False)

    def run_into(self, words, out, read):
        """Runs [NAME=VALUE...] SCENE [ARG...] with stdout @out, which it closes here, to its end.
        @read returns what to keep of its stdout."""
        with tempfile.TemporaryFile() as errors:
            socket.send_fds(self.socket, [b"".join(os.fsencode(word) + b"\0" for word in words)],
                            [out, errors.fileno()])
            os.close(out)
            said = read()
            answer = self.socket.recv(4)
            if not answer:
                sys.exit(f"replay --each ended with {self.process.wait()}: {words}")
            status = int.from_bytes(answer, sys.byteorder, signed=True)
            errors.seek(0)
            return Ended(text_of(said), text_of(errors.read()), os.waitstatus_to_exitcode(status))

    def run(self, words, columns=0):
        """Runs it; @columns: stdout is a terminal of so many."""
        master, out = terminal_of(columns) if columns else os.pipe()
        return self.run_into(words, out, lambda: read_all(master))

    def end(self):
        self.socket.close()
        return self.process.wait()
