// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <xen/xen.h>

#include "base/compat.h"
#include "base/params.h"

struct census_params census_params;

static unsigned long max_age_ms;
module_param(max_age_ms, ulong, 0444);
MODULE_PARM_DESC(max_age_ms,
		 "maximum age of a cached census, ms (0 to 60000, default 0: no cache)");

static unsigned long lock_hold_us = 500;
module_param(lock_hold_us, ulong, 0444);
MODULE_PARM_DESC(lock_hold_us,
		 "maximum length of an mmap lock or VMA lock hold, us (10 to 100000, default 500)");

static unsigned long busy_budget_ms = 200;
module_param(busy_budget_ms, ulong, 0444);
MODULE_PARM_DESC(busy_budget_ms,
		 "maximum time per scan to retry unavailable mmap locks, ms (0 to 60000, default 200)");

static unsigned long max_mem;
module_param(max_mem, ulong, 0444);
MODULE_PARM_DESC(max_mem,
		 "memory for counting owners, bytes (1 MiB or 1/4096 of all memory to all of it, default 1/64)");

static unsigned long max_results;
module_param(max_results, ulong, 0444);
MODULE_PARM_DESC(max_results,
		 "memory of all results that readers hold, bytes (4 MiB to all memory, default 1/16, at least 32 MiB)");

static char *rule = "auto";
module_param(rule, charp, 0444);
MODULE_PARM_DESC(rule,
		 "take writable entries for a proof that a page has one owner: on, off, or auto: on a kernel that was tested (default auto)");

#ifdef CENSUS_CHECK
bool census_params_mark_all;
module_param_named(mark_all, census_params_mark_all, bool, 0600);
MODULE_PARM_DESC(mark_all, "count owners of exclusive pages too, to compare (Y or N, default N)");

unsigned int census_params_pause;
module_param_named(pause_ms, census_params_pause, uint, 0600);
MODULE_PARM_DESC(pause_ms, "time between two lock holds of an address space, ms (default 0)");
#endif

static int check_range(const char *name, unsigned long value, unsigned long min,
		       unsigned long max)
{
	if (value >= min && value <= max)
		return 0;
	pr_err("parameter %s=%lu is out of range: %lu to %lu\n", name, value,
	       min, max);
	return -EINVAL;
}

u32 census_rule;

/* Under Xen PV the hypervisor sees and may change what an entry says. */
static int check_rule(void)
{
	bool on = !strcmp(rule, "on");

	if (!strcmp(rule, "auto")) {
		on = CENSUS_KERNEL_TESTED;
		if (!on)
			pr_notice("this kernel is newer than those that were tested: the owners of all pages are counted, which is slower; rule=on trusts it\n");
	} else if (!on && strcmp(rule, "off")) {
		pr_err("parameter rule=%s is none of: auto, on, off\n", rule);
		return -EINVAL;
	}
	census_rule = on && !xen_pv_domain() ? MEMCENSUS_RULE_ON : MEMCENSUS_RULE_OFF;
	return 0;
}

/*
 * Checks the parameters and converts their units.  Return: 0, or -EINVAL after a line in the kernel
 * log that names the parameter.
 */
int census_params_check(void)
{
	u64 ram = (u64)totalram_pages() << PAGE_SHIFT;
	int err;

	if (!max_mem)
		max_mem = max_t(u64, ram / 64, 1UL << 20);

	if (!max_results)
		max_results = clamp_t(u64, ram / 16, min_t(u64, ram, 32UL << 20), ram);

	err = check_range("max_age_ms", max_age_ms, 0, 60000);
	if (!err)
		err = check_range("lock_hold_us", lock_hold_us, 10, 100000);
	if (!err)
		err = check_range("busy_budget_ms", busy_budget_ms, 0, 60000);
	/* Memory for blocks and group states if a page of each block is in use. */
	if (!err)
		err = check_range("max_mem", max_mem,
				  max_t(u64, ram / 4096, 1UL << 20), ram);
	if (!err)
		err = check_range("max_results", max_results, 4UL << 20, ram);
	if (!err)
		err = check_rule();
	if (err)
		return err;

	census_params.max_age = (u64)max_age_ms * NSEC_PER_MSEC;
	census_params.lock_hold = (u64)lock_hold_us * NSEC_PER_USEC;
	census_params.busy_budget = (u64)busy_budget_ms * NSEC_PER_MSEC;
	census_params.max_mem = max_mem;
	census_params.max_results = max_results;
	return 0;
}
