// SPDX-License-Identifier: GPL-2.0
/*
 * Which places of the module were reached, on any kernel: the compiler puts a
 * call at each branch (-fsanitize-coverage=trace-pc), and this is what it calls.
 * Linked into a module of its own making by ./build, never into the real one.
 *
 * Writing to the parameter "covered" prints the addresses to the kernel's log.
 */
#include <linux/kernel.h>
#include <linux/module.h>

#define REACH	0x100000UL

static unsigned long hits[2 * REACH / BITS_PER_LONG];

/* By its distance from here; what is farther away is of init, and not counted. */
__attribute__((no_sanitize_coverage))
void __sanitizer_cov_trace_pc(void)
{
	unsigned long n = (unsigned long)__builtin_return_address(0) -
			  (unsigned long)__sanitizer_cov_trace_pc + REACH;

	if (n < 2 * REACH && !(READ_ONCE(hits[n / BITS_PER_LONG]) >>
			       n % BITS_PER_LONG & 1))
		__sync_fetch_and_or(&hits[n / BITS_PER_LONG],
				    1UL << n % BITS_PER_LONG);
}

__attribute__((no_sanitize_coverage))
static int print_covered(const char *value, const struct kernel_param *param)
{
	unsigned long n;

	for (n = 0; n < 2 * REACH; n++)
		if (hits[n / BITS_PER_LONG] >> n % BITS_PER_LONG & 1)
			pr_info("covered %lx\n",
				(unsigned long)__sanitizer_cov_trace_pc -
				REACH + n);
	return 0;
}

static const struct kernel_param_ops covered_ops = {
	.set = print_covered,
};

module_param_cb(covered, &covered_ops, NULL, 0200);
