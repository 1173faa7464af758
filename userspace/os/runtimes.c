// SPDX-License-Identifier: GPL-2.0
/* The files of runtimes of containers. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/json-read.h"
#include "lib/memory.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "model/cgroup-name.h"
#include "model/columns.h"
#include "os/bounded.h"
#include "os/procfs.h"
#include "os/runtimes.h"

/* Bytes, at most, of the file of one container, and of a list of containers. */
#define ONE_BYTES	1048576UL
#define LIST_BYTES	16777216UL
/* Containers of a list, and entries of a directory, at most. */
#define LIST_MOST	16384
#define NAMESPACES_MOST	32
/*
 * Users with containers of their own, at most.  The files of each may take so long, and then one
 * part in USER_PART of all further time: who stalls the child delays censuses once.
 */
#define USERS_MOST	64
#define USER_NS		1000000000ULL
#define USER_LEAST	10000000ULL
#define USER_PART	100
#define USER_BYTES	1048576UL

static const char *host_root;

/* struct known - facts by an ID, in a tree of tsearch(3) */
struct known {
	char id[CGROUP_ID + 1];
	struct facts facts;
};

/**
 * struct list - the containers that a list names
 * @known: by ID
 * @n: their number
 * @read: since runtimes_renew()
 */
struct list {
	void *known;
	size_t n;
	bool read;
};

/* Of podman and CRI-O, of the logs of kubelet, and of its pods by UID. */
static struct list storage, logs, pods;

/* struct user - the containers of a user; @left: ns, since @since, that its files may take */
struct user {
	uint32_t uid;
	struct list list;
	uint64_t left;
	uint64_t since;
};

static struct user users[USERS_MOST];
static size_t n_users;

/* Namespaces of containerd; NULL: not read. */
static char **namespaces;
static size_t n_namespaces;

void facts_free(struct facts *facts)
{
	size_t i;

	for (i = 0; i < FACTS; i++)
		free(facts->v[i]);
	memset(facts, 0, sizeof(*facts));
}

void facts_set(struct facts *facts, enum fact fact, const char *text)
{
	if (!text || !*text || facts->v[fact])
		return;
	facts->v[fact] = xstrdup(text);
}

void facts_copy(struct facts *to, const struct facts *from)
{
	size_t i;

	for (i = 0; i < FACTS; i++)
		facts_set(to, (enum fact)i, from->v[i]);
}

static int compare_known(const void *a, const void *b)
{
	return strcmp(((const struct known *)a)->id, ((const struct known *)b)->id);
}

/* The entry of @id in @list, a new one if it has none; NULL: it is no ID, or there are too many. */
static struct known *list_add(struct list *list, const char *id, size_t len)
{
	struct known key = { .id = "" }, **found, *known;

	if (!len || len > CGROUP_ID || list->n >= LIST_MOST)
		return NULL;
	memcpy(key.id, id, len);
	found = tfind(&key, &list->known, compare_known);
	if (found)
		return *found;
	known = xmemdup(&key, sizeof(key));
	if (!tsearch(known, &list->known, compare_known))
		memory_failed();
	list->n++;
	return known;
}

static bool list_find(const struct list *list, const char *id, struct facts *facts)
{
	struct known key = { .id = "" }, **found;

	if (strlen(id) > CGROUP_ID)
		return false;
	strcpy(key.id, id);
	found = tfind(&key, &list->known, compare_known);
	if (found)
		facts_copy(facts, &(*found)->facts);
	return found;
}

static void free_known(void *untyped)
{
	struct known *known = untyped;

	facts_free(&known->facts);
	free(known);
}

static void list_forget(struct list *list)
{
	tdestroy(list->known, free_known);
	*list = (struct list){ NULL, 0, false };
}

/*
 * Opens the directory @dir of a runtime in the root of the machine, for its place; -1: there is
 * none.  Its path may have links: an administrator moved it to another disk.
 */
static int open_place(const char *dir)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	const int root = open(host_root ?: "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const int fd = root < 0 ? -1 : (int)syscall(SYS_openat2, root, dir, &how, sizeof(how));

	if (root >= 0)
		close(root);
	return fd;
}

/*
 * Reads the regular file @path below @place, of up to @most bytes, to *@len bytes that the caller
 * frees; NULL: there is none, it is larger, or a link, a FIFO or a device.
 */
static char *read_below(int place, const char *path, size_t most, size_t *len)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	struct statx stat;
	size_t room;
	ssize_t n;
	char *text;
	int fd;

	if (place < 0)
		return NULL;
	fd = procfs_reopen((int)syscall(SYS_openat2, place, path, &how, sizeof(how)), &stat);
	if (fd < 0)
		return NULL;
	*len = 0;
	if (stat.stx_size > most) {
		close(fd);
		return NULL;
	}
	/* It may grow while it is read. */
	room = stat.stx_size + 1;
	text = xcalloc(1, room);
	while ((n = read(fd, text + *len, room - *len)) > 0) {
		*len += (size_t)n;
		if (*len < room)
			continue;
		if (room > most)
			break;
		room = room * 2 > most ? most + 1 : room * 2;
		text = xreallocarray(text, room, 1);
	}
	close(fd);
	if (!n && *len <= most)
		return text;
	free(text);
	return NULL;
}

/* The same of @path in the directory @dir of a runtime, which is freed. */
static char *read_in(const char *dir, char *path, size_t *len)
{
	const int place = open_place(dir);
	char *text = read_below(place, path, ONE_BYTES, len);

	if (place >= 0)
		close(place);
	free(path);
	return text;
}

static DIR *open_list(const char *dir)
{
	const int place = open_place(dir);
	const int fd = place < 0 ? -1 : openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *opened = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !opened)
		close(fd);
	if (place >= 0)
		close(place);
	return opened;
}

/* struct annotation - a fact by its key in the annotations or labels of a container */
struct annotation {
	const char *key;
	enum fact fact;
};

static void read_annotations(struct facts *facts, const json_t *object,
			     const struct annotation *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		facts_set(facts, v[i].fact, json_text(object, v[i].key));
}

/* What kubelet gives every container, in the labels of docker and the annotations of CRI-O. */
static const struct annotation kubelet_labels[] = {
	{ "io.kubernetes.container.name", FACT_CONTAINER },
	{ "io.kubernetes.pod.name", FACT_POD },
	{ "io.kubernetes.pod.namespace", FACT_NAMESPACE },
	{ "io.kubernetes.pod.uid", FACT_UID },
};

/* The name that kubelet's metrics and CRI-O give the container that only holds namespaces. */
#define SANDBOX	"POD"

static const char *const containerd_places[] = {
	"run/containerd/io.containerd.runtime.v2.task",
	"run/k3s/containerd/io.containerd.runtime.v2.task",
};

static void add_namespaces(const char *dir)
{
	struct dirent *entry;
	DIR *opened = open_list(dir);

	while (opened && n_namespaces < NAMESPACES_MOST && (entry = readdir(opened))) {
		if (*entry->d_name == '.')
			continue;
		namespaces = array_grow(namespaces, n_namespaces, sizeof(*namespaces));
		namespaces[n_namespaces++] = xasprintf("%s/%s", dir, entry->d_name);
	}
	if (opened)
		closedir(opened);
}

static bool read_bundle(struct facts *facts, const char *dir, const char *id)
{
	static const struct annotation cri[] = {
		{ "io.kubernetes.cri.container-name", FACT_CONTAINER },
		{ "io.kubernetes.cri.sandbox-name", FACT_POD },
		{ "io.kubernetes.cri.sandbox-namespace", FACT_NAMESPACE },
		{ "io.kubernetes.cri.sandbox-uid", FACT_UID },
		{ "io.kubernetes.cri.image-name", FACT_IMAGE },
		{ "nerdctl/name", FACT_CONTAINER },
	};
	enum { ANNOTATIONS, LINUX, MEMBERS };
	static const char *const keys[] = { "annotations", "linux" };
	json_t *members[MEMBERS];
	const char *type;
	size_t len;
	char *text;

	text = read_in(dir, xasprintf("%s/config.json", id), &len);
	if (!text)
		return false;
	/* The other one is large, and not asked of a container that has an ID. */
	json_read_members(text, len, keys, members, strlen(id) < CGROUP_ID ? MEMBERS : LINUX);
	free(text);
	if (strlen(id) < CGROUP_ID) {
		facts_set(facts, FACT_PLACE, json_text(members[LINUX], "cgroupsPath"));
		json_decref(members[LINUX]);
	}
	read_annotations(facts, members[ANNOTATIONS], cri, ARRAY_SIZE(cri));
	type = json_text(members[ANNOTATIONS], "io.kubernetes.cri.container-type");
	if (type && !strcmp(type, "sandbox"))
		facts_set(facts, FACT_CONTAINER, SANDBOX);
	json_decref(members[ANNOTATIONS]);
	/* A container of "ctr run" has its name as ID. */
	if (strlen(id) < CGROUP_ID)
		facts_set(facts, FACT_CONTAINER, id);
	facts_set(facts, FACT_RUNTIME, "containerd");
	return facts->v[FACT_CONTAINER];
}

static bool find_containerd(struct facts *facts, const char *id)
{
	size_t i;

	if (!namespaces)
		for (i = 0; i < ARRAY_SIZE(containerd_places); i++)
			add_namespaces(containerd_places[i]);
	/* Docker has its own file of a container that containerd runs for it, with more in it. */
	for (i = 0; i < n_namespaces; i++)
		if (strcmp(strrchr(namespaces[i], '/'), "/moby") &&
		    read_bundle(facts, namespaces[i], id))
			return true;
	return false;
}

static bool find_docker(struct facts *facts, const char *id)
{
	enum { NAME, CONFIG, MEMBERS };
	static const char *const keys[] = { "Name", "Config" };
	json_t *members[MEMBERS];
	const char *word;
	size_t len;
	char *text;

	text = read_in("var/lib/docker/containers", xasprintf("%s/config.v2.json", id), &len);
	if (!text)
		return false;
	json_read_members(text, len, keys, members, MEMBERS);
	free(text);
	read_annotations(facts, json_object_get(members[CONFIG], "Labels"), kubelet_labels,
			 ARRAY_SIZE(kubelet_labels));
	facts_set(facts, FACT_IMAGE, json_text(members[CONFIG], "Image"));
	word = json_string_value(members[NAME]);
	facts_set(facts, FACT_CONTAINER, word && *word == '/' ? word + 1 : word);
	facts_set(facts, FACT_RUNTIME, "docker");
	json_decref(members[NAME]);
	json_decref(members[CONFIG]);
	return facts->v[FACT_CONTAINER];
}

/* Where the library of podman and CRI-O keeps what it knows, below their run and data folders. */
static const char *const storage_places[] = {
	"run/containers/storage/overlay-containers",
	"var/lib/containers/storage/overlay-containers",
	"run/containers/storage/vfs-containers",
	"var/lib/containers/storage/vfs-containers",
};

/* The two lists there: of all containers, and of those that end with the machine. */
static const char *const storage_lists[] = {
	"containers.json", "volatile-containers.json",
};

static bool find_crio(struct facts *facts, const char *id)
{
	static const struct annotation image[] = {
		{ "io.kubernetes.cri-o.ImageName", FACT_IMAGE },
	};
	char *text = NULL;
	json_t *annotations;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(storage_places) && !text; i++)
		text = read_in(storage_places[i], xasprintf("%s/userdata/config.json", id), &len);
	if (!text)
		return false;
	annotations = json_read_member(text, len, "annotations");
	free(text);
	read_annotations(facts, annotations, kubelet_labels, ARRAY_SIZE(kubelet_labels));
	read_annotations(facts, annotations, image, ARRAY_SIZE(image));
	json_decref(annotations);
	if (facts->v[FACT_CONTAINER])
		facts_set(facts, FACT_RUNTIME, "cri-o");
	return facts->v[FACT_CONTAINER];
}

/*
 * The pod of podman that the container @id of @dir holds together.  podman keeps its name in a
 * database only; the host name of the pod is the same, unless --hostname gives another one.
 */
static void read_infra(struct facts *facts, const char *dir, const char *id)
{
	json_t *name;
	size_t len;
	char *text;

	text = read_in(dir, xasprintf("%s/userdata/config.json", id), &len);
	if (!text)
		return;
	name = json_read_member(text, len, "hostname");
	free(text);
	facts_set(facts, FACT_POD, json_string_value(name));
	json_decref(name);
}

/* Adds a container of a list in @dir, with what its maker has noted, JSON in a string. */
static void add_stored(struct list *list, const char *dir, const json_t *entry)
{
	const char *id = json_text(entry, "id"), *noted = json_text(entry, "metadata"), *name;
	const json_t *names = json_object_get(entry, "names");
	struct known *known = id ? list_add(list, id, strlen(id)) : NULL;
	json_t *metadata = noted ? json_read(noted, strlen(noted)) : NULL;
	struct facts *facts;

	if (!known) {
		json_decref(metadata);
		return;
	}
	facts = &known->facts;
	/* Only CRI-O has the pod there. */
	if (json_text(metadata, "pod-name"))
		name = json_text(metadata, "metadata-name");
	else
		name = json_text(metadata, "name") ?: json_string_value(json_array_get(names, 0));
	facts_set(facts, FACT_CONTAINER, name);
	facts_set(facts, FACT_IMAGE, json_text(metadata, "image-name"));
	facts_set(facts, FACT_RUNTIME, json_text(metadata, "pod-name") ? "cri-o" : "podman");
	if (name && text_ends(name, strlen(name), "-infra"))
		read_infra(facts, dir, id);
	json_decref(metadata);
}

static void read_stored(struct list *list, const char *dir)
{
	const int place = open_place(dir);
	size_t i, k, len;
	json_t *all;
	char *text;

	for (i = 0; place >= 0 && i < ARRAY_SIZE(storage_lists); i++) {
		text = read_below(place, storage_lists[i], LIST_BYTES, &len);
		all = text ? json_read(text, len) : NULL;
		free(text);
		for (k = 0; k < json_array_size(all); k++)
			add_stored(list, dir, json_array_get(all, k));
		json_decref(all);
	}
	if (place >= 0)
		close(place);
}

static bool find_stored(struct facts *facts, const char *id)
{
	size_t i;

	if (list_find(&storage, id, facts))
		return true;
	if (storage.read)
		return false;
	storage.read = true;
	for (i = 0; i < ARRAY_SIZE(storage_places); i++)
		read_stored(&storage, storage_places[i]);
	return list_find(&storage, id, facts);
}

static void set_part(struct facts *facts, enum fact fact, const char *text, size_t len)
{
	char *part = xasprintf("%.*s", (int)len, text);

	facts_set(facts, fact, part);
	free(part);
}

/* "POD_NAMESPACE_CONTAINER-ID.log": none of the names has _. */
static void add_log(const char *name)
{
	const size_t len = strlen(name), end = CGROUP_ID + strlen("-.log");
	const char *namespace, *container;
	struct known *known;

	if (len <= end || !text_ends(name, len, ".log") || name[len - end] != '-')
		return;
	namespace = strchr(name, '_');
	container = namespace ? strchr(namespace + 1, '_') : NULL;
	if (!container || container >= name + len - end)
		return;
	known = list_add(&logs, name + len - end + 1, CGROUP_ID);
	if (!known)
		return;
	set_part(&known->facts, FACT_POD, name, (size_t)(namespace - name));
	set_part(&known->facts, FACT_NAMESPACE, namespace + 1, (size_t)(container - namespace - 1));
	set_part(&known->facts, FACT_CONTAINER, container + 1,
		 (size_t)(name + len - end - container - 1));
}

/* "NAMESPACE_POD_UID" */
static void add_pod(const char *name)
{
	const char *pod = strchr(name, '_'), *uid = pod ? strchr(pod + 1, '_') : NULL;
	struct known *known = uid ? list_add(&pods, uid + 1, strlen(uid + 1)) : NULL;

	if (!known)
		return;
	set_part(&known->facts, FACT_NAMESPACE, name, (size_t)(pod - name));
	set_part(&known->facts, FACT_POD, pod + 1, (size_t)(uid - pod - 1));
	facts_set(&known->facts, FACT_UID, uid + 1);
}

/* Reads the names in the directory @dir, which say it all: no link is followed. */
static bool find_in_names(struct facts *facts, struct list *list, const char *dir,
			  void (*add)(const char *name), const char *id)
{
	struct dirent *entry;
	DIR *opened;
	size_t n;

	if (list_find(list, id, facts))
		return true;
	if (list->read)
		return false;
	list->read = true;
	opened = open_list(dir);
	for (n = 0; opened && n < LIST_MOST && (entry = readdir(opened)); n++)
		add(entry->d_name);
	if (opened)
		closedir(opened);
	return list_find(list, id, facts);
}

static bool is_runtime(const char *runtime, const char *name)
{
	return !runtime || !strcmp(runtime, name);
}

/* An ID is one name of a directory. */
static bool is_id(const char *id)
{
	return cgroup_fact_is_plain(id) && !strchr(id, '/') && *id != '.';
}

bool runtimes_find(struct facts *facts, const char *runtime, const char *id)
{
	if (!is_id(id))
		return false;
	return (is_runtime(runtime, "containerd") && find_containerd(facts, id)) ||
	       (is_runtime(runtime, "docker") && find_docker(facts, id)) ||
	       (is_runtime(runtime, "cri-o") && find_crio(facts, id)) ||
	       ((is_runtime(runtime, "podman") || is_runtime(runtime, "cri-o")) &&
		find_stored(facts, id)) ||
	       find_in_names(facts, &logs, "var/log/containers", add_log, id);
}

bool runtimes_find_pod(struct facts *facts, const char *uid)
{
	return find_in_names(facts, &pods, "var/log/pods", add_pod, uid);
}

/* struct account - a user, in the passwd of the machine */
struct account {
	uint32_t uid;
	uint32_t gid;
	char *home;
};

static bool find_account(struct account *account, uint32_t uid)
{
	const struct passwd *pw = NULL;
	FILE *file;
	size_t len;
	char *text;

	if (host_root) {
		text = read_in("etc", xstrdup("passwd"), &len);
		file = text && len ? fmemopen(text, len, "r") : NULL;
		while (file && (pw = fgetpwent(file)) && pw->pw_uid != uid)
			;
		if (pw)
			*account = (struct account){ uid, pw->pw_gid, xstrdup(pw->pw_dir) };
		if (file)
			fclose(file);
		free(text);
		return pw;
	}
	pw = getpwuid(uid);
	if (pw)
		*account = (struct account){ uid, pw->pw_gid, xstrdup(pw->pw_dir) };
	return pw;
}

static FILE *found_of_user;

static void write_known(const void *node, VISIT which, int depth)
{
	const struct known *known = *(const struct known *const *)node;
	size_t i;

	(void)depth;
	if (which != postorder && which != leaf)
		return;
	fputs(known->id, found_of_user);
	for (i = 0; i < FACTS; i++) {
		putc('\t', found_of_user);
		if (known->facts.v[i] && cgroup_fact_is_plain(known->facts.v[i]))
			fputs(known->facts.v[i], found_of_user);
	}
	putc('\n', found_of_user);
}

/*
 * The child, with the rights of the user alone: whatever the user has put below the own home, it
 * opens nothing that the user could not.  The user may not trace it.
 */
static int read_as_user(void *context, int to)
{
	const struct account *account = context;
	struct list list = { NULL, 0, false };
	const gid_t gid = account->gid;
	char *dir;

	if (!geteuid() && (syscall(SYS_setgroups, 1, &gid) || setresgid(gid, gid, gid) ||
			   setresuid(account->uid, account->uid, account->uid)))
		return 1;
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dir = xasprintf("%s/.local/share/containers/storage/overlay-containers", account->home);
	read_stored(&list, dir);
	free(dir);
	dir = xasprintf("run/user/%" PRIu32 "/containers/overlay-containers", account->uid);
	read_stored(&list, dir);
	found_of_user = fdopen(to, "w");
	if (!found_of_user)
		return 1;
	twalk(list.known, write_known);
	return fclose(found_of_user) ? 1 : 0;
}

/* A line of the child: what a user wrote. */
static void add_of_user(struct list *list, char *line)
{
	char *word = strsep(&line, "\t");
	struct known *known = word && is_id(word) ? list_add(list, word, strlen(word)) : NULL;
	size_t i;

	for (i = 0; known && i < FACTS && (word = strsep(&line, "\t")); i++)
		facts_set(&known->facts, (enum fact)i, word);
}

static void read_user(struct user *user)
{
	const uint64_t now = signals_now();
	struct account account;
	char *text, *rest, *line;
	struct bounded child;
	size_t len = 0;
	ssize_t n = 0;

	user->left = MIN(user->left + (now - user->since) / USER_PART, USER_NS);
	user->since = now;
	if (user->left < USER_LEAST || (geteuid() && geteuid() != user->uid) ||
	    !find_account(&account, user->uid))
		return;
	/* The library is loaded before the process forks. */
	json_decref(json_read("0", 1));
	text = xcalloc(1, USER_BYTES + 1);
	if (bounded_start(&child, read_as_user, &account)) {
		while (len < USER_BYTES &&
		       (n = bounded_read(&child, text + len, USER_BYTES - len,
					 now + user->left)) > 0)
			len += (size_t)n;
		bounded_end(&child);
	}
	user->left -= MIN(user->left, signals_now() - now);
	for (rest = text; (line = strsep(&rest, "\n")) && rest;)
		add_of_user(&user->list, line);
	free(text);
	free(account.home);
}

bool runtimes_find_of_user(struct facts *facts, uint32_t uid, const char *id)
{
	struct user *user;

	for (user = users; user < users + n_users && user->uid != uid; user++)
		;
	if (user == users + n_users) {
		if (n_users == USERS_MOST)
			return false;
		*user = (struct user){ .uid = uid, .left = USER_NS, .since = signals_now() };
		n_users++;
	}
	if (list_find(&user->list, id, facts))
		return true;
	if (user->list.read)
		return false;
	user->list.read = true;
	read_user(user);
	return list_find(&user->list, id, facts);
}

void runtimes_renew(void)
{
	size_t i;

	for (i = 0; i < n_users; i++)
		users[i].list.read = false;
	storage.read = false;
	logs.read = false;
	pods.read = false;
	for (i = 0; i < n_namespaces; i++)
		free(namespaces[i]);
	free(namespaces);
	namespaces = NULL;
	n_namespaces = 0;
}

void runtimes_forget(void)
{
	size_t i;

	runtimes_renew();
	/* What is left of the time of each stays. */
	for (i = 0; i < n_users; i++)
		list_forget(&users[i].list);
	list_forget(&storage);
	list_forget(&logs);
	list_forget(&pods);
}

void runtimes_root(const char *dir)
{
	host_root = dir;
}
