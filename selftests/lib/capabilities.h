/* SPDX-License-Identifier: GPL-2.0 */
/* Dropping capabilities. */
#ifndef _CAPABILITIES_H
#define _CAPABILITIES_H

#include <linux/capability.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory/pages.h"

#define CAPABILITY(n)	(1ULL << CAP_##n)

/* Drops all capabilities except these. */
static inline void keep_capabilities(uint64_t effective)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ .effective = effective, .permitted = effective },
		{ .effective = effective >> 32, .permitted = effective >> 32 },
	};

	need(!syscall(SYS_capset, &header, data), "capset");
}

#endif /* _CAPABILITIES_H */
