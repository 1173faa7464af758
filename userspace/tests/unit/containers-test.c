// SPDX-License-Identifier: GPL-2.0
/* Names of containers, in made-up trees of files that runtimes keep: true and hostile ones. */
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "model/cgroup-name.h"
#include "os/cgroups.h"
#include "os/containers.h"
#include "tap.h"

#define A	"a0000c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b1234"
#define B	"b0000c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b1234"
#define C	"c0000c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b1234"
#define D	"d1110c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b1234"
#define UID	"0a1b2c3d-1111-2222-3333-444455556666"
#define SLICE	"0a1b2c3d_1111_2222_3333_444455556666"
#define KUBE	"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" SLICE ".slice"
#define BUNDLES	"run/containerd/io.containerd.runtime.v2.task"
#define STORE	"containers/storage/overlay-containers"
#define USER	65534
#define MANAGER	"/user.slice/user-65534.slice/user@65534.service/user.slice"

static char *host, *cgroups;

/* Makes the directories of @path, and with @text a file of it below @root. */
static void put_below(const char *root, const char *path, const char *text, size_t len)
{
	char *name = xasprintf("%s/%s", root, path), *at;
	int fd;

	for (at = strchr(name + strlen(root) + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(name, 0755);
		*at = '/';
	}
	unlink(name);
	fd = text ? open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644) : mkdir(name, 0755);
	if (text && (fd < 0 || write(fd, text, len) != (ssize_t)len || close(fd)))
		abort();
	free(name);
}

static void put(const char *path, const char *text)
{
	put_below(host, path, text, strlen(text));
}

/* The same with ' for ". */
static void put_json(const char *path, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void put_json(const char *path, const char *format, ...)
{
	va_list args;
	char *text, *c;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	for (c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	put(path, text);
	free(text);
}

/* What is known of the cgroup @path, which is made. */
static const char *facts_of(const char *path)
{
	struct stat st;
	char *name;

	put_below(cgroups, path + 1, NULL, 0);
	name = xasprintf("%s%s", cgroups, path);
	if (stat(name, &st))
		abort();
	free(name);
	return container_facts(st.st_ino, path);
}

static void expect(const char *path, const char *want, const char *what)
{
	const char *got = facts_of(path);

	if (!ok(!strcmp(got, want), "%s", what))
		printf("# got '%.200s'\n", got);
}

static void test_containerd(void)
{
	put_json(BUNDLES "/k8s.io/" A "/config.json",
		 "{'ociVersion':'1.1.0','process':{'env':['X={\\'annotations\\':{}}']},\n"
		 "'annotations':{'io.kubernetes.cri.container-type':'container',\n"
		 "'io.kubernetes.cri.container-name':'app','io.kubernetes.cri.sandbox-name':'web-0',\n"
		 "'io.kubernetes.cri.sandbox-namespace':'shop','io.kubernetes.cri.sandbox-uid':'"
		 UID "','io.kubernetes.cri.image-name':'docker.io/library/nginx:1.27'}}");
	put_json(BUNDLES "/k8s.io/" B "/config.json",
		 "{'annotations':{'io.kubernetes.cri.container-type':'sandbox',\n"
		 "'io.kubernetes.cri.sandbox-name':'web-0',\n"
		 "'io.kubernetes.cri.sandbox-namespace':'shop'}}");
	put_json(BUNDLES "/default/redis/config.json", "{}");
	expect(KUBE "/cri-containerd-" A ".scope",
	       "container=app pod=web-0 namespace=shop image=docker.io/library/nginx:1.27 uid="
	       UID " runtime=containerd", "containerd: a container of a pod");
	expect(KUBE "/cri-containerd-" A ".scope/init.scope",
	       "container=app pod=web-0 namespace=shop image=docker.io/library/nginx:1.27 uid="
	       UID " runtime=containerd", "and what is below it");
	expect(KUBE "/cri-containerd-" B ".scope",
	       "container=POD pod=web-0 namespace=shop runtime=containerd",
	       "the container that only holds namespaces");
	expect("/kubepods/besteffort/pod" UID "/" A,
	       "container=app pod=web-0 namespace=shop image=docker.io/library/nginx:1.27 uid="
	       UID " runtime=containerd", "without systemd");
	expect(KUBE, "pod=web-0 namespace=shop runtime=containerd", "the pod");
	expect("/default/redis", "container=redis runtime=containerd", "ctr run");
	expect("/default/other", "", "two directories that are no container");
}

static void test_docker(void)
{
	put_json("var/lib/docker/containers/" A "/config.v2.json",
		 "{'StreamConfig':{},'State':{'Running':true},'ID':'" A "','Name':'/web',\n"
		 "'Config':{'Image':'nginx:1.27','Labels':{'a':'b'}}}");
	put_json("var/lib/docker/containers/" D "/config.v2.json",
		 "{'Name':'/k8s_app_web-0_shop_x_0','Config':{'Image':'nginx','Labels':{\n"
		 "'io.kubernetes.container.name':'app','io.kubernetes.pod.name':'web-0',\n"
		 "'io.kubernetes.pod.namespace':'shop','io.kubernetes.pod.uid':'" UID "'}}}");
	expect("/system.slice/docker-" A ".scope", "container=web image=nginx:1.27 runtime=docker",
	       "docker");
	expect("/docker/" A, "container=web image=nginx:1.27 runtime=docker",
	       "docker without systemd");
	expect("/kubepods/burstable/pod11112222-1111-2222-3333-444455556666/" D,
	       "container=app pod=web-0 namespace=shop image=nginx uid=" UID " runtime=docker",
	       "docker under kubelet");
}

static void test_crio(void)
{
	put_json("run/" STORE "/" C "/userdata/config.json",
		 "{'hostname':'web-0','annotations':{'io.kubernetes.container.name':'app',\n"
		 "'io.kubernetes.pod.name':'web-0','io.kubernetes.pod.namespace':'shop',\n"
		 "'io.kubernetes.pod.uid':'" UID "',\n"
		 "'io.kubernetes.cri-o.ImageName':'quay.io/x/y:1'}}");
	expect("/kubepods.slice/kubepods-pod" SLICE ".slice/crio-" C ".scope",
	       "container=app pod=web-0 namespace=shop image=quay.io/x/y:1 uid=" UID
	       " runtime=cri-o", "CRI-O");
}

#define INFRA	"d0000c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b1234"
#define PODMAN	"e0000c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b1234"
#define POD	"/machine.slice/machine-libpod_pod_" A ".slice"

static void test_podman(void)
{
	put_json("var/lib/" STORE "/containers.json",
		 "[{'id':'" PODMAN "','names':['db'],'image':'x','metadata':\n"
		 "'{\\'image-name\\':\\'docker.io/library/redis:7\\',\\'name\\':\\'db\\'}'},\n"
		 "{'id':'" INFRA "','names':['a0000c0d1e2b-infra'],'metadata':''}, 3, [], {}]");
	put_json("run/" STORE "/volatile-containers.json",
		 "[{'id':'" B "','names':['short']}]");
	put_json("var/lib/" STORE "/" INFRA "/userdata/config.json", "{'hostname':'shop'}");
	expect(POD "/libpod-" INFRA ".scope",
	       "container=a0000c0d1e2b-infra pod=shop runtime=podman", "podman: infra");
	expect(POD, "pod=shop runtime=podman", "a pod of podman");
	expect(POD "/libpod-" PODMAN ".scope",
	       "container=db pod=shop image=docker.io/library/redis:7 runtime=podman",
	       "a container in it");
	expect("/machine.slice/libpod-" B ".scope", "container=short runtime=podman",
	       "one that ends with the machine");
	expect("/system.slice/db.service/libpod-payload-" PODMAN,
	       "container=db image=docker.io/library/redis:7 runtime=podman",
	       "in the cgroup of a service");
}

static void test_kubelet(void)
{
	char *name = xasprintf("%s/var/log/containers/web-1_shop_my-app-%s.log", host, C);

	put("var/log/containers/x", "");
	if (symlink("/nowhere", name))
		abort();
	put_below(host, "var/log/pods/shop_web-9_99992222-1111-2222-3333-444455556666", NULL, 0);
	expect("/kubepods/pod44442222-1111-2222-3333-444455556666/cri-containerd-" C ".scope",
	       "container=my-app pod=web-1 namespace=shop", "the names of kubelet's logs");
	expect("/kubepods/pod99992222-1111-2222-3333-444455556666",
	       "pod=web-9 namespace=shop uid=99992222-1111-2222-3333-444455556666",
	       "the names of their folders");
	free(name);
}

static void test_users(void)
{
	static const char list[] = "home/bob/.local/share/" STORE "/containers.json";
	char *home = xasprintf("%s/home/bob/.local", host);

	put("etc/passwd", "root:x:0:0::/root:/bin/sh\nbob:x:65534:65534::/home/bob:/bin/sh\n");
	put_json(list, "[{'id':'" A "','names':['mine']},{'id':'" B "','names':['a\\nb\\tc']}\n"
		 ",{'id':'" D "','names':['root']}]");
	put_json("run/user/65534/containers/overlay-containers/volatile-containers.json",
		 "[{'id':'" C "','names':['short']}]");
	expect(MANAGER "/libpod-" A ".scope", "container=mine runtime=podman",
	       "a container of a user");
	expect(MANAGER "/libpod-" B ".scope", "runtime=podman", "with a name that is none");
	expect(MANAGER "/libpod-" C ".scope", "container=short runtime=podman",
	       "in the user's run folder");
	expect(MANAGER "/docker-" PODMAN ".scope", "",
	       "a cgroup of a user is not called by what root runs");
	expect("/machine.slice/libpod-" D ".scope", "", "nor one of root by what a user runs");
	/* What the user may not read is not read. */
	chmod(home, 0700);
	containers_forget();
	expect(MANAGER "/libpod-" A ".scope/x", geteuid() ? "container=mine runtime=podman" : "",
	       "with the rights of the user");
	chmod(home, 0755);
	free(home);
}

/* A scope of "ctr run --runc-systemd-cgroup --cgroup SLICE:PREFIX:ID" */
static void test_scopes(void)
{
	put_json(BUNDLES "/default/my-redis/config.json",
		 "{'linux':{'cgroupsPath':'system.slice:ctr:my-redis'}}");
	put_json(BUNDLES "/default/plain/config.json",
		 "{'linux':{'cgroupsPath':'/default/plain'}}");
	expect("/system.slice/ctr-my-redis.scope", "container=my-redis runtime=containerd",
	       "ctr run, in a slice");
	expect("/system.slice/run-my-redis.scope", "", "a unit that ends with the ID of one");
	expect("/web.slice/ctr-my-redis.scope", "", "one of the same name in another slice");
	expect("/system.slice/ctr-plain.scope", "", "a container that is in no scope");
	expect("/system.slice/ctr-none.scope", "", "a scope of no container");
}

static char *repeat(const char *text, size_t n)
{
	char *all;
	size_t size;
	FILE *out = xopen_memstream(&all, &size);

	while (n--)
		fputs(text, out);
	xfclose(out);
	return all;
}

/* A container whose name is @name, as JSON has it, by docker. */
static void put_named(const char *id, const char *name)
{
	char *path = xasprintf("var/lib/docker/containers/%s/config.v2.json", id);

	put_json(path, "{'Name':'/%s'}", name);
	free(path);
}

static void expect_none(const char *text, const char *what)
{
	static unsigned int n;
	char *id = xasprintf("%064x", 0xf000 + n++);
	char *path = xasprintf("var/lib/docker/containers/%s/config.v2.json", id);
	char *cgroup = xasprintf("/docker/%s", id);

	if (text)
		put(path, text);
	expect(cgroup, "", what);
	free(cgroup);
	free(path);
	free(id);
}

static void test_hostile(void)
{
	static const char *const names[] = {
		"a\\nb", "a\\tb", "\\u001b[31mred", "\\u202egnp.exe", "a b", "", "/x", "a\\\\b",
		"x=y", "\xc3\xa9", "\\ud800",
	};
	char *deep = repeat("[", 100000), *closed = repeat("]", 100000), *text, *name;
	uint64_t began;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *id = xasprintf("%064zx", 0x1000 + i), *path = xasprintf("/docker/%s", id);
		const char *got;

		put_named(id, names[i]);
		got = facts_of(path);
		ok(!strcmp(got, "runtime=docker") || !*got, "a name of other characters: %zu", i);
		free(path);
		free(id);
	}
	name = repeat("a", 65536);
	put_named(C, name);
	expect("/docker/" C "/sub", "runtime=docker", "a name of 64 KiB");
	free(name);

	expect_none(NULL, "no file");
	expect_none("", "an empty file");
	expect_none("{\"Name\":\"/a", "half a file");
	expect_none("{\"Name\":\"/a\"", "a file that ends after the name");
	expect_none("{\"Name\":\"/a\",\"Config\":{}", "one without its last bracket");
	expect_none("{\"Name\":\"/a\",\"Config\":{\"Image\":\"b\"", "one that ends in a value");
	expect_none("not JSON", "no JSON");
	expect_none("[{\"Name\":\"/a\"}]", "another JSON");
	text = xasprintf("{\"a\":%s%s,\"Name\":\"/deep\"}", deep, closed);
	expect_none(text, "arrays in arrays");
	free(text);
	text = xasprintf("{\"Name\":%s%s}", deep, closed);
	expect_none(text, "arrays in arrays for a name");
	free(text);
	free(deep);
	free(closed);
	text = repeat(" ", (1 << 20) + 1);
	expect_none(text, "a file of more than 1 MiB");
	free(text);

	/* FIFOs, directories, devices and links in the place of files and of directories */
	began = signals_now();
	name = xasprintf("%s/var/lib/docker/containers/%064x", host, 0x2001);
	mkdir(name, 0755);
	text = xasprintf("%s/config.v2.json", name);
	if (mkfifo(text, 0644))
		abort();
	free(text);
	expect("/docker/0000000000000000000000000000000000000000000000000000000000002001", "",
	       "a FIFO");
	name[strlen(name) - 1] = '2';
	mkdir(name, 0755);
	text = xasprintf("%s/config.v2.json", name);
	mkdir(text, 0755);
	free(text);
	expect("/docker/0000000000000000000000000000000000000000000000000000000000002002", "",
	       "a directory");
	name[strlen(name) - 1] = '3';
	mkdir(name, 0755);
	text = xasprintf("%s/config.v2.json", name);
	if (symlink("../" A "/config.v2.json", text))
		abort();
	free(text);
	expect("/docker/0000000000000000000000000000000000000000000000000000000000002003", "",
	       "a link to a file");
	name[strlen(name) - 1] = '4';
	if (symlink(A, name))
		abort();
	expect("/docker/0000000000000000000000000000000000000000000000000000000000002004", "",
	       "a link to a directory");
	free(name);
	ok(signals_now() - began < 30 * NSEC_PER_SEC, "none of them waits");
}

/* Somebody may call a cgroup of the own like that of a container. */
static void test_owner(void)
{
	char *dir = xasprintf("%s/system.slice/of-nobody.service", cgroups);

	put_below(cgroups, "system.slice/of-nobody.service/docker-" A ".scope", NULL, 0);
	if (geteuid()) {
		free(dir);
		return;
	}
	if (chown(dir, USER, USER))
		abort();
	expect("/system.slice/of-nobody.service/docker-" A ".scope", "",
	       "a cgroup of a service that has another owner");
	free(dir);
}

/* A container is asked for again if its file was late, and not for ever. */
static void test_late(void)
{
	static const char path[] =
		"/docker/5555000000000000000000000000000000000000000000000000000000000000";

	expect(path, "", "a file that is late");
	put_named(path + strlen("/docker/"), "late");
	expect(path, "", "not read twice in one census");
	containers_renew();
	expect(path, "container=late runtime=docker", "and again in the next one");
	put_named(path + strlen("/docker/"), "other");
	containers_renew();
	expect(path, "container=late runtime=docker", "once known, never again");
}

static void test_many(void)
{
	char *path, *name;
	clock_t began;
	size_t i, named = 0;

	for (i = 0; i < 10000; i++) {
		path = xasprintf("%064zx", 0x700000 + i);
		name = i % 2 ? xasprintf("hostile\\n\\u001b%zu", i) : xasprintf("good-%zu", i);
		put_named(path, name);
		free(name);
		free(path);
	}
	began = clock();
	for (i = 0; i < 10000; i++) {
		path = xasprintf("/docker/%064zx", 0x700000 + i);
		named += !!strstr(container_facts(1000000 + i, path), "container=good-");
		free(path);
	}
	printf("# %.3f s of a processor\n", (double)(clock() - began) / CLOCKS_PER_SEC);
	ok(named == 5000, "each good one of 10,000");
	/* A busy machine lets a process wait, so this is not the time of a clock. */
	ok(clock() - began < 10 * CLOCKS_PER_SEC, "within 10 s of a processor");
	began = clock();
	for (i = 0; i < 10000; i++) {
		path = xasprintf("/docker/%064zx", 0x700000 + i);
		named += !!strstr(container_facts(1000000 + i, path), "container=good-");
		free(path);
	}
	ok(clock() - began < CLOCKS_PER_SEC, "and within 1 s again");
}

/* What a hostile process puts there, again and again: part of a file, a link, a FIFO, nothing. */
static void change_for_ever(const char *dir, const char *name)
{
	static const char one[] = "{\"Name\":\"/one\",\"Config\":{\"Image\":\"x\"}}";
	static const char two[] = "{\"Name\":\"/two\",\"Config\":{\"Image\":\"y\"}}";
	char *other = xasprintf("%s/other", dir);
	size_t i;
	int fd;

	for (i = 0;; i++) {
		unlink(other);
		if (i % 5 == 2 && symlink("/etc/passwd", other))
			_exit(1);
		if (i % 5 == 3 && mkfifo(other, 0666))
			_exit(1);
		if (i % 5 == 4)
			unlink(name);
		if (i % 5 > 1) {
			rename(other, name);
			continue;
		}
		/* In place, so that it grows and shrinks under the reader. */
		unlink(name);
		fd = open(name, O_WRONLY | O_CREAT, 0644);
		if (fd < 0 || write(fd, one, 20) != 20 || ftruncate(fd, 0) ||
		    pwrite(fd, i % 5 ? two : one, sizeof(two) - 1, 0) != sizeof(two) - 1)
			_exit(1);
		close(fd);
	}
}

static void test_changing(void)
{
	static const char *const known[] = {
		"", "runtime=docker", "container=one image=x runtime=docker",
		"container=two image=y runtime=docker",
	};
	char *dir = xasprintf("%s/var/lib/docker/containers/" B, host);
	char *name = xasprintf("%s/config.v2.json", dir);
	const uint64_t began = signals_now();
	size_t n = 0, wrong = 0, seen[4] = { 0 }, i;
	const char *got;
	pid_t child;

	put_named(B, "one");
	child = fork();
	if (!child)
		change_for_ever(dir, name);
	/* For half a second, and on a busy machine until it was read often, and whole. */
	for (; signals_now() - began < NSEC_PER_SEC / 2 ||
	     ((n <= 10 || (!seen[2] && !seen[3])) &&
	      signals_now() - began < 60 * NSEC_PER_SEC); n++) {
		containers_forget();
		got = container_facts(77, "/docker/" B);
		for (i = 0; i < sizeof(known) / sizeof(known[0]) && strcmp(got, known[i]); i++)
			;
		if (i < sizeof(known) / sizeof(known[0]))
			seen[i]++;
		else if (!wrong++)
			printf("# got '%.200s'\n", got);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	printf("# %zu reads: %zu nothing, %zu no name, %zu and %zu the whole file\n", n, seen[0],
	       seen[1], seen[2], seen[3]);
	ok(!wrong && n > 10, "a file that changes while it is read: whole, or nothing");
	ok(seen[2] + seen[3], "and it is read where it is whole");
	free(name);
	free(dir);
}

/* Stops each child of @of, as their user may do. */
static void stop_children(pid_t of)
{
	char *name = xasprintf("/proc/%d/task/%d/children", of, of), text[256], *at;
	ssize_t len;
	long pid;
	int fd;

	for (;;) {
		fd = open(name, O_RDONLY);
		len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
		if (len < 0)
			_exit(1);
		text[len] = '\0';
		for (at = text; (pid = strtol(at, &at, 10)) > 0;)
			if (pid != getpid())
				kill((pid_t)pid, SIGSTOP);
		close(fd);
	}
}

/* What the user of @path costs: seconds that it takes in @n censuses, each with a new cgroup. */
static double cost_of(size_t n)
{
	const uint64_t began = signals_now();
	char *path;
	size_t i;

	for (i = 0; i < n; i++) {
		path = xasprintf(MANAGER "/libpod-%064zx.scope", 0x900000 + i);
		container_facts(2000000 + i, path);
		free(path);
		containers_renew();
		/* As an exporter does between two files. */
		if (i % 2)
			containers_forget();
	}
	return (double)(signals_now() - began) / NSEC_PER_SEC;
}

/* A user may stop a child that has the own rights; nothing else makes it wait. */
static void test_stalling(void)
{
	static const char list[] = "home/bob/.local/share/" STORE "/containers.json";
	char *name = xasprintf("%s/%s", host, list), *entry, *text, *all;
	double seconds, usual;
	pid_t child;
	size_t i;

	unlink(name);
	/* On a busy machine all takes long. */
	usual = cost_of(2);
	if (mkfifo(name, 0666))
		abort();
	seconds = cost_of(2);
	ok(seconds < 0.9 + 2 * usual, "a FIFO in the home of a user does not wait: %.3f s (%.3f)",
	   seconds, usual);
	free(name);
	/* Each container of a pod has a further file, and the directory has that many. */
	text = repeat("x", 1);
	for (i = 0; i < 2000; i++) {
		entry = xasprintf("%s%s{\"id\":\"%064zx\",\"names\":[\"a-infra\"]}", i ? text : "[",
				  i ? "," : "", 0x800000 + i);
		free(text);
		text = entry;
	}
	all = xasprintf("%s]", text);
	free(text);
	put(list, all);
	free(all);
	seconds = cost_of(2);
	ok(seconds < 1.3 + 4 * usual, "nor does a large list, beyond a second: %.3f s", seconds);
	child = fork();
	if (!child)
		stop_children(getppid());
	seconds = cost_of(6);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ok(seconds < 1.5 + 6 * usual,
	   "a user who stops the child delays for a second in all: %.3f s", seconds);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int main(void)
{
	char top[] = "/tmp/memcensus-XXXXXX";

	if (!mkdtemp(top) || chmod(top, 0755))
		return 1;
	host = xasprintf("%s/host", top);
	cgroups = xasprintf("%s/cgroup", top);
	mkdir(host, 0755);
	mkdir(cgroups, 0755);
	cgroups_root(cgroups);
	containers_root(host);
	expect("/docker/" A "/none", "", "no runtime");
	containers_forget();
	test_containerd();
	containers_forget();
	test_docker();
	containers_forget();
	test_scopes();
	containers_forget();
	test_crio();
	containers_forget();
	test_podman();
	containers_forget();
	test_kubelet();
	containers_forget();
	test_users();
	containers_forget();
	test_docker();
	test_hostile();
	test_owner();
	test_late();
	test_many();
	test_changing();
	test_stalling();
	containers_forget();
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return tap_done();
}
