# SPDX-License-Identifier: GPL-2.0
"""The manifests and the images of deploy/: check.py ROOTS [SCHEMA], called by deploy/check.

ROOTS has the files of each image in a folder, and NAME.json, what buildah says of it."""
import copy
import json
import os
import subprocess
import sys
import time
import urllib.request

import jsonschema
import yaml

ROOTS = sys.argv[1]
number = 0

NAME = {"type": "object", "properties": {"name": {"type": "string"}},
        "required": ["name"], "additionalProperties": False}


def closed(required=(), **members):
    return {"type": "object", "properties": members, "required": list(required),
            "additionalProperties": False}


TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
LABELS = {"type": "object", "additionalProperties": TEXT}
# Of config/crd/bases/kmm.sigs.x-k8s.io_modules.yaml of kubernetes-sigs/kernel-module-management,
# commit de3f8c9d5eae, what module.yaml uses.
MODULE = closed(
    ["apiVersion", "kind", "metadata", "spec"],
    apiVersion={"const": "kmm.sigs.x-k8s.io/v1beta1"}, kind={"const": "Module"},
    metadata=closed(["name"], name=TEXT, namespace=TEXT, labels=LABELS),
    spec=closed(["selector"], selector=LABELS, moduleLoader=closed(["container"], container=closed(
        ["modprobe"],
        modprobe=closed(moduleName=TEXT, parameters=TEXTS),
        kernelMappings={"type": "array", "minItems": 1, "items": closed(
            ["containerImage"], regexp=TEXT, literal=TEXT, containerImage=TEXT,
            build=closed(["dockerfileConfigMap"], dockerfileConfigMap=NAME),
            sign=closed(["keySecret", "certSecret"], keySecret=NAME, certSecret=NAME,
                        filesToSign=TEXTS))}))))


def point(what, wrong):
    global number
    number += 1
    print("not ok" if wrong else "ok", number, "-", what)
    for line in list(wrong)[:5] if wrong else []:
        print("#", str(line)[:300])


def errors(document, schemas):
    validator = schemas.get(document["kind"])
    if validator is None:
        return ["no schema of " + document["kind"]]
    return [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(document)]


def read(name):
    with open(f"deploy/{name}") as file:
        return list(yaml.safe_load_all(file))


def check_schemas(documents):
    schemas = {"Module": jsonschema.Draft7Validator(MODULE)}
    known = ["Module"]
    if len(sys.argv) > 2:
        with open(sys.argv[2]) as file:
            schema = json.load(file)
        for kind in ("Namespace", "ConfigMap", "DaemonSet"):
            schemas[kind] = jsonschema.Draft7Validator(
                {**schema, "$ref": f"#/definitions/{kind}"})
            known.append(kind)
    for document in documents:
        if document["kind"] in known:
            point(f"{document['kind']} {document['metadata']['name']} is valid",
                  errors(document, schemas))
    for kind in known:
        bad = copy.deepcopy(next(d for d in documents if d["kind"] == kind))
        where = bad.get("spec", bad)
        where = where.get("template", {}).get("spec", where)
        where["hostPid"] = True
        point(f"{kind} with an unknown member is not",
              [] if errors(bad, schemas) else ["hostPid was taken"])


def check_privileges(daemonset):
    spec = daemonset["spec"]["template"]["spec"]
    export, serve = spec["containers"]
    wrong = [name for name in ("hostNetwork", "hostIPC", "shareProcessNamespace") if name in spec]
    point("the pod has the PIDs of the machine, and no more of it",
          wrong if spec.get("hostPID") else ["no hostPID"])
    for container, capabilities in ((export, ["PERFMON"]), (serve, [])):
        context = container["securityContext"]
        wrong = []
        if context["capabilities"].get("add", []) != capabilities or \
                context["capabilities"]["drop"] != ["ALL"]:
            wrong.append(context["capabilities"])
        if context.get("privileged") or context["allowPrivilegeEscalation"] or \
                not context["readOnlyRootFilesystem"]:
            wrong.append(context)
        wrong += [m for m in container["volumeMounts"]
                  if m["name"] != "metrics" and not m.get("readOnly")]
        point(f"{container['name']}: its capabilities are {capabilities}, all else is read-only",
              wrong)
    point("serve: another user, and the metrics alone",
          [] if serve["securityContext"]["runAsNonRoot"] and
          [(m["name"], m["readOnly"]) for m in serve["volumeMounts"]] == [("metrics", True)]
          else [serve])


def check_reader(export):
    tree = [] if not os.path.exists(ROOTS + "/reader/memcensus") else [os.path.relpath(os.path.join(folder, name), ROOTS + "/reader")
            for folder, _, names in os.walk(ROOTS + "/reader") for name in names]
    point("the image of the reader has one file", [] if tree == ["memcensus"] else tree)
    os.makedirs(ROOTS + "/metrics")
    args = [a.replace("/metrics/", ROOTS + "/metrics/").replace("/host", ROOTS)
            for a in export["args"]]
    done = subprocess.run([ROOTS + "/reader/memcensus", *args], capture_output=True, text=True)
    # There is no module here, so that it ends at once, but not for wrong usage.
    point("the reader takes the arguments of the manifest",
          [] if done.returncode == 1 and "module" in done.stderr else
          [done.returncode, done.stderr])
    done = subprocess.run([ROOTS + "/reader/memcensus", "export", "-f",
                           "userspace/tests/data/records/6.1.rec"],
                          capture_output=True, text=True)
    point("and writes metrics of a record", [] if "memcensus_memory_bytes{" in done.stdout
          else [done.stderr])
    with open(ROOTS + "/metrics/metrics.txt", "w") as file:
        file.write(done.stdout)


def check_server(serve):
    with open(ROOTS + "/server.json") as file:
        config = json.load(file)["OCIv1"]["config"]
    point("the image of the server runs as nobody", [] if config["User"] == "65534:65534" else
          [config])
    command = [ROOTS + "/server" + config["Entrypoint"][0], *config["Entrypoint"][1:]]
    command = [ROOTS + "/metrics" if word == "/metrics" else word for word in command]
    point("its port is that of the manifest", [] if str(serve["ports"][0]["containerPort"]) in
          command else [command])
    os.chmod(ROOTS, 0o755)
    server = subprocess.Popen(command, user=65534, group=65534, extra_groups=[])
    wrong = ["no answer"]
    try:
        for _ in range(100):
            try:
                with urllib.request.urlopen("http://127.0.0.1:9752/metrics.txt") as answer:
                    text = answer.read().decode()
                    kind = answer.headers["Content-Type"]
                wrong = [] if kind.startswith("text/plain") and \
                    "memcensus_memory_bytes{" in text else [kind, text[:200]]
                break
            except OSError:
                time.sleep(0.1)
    finally:
        server.kill()
        server.wait()
    point("it serves the metrics as text", wrong)


def check_source(module, config_map):
    tree = os.listdir(ROOTS + "/source")
    point("the image of the sources has what Kbuild needs",
          sorted({"Kbuild", "VERSION", "module", "include"} - set(tree)))
    mapping = module["spec"]["moduleLoader"]["container"]["kernelMappings"][0]
    point("module.yaml builds by its own Dockerfile",
          [] if mapping["build"]["dockerfileConfigMap"]["name"] ==
          config_map["metadata"]["name"] and "dockerfile" in config_map["data"] else [mapping])


def main():
    documents = read("daemonset.yaml") + read("module.yaml")
    of_kind = {document["kind"]: document for document in documents}
    version = open("VERSION").read().strip()
    images = [line for document in ("daemonset.yaml", "module.yaml")
              for line in open(f"deploy/{document}") if "registry.example.org/" in line]
    point("all images have this version",
          [line for line in images if f":{version}" not in line])
    check_schemas(documents)
    check_privileges(of_kind["DaemonSet"])
    export, serve = of_kind["DaemonSet"]["spec"]["template"]["spec"]["containers"]
    check_reader(export)
    check_server(serve)
    check_source(of_kind["Module"], of_kind["ConfigMap"])
    print(f"1..{number}")


main()
