// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/time64.h>

#include "class-words.h"
#include "page-class.h"
#include "physical.h"
#include "physical-text.h"

#define PAGES_KIB(pages) ((unsigned long long)(pages) << (PAGE_SHIFT - 10))

static const char *const names[] = { FRAME_CLASS_WORDS };

static void show_header(struct seq_file *seq, const struct census_physical *r)
{
	struct tm tm;

	time64_to_tm(div_u64(r->realtime, NSEC_PER_SEC), 0, &tm);
	seq_printf(seq,
		   "# pass %llu of %04ld-%02d-%02d %02d:%02d:%02d UTC, %llu struct pages read in %llu us; KiB where nothing else is said\n",
		   r->seq, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		   tm.tm_sec, r->read, div_u64(r->wall, NSEC_PER_USEC));
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

/* Rows: the header with all classes, the zones, the kinds. */
static unsigned int rows(const struct census_physical *r)
{
	return 1 + r->nr_zones + r->nr_kernel;
}

static int physical_show(struct seq_file *seq, void *v)
{
	const struct census_physical *r = seq->private;
	unsigned int row = *(loff_t *)v;

	if (!row) {
		show_header(seq, r);
		show_classes(seq, r);
	} else if (--row < r->nr_zones) {
		show_zone(seq, &r->zones[row]);
	} else {
		show_kind(seq, r, &r->kernel[row - r->nr_zones]);
	}
	return 0;
}

static void *physical_start(struct seq_file *seq, loff_t *pos)
{
	return *pos < rows(seq->private) ? pos : NULL;
}

static void *physical_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return physical_start(seq, pos);
}

static void physical_stop(struct seq_file *seq, void *v)
{
}

static const struct seq_operations physical_ops = {
	.start = physical_start,
	.next = physical_next,
	.stop = physical_stop,
	.show = physical_show,
};

/* Takes a pass.  Return: 0, -EPERM, -EINTR or -ENOMEM. */
int census_physical_text_open(struct inode *inode, struct file *file)
{
	struct census_physical *r;
	int err;

	/* The file mode admits root; the content also requires CAP_SYS_PTRACE. */
	if (!capable(CAP_SYS_PTRACE))
		return -EPERM;
	err = seq_open(file, &physical_ops);
	if (err)
		return err;
	r = census_physical_take();
	if (IS_ERR(r)) {
		seq_release(inode, file);
		return PTR_ERR(r);
	}
	((struct seq_file *)file->private_data)->private = r;
	return 0;
}

int census_physical_text_release(struct inode *inode, struct file *file)
{
	kvfree(((struct seq_file *)file->private_data)->private);
	return seq_release(inode, file);
}
