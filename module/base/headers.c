// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's headers that headers.awk reads.  This file is preprocessed, never compiled:
 * what the compiler would see is what is found, for any configuration and architecture,
 * and wherever a distribution keeps its headers.
 */
#include <linux/fs.h>
#include <linux/huge_mm.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/mmap_lock.h>
#include <linux/mmzone.h>
#include <linux/pgtable.h>
#include <linux/sched/coredump.h>
#include <linux/shrinker.h>
#include <linux/swapops.h>
#include <linux/vm_event_item.h>
#include <linux/vmstat.h>
#include <linux/xarray.h>
#include <net/genetlink.h>
