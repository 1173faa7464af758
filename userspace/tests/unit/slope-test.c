// SPDX-License-Identifier: GPL-2.0
/*
 * Compares slopes with values computed independently, and checks how often series
 * of each kind are judged to grow. Each kind has its expected range.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/series.h"
#include "tap.h"

#define POINTS	61
#define SEEDS	400
#define MIB	1048576.0

static bool is_near(double a, double b)
{
	return fabs(a - b) <= 0.00000001 * (1 + fabs(b));
}

/* slope-reference.py prints these values. */
static void check_known(const char *what, const double *t, const double *v,
			size_t n, struct slope expected)
{
	struct point points[16];
	struct slope got;
	size_t i;

	for (i = 0; i < n; i++)
		points[i] = (struct point){ t ? t[i] : (double)i, v[i] };
	got = slope_of(points, n);
	if (!ok(is_near(got.slope, expected.slope) &&
		is_near(got.low, expected.low) && is_near(got.high, expected.high) &&
		is_near(got.tau, expected.tau) && is_near(got.p, expected.p), "%s", what))
		printf("# got %.9g %.9g %.9g %.9g %.9g\n", got.slope, got.low,
		       got.high, got.tau, got.p);
}

static void check_all_known(void)
{
	static const double line[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	static const double tied[] = { 1, 2, 2, 3, 3, 3, 4, 5 };
	static const double times[] = { 0, 1, 3, 4, 6, 10, 11, 12 };
	static const double mixed[] = { 5, 3, 8, 1, 9, 2, 7, 6 };
	static const double falling[] = { 8, 7, 6, 5, 4, 3, 2, 1 };
	static const double constant[] = { 4, 4, 4, 4, 4, 4, 4, 4 };

	check_known("a line", NULL, line, 10,
		    (struct slope){ 1, 1, 1, 1, 0.0000415153517 });
	check_known("ties", NULL, tied, 8,
		    (struct slope){ 0.5, 0.333333333, 0.666666667, 0.9258201, 0.00157387993 });
	check_known("uneven times", times, mixed, 8,
		    (struct slope){ 0.125, -0.842114312, 0.988728591, 0.0714285714, 0.450769313 });
	check_known("a fall", NULL, falling, 8,
		    (struct slope){ -1, -1, -1, -1, 0.999581686 });
	check_known("a constant", NULL, constant, 8, (struct slope){ 0, 0, 0, 0, 0.5 });
}

/* xorshift64: the same numbers everywhere. */
static uint64_t state;

static void seed(uint64_t number)
{
	state = number * 0x9e3779b97f4a7c15ULL + 1;
}

static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) / 9007199254740992.0;
}

static double normal(void)
{
	double radius = sqrt(-2 * log(1 - uniform()));

	return radius * cos(6.283185307179586 * uniform());
}

/* Random parameters, drawn once for each series. */
static double a, b, sum;

/* Values in MiB at second @i of a minute; @x: @i as a fraction of it. */
static double flat(int i, double x)
{
	(void)i;
	(void)x;
	return 0;
}

static double noise(int i, double x)
{
	return flat(i, x) + normal();
}

static double swinging(int i, double x)
{
	(void)i;
	(void)x;
	sum = (0.5 + 0.45 * a) * sum + normal();
	return sum;
}

static double cache(int i, double x)
{
	double filled = 0.1 + 0.75 * a;

	(void)i;
	return 50 * fmin(x / filled, 1) + (b < 0.5 ? 0 : 0.1 * normal());
}

static double slowing_cache(int i, double x)
{
	(void)i;
	return 50 * (1 - exp(-x / (0.05 + 0.35 * a)));
}

static double sawtooth(int i, double x)
{
	double period = 2 + 25 * a;

	(void)x;
	return 20 * fmod(i + b * period, period) / period + 0.2 * normal();
}

static double slow_sawtooth(int i, double x)
{
	double period = 25 + 30 * a;

	(void)x;
	return 20 * fmod(i + b * period, period) / period + 0.2 * normal();
}

static double waves(int i, double x)
{
	(void)x;
	return 20 * sin(6.28 * (i / (2 + 60 * a) + b)) + 0.2 * normal();
}

static double start_up(int i, double x)
{
	(void)i;
	return 40 * sqrt(fmin(x / (0.05 + 0.3 * a), 1)) + 0.3 * normal();
}

/* Uses more memory during its start than later. */
static double heavy_start_up(int i, double x)
{
	double end = 0.05 + 0.2 * a;

	(void)i;
	return (x < end ? 60 * x / end : 40) + 0.3 * normal();
}

static double two_rises(int i, double x)
{
	(void)i;
	return 20 * (x > a) + 20 * (x > b) + 0.2 * normal();
}

static double requests(int i, double x)
{
	(void)i;
	(void)x;
	if (uniform() < 0.2)
		sum += 5 * uniform();
	if (uniform() < 0.2)
		sum *= uniform();
	return sum;
}

/* Grows by chance only: the hardest case, because it does drift. */
static double random_walk(int i, double x)
{
	(void)i;
	(void)x;
	return sum += normal();
}

static double leak(int i, double x)
{
	(void)x;
	return 0.1 * i;
}

static double noisy_leak(int i, double x)
{
	(void)x;
	return i + 2 * normal();
}

static double leak_in_steps(int i, double x)
{
	double step = 5 + (int)(7 * a);

	(void)x;
	return 5 * floor((i + b * step) / step);
}

/* 2 MiB at random seconds, like a server in use. */
static double leak_by_chance(int i, double x)
{
	(void)i;
	(void)x;
	return sum += 2 * (uniform() < 0.2 + 0.5 * a);
}

static double leak_after_start_up(int i, double x)
{
	return 40 * fmin(x / (0.05 + 0.3 * a), 1) + 0.2 * i;
}

/* A leak below memory that a garbage collector frees. */
static double leak_under_sawtooth(int i, double x)
{
	double period = 3 + 8 * a;

	(void)x;
	return i + 15 * fmod(i + b * period, period) / period;
}

/**
 * struct kind - kind of series
 * @name: for diagnostics
 * @value: MiB at second i
 * @least, @most: percent of the seeds that must be judged to grow
 */
static const struct kind {
	const char *name;
	double (*value)(int i, double x);
	double least;
	double most;
} kinds[] = {
	{ "flat", flat, 0, 0 },
	{ "noise", noise, 0, 0 },
	{ "swings around a level", swinging, 0, 0 },
	{ "a cache that fills and stays", cache, 0, 0 },
	{ "a cache that fills ever slower", slowing_cache, 0, 0 },
	{ "a sawtooth", sawtooth, 0, 0 },
	{ "a slow sawtooth", slow_sawtooth, 0, 0 },
	{ "waves", waves, 0, 0 },
	{ "a start-up", start_up, 0, 0 },
	{ "a start-up that needs more", heavy_start_up, 0, 0 },
	{ "two rises", two_rises, 0, 0.5 },
	{ "requests", requests, 0, 0.5 },
	{ "a random walk", random_walk, 0, 4 },
	{ "a leak", leak, 100, 100 },
	{ "a noisy leak", noisy_leak, 99, 100 },
	{ "a leak in steps", leak_in_steps, 95, 100 },
	{ "a leak by chance", leak_by_chance, 70, 100 },
	{ "a leak after a start-up", leak_after_start_up, 98, 100 },
	{ "a leak under a sawtooth", leak_under_sawtooth, 98, 100 },
};

static void check_kind(const struct kind *kind)
{
	struct slope_finding finding;
	struct point points[POINTS];
	unsigned int found = 0, s;
	double x, percent;
	int i;

	for (s = 1; s <= SEEDS; s++) {
		seed(s);
		sum = 0;
		a = uniform();
		b = uniform();
		for (i = 0; i < POINTS; i++) {
			x = i / (POINTS - 1.0);
			/* Round to pages. */
			points[i].t = i;
			points[i].v = 4096 * floor(kind->value(i, x) * MIB / 4096);
		}
		finding = slope_judge(points, POINTS, 65536);
		found += finding.verdict == VERDICT_GROWS;
	}
	percent = 100.0 * found / SEEDS;
	ok(percent >= kind->least && percent <= kind->most,
	   "%s: grows in %.1f%% of %d, expected %g to %g", kind->name, percent,
	   SEEDS, kind->least, kind->most);
}

static void check_finding(void)
{
	struct slope_finding finding;
	struct point points[POINTS];
	int i;

	for (i = 0; i < POINTS; i++)
		points[i] = (struct point){ i, i < 14 ? 3e6 * i : 4.2e7 + 1e6 * (i - 14) };
	finding = slope_judge(points, POINTS, 65536);
	ok(finding.verdict == VERDICT_GROWS && finding.from == POINTS / 4 &&
	   is_near(finding.slope.slope, 1e6), "a start-up is left out");
	for (i = 0; i < POINTS; i++)
		points[i] = (struct point){ i, (i * 29 % POINTS + (i > 57 ? 90 : 0)) * MIB };
	finding = slope_judge(points, POINTS, 65536);
	ok(finding.grown > 65536 && finding.slope.p > 0.001 &&
	   finding.verdict == VERDICT_STEADY,
	   "what may be chance is no rise: p %.3f", finding.slope.p);
	finding = slope_judge(points, 7, 65536);
	ok(finding.verdict == VERDICT_SHORT, "seven points say nothing");
	finding = slope_judge(points, 20, 1e9);
	ok(finding.verdict == VERDICT_STEADY,
	   "a rise by less than the least is none");
}

int main(void)
{
	size_t i;

	check_all_known();
	check_finding();
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		check_kind(&kinds[i]);
	return tap_done();
}
