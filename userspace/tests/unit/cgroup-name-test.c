// SPDX-License-Identifier: GPL-2.0
/* What cgroups are called: by their paths, by what runtimes say, and if somebody lies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/cgroup-name.h"
#include "model/columns.h"
#include "tap.h"

#define ID	"3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b1234"
#define ID2	"3f4a9c0d1e2bffffffff9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b"
#define ID3	"77779c0d1e2bffffffff9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b"
#define UID	"0a1b2c3d-1111-2222-3333-444455556666"
#define POD	"/kubepods.slice/kubepods-burstable.slice/" \
		"kubepods-burstable-pod0a1b2c3d_1111_2222_3333_444455556666.slice"
#define MANAGER	"/user.slice/user-1000.slice/user@1000.service"
#define FACTS	"namespace=shop pod=web-0 container=app image=docker.io/library/nginx:1.27 " \
		"uid=" UID " runtime=containerd"

/* struct scene - a cgroup by itself: @shown, and KEY=VALUE of what is known */
static const struct {
	const char *path;
	const char *facts;
	const char *shown;
	const char *known;
} scenes[] = {
	{ "/", NULL, "/", "" },
	{ "/init.scope", NULL, "init.scope", "unit=init.scope" },
	{ "/system.slice", NULL, "system.slice", "" },
	{ "/system.slice/nginx.service", NULL, "nginx.service", "unit=nginx.service" },
	{ "/system.slice/nginx.service/w", NULL, "nginx.service: w", "unit=nginx.service" },
	{ "/system.slice/system-getty.slice/getty@tty1.service", NULL, "getty@tty1.service",
	  "unit=getty@tty1.service" },

	/* a scope that containerd may know */
	{ "/system.slice/ctr-my-redis.scope", "container=my-redis runtime=containerd", "my-redis",
	  "container=my-redis id=my-redis runtime=containerd" },
	{ "/system.slice/ctr-my-redis.scope", NULL, "ctr-my-redis.scope",
	  "unit=ctr-my-redis.scope" },
	{ "/system.slice/run-u12.scope/x", "container=u12", "run-u12.scope: x",
	  "unit=run-u12.scope" },

	/* users, and what is theirs */
	{ "/user.slice/user-1000.slice", NULL, "alice", "user=alice" },
	{ "/user.slice/user-1001.slice", NULL, "user-1001.slice", "" },
	{ "/user.slice/user-1001.slice/session-2.scope", NULL, "user-1001: session-2.scope",
	  "unit=session-2.scope" },
	{ "/user.slice/user-1000.slice/session-3.scope", NULL, "alice: session-3.scope",
	  "user=alice unit=session-3.scope" },
	{ MANAGER, NULL, "alice: user@1000.service", "user=alice" },
	{ MANAGER "/app.slice", NULL, "alice: app.slice", "user=alice" },
	{ MANAGER "/app.slice/dbus.service", NULL, "alice: dbus.service",
	  "user=alice unit=dbus.service" },
	{ MANAGER "/app.slice/app-gnome-org.mozilla.firefox-4711.scope", NULL,
	  "alice: app-gnome-org.mozilla.firefox-4711.scope",
	  "user=alice unit=app-gnome-org.mozilla.firefox-4711.scope app=org.mozilla.firefox" },
	{ MANAGER "/app.slice/app-flatpak\\x2dx\\x2dy@1.service", NULL,
	  "alice: app-flatpak\\x2dx\\x2dy@1.service",
	  "user=alice unit=app-flatpak\\x2dx\\x2dy@1.service app=flatpak-x-y" },
	{ MANAGER "/app.slice/app-a\\x0ab-1.scope", NULL, "alice: app-a\\x0ab-1.scope",
	  "user=alice unit=app-a\\x0ab-1.scope" },
	/* A user may make cgroups of any name: they do not look like others'. */
	{ MANAGER "/machine.slice/machine-x.scope", NULL, "alice: machine-x.scope",
	  "user=alice unit=machine-x.scope" },
	{ MANAGER "/lxc.payload.web", NULL, "alice: lxc.payload.web", "user=alice" },
	{ MANAGER "/user.slice/user-0.slice", NULL, "alice: user-0.slice", "user=alice" },

	/* containers by their paths alone */
	{ "/system.slice/docker-" ID ".scope", "", "docker-3f4a9c0d1e2b",
	  "id=" ID " runtime=docker" },
	{ "/docker/" ID, NULL, "3f4a9c0d1e2b", "id=" ID " runtime=docker" },
	{ "/docker/" ID "0", NULL, ID "0", "" },
	{ "/x/y/" ID, NULL, "3f4a9c0d1e2b", "" },
	{ "/lxc.payload.web", NULL, "web", "container=web runtime=lxc" },
	{ "/lxc/db/system.slice/a.service", NULL, "db: a.service", "container=db runtime=lxc" },
	{ "/lxc.payload.a b", NULL, "lxc.payload.a b", "" },
	{ "/lxc.monitor.web", NULL, "lxc.monitor.web", "" },
	{ "/machine.slice/machine-bookworm.scope", NULL, "bookworm", "machine=bookworm" },
	{ "/machine.slice/machine-bookworm.scope/payload/system.slice/ssh.service", NULL,
	  "bookworm: ssh.service", "machine=bookworm" },
	{ "/machine.slice/systemd-nspawn@my\\x2dbox.service", NULL, "my-box",
	  "runtime=nspawn machine=my-box" },
	{ "/machine.slice/machine-qemu\\x2d12\\x2dwin11.scope/libvirt", NULL, "win11: libvirt",
	  "runtime=libvirt machine=win11" },
	{ "/machine.slice/machine-a\\x2fb.scope", NULL, "machine-a\\x2fb.scope",
	  "unit=machine-a\\x2fb.scope" },

	/* and with what a runtime says */
	{ "/system.slice/docker-" ID ".scope", "container=web image=nginx runtime=docker", "web",
	  "container=web image=nginx id=" ID " runtime=docker" },
	{ "/system.slice/a.service/libpod-payload-" ID, "container=web", "web",
	  "container=web id=" ID " runtime=podman" },
	{ "/system.slice/docker-" ID ".scope/docker-" ID2 ".scope", "container=web",
	  "web: docker-3f4a9c0d1e2b",
	  "container=web id=" ID " runtime=docker" },
	{ POD "/cri-containerd-" ID ".scope", FACTS, "shop/web-0/app",
	  "container=app pod=web-0 namespace=shop image=docker.io/library/nginx:1.27 id=" ID
	  " uid=" UID " runtime=containerd" },
	{ POD "/cri-containerd-" ID ".scope/init", FACTS, "shop/web-0/app: init",
	  "container=app pod=web-0 namespace=shop image=docker.io/library/nginx:1.27 id=" ID
	  " uid=" UID " runtime=containerd" },
	{ POD "/crio-" ID ".scope", NULL, "crio-3f4a9c0d1e2b",
	  "id=" ID " uid=" UID " runtime=cri-o" },
	{ POD, NULL, "pod" UID, "uid=" UID },
	{ POD, "namespace=shop pod=web-0", "shop/web-0", "pod=web-0 namespace=shop uid=" UID },
	{ "/kubepods/besteffort/pod" UID "/" ID, "namespace=a pod=b container=c", "a/b/c",
	  "container=c pod=b namespace=a id=" ID " uid=" UID },
	{ "/machine.slice/machine-libpod_pod_" ID2 ".slice", "pod=web", "web",
	  "pod=web uid=" ID2 " runtime=podman" },
	{ "/machine.slice/machine-libpod_pod_" ID2 ".slice/libpod-" ID ".scope",
	  "pod=web container=web-nginx", "web-nginx",
	  "container=web-nginx pod=web id=" ID " uid=" ID2 " runtime=podman" },
	{ MANAGER "/user.slice/libpod-" ID ".scope", "container=web", "alice: web",
	  "user=alice container=web id=" ID " runtime=podman" },
	{ "/default/redis", NULL, "redis", "" },
	{ "/default/redis", "container=redis image=x", "redis",
	  "container=redis image=x id=redis runtime=containerd" },

	/* a word that is no name is not shown */
	{ "/docker/" ID, "container=a\nb", "3f4a9c0d1e2b", "id=" ID " runtime=docker" },
	{ "/docker/" ID, "container=a/b pod=\033[31m namespace=\xe2\x80\xae", "3f4a9c0d1e2b",
	  "id=" ID " runtime=docker" },
	{ "/docker/" ID, "container= = pod nonsense=x container", "3f4a9c0d1e2b",
	  "id=" ID " runtime=docker" },
	/* and a cgroup that is none of a container has none of these */
	{ "/system.slice/nginx.service", "container=web", "nginx.service", "unit=nginx.service" },
};

static const char *name(const struct snapshot *snap, enum name_kind kind, uint64_t id,
			bool numeric)
{
	static const char *const paths[] = {
		"/docker/" ID, "/docker/" ID2, "/docker/" ID3, "/system.slice/web.service",
		"/a/x", "/b/x", "/docker/" ID "/x",
	};
	static const char *const facts[] = {
		"container=same", "container=same", "container=web.service", "", "", "",
		"container=same",
	};

	(void)snap;
	(void)numeric;
	if (kind == NAME_USER)
		return id == 1000 ? "alice" : "1001";
	return kind == NAME_CGROUP ? paths[id] : facts[id];
}

static void put(FILE *out, const char *key, const char *value)
{
	if (value)
		fprintf(out, "%s%s=%s", ftell(out) ? " " : "", key, value);
}

static void check(size_t i)
{
	struct snapshot snap = { .naming = name };
	struct cgroup_name *got = cgroup_name_make(&snap, 1, scenes[i].path, scenes[i].facts);
	char known[1000] = "";
	FILE *out = fmemopen(known, sizeof(known), "w");

	put(out, "user", got->user);
	put(out, "container", got->container);
	put(out, "pod", got->pod);
	put(out, "namespace", got->namespace);
	put(out, "image", got->image);
	put(out, "id", got->container_id);
	put(out, "uid", got->pod_uid);
	put(out, "runtime", got->runtime);
	put(out, "unit", got->unit);
	put(out, "machine", got->machine);
	put(out, "app", got->app);
	fclose(out);
	if (!ok(!strcmp(got->shown, scenes[i].shown) && !strcmp(known, scenes[i].known),
		"scene %zu", i))
		printf("# %s: got '%s', %s\n", scenes[i].path, got->shown, known);
	cgroup_name_free(got);
}

static void check_apart(void)
{
	static const char *const want[] = {
		"/docker/" ID, "/docker/" ID2, "web.service (77779c0d1e2b)", "web.service",
		"/a/x", "/b/x", "same: x",
	};
	struct snapshot *snap = snapshot_new();
	const struct cgroup_name *got;
	struct task *task;
	uint64_t i;

	snap->naming = name;
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		task = row_add(&task_rows, snap);
		task->known = 1ULL << MEMCENSUS_TASK_CGROUP;
		task->cgroup = i;
	}
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		got = cgroup_name_of(snap, i);
		if (!ok(!strcmp(got->shown, want[i]), "told apart: %s", want[i]))
			printf("# got '%s'\n", got->shown);
	}
	snapshot_free(snap);
}

int main(void)
{
	char *longer = malloc(70000);
	struct snapshot snap = { .naming = name };
	struct cgroup_name *got;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scenes); i++)
		check(i);
	check_apart();
	memset(longer, 'a', 70000);
	memcpy(longer, "container=", strlen("container="));
	longer[69999] = '\0';
	got = cgroup_name_make(&snap, 1, "/docker/" ID, longer);
	ok(!got->container && !strcmp(got->shown, "3f4a9c0d1e2b"), "64 KiB are no name");
	cgroup_name_free(got);
	free(longer);
	return tap_done();
}
