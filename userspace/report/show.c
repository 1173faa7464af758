// SPDX-License-Identifier: GPL-2.0
/* Shows what a command takes: functions shared by the commands. */
#include "report/show.h"

void command_arrange(struct listing *listing, const struct view *view,
		     const struct options *options, struct records records)
{
	listing_fill(listing, view, records);
	listing->columns = options->chosen;
	listing_sort(listing, options->order, options->reverse);
	if (options->tree)
		listing_nest(listing);
}

struct table_look command_look(const struct options *options)
{
	return (struct table_look){
		.raw = options->raw,
		.no_header = options->no_header,
	};
}

struct units command_units(const struct view *view,
			   const struct options *options)
{
	const struct amount total = view->snap ? amount_total(view->snap, MEMCENSUS_S_TOTAL) :
						 (struct amount){ };

	return (struct units){
		.suffixes = options->suffixes,
		.percent = options->percent,
		.whole = total.known ? total.bytes : 0,
	};
}

void command_title(const struct options *options, FILE *out, const char *title)
{
	putc('\n', out);
	if (!options->raw && title)
		fprintf(out, "%s:\n\n", title);
}
