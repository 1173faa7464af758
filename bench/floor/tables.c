// SPDX-License-Identifier: GPL-2.0
/*
 * The module's own containers beside the kernel's: what an operation takes, and what an entry takes
 * of memory.
 *
 * Keys are those that a user chooses to hurt: one page of a file every 2^12 pages.  What is found
 * by them is a section of blocks, what is numbered an entry of an owner (owners/owners.h).
 */
#include <linux/generic-radix-tree.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "base/budget.h"
#include "base/pool.h"
#include "base/table.h"
#include "count/marks.h"
#include "floor.h"

#define KEYS	300000U
#define ENTRIES	2000000U

/* Blocks of 64 pages between two keys */
#define APART	64

/* Sections are by the number of their first block; those of files have 8. */
#define SECTION_SHIFT 3

static struct census_budget unlimited = { .limit = U64_MAX };
static u32 order[KEYS];
static u64 sum;

static u64 key_of(u32 i)
{
	return CENSUS_SPACE(CENSUS_SPACE_FILES) + (u64)i * APART;
}

static void shuffle(void)
{
	u32 i, at;

	for (i = 0; i < KEYS; i++)
		order[i] = i;
	for (i = KEYS - 1; i; i--) {
		at = get_random_u32() % (i + 1);
		swap(order[i], order[at]);
	}
}

static void show(struct seq_file *m, const char *what, u64 begin, u32 nr)
{
	u64 tenths = (ktime_get_ns() - begin) * 10;

	do_div(tenths, nr);
	seq_printf(m, "%-36s %5llu.%llu ns\n", what, tenths / 10, tenths % 10);
	cond_resched();
}

static int of_table(struct seq_file *m)
{
	struct census_pool pool = { .budget = &unlimited, .nr = CENSUS_SECTION_UNITS };
	u64 begin = ktime_get_ns(), used = atomic64_read(&unlimited.used);
	struct census_table table = {};
	u32 i, unit;

	if (!census_table_init(&table, &unlimited))
		return -ENOMEM;
	for (i = 0; i < KEYS; i++) {
		struct census_section *s;

		unit = census_pool_take(&pool, CENSUS_SECTION_UNITS);
		if (!unit)
			break;
		s = census_unit(&pool, unit);
		*s = (struct census_section) { .link.key = key_of(i), .block = i };
		census_table_add(&table, &s->link);
	}
	show(m, "table and pool: add", begin, KEYS);
	used = atomic64_read(&unlimited.used) - used;
	begin = ktime_get_ns();
	for (i = 0; i < table.nr; i++)
		sum += container_of(census_table_find(&table, key_of(order[i] % table.nr)),
				    struct census_section, link)->block;
	show(m, "table: find", begin, KEYS);
	seq_printf(m, "%-36s %5llu bytes\n", "table and pool: a section", used / KEYS);
	census_table_free(&table);
	census_pool_free(&pool);
	return i < KEYS ? -ENOMEM : 0;
}

struct hashed {
	struct rhash_head head;
	u64 key;
	struct census_block *first;
	u32 block;
};

static const struct rhashtable_params hashed_params = {
	.key_len = sizeof(u64),
	.key_offset = offsetof(struct hashed, key),
	.head_offset = offsetof(struct hashed, head),
};

static void free_hashed(void *hashed, void *unused)
{
	kfree(hashed);
}

static int of_rhashtable(struct seq_file *m)
{
	u64 begin = ktime_get_ns(), key;
	struct rhashtable table;
	struct hashed *h = NULL;
	int err = rhashtable_init(&table, &hashed_params);
	u32 i;

	if (err)
		return err;
	for (i = 0; i < KEYS && !err; i++) {
		h = kzalloc(sizeof(*h), GFP_KERNEL);
		if (!h) {
			err = -ENOMEM;
			break;
		}
		h->key = key_of(i);
		h->block = i;
		/* -EBUSY, -EAGAIN: until its worker has made it larger */
		while ((err = rhashtable_insert_fast(&table, &h->head, hashed_params)) == -EBUSY ||
		       err == -EAGAIN)
			flush_work(&table.run_work);
		if (err) {
			kfree(h);
			h = NULL;
		}
	}
	show(m, "rhashtable: add", begin, KEYS);
	begin = ktime_get_ns();
	for (i = 0; i < KEYS && !err; i++) {
		key = key_of(order[i]);
		h = rhashtable_lookup_fast(&table, &key, hashed_params);
		sum += h->block;
	}
	show(m, "rhashtable: find", begin, KEYS);
	seq_printf(m, "%-36s %5zu bytes, and its buckets\n", "rhashtable: a section",
		   ksize(h));
	rhashtable_free_and_destroy(&table, free_hashed, NULL);
	return err;
}

/* Bytes of the nodes of the lowest level, of which most are */
static u64 of_nodes(struct xarray *xa)
{
	unsigned long index, last = ULONG_MAX;
	u64 bytes = 0;
	void *entry;

	xa_for_each(xa, index, entry) {
		bytes += index >> XA_CHUNK_SHIFT != last ? sizeof(struct xa_node) : 0;
		last = index >> XA_CHUNK_SHIFT;
	}
	return bytes;
}

static int of_xarray(struct seq_file *m)
{
	u64 begin = ktime_get_ns();
	struct xarray xa;
	int err = 0;
	u32 i;

	xa_init(&xa);
	for (i = 0; i < KEYS && !err; i++)
		err = xa_err(xa_store(&xa, key_of(i) >> SECTION_SHIFT, xa_mk_value(i), GFP_KERNEL));
	show(m, "xarray: add", begin, KEYS);
	begin = ktime_get_ns();
	for (i = 0; i < KEYS && !err; i++)
		sum += xa_to_value(xa_load(&xa, key_of(order[i]) >> SECTION_SHIFT));
	show(m, "xarray: find", begin, KEYS);
	seq_printf(m, "%-36s %5llu bytes, and the section\n", "xarray: a slot",
		   of_nodes(&xa) / KEYS);
	xa_destroy(&xa);
	return err;
}

static int of_pool(struct seq_file *m)
{
	struct census_pool pool = { .budget = &unlimited, .nr = 1 };
	u64 begin = ktime_get_ns();
	u32 i;

	for (i = 0; i < ENTRIES && census_pool_take(&pool, 1); i++)
		*(struct census_entry *)census_unit(&pool, i + 1) = (struct census_entry) {
			.mask = i, .block = i,
		};
	show(m, "pool: append", begin, ENTRIES);
	begin = ktime_get_ns();
	for (i = 1; i < pool.nr; i++)
		sum += ((struct census_entry *)census_unit(&pool, i))->mask;
	show(m, "pool: read in order", begin, ENTRIES);
	i = pool.nr;
	census_pool_free(&pool);
	return i <= ENTRIES ? -ENOMEM : 0;
}

static int of_genradix(struct seq_file *m)
{
	DEFINE_GENRADIX(radix, struct census_entry);
	u64 begin = ktime_get_ns();
	struct census_entry *e;
	int err = 0;
	u32 i;

	for (i = 0; i < ENTRIES; i++) {
		e = genradix_ptr_alloc(&radix, i, GFP_KERNEL);
		if (!e) {
			err = -ENOMEM;
			break;
		}
		*e = (struct census_entry) { .mask = i, .block = i };
	}
	show(m, "genradix: append", begin, ENTRIES);
	begin = ktime_get_ns();
	for (i = 0; i < ENTRIES && !err; i++)
		sum += ((struct census_entry *)genradix_ptr(&radix, i))->mask;
	show(m, "genradix: read in order", begin, ENTRIES);
	genradix_free(&radix);
	return err;
}

static int tables_show(struct seq_file *m, void *unused)
{
	shuffle();
	return of_table(m) ?: of_rhashtable(m) ?: of_xarray(m) ?: of_pool(m) ?: of_genradix(m);
}

static int tables_open(struct inode *inode, struct file *file)
{
	/* Lines enough for one call of show */
	return single_open_size(file, tables_show, NULL, PAGE_SIZE);
}

const struct file_operations floor_tables_fops = {
	.owner = THIS_MODULE,
	.open = tables_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};
