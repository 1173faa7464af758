// SPDX-License-Identifier: GPL-2.0
/* What stands out behind descriptors: deleted files, memory without a mapping. */
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "brief/descriptors.h"
#include "brief/facts.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "os/held-files.h"
#include "os/open-kinds.h"
#include "os/process.h"
#include "os/procfs.h"
#include "os/sockets.h"

/* Of one process, but with --all: others should have their turn. */
#define OF_ONE_MOST	256

/**
 * struct seen - a file or an object that was found, each once
 * @number: of it
 */
struct seen {
	struct file_number number;
};

/**
 * struct walk - the state of a look at the descriptors of all processes
 * @task: the process that is looked at
 * @seen: a tree of struct seen
 * @sockets: @n_sockets descriptors of them, each with a process
 * @memfds: bytes of files in memory without a name, of this process
 * @kinds: bytes of other objects of this process
 * @rings: the sockets are those whose rings no counter of the kernel has
 * @pinned: bytes that are registered with its io_urings; what is registered twice counts twice
 */
struct walk {
	struct brief *brief;
	const struct task *task;
	void *seen;
	struct owned_socket {
		uint64_t inode;
		const struct task *task;
	} *sockets;
	size_t n_sockets;
	bool rings;
	uint64_t memfds;
	uint64_t kinds[OPEN_KINDS];
	uint64_t pinned;
};

/* Whether it is found for the first time; what has no number is. */
static bool is_new(struct walk *walk, const struct file_number *number)
{
	struct seen *seen, **found;

	if (!number->inode)
		return true;
	seen = xmemdup(number, sizeof(*number));
	found = tsearch(seen, &walk->seen, file_number_compare);
	if (!found)
		memory_failed();
	if (*found == seen)
		return true;
	free(seen);
	return false;
}

static void note_file(void *untyped, const struct file_number *number, const char *name,
		      const char *path)
{
	struct walk *walk = untyped;
	struct held_file held;

	if (!is_new(walk, number) || !held_file_read(&held, path) || held.named || !held.known)
		return;
	if (held.home == FILE_IN_SHMEM)
		walk->memfds += held.memory + held.swap;
	else if (held.home == FILE_ON_DISK)
		brief_add(walk->brief, &(struct brief_fact){
			.rule = BRIEF_DELETED, .amount = held.memory + held.swap,
			.pid = walk->task->pid, .who = fact_process(walk->task),
			.what = xasprintf("in the cache, deleted and open: %.*s",
					  (int)strcspn(name, " "), name) });
}

static void note_object(void *untyped, const struct descriptor *descriptor)
{
	struct open_file file = { .kind = OPEN_OTHER };
	struct walk *walk = untyped;

	open_file_identify(&file, descriptor);
	if (file.kind == OPEN_SOCKET) {
		walk->sockets = array_grow(walk->sockets, walk->n_sockets,
					   sizeof(*walk->sockets));
		walk->sockets[walk->n_sockets++] =
			(struct owned_socket){ file.number.inode, walk->task };
		return;
	}
	if (!is_new(walk, &file.number))
		return;
	open_file_read(&file, descriptor->name, descriptor->path);
	if (file.bytes.known)
		walk->kinds[file.kind] += (uint64_t)file.bytes.bytes;
	if (file.pinned.known)
		walk->pinned += (uint64_t)file.pinned.bytes;
}

/* Newer kernels do not count in VmPin what io_urings of root pin. */
static void add_pinned(struct walk *walk)
{
	const uint64_t pid = walk->task->pid;
	struct brief_fact *fact;

	for (fact = walk->brief->facts; fact < walk->brief->facts + walk->brief->n; fact++)
		if (fact->rule == BRIEF_PINNED && fact->pid == pid &&
		    fact->amount >= walk->pinned)
			return;
	brief_add(walk->brief, &(struct brief_fact){
		.rule = BRIEF_PINNED, .amount = walk->pinned, .pid = pid,
		.who = fact_process(walk->task),
		.what = xstrdup("pinned by io_uring, mapped or not, at most") });
}

static void add_process(struct walk *walk, uint64_t in_flight)
{
	const struct task *task = walk->task;
	const uint64_t mapped = KNOWN(&task->figures, MEMCENSUS_F_SHMEM) ?
				task->figures.v[MEMCENSUS_F_SHMEM] : UINT64_MAX;
	enum open_kind kind;

	for (kind = 0; kind < OPEN_KINDS; kind++)
		if (walk->kinds[kind])
			brief_add(walk->brief, &(struct brief_fact){
				.rule = BRIEF_BUFFERS, .amount = walk->kinds[kind],
				.pid = task->pid, .who = fact_process(task),
				.uncounted = kind == OPEN_DMABUF,
				.what = xasprintf("by descriptors alone: %s",
						  open_kind_names[kind]) });
	if (walk->memfds > mapped)
		brief_add(walk->brief, &(struct brief_fact){
			.rule = BRIEF_BUFFERS, .amount = walk->memfds - mapped,
			.pid = task->pid, .who = fact_process(task),
			.what = xstrdup("memfds that it does not map, at least") });
	if (walk->pinned)
		add_pinned(walk);
	if (in_flight)
		brief_add(walk->brief, &(struct brief_fact){
			.rule = BRIEF_WAITS, .amount = in_flight, .pid = task->pid,
			.who = fact_process(task) });
	walk->memfds = 0;
	walk->pinned = 0;
	memset(walk->kinds, 0, sizeof(walk->kinds));
}

static int compare_sockets(const void *a, const void *b)
{
	return compare_u64(a, b);
}

static void note_socket(void *untyped, const struct socket_memory *memory)
{
	struct walk *walk = untyped;
	const struct owned_socket *found =
		bsearch(&memory->inode, walk->sockets, walk->n_sockets, sizeof(*walk->sockets),
			compare_sockets);

	if (memory->inode && memory->bytes)
		brief_add(walk->brief, &(struct brief_fact){
			.rule = BRIEF_BUFFERS, .amount = memory->bytes,
			.pid = found ? found->task->pid : 0,
			.who = found ? fact_process(found->task) : NULL, .uncounted = walk->rings,
			.what = xstrdup("by descriptors alone: ring of a socket") });
}

/* Whether this network namespace has packet sockets: a line for each below the heading. */
static bool has_packet_sockets(void)
{
	char text[512];
	const char *line;

	if (!procfs_read_into("net/packet", text, sizeof(text)))
		return false;
	line = strchr(text, '\n');
	return line && line[1];
}

/*
 * Those of the network namespace of this program.  Returns what the kernel does not say, which the
 * caller frees; NULL: nothing.
 */
static char *add_sockets(struct walk *walk)
{
	struct failure why = { .kind = FAIL_NONE }, ignored;
	int ret;

	if (walk->n_sockets)
		qsort(walk->sockets, walk->n_sockets, sizeof(*walk->sockets), compare_sockets);
	walk->rings = true;
	ret = sockets_each(process_own(), SOCKETS_PACKET, note_socket, walk, &why);
	/* What an XDP socket has are pages of its process. */
	walk->rings = false;
	sockets_each(process_own(), SOCKETS_XDP, note_socket, walk, &ignored);
	return ret && has_packet_sockets() ? xasprintf("rings of packet sockets: %s", why.text) :
					     NULL;
}

void facts_of_descriptors(struct brief *brief, const struct snapshot *snap,
			  struct brief_ask *ask)
{
	const struct task **v = facts_largest(snap);
	struct walk walk = { .brief = brief };
	size_t i, denied = 0, part = 0;
	uint64_t of_one, left;
	char *lacks = NULL, *unsaid;

	for (i = 0; i < snap->n_tasks && ask->left; i++) {
		struct held_others others = {
			.ask_in_flight = true, .object = note_object,
			.one_thread = KNOWN(v[i], MEMCENSUS_TASK_THREADS) && v[i]->threads == 1 };

		of_one = ask->all || ask->left < OF_ONE_MOST ? ask->left : OF_ONE_MOST;
		left = of_one;
		walk.task = v[i];
		if (!held_files_each((uint32_t)v[i]->pid, note_file, &walk, &others, &left)) {
			part += !left;
			denied += !!left;
		}
		add_process(&walk, others.in_flight);
		/* The directory, links, and the fdinfo of each socket. */
		left = of_one - left + 1 + others.sockets;
		ask->left -= left < ask->left ? left : ask->left;
	}
	unsaid = add_sockets(&walk);
	part += snap->n_tasks - i;
	if (denied)
		lacks = xasprintf("%zu of %zu processes: run as root", denied, snap->n_tasks);
	else if (part)
		lacks = xasprintf("of %zu of %zu processes, or not all", part, snap->n_tasks);
	else
		lacks = unsaid;
	if (lacks != unsaid)
		free(unsaid);
	if (denied)
		brief_look_failed(brief, BRIEF_LOOK_DESCRIPTORS, lacks);
	else
		brief_look(brief, BRIEF_LOOK_DESCRIPTORS, lacks, part ? "brief --all" : NULL);
	tdestroy(walk.seen, free);
	free(walk.sockets);
	free(v);
}
