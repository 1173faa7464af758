/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A budget of CPU time: what may be used is earned as time passes, up to what a minute earns.
 */
#ifndef READER_BUDGET_H
#define READER_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/* Most time whose share can be saved, ns. */
#define BUDGET_SPAN	UINT64_C(60000000000)

/**
 * struct budget - CPU time that may be used
 * @share: of one processor, 0 to 1
 * @credit: CPU time that is left, ns; negative: overdrawn
 * @at: time of @credit, ns of a clock that runs
 */
struct budget {
	double share;
	double credit;
	uint64_t at;
};

/* CPU time of this process, with that of the censuses that it waited for, ns. */
uint64_t budget_clock(void);

/* A share of a processor, "1%", from 0.01% to 100%; false if @text is none. */
bool budget_parse(double *share, const char *text);

/* Begins with what a minute earns. */
void budget_begin(struct budget *budget, double share, uint64_t now);

/* @cost ns of CPU time were used until @now. */
void budget_use(struct budget *budget, uint64_t cost, uint64_t now);

/*
 * The first time, at @now or later, at which @cost ns are left; if a minute does not earn so
 * much, at which a minute's share is left.
 */
uint64_t budget_when(const struct budget *budget, uint64_t cost, uint64_t now);

#endif /* READER_BUDGET_H */
