/* SPDX-License-Identifier: GPL-2.0 */
/* Call sites that hold pages which have no class but kernel. */
#ifndef READER_PHYSICAL_SITES_H
#define READER_PHYSICAL_SITES_H

#include "report/report.h"
#include "tools/physical/call-sites.h"

/* Call sites that are shown if no number is named. */
#define SITES_SHOWN	10

/**
 * struct fitting_site - a row of them
 * @each: mean of an allocation, bytes
 * @place: file and line; owned
 * @mark: if it is not @accurate, else NULL
 */
struct fitting_site {
	struct call_site of;
	uint64_t each;
	char *place;
	const char *mark;
	uint64_t accurate;
};

/**
 * struct fitting_sites - those that may hold frames of class kernel
 * @all: of the machine; owned
 * @n: length of @v
 * @v: those that fit, largest first; they point into @all; owned
 * @bytes: of all @v
 */
struct fitting_sites {
	struct call_sites all;
	size_t n;
	struct fitting_site *v;
	int64_t bytes;
};

/*
 * Reads the call sites of this machine.  Those fit that hold whole pages, and whose pages have no
 * class in @known, a bit for each class that the kernel can tell.  sites_end() frees them.
 */
void sites_begin(struct fitting_sites *sites, uint64_t known, uint64_t page_size);
void sites_end(struct fitting_sites *sites);

/* @kernel: bytes of class kernel. */
void sites_report(const struct fitting_sites *sites, struct amount kernel, struct report *report);

/* A call site. */
extern const struct row_type site_rows;

#endif /* READER_PHYSICAL_SITES_H */
