// SPDX-License-Identifier: GPL-2.0
/* What runtimes of containers say of cgroups: each cgroup and container is asked for once. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-name.h"
#include "model/columns.h"
#include "os/cgroups.h"
#include "os/containers.h"
#include "os/runtimes.h"

/* A runtime may write its file a little after it makes the cgroup: so many censuses ask again. */
#define TRIES		3
/* Cgroups in that of a pod that are asked for its name. */
#define MEMBERS_MOST	64

/**
 * struct told - what is known of a cgroup
 * @id: of it; first, for compare_u64()
 * @facts: owned; NULL: nothing
 * @tries: how often that was found
 * @renewal: in which one
 */
struct told {
	uint64_t id;
	char *facts;
	unsigned int tries;
	unsigned int renewal;
};

/* Censuses may be taken in one thread while another one draws. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *all;
static unsigned int renewal;

/* struct member - a container that was looked up, by its ID and user */
struct member {
	char id[CGROUP_ID + 1];
	bool by_user;
	uint32_t uid;
	bool found;
	unsigned int renewal;
	struct facts facts;
};

static void *members;

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return strcmp(x->id, y->id) ?: COMPARE(x->by_user, y->by_user) ?: COMPARE(x->uid, y->uid);
}

static void free_member(void *untyped)
{
	struct member *member = untyped;

	facts_free(&member->facts);
	free(member);
}

/* The container that @parts say, as its runtime knows it.  The caller holds the lock. */
static const struct member *find_member(const struct cgroup_parts *parts)
{
	struct member key = { .by_user = parts->by_user, .uid = parts->uid }, **found, *member;

	memcpy(key.id, parts->id, sizeof(key.id));
	found = tfind(&key, &members, compare_members);
	member = found ? *found : xmemdup(&key, sizeof(key));
	if (!found && !tsearch(member, &members, compare_members))
		memory_failed();
	if (member->found || (found && member->renewal == renewal))
		return member;
	member->renewal = renewal;
	facts_free(&member->facts);
	member->found = parts->by_user ?
		runtimes_find_of_user(&member->facts, parts->uid, parts->id) :
		runtimes_find(&member->facts, parts->runtime, parts->id);
	return member;
}

/* The pod at @dir by the first container in it that has one.  The caller holds the lock. */
static bool find_pod_in(struct facts *facts, const char *dir, const char *path)
{
	const struct member *member;
	struct cgroup_parts parts;
	struct dirent *entry;
	DIR *opened = opendir(dir);
	size_t n = 0;
	char *below;

	while (opened && !facts->v[FACT_POD] && n < MEMBERS_MOST && (entry = readdir(opened))) {
		if (entry->d_type != DT_DIR || *entry->d_name == '.')
			continue;
		n++;
		below = xasprintf("%s/%s", path, entry->d_name);
		cgroup_parts_of(&parts, below);
		free(below);
		if (parts.of != CGROUP_OF_CONTAINER || !*parts.id)
			continue;
		member = find_member(&parts);
		if (!member->found || !member->facts.v[FACT_POD])
			continue;
		facts_set(facts, FACT_POD, member->facts.v[FACT_POD]);
		facts_set(facts, FACT_NAMESPACE, member->facts.v[FACT_NAMESPACE]);
		facts_set(facts, FACT_RUNTIME, member->facts.v[FACT_RUNTIME]);
	}
	if (opened)
		closedir(opened);
	return facts->v[FACT_POD];
}

/*
 * Whether all cgroups above that of the container or pod are of the user that may make such ones:
 * the owner of the hierarchy, root.  Somebody else may give a cgroup of the own the name that the
 * runtime gives that of a container.
 */
static bool is_made_by_root(const char *mount, const char *path, size_t end)
{
	char *place = xasprintf("%s%.*s", mount, (int)end, path), *last;
	struct stat top, st;
	bool made = !stat(mount, &top);

	while (made && (last = strrchr(place, '/')) && last > place + strlen(mount)) {
		*last = '\0';
		made = !stat(place, &st) && st.st_uid == top.st_uid;
	}
	free(place);
	return made;
}

static char *facts_text(const struct facts *facts)
{
	static const char *const keys[] = {
		[FACT_CONTAINER] = "container",
		[FACT_POD] = "pod",
		[FACT_NAMESPACE] = "namespace",
		[FACT_IMAGE] = "image",
		[FACT_UID] = "uid",
		[FACT_RUNTIME] = "runtime",
	};
	char *text;
	size_t size, i;
	FILE *out;

	out = xopen_memstream(&text, &size);
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (facts->v[i] && cgroup_fact_is_plain(facts->v[i]))
			fprintf(out, "%s%s=%s", ftell(out) ? " " : "", keys[i], facts->v[i]);
	xfclose(out);
	return text;
}

/* The part of @path that is the cgroup of the pod that a container is in; 0: there is none. */
static size_t end_of_pod(const struct cgroup_parts *parts, const char *path)
{
	size_t end = parts->end;

	if (!*parts->pod)
		return 0;
	while (end && path[end - 1] != '/')
		end--;
	return end ? end - 1 : 0;
}

/*
 * Whether the container, which @parts only guess from the name of a scope of systemd, has this
 * cgroup: any unit may end with its ID.
 */
static bool is_at(const struct facts *facts, const struct cgroup_parts *parts, const char *path)
{
	const char *place = facts->v[FACT_PLACE], *last = strrchr(path, '/'), *slice;
	char *unit;
	bool is;

	if (!parts->maybe || !text_ends(last, strlen(last), ".scope"))
		return true;
	if (!place)
		return false;
	for (slice = last; slice[-1] != '/'; slice--)
		;
	unit = xasprintf("%.*s:%.*s:%s", (int)(last - slice), slice,
			 (int)(strchr(last, '-') - last - 1), last + 1, parts->id);
	is = !strcmp(place, unit);
	free(unit);
	return is;
}

/* What is known of the cgroup at @path, which the caller frees; NULL: nothing. */
static char *look_up(const char *path)
{
	const char *mount = cgroups_mount();
	const struct member *member;
	struct facts facts = { };
	struct cgroup_parts parts;
	bool found = false;
	char *dir, *text;
	size_t end;

	cgroup_parts_of(&parts, path);
	if (!mount || (parts.of != CGROUP_OF_CONTAINER && parts.of != CGROUP_OF_POD) ||
	    (!parts.by_user && !is_made_by_root(mount, path, parts.end)))
		return NULL;
	if (parts.of == CGROUP_OF_CONTAINER && *parts.id) {
		member = find_member(&parts);
		found = member->found && is_at(&member->facts, &parts, path);
		if (found)
			facts_copy(&facts, &member->facts);
	}
	end = parts.of == CGROUP_OF_POD ? parts.end : end_of_pod(&parts, path);
	if (end && !facts.v[FACT_POD]) {
		text = xasprintf("%.*s", (int)end, path);
		dir = xasprintf("%s%s", mount, text);
		found |= find_pod_in(&facts, dir, text) ||
			 (!parts.by_user && runtimes_find_pod(&facts, parts.pod));
		free(dir);
		free(text);
	}
	text = found ? facts_text(&facts) : NULL;
	facts_free(&facts);
	return text;
}

const char *container_facts(uint64_t id, const char *path)
{
	struct told **found, *told;
	const char *facts;

	if (*path != '/')
		return "";
	pthread_mutex_lock(&lock);
	found = tfind(&id, &all, compare_u64);
	told = found ? *found : xcalloc(1, sizeof(*told));
	told->id = id;
	if (!found && !tsearch(told, &all, compare_u64))
		memory_failed();
	if (!told->facts && told->tries < TRIES && (!found || told->renewal != renewal)) {
		told->facts = look_up(path);
		told->tries++;
		told->renewal = renewal;
	}
	facts = told->facts ?: "";
	pthread_mutex_unlock(&lock);
	return facts;
}

void containers_renew(void)
{
	pthread_mutex_lock(&lock);
	renewal++;
	runtimes_renew();
	pthread_mutex_unlock(&lock);
}

static void free_told(void *untyped)
{
	struct told *told = untyped;

	free(told->facts);
	free(told);
}

void containers_forget(void)
{
	pthread_mutex_lock(&lock);
	tdestroy(all, free_told);
	all = NULL;
	tdestroy(members, free_member);
	members = NULL;
	runtimes_forget();
	pthread_mutex_unlock(&lock);
}

void containers_root(const char *dir)
{
	containers_forget();
	runtimes_root(dir);
}
