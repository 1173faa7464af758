// SPDX-License-Identifier: GPL-2.0
/* Names of users and cgroups on this machine. */
#include <pwd.h>
#include <stdlib.h>

#include "lib/memory.h"
#include "os/cgroups.h"
#include "os/containers.h"
#include "os/known-names.h"
#include "os/names.h"

static void *users;

const char *name_live(const struct snapshot *snap, enum name_kind kind, uint64_t id, bool numeric)
{
	const struct passwd *pw;
	struct known_name *user;

	(void)snap;
	if (kind == NAME_CONTAINER)
		return container_facts(id, cgroup_path(id, false));
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
	containers_renew();
	snap->naming = name_live;
}

void names_forget(void)
{
	known_names_free(&users);
	cgroups_forget();
	containers_forget();
}
