/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Columns of what the cgroup of a row is called.
 */
#ifndef READER_CGROUP_COLUMNS_H
#define READER_CGROUP_COLUMNS_H

#include "model/cgroup-name.h"
#include "model/columns.h"

/* What cgroup @id is called, if it is @known; by number if users want numbers; or NULL. */
static inline const char *view_called(const struct view *view, bool known, uint64_t id)
{
	const struct cgroup_name *name =
		known && view->snap ? cgroup_name_of(view->snap, id) : NULL;

	return name && view->numeric ? name_of_cgroup(view, id) : name ? name->shown : NULL;
}

/* The member of its name that @column is of, by its offset. */
static inline const char *view_called_as(const struct view *view, const struct column *column,
					 bool known, uint64_t id)
{
	const struct cgroup_name *name =
		known && view->snap ? cgroup_name_of(view->snap, id) : NULL;

	return name ? *(const char *const *)((const char *)name + column->number) : NULL;
}

#define CALLED_AS(name_, header_, member_, help_, ...)			\
	{ name_, header_, help_, .kind = KIND_TEXT,			\
	  .number = offsetof(struct cgroup_name, member_), __VA_ARGS__ }

/* All of these; the further members of each column are its derive and whether JSON has it. */
#define CALLED_COLUMNS(...)						\
	CALLED_AS("container", "Container", container, "name of the container", __VA_ARGS__),	\
	CALLED_AS("pod", "Pod", pod, "name of the pod", __VA_ARGS__),	\
	CALLED_AS("namespace", "Namespace", namespace, "namespace of the pod", __VA_ARGS__), \
	CALLED_AS("image", "Image", image, "image of the container", __VA_ARGS__), \
	CALLED_AS("runtime", "Runtime", runtime,			\
		  "docker, podman, containerd, cri-o, lxc, nspawn or libvirt", __VA_ARGS__), \
	CALLED_AS("container_id", "ContainerID", container_id,		\
		  "ID of the container", __VA_ARGS__),			\
	CALLED_AS("pod_uid", "PodUID", pod_uid, "UID of the pod, or its ID", __VA_ARGS__), \
	CALLED_AS("unit", "Unit", unit, "unit of systemd", __VA_ARGS__), \
	CALLED_AS("machine", "Machine", machine, "virtual machine, or container of nspawn", \
		  __VA_ARGS__),						\
	CALLED_AS("app", "App", app, "application of a desktop", __VA_ARGS__)

#endif /* READER_CGROUP_COLUMNS_H */
