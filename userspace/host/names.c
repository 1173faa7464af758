// SPDX-License-Identifier: GPL-2.0
/* Names of users and cgroups on this machine. */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/cgroups.h"
#include "host/names.h"
#include "lib/memory.h"

static struct known_names users;

struct known_name *known_names_get(struct known_names *names, uint64_t id)
{
	struct known_name **bucket = &names->buckets[id % KNOWN_BUCKETS], *name;

	for (name = *bucket; name; name = name->next)
		if (name->id == id)
			return name;
	name = xcalloc(1, sizeof(*name));
	name->id = id;
	snprintf(name->number, sizeof(name->number), "%" PRIu64, id);
	name->next = *bucket;
	*bucket = name;
	return name;
}

void known_names_free(struct known_names *names)
{
	struct known_name *name;
	size_t i;

	for (i = 0; i < KNOWN_BUCKETS; i++) {
		while ((name = names->buckets[i])) {
			names->buckets[i] = name->next;
			free(name->text);
			free(name);
		}
	}
}

const char *user_name(uint64_t uid, bool numeric)
{
	struct known_name *user = known_names_get(&users, uid);
	const struct passwd *pw;

	if (!user->text) {
		pw = getpwuid((uid_t)uid);
		user->text = xstrdup(pw ? pw->pw_name : user->number);
	}
	return known_name_text(user, numeric);
}

const char *name_live(const struct snapshot *snap, enum name_kind kind, uint64_t id, bool numeric)
{
	(void)snap;
	if (kind == NAME_USER)
		return user_name(id, numeric);
	return cgroup_path ? cgroup_path(id, numeric) : NULL;
}

void names_live(struct snapshot *snap)
{
	if (cgroups_renew)
		cgroups_renew();
	snap->naming = name_live;
}

void names_forget(void)
{
	known_names_free(&users);
	if (cgroups_forget)
		cgroups_forget();
}
