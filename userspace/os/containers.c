// SPDX-License-Identifier: GPL-2.0
/* What runtimes of containers say of cgroups. */
#include "os/containers.h"

const char *container_facts(uint64_t id, const char *path)
{
	(void)id;
	(void)path;
	return "";
}

void containers_renew(void)
{
}

void containers_forget(void)
{
}

void containers_root(const char *dir)
{
	(void)dir;
}
