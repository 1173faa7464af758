// SPDX-License-Identifier: GPL-2.0
/* Call sites, read from files that this test makes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/procfs.h"
#include "tap.h"
#include "tools/physical/call-sites.h"

#define COLUMNS	"#     <size>  <calls> <tag info>\n"
#define END	"\x20\n"

/* As 6.10 to 6.17 write it: a blank ends each line. */
static const char version_1[] =
	"allocinfo - version: 1.0\n" COLUMNS
	"           0        0 init/main.c:1314 func:do_initcalls" END
	"     8388608     2048 mm/slub.c:2259 func:alloc_slab_page" END
	"       32768        8 drivers/a.c:20 [amod] func:a_start" END;

/* Later kernels: what follows the function are pairs. */
static const char version_2[] =
	"allocinfo - version: 2.0\n" COLUMNS
	"     8388608     2048 mm/slub.c:3075 func:alloc_slab_page accurate:no" END
	"       32768        8 /tmp/odd path/b.c:7 [bmod] func:b_start" END
	"       -4096 18446744073709551615 fs/pipe.c:166 func:pipe_write later:key accurate:no" END;

static bool is(const struct call_site *site, int64_t bytes, uint64_t calls, const char *file,
	       uint64_t line, const char *module, const char *function, bool inaccurate)
{
	return site->bytes == bytes && site->calls == calls && !strcmp(site->file, file) &&
	       site->line == line && !strcmp(site->module ?: "", module ?: "") &&
	       !strcmp(site->function, function) && site->inaccurate == inaccurate;
}

static void test_versions(void)
{
	struct call_sites sites;

	call_sites_parse(&sites, version_1);
	ok(sites.profiling == PROFILING_ON && sites.n == 3 && !sites.wrong &&
	   is(&sites.v[0], 0, 0, "init/main.c", 1314, NULL, "do_initcalls", false) &&
	   is(&sites.v[1], 8 << 20, 2048, "mm/slub.c", 2259, NULL, "alloc_slab_page", false) &&
	   is(&sites.v[2], 32768, 8, "drivers/a.c", 20, "amod", "a_start", false),
	   "version 1.0: the kernel and a module");
	call_sites_free(&sites);

	call_sites_parse(&sites, version_2);
	ok(sites.profiling == PROFILING_ON && sites.n == 2 && sites.wrong == 1 &&
	   is(&sites.v[0], 8 << 20, 2048, "mm/slub.c", 3075, NULL, "alloc_slab_page", true) &&
	   is(&sites.v[1], -4096, UINT64_MAX, "fs/pipe.c", 166, NULL, "pipe_write", true),
	   "version 2.0: pairs, a negative sum; a path with a blank is not understood");
	call_sites_free(&sites);
}

static void test_wrong_lines(void)
{
	static const char *const lines[] = {
		"", "12", "12 1", "12 1 a.c:1", "x 1 a.c:1 func:f", "12 x a.c:1 func:f",
		"12 1 a.c func:f", "12 1 a.c: func:f", "12 1 :1 func:f", "12 1 a.c:1 func:",
		"12 1 a.c:1x func:f", "12 1 a.c:1 [] func:", "12 1 a.c:1 [m]", "12k 1 a.c:1 func:f",
		"99999999999999999999999 1 a.c:1 func:f", "12 -1 a.c:1 func:f",
		"12 99999999999999999999999 a.c:1 func:f", "\x01\xff\t ",
	};
	const size_t n = sizeof(lines) / sizeof(lines[0]);
	struct call_sites sites;
	char *text;
	size_t i;

	for (i = 0; i < n; i++) {
		if (asprintf(&text, "allocinfo - version: 2.0\n%s\n1 1 a.c:1 func:f\n%s",
			     lines[i], lines[i]) < 0)
			abort();
		call_sites_parse(&sites, text);
		ok(sites.n == 1 && sites.wrong == (*lines[i] ? 2 : 0) && sites.v[0].bytes == 1,
		   "wrong line %zu: '%s'", i, i == n - 1 ? "bytes" : lines[i]);
		call_sites_free(&sites);
		free(text);
	}
}

static void test_other_files(void)
{
	static const char *const texts[] = { "", "\n", "nr_tags 1\n", "allocinfo - vers" };
	struct call_sites sites;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		call_sites_parse(&sites, texts[i]);
		ok(sites.profiling == PROFILING_UNREADABLE && !sites.n &&
		   strstr(sites.why.text, "format"), "file %zu is no allocinfo", i);
		call_sites_free(&sites);
	}
	call_sites_parse(&sites, "allocinfo - version: 3.0");
	ok(sites.profiling == PROFILING_ON && !sites.n && !sites.wrong, "a header alone");
	call_sites_free(&sites);
}

static char dir[64] = "/tmp/memcensus-allocinfo-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		abort();
}

static void drop(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	remove(path);
}

static void make_dir(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (mkdir(path, 0700))
		abort();
}

static void test_machine(void)
{
	struct call_sites sites;

	if (!mkdtemp(dir))
		abort();
	procfs_root(dir);
	call_sites_read(&sites);
	ok(sites.profiling == PROFILING_ABSENT && strstr(sites.why.text, "vm.mem_profiling") &&
	   strstr(sites.why.text, "CONFIG_MEM_ALLOC_PROFILING"), "%s", sites.why.text);
	call_sites_free(&sites);

	/* Nobody can read a directory, not even root. */
	make_dir("allocinfo");
	call_sites_read(&sites);
	ok(sites.profiling == PROFILING_UNREADABLE && strstr(sites.why.text, "/proc/allocinfo"),
	   "%s", sites.why.text);
	call_sites_free(&sites);
	drop("allocinfo");

	put("allocinfo", version_1);
	call_sites_read(&sites);
	ok(sites.profiling == PROFILING_ON && sites.n == 3, "without sysctl, it counts");
	call_sites_free(&sites);

	make_dir("sys");
	make_dir("sys/vm");
	put("sys/vm/mem_profiling", "1\n");
	call_sites_read(&sites);
	ok(sites.profiling == PROFILING_ON && sites.n == 3, "vm.mem_profiling is 1");
	call_sites_free(&sites);
	put("sys/vm/mem_profiling", "0\n");
	call_sites_read(&sites);
	ok(sites.profiling == PROFILING_OFF && sites.n == 3,
	   "vm.mem_profiling is 0: what was counted before is left");
	call_sites_free(&sites);
	drop("sys/vm/mem_profiling");
	drop("sys/vm");
	drop("sys");
	drop("allocinfo");
	drop("");
}

int main(void)
{
	test_versions();
	test_wrong_lines();
	test_other_files();
	test_machine();
	return tap_done();
}
