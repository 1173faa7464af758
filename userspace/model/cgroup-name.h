/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What people call a cgroup: the container, pod, unit, user or machine that it is of.
 *
 * Its path says some of it; what only the files of a runtime say comes as a line of facts by
 * snapshot.naming, from this machine or from a record.  Users choose nearly all of this: a word of
 * other characters than platforms allow in names is no name, and no name looks like another one.
 */
#ifndef READER_CGROUP_NAME_H
#define READER_CGROUP_NAME_H

#include "model/snapshot.h"

/* What a cgroup, or one that contains it, is of. */
enum cgroup_of {
	CGROUP_OF_NONE,
	CGROUP_OF_USER,		/* the slice of a user */
	CGROUP_OF_UNIT,		/* a service, scope or socket of systemd */
	CGROUP_OF_MACHINE,	/* nspawn, libvirt */
	CGROUP_OF_POD,
	CGROUP_OF_CONTAINER,	/* of a runtime, LXC included */
};

/* No name is longer: that of a cgroup is not, and Kubernetes has 253. */
#define CGROUP_WORD	256
/* The ID of a container or of a pod, as runtimes choose it. */
#define CGROUP_ID	64

/**
 * struct cgroup_parts - what the path of a cgroup says by itself
 * @of: what it is of
 * @maybe: only if a runtime knows @id: the path is that of any two directories
 * @by_user: the path is in the slice of user @uid, who chooses what is in it
 * @end: length of the path up to that of the container, pod, machine, unit or user
 * @runtime: "docker", "podman", "containerd", "cri-o", "lxc", "nspawn", "libvirt"; NULL: not said
 * @id: of the container
 * @pod: UID of the pod; the ID of a pod of podman
 * @name: of the unit, machine or container
 * @app: of the application of a desktop
 */
struct cgroup_parts {
	enum cgroup_of of;
	bool maybe;
	bool by_user;
	uint32_t uid;
	size_t end;
	const char *runtime;
	char id[CGROUP_ID + 1];
	char pod[CGROUP_ID + 1];
	char name[CGROUP_WORD];
	char app[CGROUP_WORD];
};

/*
 * Reads @path.  The first container on it counts: what is below is of its processes, which may
 * give it any name.
 */
void cgroup_parts_of(struct cgroup_parts *parts, const char *path);

/**
 * struct cgroup_name - a cgroup as it is shown
 * @id: its number; first, for compare_u64()
 * @of: what it is of
 * @below: it is below the cgroup of that
 * @by_user: it is in the slice of a user, who chooses the names in it
 * @path: of it
 * @top: that of the cgroup of what it is of, which is this one or contains it
 * @shown: no two cgroups of a census have the same: NAMESPACE/POD/CONTAINER, NAMESPACE/POD,
 *	CONTAINER, a unit, the name of a user; what is below or a user's own is "THAT: NAME"; of two
 *	with one name each has its ID, or is shown by its path.  Any bytes: print it as other names
 * @shown_own: @shown and "/.": of a row that has only the processes of the cgroup itself
 * @container, @pod, @namespace, @image: as the platform names them
 * @container_id, @pod_uid, @runtime: likewise
 * @unit, @user, @machine, @app: of systemd, and of a desktop
 *
 * A member that is unknown, or that it does not have, is NULL; @id, @path, @top and the first two
 * names are always there.
 */
struct cgroup_name {
	uint64_t id;
	enum cgroup_of of;
	bool below;
	bool by_user;
	const char *path;
	const char *top;
	const char *shown;
	const char *shown_own;
	const char *container;
	const char *pod;
	const char *namespace;
	const char *image;
	const char *container_id;
	const char *pod_uid;
	const char *runtime;
	const char *unit;
	const char *user;
	const char *machine;
	const char *app;
};

/*
 * The name of cgroup @id of @snap: of one without a path, its number.  NULL: @snap has no names.
 * The first call for a snapshot names all its cgroups, which reads files if it is of this machine.
 * Valid until snapshot_free().
 */
const struct cgroup_name *cgroup_name_of(const struct snapshot *snap, uint64_t id);

/*
 * The same of a cgroup that need not be in a census, with @path and @facts, which may be NULL; one
 * that another has too is not told apart.  @snap: for names of users.  cgroup_name_free() frees it.
 */
struct cgroup_name *cgroup_name_make(const struct snapshot *snap, uint64_t id, const char *path,
				     const char *facts);
void cgroup_name_free(struct cgroup_name *name);

/*
 * Facts of a container, as NAME_CONTAINER of snapshot.naming gives them: "KEY=WORD ...", with the
 * keys container, pod, namespace, image, id, uid and runtime.  cgroup_fact_is_plain() says whether
 * @word may be one: letters, digits and some signs, no blank.
 */
bool cgroup_fact_is_plain(const char *word);

/* Frees what cgroup_name_of() keeps for a snapshot. */
struct cgroup_names;
void cgroup_names_free(struct cgroup_names *names);

#endif /* READER_CGROUP_NAME_H */
