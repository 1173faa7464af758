// SPDX-License-Identifier: GPL-2.0
/*
 * Records which branches of the module were reached, on any kernel: the compiler
 * puts a call to this function at each branch (-fsanitize-coverage=trace-pc).
 * Only ./build links it, into a separate module, never into the real one.
 *
 * Writing to the parameter "covered" prints the addresses to the kernel log.
 */
#include <linux/kernel.h>
#include <linux/module.h>

#define REACH	0x100000UL

static unsigned long hits[2 * REACH / BITS_PER_LONG];

/* Index: distance from this function; init code is too far away and not counted. */
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
