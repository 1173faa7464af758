/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that is not in MemTotal, of the VM's two disks of persistent memory (vm/run --pmem): files
 * that a file system with DAX maps, and a device.
 */
#ifndef _PMEM_H
#define _PMEM_H

/*
 * Mounts an empty ext4 with DAX at @dir, which is made.  NULL, or why there is none.  The caller
 * has a private mount namespace: the mount ends with it.
 */
const char *pmem_mount(const char *dir);

/* The device of the other disk: its name in @path.  NULL, or why there is none. */
const char *pmem_device(const char **path);

/* In bytes: a mapping of the device is a multiple of it, at a multiple. */
#define PMEM_ALIGN	(2UL << 20)

#endif /* _PMEM_H */
