// SPDX-License-Identifier: GPL-2.0
/*
 * What DKMS installs where memcensus does not compile: it loads nowhere, and says why.  why.h,
 * which dkms.mk makes, has the first error as CENSUS_WHY, and the version as CENSUS_VERSION.
 */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/printk.h>

#include "why.h"

static int __init stub_init(void)
{
	pr_err("memcensus: it does not compile for this kernel: %s; boot an older kernel, or install a newer memcensus\n",
	       CENSUS_WHY);
	return -EOPNOTSUPP;
}

module_init(stub_init);
MODULE_DESCRIPTION("memcensus does not compile for this kernel: this only says why");
MODULE_INFO(why, CENSUS_WHY);
MODULE_VERSION(CENSUS_VERSION);
MODULE_LICENSE("GPL");
