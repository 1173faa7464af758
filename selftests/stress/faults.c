// SPDX-License-Identifier: GPL-2.0
/*
 * Lets the n-th allocation fail, for n = 1, 2, 3, ... until none fails: in a
 * file, a dump, and the load of the module. faults_all has the others.  Of a load, hundreds are of
 * the driver core and sysfs: FAULTS_STEP in the environment is the step of n there, 3 by default.
 */
#include <stdlib.h>

#include "ko.h"
#include "selftest.h"

#include "owners/counted.h"
#include "memory/fault.h"

#define DIR_PATH	"/sys/kernel/debug/memcensus"

FIXTURE(faults)
{
	bool ready;
	pid_t child;
};

FIXTURE_SETUP(faults)
{
	const char *why = fault_begin();

	if (why)
		SKIP(return, "%s", why);
	self->child = child_start((void (*)(void *))child_stop, NULL);
	self->ready = true;
}

FIXTURE_TEARDOWN(faults)
{
	struct census census;

	fault_end();
	child_end(self->child);
	if (!self->ready)
		return;
	/* The failures leave no trace. */
	ASSERT_FRAMES_OF_ALL(&census);
	EXPECT_EQ(1, census.scan[MEMCENSUS_SCAN_SLICES]);
	census_free(&census);
}

static void expect_course(struct __test_metadata *_metadata,
			  const struct fault_request *request)
{
	struct fault_course c = {};

	fault_try_all(request, &c);
	fault_tell(request->name, &c);
	EXPECT_EQ(0, c.wrong);
	EXPECT_LT(0, c.errors);
	EXPECT_EQ(c.failed + 1, c.tries);
}

TEST_F(faults, of_a_file)
{
	const struct fault_request request = {
		.name = "a file", .path = "/proc/memcensus",
	};

	if (self->ready)
		expect_course(_metadata, &request);
}

TEST_F(faults, of_a_dump)
{
	const struct fault_request request = {
		.name = "a dump", .cmd = MEMCENSUS_CMD_SNAPSHOT,
	};

	if (self->ready)
		expect_course(_metadata, &request);
}

/* All visible objects of a loaded module. */
static unsigned int seen(void)
{
	static const char *const paths[] = {
		KO_LOADED, "/proc/memcensus", DIR_PATH "/summary",
		DIR_PATH "/tasks", DIR_PATH "/scan",
	};
	struct census_socket s;
	unsigned int n = 0, i;

	for (i = 0; i < ARRAY_SIZE(paths); i++)
		n += !access(paths[i], F_OK);
	if (!census_open(&s)) {
		n++;
		census_close(&s);
	}
	return n;
}

static unsigned int step_of_loading(void)
{
	const char *text = getenv("FAULTS_STEP");

	return text ? atoi(text) : 3;
}

TEST_F_TIMEOUT(faults, of_loading, 600)
{
	const unsigned int step = step_of_loading();
	struct fault_course c = {};
	bool failed = true;
	unsigned int all, nth;
	int ret;

	if (!self->ready)
		return;
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	all = seen();
	EXPECT_EQ(9, all);
	ASSERT_EQ(0, ko_unload_patiently(5000));
	/* Once without failures, so that the test touches no new pages later. */
	ASSERT_EQ(0, ko_load(""));
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_LT(0, step);
	for (nth = 1; failed; nth += step) {
		c.tries++;
		fault_arm(nth);
		ret = ko_load("");
		failed = fault_disarm();
		c.failed += failed;
		c.errors += !!ret;
		c.whole += !ret && failed;
		/* It is loaded completely or not at all. */
		if ((ret && (!failed || ret != -ENOMEM)) ||
		    seen() != (ret ? 0 : all)) {
			c.wrong++;
			diag("allocation %u: %s, %u of %u there", nth,
			     strerror(-ret), seen(), all);
		}
		if (!ret && failed)
			ASSERT_EQ(0, ko_unload_patiently(5000));
	}
	fault_tell("loading", &c);
	EXPECT_EQ(0, c.wrong);
	EXPECT_LT(0, c.errors);
}

TEST_HARNESS_MAIN
