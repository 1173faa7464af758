// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>

#include "base/budget.h"
#include "base/hotplug.h"
#include "base/params.h"
#include "census/census.h"
#include "netlink/genl.h"
#include "text/debugfs.h"

static int __init census_init(void)
{
	int err;

	err = census_params_check();
	if (err)
		return err;
	err = census_budgets_init();
	if (err)
		return err;
	err = census_scans_init();
	if (err)
		goto no_scans;
	err = census_hotplug_init();
	if (err)
		goto no_online;
	err = census_debugfs_init();
	if (err)
		goto no_debugfs;
	err = census_genl_init();
	if (err)
		goto no_genl;
	return 0;

no_genl:
	census_debugfs_exit();
no_debugfs:
	census_hotplug_exit();
no_online:
	census_scans_exit();
no_scans:
	census_budgets_exit();
	return err;
}

/* Remove the outputs first: then no request can arrive and no reader holds a snapshot. */
static void __exit census_exit(void)
{
	census_genl_exit();
	census_debugfs_exit();
	census_hotplug_exit();
	census_scans_exit();
	census_budgets_exit();
}

module_init(census_init);
module_exit(census_exit);

/*
 * Without MODULE_ALIAS_GENL_FAMILY(): ctrl_getfamily() asks for it on behalf of everybody.
 * Root loads the module: by modprobe, a unit of systemd, or the first request of a reader.
 */
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The memcensus developers");
MODULE_DESCRIPTION("Census of memory: who holds it, exact to the page");
MODULE_VERSION(CENSUS_VERSION);
