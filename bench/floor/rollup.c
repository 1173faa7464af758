// SPDX-License-Identifier: GPL-2.0
/*
 * Reading /sys/kernel/debug/census_floor/rollup opens, reads and closes
 * /proc/PID/smaps_rollup of each process, as the loop of ../proc.c does, but for
 * the system calls: User Mode Linux needs 8 us for each, where a processor in
 * its kernel's own hands needs a tenth of one, and the loop makes three for a
 * process.  The reader's buffer is the buffer, and its time is to be taken from
 * outside, for files are closed when it returns.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "floor.h"

static unsigned int collect_pids(pid_t *pids)
{
	struct task_struct *p;
	unsigned int nr = 0;

	rcu_read_lock();
	for_each_process(p)
		if (nr < FLOOR_PROCESSES_MAX)
			pids[nr++] = p->tgid;
	rcu_read_unlock();
	return nr;
}

/* Of kernel threads there is nothing to be read. */
static void read_file(pid_t pid, char __user *buffer, size_t size)
{
	struct file *file;
	char path[40];
	loff_t pos = 0;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	file = filp_open(path, O_RDONLY, 0);
	if (IS_ERR(file))
		return;
	file->f_op->read(file, buffer, size, &pos);
	filp_close(file, NULL);
}

static ssize_t rollup_read(struct file *file, char __user *buffer, size_t size,
			   loff_t *pos)
{
	pid_t *pids = kvmalloc_array(FLOOR_PROCESSES_MAX, sizeof(*pids),
				     GFP_KERNEL);
	unsigned int i, nr;

	if (!pids)
		return -ENOMEM;
	nr = collect_pids(pids);
	for (i = 0; i < nr; i++)
		read_file(pids[i], buffer, size);
	kvfree(pids);
	return size;
}

const struct file_operations floor_rollup_fops = {
	.owner = THIS_MODULE,
	.read = rollup_read,
};
