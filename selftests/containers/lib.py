# SPDX-License-Identifier: GPL-2.0
"""What the tests of containers share: TAP, commands, the reader's JSON."""
import json
import subprocess
import time
import traceback

MIB = 1048576
number = 0
failed = False


def ok(right, name, *said):
    global number, failed
    number += 1
    print("ok" if right else "not ok", number, "-", name, flush=True)
    for line in said if not right else ():
        print("#", str(line).replace("\n", "\n# "), flush=True)
    failed |= not right
    return right


def note(*said):
    print("#", *said, flush=True)


def run(*words, text=None):
    return subprocess.run(words, input=text, capture_output=True, text=True, check=False)


def must(*words, text=None):
    """The output of a command that has to succeed."""
    done = run(*words, text=text)
    if done.returncode:
        raise RuntimeError(f"{words}: {done.returncode}: {done.stderr.strip()[-1000:]}")
    return done.stdout.strip()


def when(true, seconds=300):
    """What true() returns, once it is true; None if it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = true()
        except (OSError, KeyError, IndexError, ValueError, RuntimeError):
            found = None
        if found:
            return found
        time.sleep(0.1)
    return None


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def census(*words):
    done = run("memcensus", *words, "-J")
    # 3: a process ended meanwhile
    if done.returncode not in (0, 3):
        raise RuntimeError(f"memcensus {words}: {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def guarded(test, *words):
    try:
        test(*words)
    except (OSError, KeyError, IndexError, TypeError, ValueError, RuntimeError) as error:
        ok(False, f"{test.__name__} did not end", traceback.format_exc(), repr(error))


def plan():
    """Prints the plan; whether a test failed."""
    print(f"1..{number}", flush=True)
    return failed
