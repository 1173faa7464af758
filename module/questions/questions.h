/* SPDX-License-Identifier: GPL-2.0 */
/* Each question has a file of its name. */
#ifndef _CENSUS_QUESTIONS_H
#define _CENSUS_QUESTIONS_H

#include "census/question.h"

extern const struct census_question census_groups;
extern const struct census_question census_sharing;
extern const struct census_question census_charges;
extern const struct census_question census_nodes;

#endif /* _CENSUS_QUESTIONS_H */
