# SPDX-License-Identifier: GPL-2.0
"""What the reader changes by being one more owner: figures of each mapping of a PostgreSQL,
a Java and a python that are stopped, in the reader, against smaps once it has ended.

Runs in the root directory of the servers (bench/servers/root), so that they, the reader and
this program map the same files.
"""
import os
import signal
import subprocess
import time

import tools

NOBODY = 65534      # PostgreSQL refuses to be root
PG = "/usr/lib/postgresql/15/bin/"
# What each dynamic program maps, and what the reader is linked with
EXPECTED = ("ld-linux-x86-64", "libc", "libmnl", "libsmartcols")
FIELDS = {"rss": "Rss", "pss": "Pss", "private_clean": "Private_Clean",
          "private_dirty": "Private_Dirty", "shared_clean": "Shared_Clean",
          "shared_dirty": "Shared_Dirty"}


def start(*command, user=0):
    with open("/tmp/servers.log", "ab") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                user=user, group=user, extra_groups=[])


def wait_for(what, true):
    for _ in range(1800):
        if true():
            return
        time.sleep(0.1)
    with open("/tmp/servers.log", encoding="utf-8", errors="replace") as log:
        tools.note(log.read().replace("\n", "\n# "))
    tools.result(False, f"{what} within three minutes")
    tools.end()


def running():
    """{PID: command} of the servers."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/comm", encoding="utf-8") as file:
                found[int(name)] = file.read().strip()
        except OSError:
            pass
    return {pid: name for pid, name in found.items()
            if name in ("postgres", "java") or pid == python.pid}


def library(name):
    """libc of /usr/lib/x86_64-linux-gnu/libc.so.6"""
    return os.path.basename(name).partition(".so")[0]


def differing(pids, preload=""):
    """{file: fields} in which the reader has another figure than smaps later, and the number
    of figures compared."""
    found, compared = {}, 0
    for pid in pids:
        command = ("env", f"LD_PRELOAD={preload}", "memcensus", "map", str(pid), "--basis",
                   "mapcount", "-J")
        ours = {vma["start"]: vma for vma in tools.json.loads(tools.run(*command))["vmas"]}
        for theirs in tools.smaps(pid):
            if theirs["start"] not in ours:
                continue    # the vsyscall page
            mine = ours[theirs["start"]]
            compared += len(FIELDS)
            for field, name in FIELDS.items():
                if mine[field] // tools.KIB != theirs[name]:
                    found.setdefault(library(theirs["name"]), set()).add(field)
    return found, compared


def said(found):
    return "; ".join(f"{name}: {' '.join(sorted(found[name]))}" for name in sorted(found))


if start(PG + "initdb", "-D", "/tmp/db", "-U", "postgres", "-A", "trust", "--no-locale",
         "--no-sync", user=NOBODY).wait():
    wait_for("initdb", lambda: False)
start(PG + "postgres", "-D", "/tmp/db", "-c", "jit=off", "-c", "listen_addresses=", "-c",
      "unix_socket_directories=/tmp", "-c", "dynamic_shared_memory_type=mmap", user=NOBODY)
start("/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "-Xmx32m", "-Xshare:off",
      "sun.rmi.registry.RegistryImpl", "1099")
python = start("/usr/bin/python3", "-c", "import http.server, json, zlib, math, time\n"
      "open('/tmp/ready', 'w').close()\ntime.sleep(86400)")
wait_for("PostgreSQL answers", lambda: not start(PG + "pg_isready", "-q", "-h", "/tmp").wait())
wait_for("python is ready", lambda: os.path.exists("/tmp/ready"))
wait_for("Java has started", lambda: any(
    len(os.listdir(f"/proc/{pid}/task")) > 10 for pid, name in running().items() if name == "java"))
time.sleep(5)
servers = running()
for pid in servers:
    os.kill(pid, signal.SIGSTOP)
for pid in servers:
    while tools.state(pid) != "T":
        time.sleep(0.01)

kinds = {name.rstrip("0123456789.") for name in servers.values()}
tools.result({"postgres", "java", "python"} <= kinds, f"{len(servers)} processes: {sorted(kinds)}")
found, compared = differing(servers)
tools.note(f"{compared} figures; differ while the reader runs: {said(found)}")
tools.result(compared > 5000 and set(found) <= set(EXPECTED),
            "figures of libc, its loader, libmnl and libsmartcols at the most differ")
# The same with what the reader loads for records: the comparison sees it.
found, _ = differing(servers, "/usr/lib/x86_64-linux-gnu/libz.so.1")
tools.note(f"with libz: {said(found)}")
tools.result(not any("rss" in fields for fields in found.values()), "RSS never differs")
tools.result("libz" in found, "a reader that maps libz changes figures of libz")
for pid in servers:
    os.kill(pid, signal.SIGKILL)
tools.end()
