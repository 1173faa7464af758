/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Texts of /proc that complete a census: what the module cannot give.  They are read
 * right after the census and kept with it, so a record contains them too.
 *
 * A command takes them from the snapshot only; struct request says which it
 * needs.
 */
#ifndef READER_PROC_TEXTS_H
#define READER_PROC_TEXTS_H

#include "model/snapshot.h"

/* Names of the texts: copies of /proc/meminfo and /proc/vmstat, the totals of the system */
#define PROC_TEXTS_MEMINFO	"meminfo"
#define PROC_TEXTS_VMSTAT	"vmstat"
/* of /proc/sys/vm lines NAME VALUE */
#define PROC_TEXTS_VM	"vm"
#define PROC_TEXTS_LIMIT	"max_map_count "
#define PROC_TEXTS_OVERCOMMIT	"overcommit_memory "
#define PROC_TEXTS_RESERVE	"admin_reserve_kbytes "
/* a copy of /proc/net/sockstat; what sockets use is the same in all network namespaces */
#define PROC_TEXTS_SOCKSTAT	"sockstat"
/* swap devices and files: see swaps.h */
#define PROC_TEXTS_SWAPS	"swaps"
/* "NUMBER BYTES" of negative dentries, which the kernel's slab is much of on some machines */
#define PROC_TEXTS_DENTRIES	"dentries"
/* hugetlb pools, and file systems of type tmpfs: see hugepages.h and tmpfs.h */
#define PROC_TEXTS_HUGEPAGES	"hugepages"
#define PROC_TEXTS_TMPFS	"tmpfs"
/* lines "NUMBER NAME", added when a census is recorded */
#define PROC_TEXTS_USERS	"users"
#define PROC_TEXTS_CGROUPS	"cgroups"
/* the same, "NUMBER FACTS" of the container of a cgroup, see model/cgroup-name.h */
#define PROC_TEXTS_CONTAINERS	"containers"
/* the PID of the program that records, likewise */
#define PROC_TEXTS_RECORDER	"recorder"
/* lines "PID COMMAND LINE", in one or more texts, of a census recorded with them */
#define PROC_TEXTS_CMDLINES	"cmdlines"

/*
 * Names that were looked for and not found: the kernel kept @number of them, reclaimable slab
 * of @bytes.  False: unknown, without root.
 */
bool negative_dentries(const struct snapshot *snap, uint64_t *number, uint64_t *bytes);

/* Reads these of this machine into @snap: meminfo, vmstat, sockstat, swaps, dentries. */
void proc_texts_read(struct snapshot *snap);

/* Reads these of /proc/sys/vm, as PROC_TEXTS_VM. */
void proc_texts_read_vm(struct snapshot *snap);

/* Adds @text, up to a NUL or @len bytes, as @name. */
void proc_texts_add(struct snapshot *snap, const char *name, const char *text,
		    size_t len);

/*
 * Adds @text, lines of less than 256 KiB each, as one or more texts @name, none if it is empty: a
 * record keeps texts of up to 1 MiB.
 */
void proc_texts_add_lines(struct snapshot *snap, const char *name, const char *text);

/* Adds the PID of the program that records @snap. */
void proc_texts_add_recorder(struct snapshot *snap, uint32_t pid);

/* The PID of the program that recorded @snap; 0: unknown. */
uint64_t proc_texts_recorder(const struct snapshot *snap);

/* The text @name; NULL if there is none. */
const char *proc_texts_find(const struct snapshot *snap, const char *name);

/* The next text @name from *@at on, which is 0 at first; NULL: there is no further one. */
const char *proc_texts_next(const struct snapshot *snap, const char *name, size_t *at);

/* What TCP and UDP use, among the lines of meminfo */
#define PROC_TEXTS_SOCKETS	"Sockets"
/* likewise: bytes of PROC_TEXTS_DENTRIES */
#define PROC_TEXTS_NEGATIVE	"NegativeDentries"

/*
 * Fills @snap->totals from these texts, unless it is of a pass over all frames, and @snap->meminfo
 * with the other lines of meminfo and these two.
 */
void proc_texts_apply(struct snapshot *snap);

#endif /* READER_PROC_TEXTS_H */
