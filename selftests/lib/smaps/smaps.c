// SPDX-License-Identifier: GPL-2.0
/* Parses the text files of /proc/PID; see smaps.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory/pages.h"
#include "smaps/smaps.h"

/* Names in smaps and status; neither has those in brackets. */
static const char *const names[__MEMCENSUS_F_MAX] = {
	[MEMCENSUS_F_VSS] = "Size",
	[MEMCENSUS_F_RSS] = "Rss",
	[MEMCENSUS_F_RSS_COUNTER] = "VmRSS",
	[MEMCENSUS_F_RSS_PEAK] = "VmHWM",
	[MEMCENSUS_F_FRAMES] = "[frames]",
	[MEMCENSUS_F_USS] = "[uss]",
	[MEMCENSUS_F_PSS] = "Pss",
	[MEMCENSUS_F_SHARED] = "[shared]",
	[MEMCENSUS_F_ANON] = "Anonymous",
	[MEMCENSUS_F_FILE] = "[file]",
	[MEMCENSUS_F_SHMEM] = "[shmem]",
	[MEMCENSUS_F_PSS_ANON] = "Pss_Anon",
	[MEMCENSUS_F_PSS_FILE] = "Pss_File",
	[MEMCENSUS_F_PSS_SHMEM] = "Pss_Shmem",
	[MEMCENSUS_F_DIRTY] = "[dirty]",
	[MEMCENSUS_F_REFERENCED] = "Referenced",
	[MEMCENSUS_F_KSM] = "KSM",
	[MEMCENSUS_F_LAZYFREE] = "LazyFree",
	[MEMCENSUS_F_THP] = "[thp]",
	[MEMCENSUS_F_ANON_THP] = "AnonHugePages",
	[MEMCENSUS_F_SHMEM_THP] = "ShmemPmdMapped",
	[MEMCENSUS_F_FILE_THP] = "FilePmdMapped",
	[MEMCENSUS_F_HUGETLB] = "[hugetlb]",
	[MEMCENSUS_F_HUGETLB_PSS] = "[hugetlb_pss]",
	[MEMCENSUS_F_USS_ANON] = "[uss_anon]",
	[MEMCENSUS_F_USS_FILE] = "[uss_file]",
	[MEMCENSUS_F_USS_SHMEM] = "[uss_shmem]",
	[MEMCENSUS_F_DEVICE] = "[device]",
	[MEMCENSUS_F_PSS_DEVICE] = "[pss_device]",
	[MEMCENSUS_F_USS_DEVICE] = "[uss_device]",
	[MEMCENSUS_F_USS_ZONE_DEVICE] = "[uss_zone_device]",
	[MEMCENSUS_F_SHARED_HUGETLB] = "Shared_Hugetlb",
	[MEMCENSUS_F_PRIVATE_HUGETLB] = "Private_Hugetlb",
	[MEMCENSUS_F_SWAP] = "Swap",
	[MEMCENSUS_F_SWAP_PSS] = "SwapPss",
	[MEMCENSUS_F_SWAP_USS] = "[swap_uss]",
	[MEMCENSUS_F_SPECIAL] = "[special]",
	[MEMCENSUS_F_PAGETABLES] = "VmPTE",
	[MEMCENSUS_F_HEAP] = "[heap]",
	[MEMCENSUS_F_STACK] = "[stack]",
	[MEMCENSUS_F_MLOCKED] = "VmLck",
	[MEMCENSUS_F_PINNED] = "VmPin",
};

const char *figure_name(unsigned int n)
{
	return n < __MEMCENSUS_F_MAX && names[n] ? names[n] : "?";
}

static unsigned int figure_number(const char *name)
{
	unsigned int n;

	for (n = 0; n < __MEMCENSUS_F_MAX; n++)
		if (names[n] && !strcmp(names[n], name))
			return n;
	return MEMCENSUS_F_UNSPEC;
}

static void put_figure(struct figures *f, unsigned int n, uint64_t kib)
{
	f->known |= 1ULL << n;
	f->value[n] = kib << 10;
}

/* Lines that are a part of figures, which are the sum of such lines. */
static const struct {
	const char *name;
	unsigned int of, dirty;
} parts[] = {
	{ "Shared_Clean", MEMCENSUS_F_SHARED },
	{ "Shared_Dirty", MEMCENSUS_F_SHARED, MEMCENSUS_F_DIRTY },
	{ "Private_Clean", MEMCENSUS_F_USS },
	{ "Private_Dirty", MEMCENSUS_F_USS, MEMCENSUS_F_DIRTY },
};

/* True if the line is one of @parts. */
static bool add_part(struct figures *f, const char *name, uint64_t kib)
{
	unsigned int i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strcmp(parts[i].name, name))
			continue;
		put_figure(f, parts[i].of, (f->value[parts[i].of] >> 10) + kib);
		if (parts[i].dirty)
			put_figure(f, parts[i].dirty, (f->value[parts[i].dirty] >> 10) + kib);
		return true;
	}
	return false;
}

static FILE *open_proc(pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	return fopen(path, "r");
}

/* Parses "Name:   123 kB" as a figure; callers handle other lines. */
static bool parse_figure(const char *line, struct figures *f, char *name,
			 size_t size)
{
	unsigned long long kib;
	unsigned int n;
	int len;

	if (sscanf(line, "%*[^ :]:%n %llu kB", &len, &kib) != 1)
		return false;
	snprintf(name, size, "%.*s", len - 1, line);
	if (add_part(f, name, kib))
		return true;
	n = figure_number(name);
	if (n)
		put_figure(f, n, kib);
	return n;
}

static bool parse_header(const char *line, struct smaps_vma *vma)
{
	unsigned long long start, end, offset, inode;
	int name = 0;

	if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &start, &end,
		   vma->mode, &offset, &vma->dev_major, &vma->dev_minor,
		   &inode, &name) != 7)
		return false;
	vma->start = start;
	vma->end = end;
	vma->offset = offset;
	vma->inode = inode;
	vma->thp_eligible = -1;
	vma->name = strndup(line + name, strcspn(line + name, "\n"));
	return true;
}

static void parse_other(const char *line, const char *name,
			struct smaps_vma *vma, struct smaps *smaps)
{
	unsigned long long kib;

	if (sscanf(line, "KernelPageSize: %llu", &kib) == 1)
		vma->kernel_page_size = kib << 10;
	else if (sscanf(line, "MMUPageSize: %llu", &kib) == 1)
		vma->mmu_page_size = kib << 10;
	else if (!strncmp(line, "VmFlags: ", 9))
		vma->flags = strndup(line + 9, strcspn(line + 9, "\n"));
	else if (strncmp(line, "ProtectionKey: ", 15) &&
		 sscanf(line, "THPeligible: %d", &vma->thp_eligible) != 1 &&
		 !strstr(smaps->other, name) &&
		 strlen(smaps->other) + strlen(name) + 2 < sizeof(smaps->other))
		strcat(strcat(smaps->other, " "), name);
}

static int read_vmas(struct smaps *smaps)
{
	FILE *file = open_proc(smaps->pid, "smaps");
	struct smaps_vma head = {}, *vma = NULL;
	size_t size = 0, room = 0;
	char *line = NULL;
	char name[32];

	if (!file)
		return -errno;
	while (getline(&line, &size, file) > 0) {
		if (parse_header(line, &head)) {
			if (smaps->n_vmas == room) {
				room = room ? 2 * room : 64;
				smaps->vmas = realloc(smaps->vmas,
						      room * sizeof(*vma));
			}
			vma = &smaps->vmas[smaps->n_vmas++];
			*vma = head;
			memset(&head, 0, sizeof(head));
		} else if (vma) {
			snprintf(name, sizeof(name), "%.*s",
				 (int)strcspn(line, ":"), line);
			if (!parse_figure(line, &vma->f, name, sizeof(name)))
				parse_other(line, name, vma, smaps);
		}
	}
	free(line);
	fclose(file);
	return smaps->n_vmas ? 0 : -ESRCH;
}

static int read_rollup(struct smaps *smaps)
{
	FILE *file = open_proc(smaps->pid, "smaps_rollup");
	char line[256], name[32];

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file))
		parse_figure(line, &smaps->rollup, name, sizeof(name));
	fclose(file);
	return smaps->rollup.known ? 0 : -ESRCH;
}

static int read_status(struct smaps *smaps)
{
	FILE *file = open_proc(smaps->pid, "status");
	char line[256], name[32];
	unsigned long long kib;

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "VmSize: %llu", &kib) == 1)
			put_figure(&smaps->status, MEMCENSUS_F_VSS, kib);
		else if (sscanf(line, "PPid: %d", &smaps->ppid) != 1 &&
			 sscanf(line, "Uid: %*u %u", &smaps->uid) != 1 &&
			 sscanf(line, "Threads: %u", &smaps->threads) != 1)
			parse_figure(line, &smaps->status, name, sizeof(name));
	}
	fclose(file);
	return 0;
}

/* State, five numbers, flags, ..., start, size, RSS. */
#define STAT_FORMAT " %*c %*d %*d %*d %*d %*d %u %llu %*u %llu %*u %*u %*u " \
		    "%*d %*d %*d %*d %*d %*d %llu %*u %llu"

static int read_stat(struct smaps *smaps)
{
	FILE *file = open_proc(smaps->pid, "stat");
	char line[1024] = "", *open, *close;
	unsigned long long pages = 0;
	unsigned int flags = 0;

	if (!file)
		return -errno;
	line[fread(line, 1, sizeof(line) - 1, file)] = '\0';
	fclose(file);

	/* The name is in parentheses and may contain parentheses. */
	open = strchr(line, '(');
	close = strrchr(line, ')');
	if (!open || !close)
		return -ESRCH;
	snprintf(smaps->comm, sizeof(smaps->comm), "%.*s",
		 (int)(close - open - 1), open + 1);
	if (sscanf(close + 1, STAT_FORMAT,
		   &flags, &smaps->min_faults, &smaps->maj_faults,
		   &smaps->start_ticks, &pages) != 5)
		return -EBADMSG;
	smaps->stat_rss = pages * sysconf(_SC_PAGESIZE);
	smaps->kthread = flags & 0x00200000;

	file = open_proc(smaps->pid, "oom_score_adj");
	if (!file)
		return -errno;
	if (fscanf(file, "%d", &smaps->oom_score_adj) != 1)
		smaps->oom_score_adj = 0;
	fclose(file);
	return 0;
}

int smaps_read(pid_t pid, struct smaps *smaps)
{
	int ret;

	memset(smaps, 0, sizeof(*smaps));
	smaps->pid = pid;
	ret = read_stat(smaps);
	if (!ret)
		ret = read_status(smaps);
	if (!ret && smaps->kthread)
		ret = -ESRCH;
	if (!ret)
		ret = read_vmas(smaps);
	if (!ret)
		ret = read_rollup(smaps);
	if (ret)
		smaps_free(smaps);
	return ret;
}

void smaps_free(struct smaps *smaps)
{
	size_t i;

	for (i = 0; i < smaps->n_vmas; i++) {
		free(smaps->vmas[i].name);
		free(smaps->vmas[i].flags);
	}
	free(smaps->vmas);
	smaps->vmas = NULL;
	smaps->n_vmas = 0;
}

static bool same_figures(const struct figures *a, const struct figures *b)
{
	return a->known == b->known &&
	       !memcmp(a->value, b->value, sizeof(a->value));
}

bool smaps_same(const struct smaps *a, const struct smaps *b)
{
	size_t i;

	if (a->n_vmas != b->n_vmas || !same_figures(&a->rollup, &b->rollup) ||
	    !same_figures(&a->status, &b->status) ||
	    a->stat_rss != b->stat_rss || a->threads != b->threads ||
	    a->start_ticks != b->start_ticks ||
	    a->min_faults != b->min_faults || a->maj_faults != b->maj_faults)
		return false;
	for (i = 0; i < a->n_vmas; i++)
		if (a->vmas[i].start != b->vmas[i].start ||
		    a->vmas[i].end != b->vmas[i].end ||
		    strcmp(a->vmas[i].mode, b->vmas[i].mode) ||
		    !same_figures(&a->vmas[i].f, &b->vmas[i].f))
			return false;
	return true;
}

const struct smaps_vma *smaps_vma_at(const struct smaps *smaps,
				     const void *addr)
{
	const struct smaps_vma *vma;

	for (vma = smaps->vmas; vma < smaps->vmas + smaps->n_vmas; vma++)
		if ((uintptr_t)addr >= vma->start && (uintptr_t)addr < vma->end)
			return vma;
	return NULL;
}

uint64_t smaps_bytes_at(pid_t pid, const void *addr, unsigned int n)
{
	const struct smaps_vma *vma;
	struct smaps smaps;
	uint64_t bytes;

	need(!smaps_read(pid, &smaps), "smaps");
	vma = smaps_vma_at(&smaps, addr);
	need(vma, "mapping in smaps");
	bytes = vma->f.value[n];
	smaps_free(&smaps);
	return bytes;
}
