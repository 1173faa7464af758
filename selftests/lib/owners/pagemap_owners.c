// SPDX-License-Identifier: GPL-2.0
/* The test's own count of owners, from pagemap; see pagemap_owners.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "owners/pagemap_owners.h"
#include "memory/pages.h"

#define BIT(n)		((uint64_t)1 << (n))

/* Documentation/admin-guide/mm/pagemap.rst */
#define PM_PRESENT	BIT(63)
#define PM_SWAP		BIT(62)
#define PM_FILE		BIT(61)
#define PM_PFN		(BIT(55) - 1)
#define PM_SWAP_TYPE	0x1f
#define KPF_HUGE	BIT(17)
#define KPF_NOPAGE	BIT(20)
#define KPF_ZERO_PAGE	BIT(24)

/* Number of swap devices; higher types are migration entries and others. */
#define SWAP_TYPES	23

#define ENTRIES		4096
#define FLAGS		16

#define PROCESSES_MAX	8192

/* In 1/4096 byte. */
#define WHOLE_PAGE	((uint64_t)PAGE << 24)

/**
 * struct mark - a frame or slot that an address space maps
 * @number: frame number; or SLOT and the kernel's number of a swap slot
 * @owner: number of the address space
 * @entries: how often the address space maps it
 */
struct mark {
	uint64_t number;
	uint32_t owner;
	uint32_t entries : 31, anon : 1;
};

#define SLOT		BIT(63)

/* What is read of pagemap and of maps at a time. */
static uint64_t entries[ENTRIES];
static char buffer[16384];

static int add_mark(struct owners *o, uint64_t number, bool anon)
{
	if (o->n_marks == o->room) {
		size_t room = o->room ? 2 * o->room : 65536;
		struct mark *marks = realloc(o->marks, room * sizeof(*marks));

		if (!marks)
			return -ENOMEM;
		o->marks = marks;
		o->room = room;
	}
	o->marks[o->n_marks++] = (struct mark) {
		.number = number, .owner = o->n - 1, .entries = 1, .anon = anon,
	};
	return 0;
}

static int add_entry(struct owners *o, uint64_t entry)
{
	if (entry & PM_PRESENT)
		return add_mark(o, entry & PM_PFN, !(entry & PM_FILE));
	if (entry & PM_SWAP) {
		if ((entry & PM_SWAP_TYPE) < SWAP_TYPES)
			return add_mark(o, SLOT | (entry & PM_PFN), true);
		o->unsteady = true;
	}
	return 0;
}

/* @pfn_map: only entries that pagemap calls file pages are frames. */
static int read_range(struct owners *o, int pagemap, uint64_t start,
		      uint64_t end, bool pfn_map)
{
	int ret = 0;

	while (start < end && !ret) {
		size_t want = (end - start) / PAGE, i;
		ssize_t n;

		if (want > ENTRIES)
			want = ENTRIES;
		n = pread(pagemap, entries, want * sizeof(*entries),
			  start / PAGE * sizeof(*entries));
		if (n <= 0) {
			o->unsteady = true;
			break;
		}
		n /= sizeof(*entries);
		for (i = 0; i < (size_t)n && !ret; i++)
			if (pfn_map ? entries[i] & PM_FILE : entries[i])
				ret = add_entry(o, entries[i]);
		start += n * PAGE;
	}
	return ret;
}

static bool is_pfn_map(const char *name)
{
	return !strncmp(name, "[vvar", 5) || !strcmp(name, "/dev/mem");
}

/* Adjacent mappings are read together. */
static int read_mappings(struct owners *o, FILE *maps, int pagemap)
{
	unsigned long long start, end;
	uint64_t from = 0, to = 0;
	char line[512], name[256];
	int ret = 0;

	while (!ret && fgets(line, sizeof(line), maps)) {
		name[0] = '\0';
		if (sscanf(line, "%llx-%llx %*s %*s %*s %*s %255s", &start, &end,
			   name) < 2)
			return -EBADMSG;
		/* Not in the address space. */
		if (!strcmp(name, "[vsyscall]"))
			continue;
		if (is_pfn_map(name)) {
			o->owners[o->n - 1].pfn_map += (end - start) / PAGE;
			ret = read_range(o, pagemap, start, end, true);
		} else if (start == to) {
			to = end;
		} else {
			ret = read_range(o, pagemap, from, to, false);
			from = start;
			to = end;
		}
	}
	return ret ?: read_range(o, pagemap, from, to, false);
}

static FILE *open_of(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return fopen(path, "r");
}

/* Kernel threads have no mappings. */
static bool has_mappings(FILE *maps)
{
	int c = getc(maps);

	if (c != EOF)
		ungetc(c, maps);
	return c != EOF;
}

/* Numbers of the owners, in the order of kcmp(). */
static size_t order[PROCESSES_MAX + 1];

/* How many of @o->owners come before that of @pid in that order. */
static size_t place_of(struct owners *o, pid_t pid, bool *known)
{
	size_t low = 0, high = o->n;

	*known = false;
	while (low < high) {
		size_t middle = (low + high) / 2;
		pid_t other = o->owners[order[middle]].pid;

		switch (syscall(SYS_kcmp, pid, other, KCMP_VM, 0, 0)) {
		case 0:
			*known = true;
			return middle;
		case 1:
			high = middle;
			break;
		case 2:
			low = middle + 1;
			break;
		default:
			/* Without kcmp() no CLONE_VM peers are expected. */
			o->unsteady |= errno != ENOSYS;
			return o->n;
		}
	}
	return low;
}

static int read_process(struct owners *o, pid_t pid)
{
	FILE *maps = open_of(pid, "maps");
	size_t place;
	bool known;
	char path[64];
	int pagemap, ret = 0;

	if (maps)
		setvbuf(maps, buffer, _IOFBF, sizeof(buffer));
	if (!maps || !has_mappings(maps))
		goto out;
	place = place_of(o, pid, &known);
	if (known)
		goto out;
	ret = -EOVERFLOW;
	if (o->n == PROCESSES_MAX)
		goto out;
	memmove(order + place + 1, order + place,
		(o->n - place) * sizeof(*order));
	order[place] = o->n;
	o->owners[o->n++] = (struct owner) { .pid = pid };

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	pagemap = open(path, O_RDONLY | O_CLOEXEC);
	ret = pagemap < 0 ? -errno : read_mappings(o, maps, pagemap);
	if (pagemap >= 0)
		close(pagemap);
out:
	if (maps)
		fclose(maps);
	return ret;
}

static bool is_pid(const char *name)
{
	return name[0] >= '1' && name[0] <= '9';
}

static int read_processes(struct owners *o)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int ret = 0;

	if (!proc)
		return -errno;
	while (!ret && (entry = readdir(proc)))
		if (is_pid(entry->d_name))
			ret = read_process(o, atoi(entry->d_name));
	closedir(proc);
	return ret;
}

static int compare_marks(const void *a, const void *b)
{
	const struct mark *m = a, *n = b;

	if (m->number != n->number)
		return m->number < n->number ? -1 : 1;
	return m->owner < n->owner ? -1 : m->owner > n->owner;
}

/* Merges marks of the same frame or slot and owner. */
static void join_marks(struct owners *o)
{
	struct mark *to = o->marks;
	size_t i;

	qsort(o->marks, o->n_marks, sizeof(*o->marks), compare_marks);
	for (i = 1; i < o->n_marks; i++) {
		if (!compare_marks(to, &o->marks[i]))
			to->entries += o->marks[i].entries;
		else
			*++to = o->marks[i];
	}
	if (o->n_marks)
		o->n_marks = to - o->marks + 1;
}

/* How many marks from @first on are of the same frame or slot. */
static unsigned int owners_of_thing(const struct owners *o, size_t first)
{
	size_t end = first;

	while (end < o->n_marks && o->marks[end].number == o->marks[first].number)
		end++;
	return end - first;
}

static uint64_t flags_of(int kpageflags, uint64_t pfn)
{
	static uint64_t flags[FLAGS], first = UINT64_MAX;
	static ssize_t n;

	/* Frames are requested in ascending order; a block of flags is kept. */
	if (pfn <= first || pfn - first >= (uint64_t)n) {
		n = pread(kpageflags, flags, sizeof(flags), pfn * sizeof(*flags));
		n = n < 0 ? 0 : n / sizeof(*flags);
		first = pfn;
	}
	/* User Mode Linux takes the number of frames for the highest frame number. */
	if (!n && user_mode_linux())
		return 0;
	return n ? flags[pfn - first] : KPF_NOPAGE;
}

static void add_holding(struct holding *h, unsigned int owners)
{
	h->pages++;
	h->alone += owners == 1;
	h->shares += WHOLE_PAGE / owners;
}

static void count_frame(struct owners *o, const struct mark *marks,
			unsigned int nr, uint64_t flags)
{
	const struct mark *m;

	if (!(flags & (KPF_ZERO_PAGE | KPF_NOPAGE | KPF_HUGE))) {
		o->frames++;
		if (nr > 1)
			o->several[nr == 2 ? 0 : nr < 10 ? 1 : 2]++;
	}
	for (m = marks; m < marks + nr; m++) {
		struct owner *owner = &o->owners[m->owner];

		if (flags & (KPF_ZERO_PAGE | KPF_NOPAGE)) {
			owner->special += m->entries;
		} else if (flags & KPF_HUGE) {
			add_holding(&owner->hugetlb, nr);
			o->hugetlb_again += m->entries > 1;
		} else {
			owner->mapped += m->entries;
			add_holding(&owner->frames, nr);
			if (m->anon)
				add_holding(&owner->anon, nr);
		}
	}
}

/*
 * Computes the holdings from all marks and drops marks of special mappings. After
 * this @entries of a mark says whether it is of a hugetlb page.
 */
static int finish(struct owners *o)
{
	int kpageflags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	size_t i, j, kept = 0;
	unsigned int nr;

	if (kpageflags < 0)
		return -errno;
	for (i = 0; i < o->n_marks; i += nr) {
		const struct mark *m = &o->marks[i];
		uint64_t flags = 0;

		nr = owners_of_thing(o, i);
		if (m->number & SLOT) {
			for (j = i; j < i + nr; j++)
				add_holding(&o->owners[o->marks[j].owner].swap,
					    nr);
		} else {
			flags = flags_of(kpageflags, m->number);
			count_frame(o, m, nr, flags);
		}
		if (flags & (KPF_ZERO_PAGE | KPF_NOPAGE))
			continue;
		for (j = i; j < i + nr; j++) {
			o->marks[kept] = o->marks[j];
			o->marks[kept++].entries = !!(flags & KPF_HUGE);
		}
	}
	o->n_marks = kept;
	close(kpageflags);
	return 0;
}

static int begin(struct owners *o)
{
	if (!o->owners)
		o->owners = calloc(PROCESSES_MAX, sizeof(*o->owners));
	if (!o->owners)
		return -ENOMEM;
	o->n = 0;
	o->n_marks = 0;
	o->frames = 0;
	o->hugetlb_again = 0;
	memset(o->several, 0, sizeof(o->several));
	o->unsteady = false;
	return 0;
}

static int end(struct owners *o)
{
	join_marks(o);
	return finish(o);
}

int owners_read(struct owners *o)
{
	int ret = begin(o);

	if (!ret)
		ret = read_processes(o);
	return ret ?: end(o);
}

/* How many marks reading all processes makes, if none maps pages of hugetlb. */
static size_t marks_needed(void)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	size_t marks = 65536;

	while (proc && (entry = readdir(proc))) {
		unsigned long resident;
		FILE *statm;

		if (!is_pid(entry->d_name))
			continue;
		statm = open_of(atoi(entry->d_name), "statm");
		/* And what is in swap, or grows before it is read */
		if (statm && fscanf(statm, "%*u %lu", &resident) == 1)
			marks += resident * 5 / 4;
		if (statm)
			fclose(statm);
	}
	if (proc)
		closedir(proc);
	return marks;
}

/* Touches what @marks marks, qsort() of them and all else need of the heap, and reserves room. */
static int reserve(struct owners *o, size_t marks)
{
	const size_t size = marks * sizeof(*o->marks), all = 2 * size + (1UL << 20);
	char *heap = malloc(all);
	struct mark *larger;

	if (!heap)
		return -ENOMEM;
	write_pages(heap, all / PAGE);
	free(heap);
	if (o->room >= marks)
		return 0;
	larger = realloc(o->marks, size);
	if (!larger)
		return -ENOMEM;
	o->marks = larger;
	o->room = marks;
	return 0;
}

/* Touches all of the first heap, where there may be room for small blocks in untouched pages. */
static void touch_heap(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	char line[256];

	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, "[heap]") && sscanf(line, "%lx-%lx", &start, &end) == 2)
			madvise((void *)start, end - start, MADV_POPULATE_WRITE);
	if (maps)
		fclose(maps);
}

int owners_warm_up(struct owners *o)
{
	int ret;

	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	mallopt(M_MMAP_MAX, 0);
	memset(order, 0, sizeof(order));
	memset(entries, 0, sizeof(entries));
	memset(buffer, 0, sizeof(buffer));
	ret = reserve(o, marks_needed()) ?: begin(o);
	if (ret)
		return ret;
	memset(o->owners, 0, PROCESSES_MAX * sizeof(*o->owners));
	touch_heap();
	/* Two of them: pages of code are counted too. */
	return read_process(o, getppid()) ?: read_process(o, getpid()) ?: end(o);
}

bool owners_kcmp(void)
{
	return !syscall(SYS_kcmp, getpid(), getpid(), KCMP_VM, 0, 0);
}

void owners_free(struct owners *o)
{
	free(o->owners);
	free(o->marks);
	memset(o, 0, sizeof(*o));
}

bool owners_same(const struct owners *a, const struct owners *b)
{
	return a->n == b->n && a->frames == b->frames && !a->unsteady &&
	       !b->unsteady &&
	       !memcmp(a->owners, b->owners, a->n * sizeof(*a->owners));
}

const struct owner *owners_of(const struct owners *o, pid_t pid)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		if (o->owners[i].pid == pid)
			return &o->owners[i];
	return NULL;
}

/* The count of marks like @m. */
static uint64_t *kind_of(const struct mark *m, struct owned *owned)
{
	if (m->number & SLOT)
		return &owned->swap;
	if (m->entries)
		return &owned->hugetlb;
	return m->anon ? &owned->anon : &owned->file;
}

static unsigned int class_of(unsigned int owners)
{
	return owners == 1 ? 0 : owners == 2 ? 1 : owners < 10 ? 2 : 3;
}

void owners_common(const struct owners *o, size_t a, struct owned *common,
		   struct owned *alone, struct owned *by_owners)
{
	size_t i, j, k;
	unsigned int nr;

	memset(common, 0, o->n * sizeof(*common));
	memset(alone, 0, o->n * sizeof(*alone));
	memset(by_owners, 0, 4 * sizeof(*by_owners));
	for (i = 0; i < o->n_marks; i += nr) {
		nr = owners_of_thing(o, i);
		for (j = i; j < i + nr && o->marks[j].owner != a; j++)
			;
		if (j == i + nr)
			continue;
		++*kind_of(&o->marks[j], &by_owners[class_of(nr)]);
		for (k = i; k < i + nr; k++) {
			if (k == j)
				continue;
			++*kind_of(&o->marks[k], &common[o->marks[k].owner]);
			if (nr == 2)
				++*kind_of(&o->marks[k], &alone[o->marks[k].owner]);
		}
	}
}

void owners_groups_common(const struct owners *o, const unsigned int *group, unsigned int nr,
			  struct owned *common, struct owned *alone,
			  struct owned *by_owners)
{
	bool *has = calloc(nr + 1, sizeof(*has));
	unsigned int n, g, other, owning;
	size_t i, j;

	memset(common, 0, nr * nr * sizeof(*common));
	memset(alone, 0, nr * nr * sizeof(*alone));
	memset(by_owners, 0, 4 * nr * sizeof(*by_owners));
	for (i = 0; i < o->n_marks; i += n) {
		const struct mark *m = &o->marks[i];

		n = owners_of_thing(o, i);
		memset(has, 0, nr * sizeof(*has));
		for (owning = 0, j = i; j < i + n; j++) {
			owning += !has[group[o->marks[j].owner]];
			has[group[o->marks[j].owner]] = true;
		}
		for (g = 0; g < nr; g++) {
			if (!has[g])
				continue;
			++*kind_of(m, &by_owners[4 * g + class_of(owning)]);
			for (other = 0; other < nr; other++) {
				if (!has[other] || other == g)
					continue;
				++*kind_of(m, &common[g * nr + other]);
				if (owning == 2)
					++*kind_of(m, &alone[g * nr + other]);
			}
		}
	}
	free(has);
}

void owners_together(const struct owners *o, const pid_t *pids, unsigned int n,
		     struct owner *group)
{
	bool *member = calloc(o->n + 1, sizeof(*member));
	size_t i, j;
	unsigned int nr;

	memset(group, 0, sizeof(*group));
	for (i = 0; i < n; i++) {
		const struct owner *owner = owners_of(o, pids[i]);

		if (!owner)
			continue;
		member[owner - o->owners] = true;
		group->mapped += owner->mapped;
		group->special += owner->special;
		group->pfn_map += owner->pfn_map;
		group->frames.shares += owner->frames.shares;
	}
	for (i = 0; i < o->n_marks; i += nr) {
		const struct mark *m = &o->marks[i];
		unsigned int members = 0;
		struct holding *h;

		nr = owners_of_thing(o, i);
		for (j = i; j < i + nr; j++)
			members += member[o->marks[j].owner];
		if (!members)
			continue;
		h = m->number & SLOT ? &group->swap :
		    m->entries ? &group->hugetlb : &group->frames;
		h->pages++;
		h->alone += members == nr;
		if (h == &group->frames && m->anon) {
			group->anon.pages++;
			group->anon.alone += members == nr;
		}
	}
	free(member);
}
