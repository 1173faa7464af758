// SPDX-License-Identifier: GPL-2.0
/* finit_module and delete_module; see ko.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ko.h"
#include "memory/pages.h"

const char *ko_path(void)
{
	const char *path = getenv("MEMCENSUS_KO");

	return path && !access(path, R_OK) ? path : NULL;
}

int ko_load(const char *params)
{
	/* Not ko_path(): its check for the file may fail, too. */
	const char *path = getenv("MEMCENSUS_KO");
	int fd = open(path ?: "", O_RDONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, params, 0))
		ret = -errno;
	close(fd);
	return ret;
}

int ko_unload(void)
{
	return syscall(SYS_delete_module, "memcensus", O_NONBLOCK) ? -errno : 0;
}

bool ko_is_loaded(void)
{
	return !access(KO_LOADED, F_OK);
}

int ko_unload_patiently(unsigned int ms)
{
	uint64_t until = now_ms() + ms;
	int ret;

	do {
		ret = ko_unload();
		if (ret != -EWOULDBLOCK && ret != -EBUSY)
			break;
		sleep_ms(1);
	} while (now_ms() < until);
	return ret;
}

int ko_reload(const char *params)
{
	const int ret = ko_is_loaded() ? ko_unload_patiently(5000) : 0;

	return ret ?: ko_load(params);
}

/* EPROTONOSUPPORT: a dump was started, but the module is being unloaded. */
bool ko_is_absence(int error)
{
	return error == ENOENT || error == ENODEV || error == ENXIO ||
	       error == EOPNOTSUPP || error == EIO || error == EPERM ||
	       error == ESRCH || error == EPROTONOSUPPORT;
}

int ko_open_leaky(void)
{
	char path[512];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 16);

	need(len > 0, "/proc/self/exe");
	path[len] = '\0';
	snprintf(strrchr(path, '/'), 16, "/leaky.ko");
	return open(path, O_RDONLY | O_CLOEXEC);
}
