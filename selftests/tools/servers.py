# SPDX-License-Identifier: GPL-2.0
"""A PostgreSQL, redis, nginx and python, and a Java if the root directory has one, are
stopped.  Our census of each mapping against smaps, by one program that reads both; the owners
of all frames against a count from pagemap.  Then what the reader changes by being one more
owner: the figures in the reader, against smaps once it has ended.

Runs in the root directory of the servers (bench/servers/root), so that they, the reader and
this program map the same files.
"""
import glob
import os
import re
import signal
import subprocess
import time

import tools

NOBODY = 65534      # PostgreSQL refuses to be root
PG = glob.glob("/usr/lib/postgresql/*/bin/")[0]
JAVA = glob.glob("/usr/lib/jvm/java-*-openjdk-*/bin/java")
LIBRARIES = f"/usr/lib/{os.uname().machine}-linux-gnu/"
# What each dynamic program maps, and what the reader is linked with
EXPECTED = ("ld-linux-" + os.uname().machine.replace("_", "-"), "libc", "libmnl", "libsmartcols")
KINDS = {"postgres", "redis-server", "nginx", "python"} | ({"java"} if JAVA else set())
NGINX = """user root;
worker_processes 2;
pid /tmp/nginx.pid;
error_log /tmp/nginx.log;
events { }
http {
    access_log off;
    client_body_temp_path /tmp/nginx;
    proxy_temp_path /tmp/nginx;
    fastcgi_temp_path /tmp/nginx;
    uwsgi_temp_path /tmp/nginx;
    scgi_temp_path /tmp/nginx;
    server { listen unix:/tmp/nginx.sock; return 200 "served"; }
}
"""
# Each is the sum of these lines of smaps.
FIELDS = {"rss": ("Rss",), "pss": ("Pss",), "uss": ("Private_Clean", "Private_Dirty"),
          "shared": ("Shared_Clean", "Shared_Dirty"), "dirty": ("Private_Dirty", "Shared_Dirty")}


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
            if name in KINDS or pid == python.pid}


def library(name):
    """libc of /usr/lib/aarch64-linux-gnu/libc.so.6"""
    return os.path.basename(name).partition(".so")[0]


def differing(pids, preload=""):
    """{file: fields} in which the reader has another figure than smaps later, and the number
    of figures compared."""
    found, compared = {}, 0
    for pid in pids:
        command = ("env", f"LD_PRELOAD={preload}", "memcensus", "map", str(pid), "-J")
        ours = {vma["start"]: vma for vma in tools.json.loads(tools.run(*command))["vmas"]}
        for theirs in tools.smaps(pid):
            if theirs["start"] not in ours:
                continue    # the vsyscall page
            mine = ours[theirs["start"]]
            compared += len(FIELDS)
            for field, names in FIELDS.items():
                if mine[field] // tools.KIB != sum(theirs[name] for name in names):
                    found.setdefault(library(theirs["name"]), set()).add(field)
    return found, compared


def passes(name, *least):
    """The selftest succeeds, and the numbers in one of its lines "# compared" are at least
    these."""
    done = subprocess.run([f"/tools/{name}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False)
    lines = [line for line in done.stdout.splitlines() if re.match("# compared|not ok", line)]
    tools.note(f"{name}: " + "; ".join(line.lstrip("# ") for line in lines))
    numbers = [[int(word) for word in re.findall(r"\d+", line)] for line in lines]
    good = not done.returncode and any(
        all(have >= want for have, want in zip(words, least)) for words in numbers)
    if not good:
        tools.note(done.stdout.replace("\n", "\n# "))
    return good


def said(found):
    return "; ".join(f"{name}: {' '.join(sorted(found[name]))}" for name in sorted(found))


if start(PG + "initdb", "-D", "/tmp/db", "-U", "postgres", "-A", "trust", "--no-locale",
         "--no-sync", user=NOBODY).wait():
    wait_for("initdb", lambda: False)
start(PG + "postgres", "-D", "/tmp/db", "-c", "jit=off", "-c", "listen_addresses=", "-c",
      "unix_socket_directories=/tmp", "-c", "dynamic_shared_memory_type=mmap", user=NOBODY)
if JAVA:
    start(JAVA[0], "-Xmx32m", "-Xshare:off", "sun.rmi.registry.RegistryImpl", "1099")
start("/usr/bin/redis-server", "--port", "0", "--unixsocket", "/tmp/redis.sock", "--save", "",
      "--dir", "/tmp", "--enable-debug-command", "yes")
os.mkdir("/tmp/nginx")
with open("/tmp/nginx.conf", "w", encoding="ascii") as conf:
    conf.write(NGINX)
start("/usr/sbin/nginx", "-c", "/tmp/nginx.conf", "-e", "/tmp/nginx.log")
python = start("/usr/bin/python3", "-c", "import http.server, json, zlib, math, time\n"
      "open('/tmp/ready', 'w').close()\ntime.sleep(86400)")
wait_for("PostgreSQL answers", lambda: not start(PG + "pg_isready", "-q", "-h", "/tmp").wait())
wait_for("python is ready", lambda: os.path.exists("/tmp/ready"))
wait_for("redis has 20,000 keys", lambda: not start(
    "/usr/bin/redis-cli", "-s", "/tmp/redis.sock", "debug", "populate", "20000", "key",
    "1000").wait() and os.path.exists("/tmp/redis.sock"))
wait_for("nginx has workers", lambda: list(running().values()).count("nginx") == 3)
wait_for("Java has started", lambda: not JAVA or any(
    len(os.listdir(f"/proc/{pid}/task")) > 10 for pid, name in running().items() if name == "java"))
time.sleep(5)
servers = running()
for pid in servers:
    os.kill(pid, signal.SIGSTOP)
for pid in servers:
    while tools.state(pid) != "T":
        time.sleep(0.01)

kinds = {name.rstrip("0123456789.") for name in servers.values()}
tools.result(KINDS <= kinds, f"{len(servers)} processes: {sorted(kinds)}")
least = len(servers)
tools.result(passes("smaps_equal", least, 20 * least, 400 * least, 0),
             "each field of each process and mapping equals smaps")
tools.result(passes("frames_special", least), "the owners of all frames equal those of pagemap")
found, compared = differing(servers)
tools.note(f"{compared} figures; differ while the reader runs: {said(found)}")
tools.result(compared > 5000 and set(found) <= set(EXPECTED),
            "figures of libc, its loader, libmnl and libsmartcols at the most differ")
# The same with what the reader loads for records: the comparison sees it.
found, _ = differing(servers, LIBRARIES + "libz.so.1")
tools.note(f"with libz: {said(found)}")
tools.result(not any("rss" in fields for fields in found.values()), "RSS never differs")
tools.result("libz" in found, "a reader that maps libz changes figures of libz")
for pid in servers:
    os.kill(pid, signal.SIGKILL)
tools.end()
