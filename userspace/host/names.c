// SPDX-License-Identifier: GPL-2.0
/* Names of users and cgroups on this machine. */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/cgroups.h"
#include "host/names.h"

#define BUCKETS	256

/* A user that was looked up; @name is NULL if there is only a number. */
struct user {
	struct user *next;
	uint64_t uid;
	char *name;
	char number[24];
};

static struct user *buckets[BUCKETS];

static struct user *user_find(uint64_t uid)
{
	struct user **bucket = &buckets[uid % BUCKETS];
	struct user *user;
	struct passwd *pw;

	for (user = *bucket; user; user = user->next)
		if (user->uid == uid)
			return user;

	user = calloc(1, sizeof(*user));
	if (!user)
		return NULL;
	pw = getpwuid((uid_t)uid);
	user->uid = uid;
	user->name = pw ? strdup(pw->pw_name) : NULL;
	snprintf(user->number, sizeof(user->number), "%" PRIu64, uid);
	user->next = *bucket;
	*bucket = user;
	return user;
}

const char *user_name(uint64_t uid, bool numeric)
{
	const struct user *user = user_find(uid);

	if (!user)
		return "?";
	return user->name && !numeric ? user->name : user->number;
}

static const char *live_user(const struct snapshot *snap, uint64_t uid, bool numeric)
{
	(void)snap;
	return user_name(uid, numeric);
}

static const char *live_cgroup(const struct snapshot *snap, uint64_t id, bool numeric)
{
	(void)snap;
	return cgroup_path ? cgroup_path(id, numeric) : NULL;
}

void names_live(struct snapshot *snap)
{
	static const struct naming live = { live_user, live_cgroup };

	if (cgroups_renew)
		cgroups_renew();
	snap->naming = &live;
}

void names_forget(void)
{
	struct user *user;
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		while ((user = buckets[i])) {
			buckets[i] = user->next;
			free(user->name);
			free(user);
		}
	}
	if (cgroups_forget)
		cgroups_forget();
}
