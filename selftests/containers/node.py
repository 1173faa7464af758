# SPDX-License-Identifier: GPL-2.0
"""deploy/daemonset.yaml on this machine, as on a node: podman plays it with the images of deploy/,
and a Prometheus scrapes what it serves.

kubelet is not here. The test makes what the exporter has of it, the link whose name is that of a
container, and what kube-state-metrics says of that container.
"""
import http.client
import http.server
import json
import os
import re
import subprocess
import threading
import urllib.parse
import urllib.request

from lib import MIB, census, guarded, must, note, ok, read, run, when

IMAGES = "/srv"
MANIFEST = "/root/daemonset.yaml"
DOCUMENTS = "/root"
METRICS = "/run/metrics"
LINKS = "/var/log/containers"
PERFMON = 1 << 38
LIMIT = 64 * MIB
PROMETHEUS = "http://127.0.0.1:9090"
STATE_PORT = 9801


def manifest():
    """The manifest as it is, but for two words."""
    text = read(MANIFEST)
    # What podman makes of an emptyDir in memory is a tmpfs for each container, and writable: the
    # server would have an empty one. /run is in memory too.
    for was, becomes in (("registry.example.org/", "localhost/"),
                         ("emptyDir: {medium: Memory, sizeLimit: 64Mi}",
                          f"hostPath: {{path: {METRICS}, type: DirectoryOrCreate}}")):
        if was not in text:
            raise RuntimeError(f"{MANIFEST} has no '{was}'")
        text = text.replace(was, becomes)
    return text


def inspected(container, form):
    return must("podman", "inspect", "-f", "{{" + form + "}}", container)


class Node:
    """The pod, and the container that it is asked about, as the tools of the machine know them."""

    def __init__(self, identity, path):
        self.identity, self.path = identity, path
        self.labels = {"namespace": "market", "pod": "cart-0", "container": "server"}
        os.makedirs(LINKS, exist_ok=True)
        # The target is in no container.
        os.symlink("/var/log/pods/none", f"{LINKS}/cart-0_market_server-{identity}.log")
        for word in "reader", "server":
            must("podman", "load", "-q", "-i", f"{IMAGES}/{word}.tar")
        must("podman", "kube", "play", "-", text=manifest())
        self.pids = {name: int(inspected(f"memcensus-pod-{name}", ".State.Pid"))
                     for name in ("export", "serve")}
        # The pod has a network of its own, as it has in a cluster.
        self.address = inspected("memcensus-pod-serve",
                                 "range .NetworkSettings.Networks}}{{.IPAddress}}{{end")

    def get(self, path):
        """Status and text; without the library that shortens paths."""
        client = http.client.HTTPConnection(self.address, 9752, timeout=60)
        client.request("GET", path)
        answer = client.getresponse()
        return answer.status, answer.read().decode()

    def text(self):
        status, text = self.get("/metrics.txt")
        if status != 200:
            raise RuntimeError(f"/metrics.txt: {status}: {text}")
        return text

    def charged(self):
        return int(read(f"/sys/fs/cgroup{self.path}/memory.current"))


def samples(text):
    """{(name, labels): value}; labels are sorted."""
    found = {}
    for line in text.splitlines():
        match = re.fullmatch(r"(memcensus_\w+)(?:\{(.*)\})? (\S+)", line)
        if match:
            labels = sorted((name, re.sub(r"\\(.)", r"\1", value)) for name, value in
                            re.findall(r'(\w+)="((?:\\.|[^"\\])*)"', match[2] or ""))
            found[match[1], tuple(labels)] = float(match[3])
    return found


def of_labels(found, name, **labels):
    """{cgroup: value} of the series that have these labels."""
    return {dict(key).get("cgroup"): value for (metric, key), value in found.items()
            if metric == name and labels.items() <= dict(key).items()}


def near(value, expected):
    return value is not None and abs(value - expected) < MIB


def test_served(node):
    """What the server answers, beside what the node says of itself."""
    text = when(node.text)
    if not ok(text, "the pod serves metrics",
              *run("podman", "logs", "memcensus-pod-export").stderr.splitlines()[-2:]):
        return
    done = run("promtool", "check", "metrics", text=text)
    ok(done.returncode == 0 and not done.stderr, "promtool check metrics", done.stdout, done.stderr)
    found = samples(text)
    by_pid = census("--pod", "market/cart-0", "-c", "+container,pss,uss")["tasks"]
    for column in "pss", "uss":
        said = of_labels(found, f"memcensus_cgroup_{column}_bytes", **node.labels)
        expected = sum(row[column] for row in by_pid if row["container"] == "server")
        ok(list(said) == [node.path] and near(said[node.path], expected) and expected > 5 * MIB,
           f"{column} of cart-0 has the labels of kubelet, and is that of its process",
           said, by_pid)
    said = of_labels(found, "memcensus_cgroup_charged_bytes", **node.labels)
    ok(list(said) == [node.path] and near(said[node.path], node.charged()),
       "what it is charged for is memory.current", said, node.charged())
    pod = {dict(key)["cgroup"]: dict(key).get("container") for name, key in found
           if name == "memcensus_cgroup_charged_bytes" and "pod" in dict(key)}
    above = os.path.dirname(node.path)
    ok(pod.pop(node.path, None) == "server" and above in pod and len(pod) == 2 and
       all(name is None and path.startswith(above) for path, name in pod.items()),
       "of the pod and its sandbox, which has no link, the pod is known alone", pod)
    test_all(node)


def processes():
    """PIDs with an address space."""
    return {pid for pid in os.listdir("/proc") if pid.isdigit() and
            "VmSize:" in (run("cat", f"/proc/{pid}/status").stdout)}


def cgroups():
    """Paths of those that processes are in."""
    groups = census("-g", "-c", "+mms")["groups"]
    parents = {group["parent"] for group in groups}
    return {group["cgroup_path"].removesuffix("/.") or "/" for group in groups
            if group["mms"] and group["id"] not in parents}


def test_all(node):
    """All processes of the node, not only those of the pod."""
    paths, pids = cgroups(), processes()
    begun = of_labels(samples(node.text()), "memcensus_census_timestamp_seconds")[None]
    found = when(lambda: of_labels(samples(node.text()), "memcensus_census_timestamp_seconds")
                 [None] > begun and samples(node.text()))
    if not ok(found, "the file is renewed", begun):
        return
    paths &= cgroups()
    pids &= processes()
    said = of_labels(found, "memcensus_cgroup_mms")
    ok(paths <= set(said) and {"/init.scope", node.path} <= paths,
       f"all {len(paths)} cgroups of the node with processes are in it", paths - set(said), said)
    total = sum(said.values())
    ok(abs(total - len(pids)) < 5 and total > 40,
       f"the {len(pids)} processes of the node are in it, not only the pod's: {total:.0f}", pids)
    ok(not of_labels(found, "memcensus_cgroup_pss_bytes", others="all"),
       "none is one of the others of --most")


def status_of(pid):
    return dict(line.split(":\t", 1) for line in read(f"/proc/{pid}/status").splitlines())


def writes(pid, folder):
    """Whether the mounts of the process let root make a directory there, the only thing that
    can be made in a cgroup."""
    name = f"/proc/{pid}/root{folder}/memcensus-test"
    try:
        os.mkdir(name)
    except OSError:
        return False
    os.rmdir(name)
    return True


# What podman makes in each container, for it alone
OWN = "/dev", "/dev/mqueue", "/dev/pts", "/dev/shm", "/proc", "/run", "/tmp", "/var/tmp"


def mounts(pid):
    """{mount point: may be written}"""
    lines = [line.split() for line in read(f"/proc/{pid}/mountinfo").splitlines()]
    return {line[4]: "rw" in line[5].split(",") for line in lines}


def test_privileges(node):
    for name, capabilities, user in ("export", PERFMON, "0"), ("serve", 0, "65534"):
        pid = node.pids[name]
        status = status_of(pid)
        sets = {key: int(status[f"Cap{key}"], 16) for key in ("Inh", "Prm", "Eff", "Bnd", "Amb")}
        ok(sets == {"Inh": 0, "Prm": capabilities, "Eff": capabilities, "Bnd": capabilities,
                    "Amb": 0},
           f"{name}: its capabilities are {'CAP_PERFMON' if capabilities else 'none'}", sets)
        ok(status["NoNewPrivs"] == "1" and status["Seccomp"] == "2" and
           set(status["Uid"].split()) == {user},
           f"{name}: user {user}, no new privileges, a filter of system calls", status)
        writable = {folder for folder, may in mounts(pid).items() if may} - set(OWN)
        ok(writable == ({"/metrics"} if name == "export" else set()),
           f"{name}: mounts that it may write: {' '.join(writable) or 'none'}", mounts(pid))
    at = {folder: writes(node.pids["export"], folder) for folder in
          ("", "/metrics", "/host/var/log/containers", f"/sys/fs/cgroup{node.path}")}
    ok([folder for folder, may in at.items() if may] == ["/metrics"],
       "export: it can write in /metrics alone", at)
    ok(not writes(node.pids["serve"], "/metrics"), "serve: it cannot")


def test_server(node):
    """It has the metrics alone, and gives nobody anything else."""
    seen = {folder for folder in mounts(node.pids["serve"]) if folder.startswith("/host/")}
    tree = set(os.listdir(f"/proc/{node.pids['serve']}/root"))
    podman = {"dev", "etc", "proc", "run", "sys", "tmp", "var"}
    ok(not seen and tree - podman == {"busybox", "metrics"},
       "serve: its files are busybox and the metrics", seen, tree)
    at = {name: os.listdir(f"/proc/{pid}/root/sys/fs/cgroup") for name, pid in node.pids.items()}
    ok([name for name, there in at.items() if "kubepods.slice" in there] == ["export"],
       "serve: it has not the cgroups of the node, as export has", at)
    answers = {path: node.get(path)[0] for path in
               ("/", "/busybox", "/../busybox", "/..%2fbusybox", "/%2e%2e/proc/1/status",
                "//proc/1/status", "/.metrics.txt.lock")}
    ok(set(answers.values()) <= {400, 403, 404}, "serve: it answers /metrics.txt alone", answers)


def test_refusals(_):
    """Wrong manifests end with one line, not with numbers."""
    image = re.search(r"localhost/memcensus-reader:\S+", manifest())[0]
    command = ["podman", "run", "--rm", "--network", "none", "--cap-drop", "ALL", "--read-only",
               "--security-opt", "no-new-privileges", "-v", f"{LINKS}:/host{LINKS}:ro"]
    export = [image, "export", "-g", "--host-root", "/host"]
    cgroup = ["-v", "/sys/fs/cgroup:/sys/fs/cgroup:ro"]
    perfmon = ["--cap-add", "PERFMON"]
    for name, options, says in (
            ("without hostPID", perfmon + cgroup, "hostPID"),
            ("without hostPID, not as PID 1,", perfmon + cgroup + ["--init"], "hostPID"),
            ("without hostPID and cgroups", perfmon, "hostPID"),
            ("with hostUsers: false", ["--pid", "host", "--uidmap", "0:100000:65536"] + perfmon +
             cgroup, "initial user namespace"),
            ("without PERFMON", ["--pid", "host"] + cgroup, "CAP_PERFMON")):
        done = run(*command, *options, *export)
        ok(done.returncode == 1 and not done.stdout and done.stderr.count("\n") == 1 and
           says in done.stderr, f"{name} it says so: {done.stderr.strip()}", done.returncode,
           done.stdout[:300])
    done = run(*command, "--pid", "host", *perfmon, *cgroup, *export)
    ok(done.returncode == 0 and 'pod="cart-0"' in done.stdout, "with all of that it exports",
       done.returncode, done.stderr, done.stdout[:300])


# Prometheus

def block(document, first):
    """The block of the documentation that begins with this line, without its indent."""
    lines = read(f"{DOCUMENTS}/{document}").split("\n")
    at = [line.strip() for line in lines].index(first)
    end = next(i for i in range(at, len(lines)) if not lines[i].strip())
    return [line.removeprefix("\t") for line in lines[at:end]]


class State(http.server.BaseHTTPRequestHandler):
    """What kube-state-metrics says of the pod, and of one on another node."""

    def do_GET(self):
        body = "".join(
            f'kube_pod_info{{namespace="{space}",pod="{pod}",node="{host}"}} 1\n'
            f'kube_pod_labels{{namespace="{space}",pod="{pod}",label_app="{app}"}} 1\n'
            f'kube_pod_container_info{{namespace="{space}",pod="{pod}",container="server",'
            f'container_id="containerd://{identity}"}} 1\n'
            f'kube_pod_container_resource_limits{{namespace="{space}",pod="{pod}",'
            f'container="server",node="{host}",resource="memory",unit="byte"}} {LIMIT}\n'
            f'kube_pod_container_resource_limits{{namespace="{space}",pod="{pod}",'
            f'container="server",node="{host}",resource="cpu",unit="core"}} 2\n'
            for space, pod, app, host, identity in (
                ("market", "cart-0", "cart", "node-1", self.server.identity),
                ("market", "cart-1", "cart", "node-2", "b" * 64))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def configuration(node):
    """The job of deploy.rst, whose targets are listed here; and two that know the pod."""
    job = block("deploy.rst", "- job_name: memcensus")
    drop = block("deploy.rst", "- regex: namespace|pod|container")
    at = job.index("  kubernetes_sd_configs:")
    end = next(i for i in range(at + 1, len(job)) if not job[i].startswith("   "))
    target = f"targets: ['{node.address}:9752']"
    meta = ("__meta_kubernetes_pod_container_port_name: metrics, "
            "__meta_kubernetes_pod_node_name: node-1")
    pod = "namespace: memcensus, pod: memcensus-x7, container: serve"
    again = ["  metrics_path: /metrics.txt", "  static_configs:",
             f"    - {{{target}, labels: {{{pod}}}}}",
             # The queries of the documentation are for one job.
             "  metric_relabel_configs:",
             "    - {source_labels: [__name__], target_label: __name__, replacement: "]
    return "\n".join([
        "global: {scrape_interval: 5s, scrape_timeout: 5s}", "scrape_configs:", *job[:at],
        "  static_configs:", f"    - {{{target}, labels: {{{meta}}}}}", *job[end:],
        *(line.removeprefix("  ") for line in block("metrics.rst", "metric_relabel_configs:")),
        "- job_name: dropped", *again[:-1], again[-1] + "'dropped_$1'}",
        "  relabel_configs:", *("    " + line for line in drop),
        "- job_name: kept", *again[:-1], again[-1] + "'kept_$1'}",
        "- job_name: honored", "  honor_labels: true", *again[:-1], again[-1] + "'honored_$1'}",
        "- job_name: kube-state-metrics", "  honor_labels: true", "  static_configs:",
        f"    - targets: ['127.0.0.1:{STATE_PORT}']", ""])


def query(expression):
    words = urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(f"{PROMETHEUS}/api/v1/query?{words}", timeout=60) as answer:
        return json.loads(answer.read())["data"]["result"]


def values(expression):
    return {tuple(sorted(row["metric"].items())): float(row["value"][1])
            for row in query(expression)}


def test_joins(node):
    """The queries of the documentation, by value."""
    pod = {name: node.labels[name] for name in ("namespace", "pod")}
    pss = sum(row["pss"] for row in census("--pod", "market/cart-0", "-c", "+container")["tasks"]
              if row["container"] == "server")
    for document, first, labels, expected, scale in (
            ("deploy.rst", 'sum by (namespace, pod) (memcensus_cgroup_pss_bytes{container!=""})',
             pod, pss, LIMIT),
            ("deploy.rst", "sum by (label_app) (", {"label_app": "cart"}, pss, 1),
            ("metrics.rst",
             'sum by (namespace, pod, container) (memcensus_cgroup_charged_bytes{container!=""})',
             node.labels, node.charged(), LIMIT),
            ("metrics.rst", "sum by (namespace, pod, container) (", node.labels, pss, 1)):
        expression = "\n".join(block(document, first))
        found = values(expression)
        ok(list(found) == [tuple(sorted(labels.items()))] and
           near(list(found.values())[0] * scale, expected),
           f"{document}: {first} gives {expected / MIB:.1f} MiB of cart-0", found, expression)
    found = values('memcensus_cgroup_pss_bytes{pod="cart-0",container="server"}')
    ok([dict(key).get("node") for key in found] == ["node-1"], "the job adds the node", found)
    dropped = values('dropped_memcensus_cgroup_pss_bytes{namespace="market",pod="cart-0",'
                     'container="server"}')
    wrong = values('dropped_memcensus_cgroup_pss_bytes{pod="memcensus-x7"}')
    ok(len(dropped) == 1 and not wrong,
       "where a job adds labels of the exporter's pod, the lines of deploy.rst remove them",
       dropped, wrong)
    kept = values('kept_memcensus_cgroup_pss_bytes{exported_pod="cart-0",pod="memcensus-x7",'
                  'exported_container="server"}')
    wrong = values('kept_memcensus_cgroup_pss_bytes{pod="cart-0"}')
    ok(len(kept) == 1 and not wrong, "without these lines no join finds cart-0", kept, wrong)
    honored = values('honored_memcensus_cgroup_pss_bytes{pod="cart-0",container="server"}')
    wrong = values('honored_memcensus_cgroup_pss_bytes{cgroup="/init.scope",pod="memcensus-x7"}')
    ok(len(honored) == 1 and len(wrong) == 1,
       "with honor_labels instead it does, and services are in the exporter's pod", honored, wrong)


def test_prometheus(node):
    job = block("deploy.rst", "- job_name: memcensus")
    with open("/tmp/document.yml", "w", encoding="utf-8") as file:
        file.write("\n".join(["scrape_configs:", *job, ""]))
    done = run("promtool", "check", "config", "/tmp/document.yml")
    ok(done.returncode == 0 and "SUCCESS" in done.stdout, "the job of deploy.rst is valid",
       done.stdout, done.stderr)
    with open("/tmp/prometheus.yml", "w", encoding="utf-8") as file:
        file.write(configuration(node))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", STATE_PORT), State)
    server.identity = node.identity
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open("/tmp/prometheus.log", "w", encoding="utf-8") as file:
        process = subprocess.Popen(
            ["prometheus", "--config.file=/tmp/prometheus.yml", "--storage.tsdb.path=/tmp/tsdb",
             "--web.listen-address=127.0.0.1:9090"],
            stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
    try:
        up = when(lambda: len(values("up == 1")) == 5)
        if ok(up, "Prometheus scrapes the pod",
              *read("/tmp/prometheus.log").splitlines()[-5:]):
            test_joins(node)
    finally:
        process.kill()
        process.wait()
        server.shutdown()


def test_node(identity, path):
    """@identity and @path of the container 'server' of the pod market/cart-0"""
    node = Node(identity, path)
    note(f"the pod has the address {node.address}")
    for test in test_served, test_privileges, test_server, test_refusals, test_prometheus:
        guarded(test, node)
