// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/math64.h>

#include "physical/cache.h"
#include "physical/class.h"
#include "text/class-words.h"
#include "text/physical-text.h"
#include "text/text.h"

static const char *const names[] = { FRAME_CLASS_WORDS };

static void show_header(struct seq_file *seq, const struct census_physical *r)
{
	seq_printf(seq, "# pass %llu of ", r->seq);
	census_show_time(seq, r->realtime);
	seq_printf(seq, ", %llu struct pages read in %llu us; KiB where nothing else is said\n",
		   r->read, div_u64(r->wall, NSEC_PER_USEC));
}

static u64 of_class(const struct census_physical *r, unsigned int class)
{
	u64 frames = 0;
	unsigned int i;

	for (i = 0; i < r->nr_zones; i++)
		frames += r->zones[i].classes[class];
	return frames;
}

static void show_classes(struct seq_file *seq, const struct census_physical *r)
{
	unsigned int class;
	u64 sum = 0;

	BUILD_BUG_ON(ARRAY_SIZE(names) != MEMCENSUS_FC_MAX + 1);
	for (class = MEMCENSUS_FC_PAD + 1; class <= MEMCENSUS_FC_MAX; class++) {
		if (census_class_known(class))
			seq_printf(seq, "%-16s %14llu\n", names[class],
				   PAGES_KIB(of_class(r, class)));
		else
			seq_printf(seq, "%-16s %14s\n", names[class], "-");
		sum += of_class(r, class);
	}
	seq_printf(seq, "%-16s %14llu\n", "sum", PAGES_KIB(sum));
}

/* Classes without frames are left out. */
static void show_zone(struct seq_file *seq, const struct census_physical_zone *z)
{
	unsigned int class;

	seq_printf(seq, "node %d zone %s: spanned %llu holes %llu others %llu managed %llu:",
		   z->nid, z->name, PAGES_KIB(z->spanned), PAGES_KIB(z->holes),
		   PAGES_KIB(z->others), PAGES_KIB(z->managed));
	for (class = MEMCENSUS_FC_PAD + 1; class <= MEMCENSUS_FC_MAX; class++)
		if (z->classes[class])
			seq_printf(seq, " %s %llu", names[class], PAGES_KIB(z->classes[class]));
	seq_putc(seq, '\n');
}

static void show_kind(struct seq_file *seq, const struct census_physical *r,
		      const struct census_kernel_frames *k)
{
	const struct census_physical_zone *z = &r->zones[k->key.zone];
	unsigned int i;

	seq_printf(seq,
		   "%s node %d zone %s order %u flags %#llx type %#x marks %#x: %llu, first frames",
		   names[k->key.class], z->nid, z->name, k->key.order, k->key.flags,
		   k->key.type, k->key.marks, PAGES_KIB(k->frames));
	for (i = 0; i < k->nr_first; i++)
		seq_printf(seq, " %#llx", k->first[i]);
	seq_putc(seq, '\n');
}

/* An open file holds a pass. */
static unsigned int physical_count(const void *view)
{
	const struct census_physical *r = *(const struct census_physical *const *)view;

	return 1 + r->nr_zones + r->kinds.nr;
}

/* The header with all classes, the zones, the kinds. */
static void physical_show(struct seq_file *seq, const void *view, unsigned int row)
{
	const struct census_physical *r = *(const struct census_physical *const *)view;

	if (!row) {
		show_header(seq, r);
		show_classes(seq, r);
	} else if (--row < r->nr_zones) {
		show_zone(seq, &r->zones[row]);
	} else {
		show_kind(seq, r, &r->kinds.records[row - r->nr_zones]);
	}
}

/* Return: 0, or an error of census_physical_take(). */
static int physical_fill(void *view, const void *arg)
{
	static const struct census_physical_request classes_only;
	const struct census_physical *r = census_passes_get(&classes_only);

	if (IS_ERR(r))
		return PTR_ERR(r);
	*(const struct census_physical **)view = r;
	return 0;
}

static void physical_release(void *view)
{
	census_passes_put(*(const struct census_physical **)view);
}

static const struct census_view physical_rows = {
	.size = sizeof(const struct census_physical *),
	.fill = physical_fill,
	.release = physical_release,
	.count = physical_count,
	.show = physical_show,
};

const struct census_file census_physical_text = { .name = "physical", .rows = &physical_rows };
