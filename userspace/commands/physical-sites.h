/* SPDX-License-Identifier: GPL-2.0 */
/* Call sites that hold pages which have no class but kernel. */
#ifndef READER_PHYSICAL_SITES_H
#define READER_PHYSICAL_SITES_H

#include <stdio.h>

#include "cli/command.h"
#include "host/call-sites.h"
#include "lib/json.h"
#include "model/amount.h"

/* Call sites that are shown if no number is named. */
#define SITES_SHOWN	10

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
	const struct call_site **v;
	int64_t bytes;
};

/*
 * Reads the call sites of this machine.  Those fit that hold whole pages, and whose pages have no
 * class in @known, a bit for each class that the kernel can tell.  sites_end() frees them.
 */
void sites_begin(struct fitting_sites *sites, uint64_t known, uint64_t page_size);
void sites_end(struct fitting_sites *sites);

/* @kernel: bytes of class kernel. */
void sites_show(const struct fitting_sites *sites, const struct view *view,
		const struct options *options, struct amount kernel, FILE *out);
void sites_json(struct json *json, const struct fitting_sites *sites,
		const struct options *options);

#endif /* READER_PHYSICAL_SITES_H */
