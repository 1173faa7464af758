// SPDX-License-Identifier: GPL-2.0
/* Persistent memory without ndctl: a name space with struct page is made by sysfs; see pmem.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory/pmem.h"
#include "memory/pages.h"

#define BUS	"/sys/bus/nd"

/* Waits for a file that a driver makes; false after ten seconds. */
static bool appears(const char *path)
{
	int i;

	for (i = 0; access(path, F_OK) && i < 1000; i++)
		usleep(10000);
	return !access(path, F_OK);
}

static bool tell(const char *device, const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), BUS "/devices/%s/%s", device, file);
	return write_file(path, text);
}

/*
 * Makes name space @space the device @seed, whose struct pages are in memory: it is unknown what
 * another test has left.
 */
static bool claim(const char *space, const char *seed, const char *uuid, const char *driver)
{
	char bind[64];

	/* It is a disk without struct page, for which a driver is bound. */
	write_file(BUS "/drivers/nd_pmem/unbind", space);
	snprintf(bind, sizeof(bind), BUS "/drivers/%s/bind", driver);
	return tell(seed, "mode", "ram") && tell(seed, "uuid", uuid) &&
	       tell(seed, "namespace", space) && write_file(bind, seed);
}

/* NULL, or why there is no disk number @n. */
static const char *find_disk(int n)
{
	char path[64];

	if (system("modprobe -a nfit nd_pmem 2>/dev/null") && access(BUS, F_OK))
		return "kernel has no drivers of persistent memory";
	snprintf(path, sizeof(path), BUS "/devices/namespace%d.0", n);
	if (access(BUS "/devices/ndbus0", F_OK))
		return "no persistent memory";
	return appears(path) ? NULL : "no such disk of persistent memory";
}

const char *pmem_mount(const char *dir)
{
	const char *why = find_disk(0);

	if (why)
		return why;
	if (access(BUS "/devices/pfn0.0", F_OK))
		return "kernel has no struct page for persistent memory";
	if (access(BUS "/drivers/nd_pmem/pfn0.0", F_OK) &&
	    !claim("namespace0.0", "pfn0.0", "2fd51a14-6b5f-4b0e-9d39-2c8f1f1d7b6a", "nd_pmem"))
		return "cannot make a name space";
	if (!appears("/dev/pmem0"))
		return "no /dev/pmem0";
	mkdir(dir, 0700);
	if (system("mke2fs -b 4096 /dev/pmem0 >/dev/null 2>&1"))
		return "cannot make a file system on /dev/pmem0";
	/* The kernel does not find modprobe here; it may be no module. */
	if (system("modprobe ext4 2>/dev/null"))
		errno = 0;
	return mount("/dev/pmem0", dir, "ext4", 0, "dax") ? "kernel mounts no ext4 with DAX" : NULL;
}

const char *pmem_device(const char **path)
{
	const char *why = find_disk(1);

	*path = "/dev/dax1.0";
	if (why || !access(*path, F_OK))
		return why;
	if (access(BUS "/devices/dax1.0", F_OK) ||
	    (system("modprobe -a dax_pmem device_dax 2>/dev/null") &&
	     access(BUS "/drivers/dax_pmem", F_OK)))
		return "kernel has no driver of device-dax";
	if (!claim("namespace1.0", "dax1.0", "2fd51a14-6b5f-4b0e-9d39-2c8f1f1d7b6b", "dax_pmem"))
		return "cannot make a name space";
	return appears(*path) ? NULL : "no /dev/dax1.0";
}
