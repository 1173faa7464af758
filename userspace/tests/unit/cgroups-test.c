// SPDX-License-Identifier: GPL-2.0
/* Looks up cgroup paths by inode number, in a tree that this test makes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/cgroups.h"
#include "tap.h"

/* In the order of creation; removed in reverse. */
static const char *const paths[] = {
	"/", "/system.slice", "/system.slice/a b.service",
	"/system.slice/a b.service/inner", "/user.slice",
};

#define PATHS	(sizeof(paths) / sizeof(paths[0]))

/* Makes a cgroup in the first one, which the walk has met and not read yet. */
static void add_late(const struct cgroup_place *place, void *context)
{
	size_t *n_old = context;
	char dir[256];

	if (strstr(place->path, "/old")) {
		(*n_old)++;
	} else if (!strstr(place->path, "/new")) {
		snprintf(dir, sizeof(dir), "%s/new", place->dir);
		mkdir(dir, 0700);
	}
}

static void test_each(const char *top)
{
	static const char *const made[] = { "", "/old-1", "/old-1/old-2", "/old-3", "/new" };
	const size_t n = sizeof(made) / sizeof(made[0]);
	size_t n_old = 0, i;
	char dir[256];

	for (i = 0; i < n - 1; i++) {
		snprintf(dir, sizeof(dir), "%s/each%s", top, made[i]);
		if (mkdir(dir, 0700))
			abort();
	}
	snprintf(dir, sizeof(dir), "%s/each", top);
	cgroups_each(dir, add_late, &n_old);
	ok(n_old == 3, "those that were there before another was made");
	for (i = n; i--;) {
		snprintf(dir, sizeof(dir), "%s/each%s", top, made[i]);
		rmdir(dir);
	}
}

/* Writes @text as the controllers of the hierarchy at @top. */
static bool is_uncharged(const char *top, const char *text)
{
	char name[128];
	bool is;
	FILE *file;

	snprintf(name, sizeof(name), "%s/cgroup.controllers", top);
	file = fopen(name, "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		abort();
	is = cgroups_uncharged();
	unlink(name);
	return is;
}

static void test_controllers(const char *top)
{
	ok(!cgroups_uncharged(), "no list of controllers: unknown");
	ok(is_uncharged(top, "cpuset cpu io hugetlb pids\n"), "no memory controller");
	ok(is_uncharged(top, "memory2 xmemory\n"), "others that are called alike");
	ok(is_uncharged(top, "\n"), "no controller");
	ok(!is_uncharged(top, "memory\n") && !is_uncharged(top, "cpu memory pids\n") &&
	   !is_uncharged(top, "memory2 memory"), "the memory controller");
}

int main(void)
{
	char top[] = "/tmp/memcensus-XXXXXX", dir[128], file[256], number[32];
	uint64_t ids[PATHS], most = 0;
	struct stat st, again;
	const char *was;
	size_t i;

	if (!mkdtemp(top))
		return 1;
	for (i = 0; i < PATHS; i++) {
		snprintf(dir, sizeof(dir), "%s%s", top, paths[i]);
		if ((i && mkdir(dir, 0700)) || stat(dir, &st))
			return 1;
		ids[i] = st.st_ino;
		most = ids[i] > most ? ids[i] : most;
	}

	cgroups_root(top);
	for (i = 0; i < PATHS; i++)
		if (!ok(!strcmp(cgroup_path(ids[i], false), paths[i]), "%s", paths[i]))
			printf("# got %s\n", cgroup_path(ids[i], false));
	snprintf(number, sizeof(number), "%llu", (unsigned long long)ids[1]);
	ok(!strcmp(cgroup_path(ids[1], true), number), "by number");
	snprintf(number, sizeof(number), "%llu", (unsigned long long)most + 1);
	ok(!strcmp(cgroup_path(most + 1, false), number), "one that is not there");

	snprintf(dir, sizeof(dir), "%s/late", top);
	if (mkdir(dir, 0700) || stat(dir, &st))
		return 1;
	snprintf(number, sizeof(number), "%llu", (unsigned long long)st.st_ino);
	ok(!strcmp(cgroup_path(st.st_ino, false), number), "one made since, in the same census");
	cgroups_renew();
	ok(!strcmp(cgroup_path(st.st_ino, false), "/late"), "one made since, in the next census");
	/* Moved out of the tree, so that no other directory gets its number. */
	snprintf(file, sizeof(file), "%s-removed", top);
	if (rename(dir, file))
		return 1;
	cgroups_renew();
	ok(!strcmp(cgroup_path(st.st_ino, false), "/late"), "one removed since");
	if (mkdir(dir, 0700) || stat(dir, &again))
		return 1;
	cgroups_renew();
	was = cgroup_path(st.st_ino, false);
	ok(!strcmp(cgroup_path(again.st_ino, false), "/late") && !strcmp(was, "/late"),
	   "another one made since under its path has it");
	ok(!strcmp(cgroup_path(st.st_ino, false), number), "which is no longer of the first");
	rmdir(dir);
	rmdir(file);
	cgroups_forget();
	ok(!strcmp(cgroup_path(st.st_ino, false), number), "forgotten");

	test_each(top);
	test_controllers(top);
	for (i = PATHS; i--;) {
		snprintf(dir, sizeof(dir), "%s%s", top, paths[i]);
		rmdir(dir);
	}
	return tap_done();
}
