// SPDX-License-Identifier: GPL-2.0
#include "questions/questions.h"

/* Each is called after those before it: share.c needs the groups. */
const struct census_question *const census_questions[] = {
	&census_groups,
	CENSUS_WITH_SHARE ? &census_sharing : NULL,
	CENSUS_WITH_SHARE ? &census_charges : NULL,
	&census_nodes,
};

const unsigned int census_nr_questions = ARRAY_SIZE(census_questions);
