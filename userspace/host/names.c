// SPDX-License-Identifier: GPL-2.0
/* Names of users and cgroups on this machine. */
#include <inttypes.h>
#include <pwd.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/cgroups.h"
#include "host/names.h"
#include "lib/memory.h"

static void *users;

struct known_name *known_names_get(void **names, uint64_t id)
{
	struct known_name **found = tfind(&id, names, compare_u64), *name;

	if (found)
		return *found;
	name = xcalloc(1, sizeof(*name));
	name->id = id;
	snprintf(name->number, sizeof(name->number), "%" PRIu64, id);
	if (!tsearch(name, names, compare_u64))
		memory_failed();
	return name;
}

static void known_name_free(void *entry)
{
	struct known_name *name = entry;

	free(name->text);
	free(name);
}

void known_names_free(void **names)
{
	tdestroy(*names, known_name_free);
	*names = NULL;
}

const char *name_live(const struct snapshot *snap, enum name_kind kind, uint64_t id, bool numeric)
{
	const struct passwd *pw;
	struct known_name *user;

	(void)snap;
	if (kind != NAME_USER)
		return cgroup_path(id, numeric);
	user = known_names_get(&users, id);
	if (!user->text) {
		pw = getpwuid((uid_t)id);
		user->text = xstrdup(pw ? pw->pw_name : user->number);
	}
	return known_name_text(user, numeric);
}

void names_live(struct snapshot *snap)
{
	cgroups_renew();
	snap->naming = name_live;
}

void names_forget(void)
{
	known_names_free(&users);
	cgroups_forget();
}
