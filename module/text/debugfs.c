// SPDX-License-Identifier: GPL-2.0
/*
 * Open files and unloading: debugfs takes a reference on the module for each open file,
 * so rmmod is refused.  /proc does not, so proc_open() takes one.  remove_proc_entry()
 * waits for open(), so the module still exists when proc_open() takes the reference.
 *
 * Open files and loading: if the rest of the load fails, the module is freed in spite of
 * references.  remove_proc_entry() closes what is open; in debugfs nothing may be open then.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>

#include "text/debugfs.h"
#include "text/text.h"

static struct dentry *directory;

static int debugfs_open(struct inode *inode, struct file *file)
{
	if (READ_ONCE(THIS_MODULE->state) != MODULE_STATE_LIVE)
		return -ENODEV;
	return census_text_open(file, inode->i_private);
}

static const struct file_operations debugfs_ops = {
	.owner = THIS_MODULE,
	.open = debugfs_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = census_text_release,
};

static int proc_open(struct inode *inode, struct file *file)
{
	int err;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	err = census_text_open(file, &census_texts[0]);
	if (err)
		module_put(THIS_MODULE);
	return err;
}

static int proc_release(struct inode *inode, struct file *file)
{
	int err = census_text_release(inode, file);

	module_put(THIS_MODULE);
	return err;
}

static const struct proc_ops proc_ops = {
	.proc_open = proc_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = proc_release,
};

/* Return: 0, also if debugfs is unavailable; or -ENOMEM. */
static int create_directory(void)
{
	struct dentry *file;
	unsigned int i;

	directory = debugfs_create_dir(KBUILD_MODNAME, NULL);
	file = directory;
	for (i = 0; i < CENSUS_TEXTS && !IS_ERR(file); i++)
		file = debugfs_create_file(census_texts[i].name, 0400, directory,
					   (void *)&census_texts[i], &debugfs_ops);
	return PTR_ERR_OR_ZERO(file) == -ENOMEM ? -ENOMEM : 0;
}

/*
 * Creates the files.  A kernel without debugfs, or with debugfs in lockdown, still has
 * /proc/memcensus.  If memory is short, this creates no files at all instead of some.  Return: 0
 * or -ENOMEM.
 */
int census_debugfs_init(void)
{
	int err;

	if (!proc_create(KBUILD_MODNAME, 0400, NULL, &proc_ops))
		return -ENOMEM;
	err = create_directory();
	if (err)
		census_debugfs_exit();
	return err;
}

/* Waits for running calls of the files. */
void census_debugfs_exit(void)
{
	debugfs_remove_recursive(directory);
	remove_proc_entry(KBUILD_MODNAME, NULL);
}
