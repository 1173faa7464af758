// SPDX-License-Identifier: GPL-2.0
/* What people call a cgroup: its path, and what a runtime says, as one name. */
#include <ctype.h>
#include <inttypes.h>
#include <obstack.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-name.h"
#include "model/cgroup-tree.h"
#include "model/physical.h"
#include "model/share.h"

#define HEX	"0123456789abcdef"
/* Digits of an ID that docker shows, and that tell two of one name apart. */
#define SHORT_DIGITS	"12"

/* Texts of all names of a snapshot are this much at a time. */
#define CHUNK_SIZE	(8 << 10)

static void *chunk_alloc(size_t size)
{
	return xcalloc(1, size);
}

#define obstack_chunk_alloc	chunk_alloc
#define obstack_chunk_free	free

static bool begins_with(const char *text, size_t len, const char *begin)
{
	return len > strlen(begin) && !memcmp(text, begin, strlen(begin));
}

static bool is_hex(const char *text, size_t len)
{
	return strspn(text, HEX) >= len;
}

/* What platforms allow in names of containers, pods and namespaces, in units and in images. */
static bool is_plain(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!(isascii((unsigned char)text[i]) && isalnum((unsigned char)text[i])) &&
		    !strchr("_.-:@/+", text[i]))
			return false;
	return len && len < CGROUP_WORD && text[0] != '/';
}

bool cgroup_fact_is_plain(const char *word)
{
	return is_plain(word, strnlen(word, CGROUP_WORD));
}

/*
 * Copies the @len bytes at @from to @to of CGROUP_WORD bytes, each \xNN of systemd as what it
 * means.  What is no plain name then stays as it is.
 */
static void copy_unescaped(char *to, const char *from, size_t len)
{
	unsigned int byte;
	size_t i, n = 0;

	if (len >= CGROUP_WORD)
		len = CGROUP_WORD - 1;
	for (i = 0; i < len; n++) {
		if (i + 4 <= len && from[i] == '\\' && from[i + 1] == 'x' &&
		    isxdigit((unsigned char)from[i + 2]) && isxdigit((unsigned char)from[i + 3]) &&
		    sscanf(from + i + 2, "%2x", &byte) == 1) {
			to[n] = (char)byte;
			i += 4;
		} else {
			to[n] = from[i++];
		}
	}
	to[n] = '\0';
	if (strlen(to) == n && is_plain(to, n) && !strchr(to, '/'))
		return;
	memcpy(to, from, len);
	to[len] = '\0';
}

/* struct part - a directory of a path, without what systemd adds to the name of a scope or slice */
struct part {
	const char *name;
	size_t len;
	size_t whole;
};

static struct part part_at(const char *name)
{
	struct part part = { name, strcspn(name, "/"), 0 };

	part.whole = part.len;
	if (text_ends(name, part.len, ".scope") || text_ends(name, part.len, ".slice"))
		part.len -= strlen(".slice");
	return part;
}

static bool part_is(const struct part *part, const char *name)
{
	return part->name && part->whole == strlen(name) &&
	       !memcmp(part->name, name, part->whole);
}

/* Names of scopes that runtimes make, before the ID of the container. */
static const struct {
	const char *prefix;
	const char *runtime;
} scopes[] = {
	{ "cri-containerd-", "containerd" },
	{ "nerdctl-", "containerd" },
	{ "crio-", "cri-o" },
	{ "libpod-payload-", "podman" },
	{ "libpod-", "podman" },
	{ "docker-", "docker" },
};

/* Directories that runtimes make without systemd, in which each container has one. */
static const struct {
	const char *parent;
	const char *runtime;
} parents[] = {
	{ "docker", "docker" },
	{ "libpod_parent", "podman" },
};

/* Whether @part, in @above, is of a container with an ID. */
static bool find_container(struct cgroup_parts *parts, const struct part *part,
			   const struct part *above)
{
	const size_t before = part->len - CGROUP_ID;
	const char *runtime = NULL;
	bool found = false;
	size_t i;

	if (part->len < CGROUP_ID || !is_hex(part->name + before, CGROUP_ID))
		return false;
	for (i = 0; before && i < sizeof(scopes) / sizeof(scopes[0]); i++)
		if (before == strlen(scopes[i].prefix) &&
		    !memcmp(part->name, scopes[i].prefix, before)) {
			runtime = scopes[i].runtime;
			found = true;
			break;
		}
	for (i = 0; !before && i < sizeof(parents) / sizeof(parents[0]); i++)
		if (part_is(above, parents[i].parent)) {
			runtime = parents[i].runtime;
			found = true;
		}
	/* Right in the cgroup of its pod. */
	if (!before && *parts->pod && parts->of == CGROUP_OF_POD)
		found = true;
	if (!found)
		return false;
	parts->of = CGROUP_OF_CONTAINER;
	parts->runtime = runtime;
	*parts->name = '\0';
	*parts->app = '\0';
	memcpy(parts->id, part->name + before, CGROUP_ID);
	parts->id[CGROUP_ID] = '\0';
	return true;
}

/* Containers of LXC have their names in the path. */
static bool find_lxc(struct cgroup_parts *parts, const struct part *part, const struct part *above)
{
	static const char dotted[] = "lxc.payload.";
	const char *name = NULL;

	if (begins_with(part->name, part->whole, dotted))
		name = part->name + strlen(dotted);
	else if (part_is(above, "lxc") || part_is(above, "lxc.payload"))
		name = part->name;
	if (!name || !is_plain(name, part->whole - (size_t)(name - part->name)))
		return false;
	parts->of = CGROUP_OF_CONTAINER;
	parts->runtime = "lxc";
	snprintf(parts->name, sizeof(parts->name), "%.*s",
		 (int)(part->whole - (size_t)(name - part->name)), name);
	return true;
}

/* "machine-NAME.scope", "machine-qemu\x2d1\x2dNAME.scope", "systemd-nspawn@NAME.service". */
static bool find_machine(struct cgroup_parts *parts, const struct part *part,
			 const struct part *above)
{
	static const char scope[] = "machine-", nspawn[] = "systemd-nspawn@", qemu[] = "qemu-";
	const char *at;

	if (!part_is(above, "machine.slice"))
		return false;
	if (begins_with(part->name, part->len, scope) &&
	    text_ends(part->name, part->whole, ".scope")) {
		copy_unescaped(parts->name, part->name + strlen(scope), part->len - strlen(scope));
		at = parts->name + strlen(qemu);
		if (!strncmp(parts->name, qemu, strlen(qemu)) && isdigit((unsigned char)*at)) {
			at += strspn(at, "0123456789");
			if (*at == '-' && at[1]) {
				parts->runtime = "libvirt";
				memmove(parts->name, at + 1, strlen(at + 1) + 1);
			}
		}
	} else if (begins_with(part->name, part->whole, nspawn) &&
		   text_ends(part->name, part->whole, ".service")) {
		copy_unescaped(parts->name, part->name + strlen(nspawn),
			       part->whole - strlen(nspawn) - strlen(".service"));
		parts->runtime = "nspawn";
	} else {
		return false;
	}
	if (!is_plain(parts->name, strlen(parts->name)))
		return false;
	parts->of = CGROUP_OF_MACHINE;
	return true;
}

/* Whether the @len bytes at @text are the UID of a pod, or its hash if it is static. */
static bool is_pod_uid(const char *text, size_t len)
{
	return (len == 36 && strspn(text, HEX "_-") >= len) || (len == 32 && is_hex(text, len));
}

static bool find_pod(struct cgroup_parts *parts, const struct part *part, bool in_kubepods)
{
	static const char libpod[] = "libpod_pod_";
	const char *at = memmem(part->name, part->len, libpod, strlen(libpod)), *end;
	size_t len;
	char *c;

	end = part->name + part->len;
	if (at && at + strlen(libpod) + CGROUP_ID == end && is_hex(end - CGROUP_ID, CGROUP_ID) &&
	    (at == part->name || at[-1] == '-')) {
		parts->runtime = "podman";
		at += strlen(libpod);
	} else {
		at = begins_with(part->name, part->len, "pod") ? part->name :
		     memmem(part->name, part->len, "-pod", strlen("-pod"));
		if (!in_kubepods || !at)
			return false;
		at += *at == '-' ? strlen("-pod") : strlen("pod");
		if (!is_pod_uid(at, (size_t)(end - at)))
			return false;
	}
	len = (size_t)(end - at);
	memcpy(parts->pod, at, len);
	parts->pod[len] = '\0';
	/* The slice of a pod has _ for -. */
	for (c = parts->pod; *c; c++)
		if (*c == '_')
			*c = '-';
	parts->of = CGROUP_OF_POD;
	return true;
}

/*
 * The application of "app-LAUNCHER-ID-RANDOM.scope", "app-LAUNCHER-ID@RANDOM.service" and
 * "app-LAUNCHER-ID.slice", where LAUNCHER may be missing and - in ID is escaped.
 */
static void find_app(struct cgroup_parts *parts, const struct part *part)
{
	const char *end = part->name + part->len, *at, *id;

	if (!begins_with(part->name, part->len, "app-") || part_is(part, "app-graphical.slice"))
		return;
	if (text_ends(part->name, part->whole, ".scope")) {
		at = memrchr(part->name, '-', part->len);
		if (at && at >= part->name + strlen("app-"))
			end = at;
	} else if (text_ends(part->name, part->whole, ".service")) {
		end = part->name + part->whole - strlen(".service");
		at = memchr(part->name, '@', (size_t)(end - part->name));
		end = at ?: end;
	}
	id = memrchr(part->name, '-', (size_t)(end - part->name));
	if (!id || id + 1 >= end)
		return;
	copy_unescaped(parts->app, id + 1, (size_t)(end - id - 1));
	if (!is_plain(parts->app, strlen(parts->app)))
		*parts->app = '\0';
}

static bool find_unit(struct cgroup_parts *parts, const struct part *part)
{
	static const char *const types[] = {
		".service", ".scope", ".socket", ".mount", ".swap",
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (text_ends(part->name, part->whole, types[i]))
			break;
	/* The manager of a user has units of its own. */
	if (i == sizeof(types) / sizeof(types[0]) ||
	    (parts->by_user && begins_with(part->name, part->whole, "user@")))
		return false;
	snprintf(parts->name, sizeof(parts->name), "%.*s", (int)part->whole, part->name);
	if (parts->by_user)
		find_app(parts, part);
	parts->of = CGROUP_OF_UNIT;
	return true;
}

/* "user-1000.slice" in user.slice. */
static bool find_user(struct cgroup_parts *parts, const struct part *part,
		      const struct part *above)
{
	static const char user[] = "user-";
	uint64_t uid;

	if (!part_is(above, "user.slice") || above->name[-1] != '/' ||
	    !begins_with(part->name, part->len, user) ||
	    !text_ends(part->name, part->whole, ".slice") ||
	    !text_number(part->name + strlen(user), part->len - strlen(user), &uid) ||
	    uid >= UINT32_MAX)
		return false;
	parts->of = CGROUP_OF_USER;
	parts->by_user = true;
	parts->uid = (uint32_t)uid;
	return true;
}

static void may_be(struct cgroup_parts *parts, const char *path, const char *id, size_t len)
{
	if (!len || len > CGROUP_ID || !is_plain(id, len) || *id == '.')
		return;
	parts->of = CGROUP_OF_CONTAINER;
	parts->maybe = true;
	parts->runtime = "containerd";
	parts->end = strlen(path);
	memcpy(parts->id, id, len);
	parts->id[len] = '\0';
}

/*
 * The cgroup of "ctr run" is /NAMESPACE/ID, and with --runc-systemd-cgroup --cgroup
 * SLICE:PREFIX:ID it is PREFIX-ID.scope in SLICE.
 */
static void find_maybe(struct cgroup_parts *parts, const char *path)
{
	const char *last = strrchr(path, '/'), *id;
	const size_t len = last ? strlen(last + 1) : 0;

	if (parts->of == CGROUP_OF_UNIT && !parts->by_user && !path[parts->end] &&
	    text_ends(last + 1, len, ".scope") &&
	    text_ends(path, (size_t)(last - path), ".slice")) {
		id = strchr(last, '-');
		if (id)
			may_be(parts, path, id + 1,
			       len - strlen(".scope") - (size_t)(id - last));
		return;
	}
	/* Right in the root, of any two directories. */
	if (parts->of == CGROUP_OF_NONE && len && last != path && last == strchr(path + 1, '/') &&
	    !text_ends(last + 1, len, ".slice") &&
	    !text_ends(path, (size_t)(last - path), ".slice"))
		may_be(parts, path, last + 1, len);
}

/* What @path says for sure. */
static void find_sure(struct cgroup_parts *parts, const char *path)
{
	struct part above = { NULL, 0, 0 }, part;
	bool in_kubepods = false, in_unit = false;
	const char *at = path;

	memset(parts, 0, sizeof(*parts));
	while (*at == '/' && at[1] && parts->of != CGROUP_OF_CONTAINER &&
	       parts->of != CGROUP_OF_MACHINE) {
		part = part_at(++at);
		in_kubepods |= part_is(&part, "kubepods") ||
			       begins_with(part.name, part.whole, "kubepods");
		if (find_container(parts, &part, &above) ||
		    (!in_unit && !parts->by_user &&
		     (find_lxc(parts, &part, &above) || find_machine(parts, &part, &above))) ||
		    (!in_unit && find_pod(parts, &part, in_kubepods)) ||
		    (above.name == path + 1 && find_user(parts, &part, &above)) ||
		    (!in_unit && find_unit(parts, &part))) {
			parts->end = (size_t)(at - path) + part.whole;
			in_unit = parts->of == CGROUP_OF_UNIT;
		}
		above = part;
		at += part.whole;
	}
}

void cgroup_parts_of(struct cgroup_parts *parts, const char *path)
{
	find_sure(parts, path);
	find_maybe(parts, path);
}

/* Facts by their keys; @at: the member of struct cgroup_name. */
static const struct {
	const char *key;
	size_t at;
} facts_known[] = {
	{ "container=", offsetof(struct cgroup_name, container) },
	{ "pod=", offsetof(struct cgroup_name, pod) },
	{ "namespace=", offsetof(struct cgroup_name, namespace) },
	{ "image=", offsetof(struct cgroup_name, image) },
	{ "id=", offsetof(struct cgroup_name, container_id) },
	{ "uid=", offsetof(struct cgroup_name, pod_uid) },
	{ "runtime=", offsetof(struct cgroup_name, runtime) },
};

/**
 * struct cgroup_names - the names of the cgroups of a snapshot
 * @by_id: those that were asked for, a tree of tsearch(3)
 * @texts: of them
 */
struct cgroup_names {
	void *by_id;
	struct obstack texts;
};

static const char *keep(struct obstack *texts, const char *text)
{
	return text && *text ? obstack_copy0(texts, text, (int)strlen(text)) : NULL;
}

static const char **member_at(struct cgroup_name *name, size_t at)
{
	return (const char **)((char *)name + at);
}

/* A line of a record is of anybody. */
static void read_facts(struct cgroup_name *name, struct obstack *texts, const char *facts)
{
	char word[CGROUP_WORD];
	size_t len, i;

	for (; facts && *facts; facts += len + !!facts[len]) {
		len = strcspn(facts, " ");
		for (i = 0; i < sizeof(facts_known) / sizeof(facts_known[0]); i++) {
			const size_t key = strlen(facts_known[i].key);

			if (len <= key || len - key >= sizeof(word) ||
			    memcmp(facts, facts_known[i].key, key))
				continue;
			memcpy(word, facts + key, len - key);
			word[len - key] = '\0';
			if (!cgroup_fact_is_plain(word) ||
			    (strchr(word, '/') && strcmp(facts_known[i].key, "image=")))
				continue;
			*member_at(name, facts_known[i].at) = keep(texts, word);
		}
	}
}

/* The name of what @name is of, as it is shown, which the caller frees. */
static char *outer_name(const struct cgroup_name *name, const struct cgroup_parts *parts)
{
	char *top = xasprintf("%.*s", (int)parts->end, name->path), short_name[CGROUP_WORD], *text;

	cgroup_short_name(top, short_name, sizeof(short_name));
	free(top);
	if (name->of == CGROUP_OF_USER)
		text = name->user ? xstrdup(name->user) : xstrdup(short_name);
	else if (name->of == CGROUP_OF_MACHINE)
		text = xstrdup(name->machine);
	else if (name->of == CGROUP_OF_POD && name->pod)
		text = name->namespace ? xasprintf("%s/%s", name->namespace, name->pod) :
					 xstrdup(name->pod);
	else if (name->of == CGROUP_OF_CONTAINER && name->container)
		text = name->namespace && name->pod ?
		       xasprintf("%s/%s/%s", name->namespace, name->pod, name->container) :
		       xstrdup(name->container);
	else
		text = xstrdup(short_name);
	return text;
}

static char *shown_name(const struct cgroup_name *name, const struct cgroup_parts *parts)
{
	char inner[CGROUP_WORD], *outer, *text;

	cgroup_short_name(name->path, inner, sizeof(inner));
	if (name->of == CGROUP_OF_NONE)
		return xstrdup(inner);
	outer = outer_name(name, parts);
	text = name->below ? xasprintf("%s: %s", outer, inner) : xstrdup(outer);
	free(outer);
	if (!parts->by_user || name->of == CGROUP_OF_USER)
		return text;
	/* What a user chooses never looks like the name of another user's. */
	outer = name->user ? xasprintf("%s: %s", name->user, text) :
			     xasprintf("user-%" PRIu32 ": %s", parts->uid, text);
	free(text);
	return outer;
}

static void set_shown(struct cgroup_name *name, struct obstack *texts, const char *shown)
{
	char *own = xasprintf("%s/.", strcmp(shown, "/") ? shown : "");

	name->shown = keep(texts, shown) ?: "";
	name->shown_own = keep(texts, own);
	free(own);
}

/* Fills @name, with texts in @texts, from the path and the facts. */
static void fill_name(const struct snapshot *snap, struct cgroup_name *name, struct obstack *texts,
		      const char *path, const char *facts)
{
	struct cgroup_parts parts;
	char *shown, number[16];
	const char *user;

	cgroup_parts_of(&parts, path);
	name->path = keep(texts, path) ?: "";
	if (*path != '/')
		memset(&parts, 0, sizeof(parts));
	if (parts.maybe && (!facts || !*facts))
		find_sure(&parts, path);
	if (parts.of == CGROUP_OF_CONTAINER || parts.of == CGROUP_OF_POD) {
		name->runtime = parts.runtime;
		name->container_id = keep(texts, parts.id);
		name->pod_uid = keep(texts, parts.pod);
		if (parts.of == CGROUP_OF_CONTAINER)
			name->container = keep(texts, parts.name);
		read_facts(name, texts, facts);
	} else if (parts.of == CGROUP_OF_MACHINE) {
		name->machine = keep(texts, parts.name);
		name->runtime = parts.runtime;
	} else if (parts.of == CGROUP_OF_UNIT) {
		name->unit = keep(texts, parts.name);
		name->app = keep(texts, parts.app);
	}
	name->of = parts.of;
	name->by_user = parts.by_user;
	name->below = parts.of != CGROUP_OF_NONE && path[parts.end];
	name->top = name->below ? obstack_copy0(texts, path, (int)parts.end) : name->path;
	if (parts.by_user) {
		user = snap->naming ? snap->naming(snap, NAME_USER, parts.uid, false) : NULL;
		snprintf(number, sizeof(number), "%" PRIu32, parts.uid);
		name->user = user && strcmp(user, number) ? keep(texts, user) : NULL;
	}
	shown = shown_name(name, &parts);
	set_shown(name, texts, shown);
	free(shown);
}

static struct cgroup_name *add_name(const struct snapshot *snap, struct cgroup_names *names,
				    uint64_t id)
{
	struct cgroup_name **found = tfind(&id, &names->by_id, compare_u64), *name;
	const char *path, *facts;

	if (found)
		return *found;
	name = xcalloc(1, sizeof(*name));
	name->id = id;
	if (!tsearch(name, &names->by_id, compare_u64))
		memory_failed();
	path = snap->naming(snap, NAME_CGROUP, id, false);
	facts = *path == '/' ? snap->naming(snap, NAME_CONTAINER, id, false) : NULL;
	fill_name(snap, name, &names->texts, path, facts);
	return name;
}

static int compare_shown(const void *a, const void *b)
{
	const struct cgroup_name *x = *(struct cgroup_name *const *)a;
	const struct cgroup_name *y = *(struct cgroup_name *const *)b;

	return strcmp(x->shown, y->shown) ?: COMPARE(x->id, y->id);
}

/* Two of @v with one name get their paths; without @by_path, those with an ID get that first. */
static void tell_apart(struct cgroup_names *names, struct cgroup_name **v, size_t n, bool by_path)
{
	size_t i, k, end;
	char *text;

	qsort(v, n, sizeof(*v), compare_shown);
	for (i = 0; i < n; i = end) {
		for (end = i + 1; end < n && !strcmp(v[end]->shown, v[i]->shown); end++)
			;
		for (k = i; end - i > 1 && k < end; k++) {
			if (by_path && *v[k]->path == '/') {
				set_shown(v[k], &names->texts, v[k]->path);
			} else if (!by_path && v[k]->container_id && !v[k]->below) {
				text = xasprintf("%s (%." SHORT_DIGITS "s)", v[k]->shown,
						 v[k]->container_id);
				set_shown(v[k], &names->texts, text);
				free(text);
			}
		}
	}
}

/* struct found - the cgroups of a snapshot, each once */
struct found {
	struct cgroup_name **v;
	size_t n;
};

static void note(const struct snapshot *snap, struct cgroup_names *names, struct found *found,
		 uint64_t id)
{
	if (tfind(&id, &names->by_id, compare_u64))
		return;
	found->v = array_grow(found->v, found->n, sizeof(*found->v));
	found->v[found->n++] = add_name(snap, names, id);
}

static struct cgroup_names *name_all(const struct snapshot *snap)
{
	struct cgroup_names *names = xcalloc(1, sizeof(*names));
	struct found found = { NULL, 0 };
	size_t i;

	obstack_begin(&names->texts, CHUNK_SIZE);
	for (i = 0; i < snap->n_groups; i++)
		if (KNOWN(&snap->groups[i], MEMCENSUS_GROUP_CGROUP))
			note(snap, names, &found, snap->groups[i].cgroup);
	for (i = 0; i < snap->n_tasks; i++)
		if (KNOWN(&snap->tasks[i], MEMCENSUS_TASK_CGROUP))
			note(snap, names, &found, snap->tasks[i].cgroup);
	for (i = 0; i < snap->n_outside; i++)
		if (KNOWN(&snap->outside[i], MEMCENSUS_TASK_CGROUP))
			note(snap, names, &found, snap->outside[i].cgroup);
	for (i = 0; i < snap->n_frame_cgroups; i++)
		if (KNOWN(&snap->frame_cgroups[i], MEMCENSUS_FG_CGROUP))
			note(snap, names, &found, snap->frame_cgroups[i].cgroup);
	for (i = 0; i < snap->n_payers; i++)
		if (KNOWN(&snap->payers[i], MEMCENSUS_PAYER_CGROUP))
			note(snap, names, &found, snap->payers[i].cgroup);
	tell_apart(names, found.v, found.n, false);
	tell_apart(names, found.v, found.n, true);
	free(found.v);
	return names;
}

const struct cgroup_name *cgroup_name_of(const struct snapshot *snap, uint64_t id)
{
	struct snapshot *owner = (struct snapshot *)snap;

	if (!snap->naming)
		return NULL;
	/* What is derived of a census is no change of it. */
	if (!owner->called)
		owner->called = name_all(snap);
	return add_name(snap, owner->called, id);
}

/* struct lone - one of cgroup_name_make(), with its texts */
struct lone {
	struct cgroup_name name;
	struct obstack texts;
};

struct cgroup_name *cgroup_name_make(const struct snapshot *snap, uint64_t id, const char *path,
				     const char *facts)
{
	struct lone *lone = xcalloc(1, sizeof(*lone));

	obstack_begin(&lone->texts, CGROUP_WORD);
	lone->name.id = id;
	fill_name(snap, &lone->name, &lone->texts, path, facts);
	return &lone->name;
}

void cgroup_name_free(struct cgroup_name *name)
{
	struct lone *lone = (struct lone *)name;

	if (!lone)
		return;
	obstack_free(&lone->texts, NULL);
	free(lone);
}

void cgroup_names_free(struct cgroup_names *names)
{
	if (!names)
		return;
	tdestroy(names->by_id, free);
	obstack_free(&names->texts, NULL);
	free(names);
}
