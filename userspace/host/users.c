// SPDX-License-Identifier: GPL-2.0
/* Names of users, each asked for once. */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/users.h"

#define BUCKETS	256

/* A user that was asked for; @name is NULL where there is only a number. */
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
