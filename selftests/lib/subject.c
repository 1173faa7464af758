// SPDX-License-Identifier: GPL-2.0
#include <linux/netlink.h>

#include "client/client.h"
#include "kselftest.h"
#include "subject.h"

static const char *const whys[] = {
	"the module was built without physical",
	"the module was built without share",
};
_Static_assert(MEMCENSUS_SUBJECT_ALL == (1U << sizeof(whys) / sizeof(whys[0])) - 1,
	       "a subject has no name");

uint32_t subjects_built(void)
{
	char buf[8192] __attribute__((aligned(8)));
	uint32_t bits = MEMCENSUS_SUBJECT_ALL;
	struct census census = {};
	struct census_socket s;

	if (census_open(&s))
		return bits;
	if (!census_talk(&s, census_header(&s, buf, MEMCENSUS_CMD_INFO, NLM_F_ACK), &census, 0,
			 NULL) &&
	    census.info.known >> MEMCENSUS_INFO_SUBJECTS & 1)
		bits = census.info.value[MEMCENSUS_INFO_SUBJECTS];
	census_free(&census);
	census_close(&s);
	return bits;
}

const char *subject_missing(uint32_t subject)
{
	return subjects_built() & subject ? NULL : whys[__builtin_ctz(subject)];
}

void subject_required(uint32_t subject)
{
	const char *why = subject_missing(subject);

	if (!why)
		return;
	ksft_print_header();
	ksft_exit_skip("%s\n", why);
}
