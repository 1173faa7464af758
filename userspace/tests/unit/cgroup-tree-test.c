// SPDX-License-Identifier: GPL-2.0
/* Names of cgroups, and trees of groups as a stranger may write them to a record. */
#include <stdio.h>
#include <string.h>

#include "model/cgroup-tree.h"
#include "report/listing.h"
#include "tap.h"

#define ID	"3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b3f4a9c0d1e2b1234"
#define UID	"0a1b2c3d-1111-2222-3333-444455556666"

static const struct {
	const char *path;
	const char *name;
} names[] = {
	{ "/", "/" },
	{ "", "" },
	{ "/system.slice/nginx.service", "nginx.service" },
	{ "/user.slice/user-1000.slice", "user-1000.slice" },
	{ "/system.slice/docker-" ID ".scope", "docker-3f4a9c0d1e2b" },
	{ "/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-3f4a9c0d1e2b" },
	{ "/docker/" ID, "3f4a9c0d1e2b" },
	{ "/docker/x" ID, "x" ID },
	{ "/docker/" ID "0", ID "0" },
	{ "/a/docker-A" ID ".scope", "docker-A" ID ".scope" },
	{ "/kubepods/burstable/pod" UID, "pod" UID },
	{ "/kubepods.slice/kubepods-pod0a1b2c3d_1111_2222_3333_444455556666.slice", "pod" UID },
	{ "/kubepods.slice/kubepods-besteffort-pod0123456789abcdef0123456789abcdef.slice",
	  "pod0123456789abcdef0123456789abcdef" },
	{ "/kubepods.slice/kubepods-burstable.slice", "kubepods-burstable.slice" },
	{ "/user.slice/my-podcast.service", "my-podcast.service" },
	{ "/podman", "podman" },
	{ "/pod", "pod" },
	{ "/x-pod.slice", "x-pod.slice" },
	{ "/.scope", ".scope" },
};

static void test_names(void)
{
	char name[256], small[5];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cgroup_short_name(names[i].path, name, sizeof(name));
		if (!ok(!strcmp(name, names[i].name), "%s", names[i].path))
			printf("# got %s\n", name);
	}
	cgroup_short_name("/system.slice", small, sizeof(small));
	ok(!strcmp(small, "syst"), "a name that does not fit");
}

static const char *one_name(const struct snapshot *snap, enum name_kind kind, uint64_t id,
			    bool numeric)
{
	(void)snap;
	(void)kind;
	(void)id;
	(void)numeric;
	return "/x";
}

/* @parents: by group, from ID 1; 0: none. */
static struct snapshot *make(const unsigned int *parents, unsigned int n)
{
	struct snapshot *snap = snapshot_new();
	struct group *group;
	unsigned int i;

	snap->naming = one_name;
	for (i = 0; i < n; i++) {
		group = row_add(&group_rows, snap);
		group->known = 1ULL << MEMCENSUS_GROUP_ID | 1ULL << MEMCENSUS_GROUP_CGROUP;
		group->known |= 1ULL << MEMCENSUS_GROUP_MMS;
		group->known |= (uint64_t)!!parents[i] << MEMCENSUS_GROUP_PARENT;
		group->id = i + 1;
		group->cgroup = 100 + i;
		group->parent = parents[i];
		group->mms = 1;
		group->figures.known = 1ULL << MEMCENSUS_F_USS;
		group->figures.v[MEMCENSUS_F_USS] = 10 - i;
	}
	cgroup_tree_link(snap);
	return snap;
}

/* The IDs of the rows of @snap as a tree, each after its depth. */
static void expect(struct snapshot *snap, const char *want, const char *what)
{
	const struct view view = { .snap = snap };
	char got[200] = "";
	struct listing listing;
	size_t i, len = 0;

	listing_fill(&listing, &view, rows_in(snap, &group_rows));
	listing_nest(&listing);
	for (i = 0; i < listing.n_rows; i++)
		len += snprintf(got + len, sizeof(got) - len, "%u:%u ", listing.depths[i],
				(unsigned int)((const struct group *)listing.rows[i])->id);
	if (!ok(!strcmp(got, want), "%s", what))
		printf("# got %s, not %s\n", got, want);
	listing_free(&listing);
}

static uint64_t total_of(struct snapshot *snap)
{
	const struct column *uss = &group_rows.figures.columns[MEMCENSUS_F_USS];
	const struct view view = { .snap = snap };
	struct listing listing;
	struct value value;

	listing_fill(&listing, &view, rows_in(snap, &group_rows));
	listing_total(&listing, uss, &value);
	listing_free(&listing);
	return value.number;
}

int main(void)
{
	static const unsigned int tree[] = { 0, 1, 2, 2, 1, 0 };
	static const unsigned int hostile[] = { 1, 3, 2, 9, 4, 4294967295U };
	struct snapshot *snap;

	test_names();

	snap = make(tree, 6);
	expect(snap, "0:1 1:2 2:3 2:4 1:5 0:6 ", "a tree");
	ok(snap->groups[0].contains && snap->groups[1].contains && !snap->groups[2].contains &&
	   !snap->groups[5].contains, "which groups contain others");
	ok(total_of(snap) == 10 + 5, "a sum has the outermost groups only");
	snap->groups[0].figures.known = 0;
	ok(total_of(snap) == 9 + 6 + 5, "or those in it, if its value is unknown");
	snap->groups[0] = snap->groups[1];
	snap->groups[1] = snap->groups[2];
	snap->n_groups = 2;
	cgroup_tree_link(snap);
	expect(snap, "0:2 1:3 ", "a subtree");
	ok(total_of(snap) == 9, "the sum of a subtree");
	snapshot_free(snap);

	snap = make(hostile, 6);
	expect(snap, "0:1 0:2 1:3 0:4 1:5 0:6 ",
	       "parents that are the group itself, behind it, or not there");
	snapshot_free(snap);
	return tap_done();
}
