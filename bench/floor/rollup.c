// SPDX-License-Identifier: GPL-2.0
/*
 * Reading /sys/kernel/debug/census_floor/rollup opens, reads and closes
 * /proc/PID/smaps_rollup of each process, as the loop of ../proc.c does, but
 * without system calls: each takes 8 us under User Mode Linux, 0.1 us elsewhere, and
 * the loop makes three for each process.  The text goes to the caller's buffer.  The
 * caller measures the time: all files are closed when read() returns.
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

/* Kernel threads have no address space: opening or reading fails. */
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
