// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "base/memory.h"
#include "text/view.h"

/**
 * struct open_rows - an open file
 * @rows: how to print @view
 * @view: &struct census_view.size bytes
 */
struct open_rows {
	const struct census_view *rows;
	u64 view[];
};

static void *rows_start(struct seq_file *seq, loff_t *pos)
{
	const struct open_rows *open = seq->private;

	return *pos < open->rows->count(open->view) ? pos : NULL;
}

static void *rows_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return rows_start(seq, pos);
}

static void rows_stop(struct seq_file *seq, void *v)
{
}

static int rows_show(struct seq_file *seq, void *v)
{
	const struct open_rows *open = seq->private;

	/* One read() may skip all rows of a large census that the reader may not see. */
	cond_resched();
	if (fatal_signal_pending(current))
		return -EINTR;
	open->rows->show(seq, open->view, *(loff_t *)v);
	return 0;
}

static const struct seq_operations rows_ops = {
	.start = rows_start,
	.next = rows_next,
	.stop = rows_stop,
	.show = rows_show,
};

/**
 * census_view_open() - take what a file prints
 * @file: the file
 * @type: its type
 *
 * Return: 0, -EPERM, -ENOMEM, or what &struct census_view.fill returns.
 */
int census_view_open(struct file *file, const struct census_file *type)
{
	struct open_rows *open;
	int err;

	/* The file mode admits root; the content also requires CAP_SYS_PTRACE. */
	if (!capable(CAP_SYS_PTRACE))
		return -EPERM;
	/* Not __seq_open_private(), which may invoke the OOM killer. */
	open = kzalloc(sizeof(*open) + type->rows->size, CENSUS_GFP | __GFP_ACCOUNT);
	if (!open)
		return -ENOMEM;
	open->rows = type->rows;
	err = seq_open(file, &rows_ops);
	if (err) {
		kfree(open);
		return err;
	}
	((struct seq_file *)file->private_data)->private = open;
	err = type->rows->fill(open->view, type->arg);
	if (err)
		census_view_release(file_inode(file), file);
	return err;
}

int census_view_release(struct inode *inode, struct file *file)
{
	struct open_rows *open = ((struct seq_file *)file->private_data)->private;

	open->rows->release(open->view);
	return seq_release_private(inode, file);
}
