// SPDX-License-Identifier: GPL-2.0
/* 'map --smaps': mappings in the form of /proc/PID/smaps. */
#include <inttypes.h>
#include <stdlib.h>

#include "commands/smaps.h"
#include "lib/text.h"

/* Fields in the order of smaps; the columns have their names. */
static const unsigned int smaps_figures[] = {
	MEMCENSUS_F_RSS, MEMCENSUS_F_PSS, MEMCENSUS_F_PSS_DIRTY,
	MEMCENSUS_F_SHARED_CLEAN, MEMCENSUS_F_SHARED_DIRTY,
	MEMCENSUS_F_PRIVATE_CLEAN, MEMCENSUS_F_PRIVATE_DIRTY,
	MEMCENSUS_F_REFERENCED, MEMCENSUS_F_ANON, MEMCENSUS_F_KSM,
	MEMCENSUS_F_LAZYFREE, MEMCENSUS_F_ANON_THP, MEMCENSUS_F_SHMEM_THP,
	MEMCENSUS_F_FILE_THP, MEMCENSUS_F_SHARED_HUGETLB,
	MEMCENSUS_F_PRIVATE_HUGETLB, MEMCENSUS_F_SWAP, MEMCENSUS_F_SWAP_PSS,
	MEMCENSUS_F_LOCKED,
};

static void put_smaps_line(FILE *out, const char *name, bool known,
			   uint64_t bytes)
{
	char label[32];

	snprintf(label, sizeof(label), "%s:", name);
	if (known)
		fprintf(out, "%-16s%8" PRIu64 " kB\n", label, bytes >> 10);
	else
		fprintf(out, "%-16s%8s\n", label, "-");
}

/* Prints the line of /proc/PID/maps. */
static void put_maps_line(FILE *out, const struct vma *vma)
{
	char *name;
	int n;

	n = fprintf(out, "%08" PRIx64 "-%08" PRIx64 " %s %08" PRIx64,
		    vma->start, vma->end,
		    KNOWN(vma, MEMCENSUS_VMA_MODE) ? vma->mode : "----",
		    vma->offset);
	n += fprintf(out, " %02" PRIx64 ":%02" PRIx64 " %" PRIu64 " ",
		     vma->dev_major, vma->dev_minor, vma->inode);
	if (KNOWN(vma, MEMCENSUS_VMA_NAME)) {
		name = text_printable(vma->name);
		fprintf(out, "%*s%s", n < 73 ? 73 - n : 0, "", name);
		free(name);
	}
	putc('\n', out);
}

static void put_smaps(FILE *out, const struct vma *vma)
{
	bool sized = KNOWN(vma, MEMCENSUS_VMA_PAGE_SIZE);
	size_t i;

	put_maps_line(out, vma);
	put_smaps_line(out, "Size", true, vma->end - vma->start);
	put_smaps_line(out, "KernelPageSize", sized, vma->page_size);
	put_smaps_line(out, "MMUPageSize", sized, vma->page_size);
	for (i = 0; i < ARRAY_SIZE(smaps_figures); i++) {
		unsigned int figure = smaps_figures[i];

		put_smaps_line(out, vma_record.figures.columns[figure].kernel,
			       KNOWN(&vma->figures, figure),
			       vma->figures.v[figure]);
	}
	if (KNOWN(vma, MEMCENSUS_VMA_PKEY))
		fprintf(out, "ProtectionKey:  %8" PRIu64 "\n", vma->pkey);
	fprintf(out, "VmFlags: %s ",
		KNOWN(vma, MEMCENSUS_VMA_FLAGS) ? vma->flags : "-");
	putc('\n', out);
}

void smaps_show(const struct snapshot *snap, FILE *out)
{
	size_t i;

	for (i = 0; i < snap->n_vmas; i++)
		put_smaps(out, &snap->vmas[i]);
}
