// SPDX-License-Identifier: GPL-2.0
/* Adds the events of a trace up. */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/memory.h"
#include "model/amount.h"
#include "tools/trace/sums.h"

#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED	24
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif
#define HUGE_SHIFT	26

/* An address space, as long as tasks use it. */
struct trace_space {
	unsigned int users;
	uint64_t brk;		/* the end of its last page; 0: unknown */
};

/**
 * struct trace_thread - a thread
 * @pending: it is in @call since @since
 */
struct trace_thread {
	struct trace_thread *next;
	uint32_t tid;
	struct trace_process *process;
	struct trace_space *space;
	bool pending;
	enum trace_call call;
	uint64_t since;
	uint64_t args[TRACE_ARGS];
};

static struct trace_thread **slot_of(struct trace_sums *sums, uint32_t tid)
{
	struct trace_thread **slot = &sums->threads[tid % TRACE_BUCKETS];

	while (*slot && (*slot)->tid != tid)
		slot = &(*slot)->next;
	return slot;
}

static void put_space(struct trace_space *space)
{
	if (!--space->users)
		free(space);
}

static struct trace_space *new_space(uint64_t brk)
{
	return xmemdup(&(struct trace_space){ 1, brk }, sizeof(struct trace_space));
}

/* The newest process @pid, which may have ended; NULL: none. */
static struct trace_process *find_process(const struct trace_sums *sums, uint32_t pid)
{
	struct trace_process *process = sums->by_pid[pid % TRACE_BUCKETS];

	while (process && process->pid != pid)
		process = process->older;
	return process;
}

/* Beyond the bound: the process for all. */
static struct trace_process *new_process(struct trace_sums *sums, uint32_t pid,
					 const char *comm, uint64_t now)
{
	struct trace_process *process;

	if (sums->n_processes >= TRACE_PROCESSES_MAX) {
		process = find_process(sums, 0);
		if (process)
			return process;
		pid = 0;
		comm = "(others)";
	}
	process = xcalloc(1, sizeof(*process));
	process->pid = pid;
	process->begun = now;
	snprintf(process->comm, sizeof(process->comm), "%s", comm);
	if (sums->last)
		sums->last->next = process;
	else
		sums->first = process;
	sums->last = process;
	process->older = sums->by_pid[pid % TRACE_BUCKETS];
	sums->by_pid[pid % TRACE_BUCKETS] = process;
	sums->n_processes += pid != 0;
	return process;
}

/* Adds the new thread @tid to @process; takes over a use of @space. */
static struct trace_thread *add_thread(struct trace_sums *sums, uint32_t tid,
				       struct trace_process *process, struct trace_space *space)
{
	struct trace_thread *thread = xcalloc(1, sizeof(*thread));

	thread->tid = tid;
	thread->process = process;
	thread->space = space;
	sums->n_live += !process->threads++;
	process->ended = 0;
	*slot_of(sums, tid) = thread;
	return thread;
}

static void drop_thread(struct trace_sums *sums, struct trace_thread **slot, uint64_t now)
{
	struct trace_thread *thread = *slot;
	struct trace_process *process = thread->process;

	*slot = thread->next;
	if (!--process->threads) {
		process->ended = now;
		sums->n_live--;
	}
	put_space(thread->space);
	free(thread);
}

void trace_sums_add(struct trace_sums *sums, uint32_t pid, const char *comm,
		    const uint64_t *tids, size_t n, uint64_t now, uint64_t brk, bool waits)
{
	struct trace_process *process = new_process(sums, pid, comm, now);
	struct trace_space *space = new_space(brk);
	size_t i;

	process->waits = waits;
	for (i = 0; i < n; i++) {
		if (*slot_of(sums, tids[i]))
			continue;
		space->users++;
		add_thread(sums, tids[i], process, space);
	}
	put_space(space);
}

/* The thread that an event is of, which no event may have introduced. */
static struct trace_thread *meet(struct trace_sums *sums, uint32_t tid, uint64_t now)
{
	struct trace_thread *thread = *slot_of(sums, tid), *first;
	struct trace_process *process;
	struct trace_space *space;
	char comm[TRACE_COMM] = "";
	uint32_t pid = tid;

	if (thread)
		return thread;
	if (!sums->ops.who(tid, &pid, comm))
		pid = tid;
	process = find_process(sums, pid);
	if (process && !process->threads)
		process = NULL;
	first = process ? *slot_of(sums, pid) : NULL;
	if (first && first->process == process) {
		space = first->space;
		space->users++;
	} else {
		space = new_space(0);
	}
	if (!process)
		process = new_process(sums, pid, comm, now);
	return add_thread(sums, tid, process, space);
}

/* The size of the pages that mmap() gives for @flags; 0: unknown. */
static uint64_t page_of(const struct trace_sums *sums, uint64_t flags)
{
	uint64_t shift = flags >> HUGE_SHIFT & 0x3f;

	if (!(flags & MAP_HUGETLB))
		return sums->page;
	return shift ? 1ULL << shift : sums->huge;
}

static bool discards(uint64_t advice)
{
	return advice == MADV_DONTNEED || advice == MADV_FREE || advice == MADV_REMOVE ||
	       advice == MADV_DONTNEED_LOCKED;
}

static void count_brk(const struct trace_sums *sums, struct trace_space *space,
		      const struct trace_row *row, struct trace_bytes *bytes, bool *failed)
{
	uint64_t now = whole_pages((uint64_t)row->result, sums->page);

	*failed = row->args[0] && (uint64_t)row->result != row->args[0];
	if (!space->brk && row->args[0])
		bytes->unknown++;
	else if (space->brk && now > space->brk)
		bytes->mapped += now - space->brk;
	else if (space->brk)
		bytes->unmapped += space->brk - now;
	space->brk = now;
}

static void count_mremap(const struct trace_sums *sums, const uint64_t *args,
			 struct trace_bytes *bytes)
{
	uint64_t old = whole_pages(args[1], sums->page), new = whole_pages(args[2], sums->page);

	/* A length of 0 maps the same once more. */
	if (args[3] & MREMAP_DONTUNMAP)
		old = 0;
	if (new > old)
		bytes->mapped += new - old;
	else
		bytes->unmapped += old - new;
	if (args[3] & MREMAP_FIXED)
		bytes->fixed += new > old ? new - old : 0;
}

static void count_call(struct trace_sums *sums, struct trace_thread *thread, struct trace_row *row)
{
	struct trace_bytes *bytes = &thread->process->sums.by[row->call];
	const uint64_t *args = row->args;
	uint64_t length;

	bytes->calls++;
	bytes->ns += row->ns;
	row->failed = row->call != TRACE_BRK && row->result < 0 && row->result >= -4095;
	if (row->call == TRACE_BRK)
		count_brk(sums, thread->space, row, bytes, &row->failed);
	bytes->failed += row->failed;
	if (row->failed)
		return;
	switch (row->call) {
	case TRACE_MMAP:
		length = whole_pages(args[1], page_of(sums, args[3]));
		bytes->mapped += length;
		if (args[3] & MAP_FIXED)
			bytes->fixed += length;
		break;
	case TRACE_MUNMAP:
		bytes->unmapped += whole_pages(args[1], sums->page);
		break;
	case TRACE_MREMAP:
		count_mremap(sums, args, bytes);
		break;
	case TRACE_MADVISE:
		if (discards(args[2]))
			bytes->discarded += whole_pages(args[1], sums->page);
		break;
	default:
		break;
	}
}

static void enter(struct trace_sums *sums, const struct trace_event *event)
{
	struct trace_thread *thread = meet(sums, event->tid, event->time);

	if (thread->process->waits)
		return;
	thread->pending = true;
	thread->call = event->call;
	thread->since = event->time;
	memcpy(thread->args, event->args, sizeof(thread->args));
}

static void leave(struct trace_sums *sums, const struct trace_event *event)
{
	struct trace_thread *thread = meet(sums, event->tid, event->time);
	struct trace_row row;

	if (thread->process->waits)
		return;
	if (!thread->pending || thread->call != event->call) {
		/* Of brk() the result alone says where the break is. */
		if (event->call == TRACE_BRK)
			thread->space->brk = whole_pages(event->args[0], sums->page);
		thread->pending = false;
		sums->orphans++;
		return;
	}
	thread->pending = false;
	row = (struct trace_row){
		.time = thread->since,
		.ns = event->time - thread->since,
		.tid = thread->tid,
		.process = thread->process,
		.call = event->call,
		.args = thread->args,
		.result = (int64_t)event->args[0],
	};
	count_call(sums, thread, &row);
	if (sums->ops.row)
		sums->ops.row(sums->ops.context, &row);
}

static void newtask(struct trace_sums *sums, const struct trace_event *event)
{
	struct trace_thread *parent = meet(sums, event->tid, event->time);
	uint32_t tid = (uint32_t)event->args[0];
	uint64_t flags = event->args[1];
	struct trace_process *process;
	struct trace_thread **old;
	struct trace_space *space;

	/* The number is new: the end of an earlier task is lost. */
	old = slot_of(sums, tid);
	if (*old)
		drop_thread(sums, old, event->time);
	if (flags & CLONE_VM) {
		space = parent->space;
		space->users++;
	} else {
		space = new_space(parent->space->brk);
	}
	process = parent->process;
	if (!(flags & CLONE_THREAD)) {
		process = new_process(sums, tid, event->comm, event->time);
		if (process->pid) {
			process->parent = parent->process->pid;
			process->waits = parent->process->waits;
		}
	}
	add_thread(sums, tid, process, space);
}

static void renamed(struct trace_sums *sums, const struct trace_event *event)
{
	uint32_t tid = event->args[0] ? (uint32_t)event->args[0] : event->tid;
	struct trace_thread *thread = *slot_of(sums, tid);

	if (thread && thread->process->pid == tid)
		memcpy(thread->process->comm, event->comm, sizeof(event->comm));
}

/* Other threads have ended; the one that executes has the number of the process now. */
static void executed(struct trace_sums *sums, const struct trace_event *event)
{
	uint32_t now = (uint32_t)event->args[0], before = (uint32_t)event->args[1];
	struct trace_thread *thread = meet(sums, before, event->time), **slot;

	if (now != before) {
		slot = slot_of(sums, now);
		if (*slot)
			drop_thread(sums, slot, event->time);
		slot = slot_of(sums, before);
		*slot = thread->next;
		thread->tid = now;
		thread->next = sums->threads[now % TRACE_BUCKETS];
		sums->threads[now % TRACE_BUCKETS] = thread;
	}
	put_space(thread->space);
	thread->space = new_space(0);
	thread->pending = false;
	if (thread->process->waits) {
		thread->process->waits = false;
		thread->process->begun = event->time;
	}
}

static void exited(struct trace_sums *sums, const struct trace_event *event)
{
	struct trace_thread **slot = slot_of(sums, event->tid);

	if (*slot)
		drop_thread(sums, slot, event->time);
}

static void fault(struct trace_sums *sums, const struct trace_event *event)
{
	struct trace_thread *thread = *slot_of(sums, event->tid);
	struct trace_process *process = thread ? thread->process : NULL;

	/* A task that ends may still touch memory after the event that says so. */
	if (!process)
		process = find_process(sums, (uint32_t)event->args[0]);
	if (!process)
		process = meet(sums, event->tid, event->time)->process;
	if (process->waits)
		return;
	if (event->args[1])
		process->sums.maj_faults++;
	else
		process->sums.min_faults++;
}

static struct trace_actor *actor_of(struct trace_sums *sums, uint32_t tid)
{
	struct trace_actor *v;
	uint32_t pid;
	size_t i;

	for (i = 0; i < sums->n_actors; i++)
		if (sums->actors[i].tid == tid)
			return &sums->actors[i];
	if (sums->n_actors == TRACE_ACTORS_MAX) {
		sums->missed_actors++;
		return NULL;
	}
	sums->actors = array_grow(sums->actors, sums->n_actors, sizeof(*v));
	v = &sums->actors[sums->n_actors++];
	v->tid = tid;
	sums->ops.who(tid, &pid, v->comm);
	return v;
}

static void work_begins(struct trace_sums *sums, const struct trace_event *event)
{
	struct trace_actor *actor = actor_of(sums, event->tid);
	struct trace_worked *worked = actor ? &actor->by[event->call] : NULL;

	/* kswapd that is awake is woken again. */
	if (!worked || (event->call == TRACE_KSWAPD && worked->since))
		return;
	worked->n++;
	worked->since = event->time;
}

static void work_ends(struct trace_sums *sums, const struct trace_event *event)
{
	struct trace_actor *actor = actor_of(sums, event->tid);
	struct trace_worked *worked = actor ? &actor->by[event->call] : NULL;

	if (!worked)
		return;
	if (worked->since)
		worked->ns += event->time - worked->since;
	worked->since = 0;
}

/* Pages that the task scanned: for what it is doing. */
static void work_done(struct trace_sums *sums, const struct trace_event *event, bool compact)
{
	struct trace_actor *actor = actor_of(sums, event->tid);
	enum trace_work work = TRACE_DIRECT;

	if (!actor)
		return;
	if (compact)
		work = TRACE_COMPACT;
	else if (actor->by[TRACE_MEMCG].since)
		work = TRACE_MEMCG;
	else if (actor->by[TRACE_KSWAPD].since || !strncmp(actor->comm, "kswapd", 6))
		work = TRACE_KSWAPD;
	actor->by[work].tried += compact ? event->args[1] : event->args[0];
	actor->by[work].done += compact ? event->args[0] : event->args[1];
}

static void victim(struct trace_sums *sums, const struct trace_event *event)
{
	struct trace_victim *v;
	uint32_t pid;

	if (sums->n_victims == TRACE_VICTIMS_MAX) {
		sums->missed_victims++;
		return;
	}
	sums->victims = array_grow(sums->victims, sums->n_victims, sizeof(*v));
	v = &sums->victims[sums->n_victims++];
	v->time = event->time;
	v->pid = (uint32_t)event->args[0];
	sums->ops.who(v->pid, &pid, v->comm);
}

void trace_sums_feed(struct trace_sums *sums, const struct trace_event *event)
{
	switch ((enum trace_what)event->what) {
	case TRACE_ENTER:
		return enter(sums, event);
	case TRACE_RETURN:
		return leave(sums, event);
	case TRACE_NEWTASK:
		return newtask(sums, event);
	case TRACE_RENAME:
		return renamed(sums, event);
	case TRACE_EXEC:
		return executed(sums, event);
	case TRACE_EXIT:
		return exited(sums, event);
	case TRACE_FAULT:
		return fault(sums, event);
	case TRACE_WORK_BEGIN:
		return work_begins(sums, event);
	case TRACE_WORK_END:
		return work_ends(sums, event);
	case TRACE_SHRINK:
		return work_done(sums, event, false);
	case TRACE_MIGRATE:
		return work_done(sums, event, true);
	case TRACE_VICTIM:
		return victim(sums, event);
	}
}

void trace_sums_gone(struct trace_sums *sums, uint32_t pid, uint64_t now)
{
	struct trace_thread **slot;

	for (size_t i = 0; i < TRACE_BUCKETS; i++) {
		slot = &sums->threads[i];
		while (*slot) {
			if ((*slot)->process->pid == pid)
				drop_thread(sums, slot, now);
			else
				slot = &(*slot)->next;
		}
	}
}

bool trace_sums_missed(const struct trace_sums *sums, FILE *out)
{
	if (sums->missed_actors)
		fprintf(out, "memcensus: more than %d tasks reclaimed or compacted: %" PRIu64
			" events of others are left out\n", TRACE_ACTORS_MAX, sums->missed_actors);
	if (sums->missed_victims)
		fprintf(out, "memcensus: more than %d processes were killed for memory: %" PRIu64
			" are not shown\n", TRACE_VICTIMS_MAX, sums->missed_victims);
	return sums->missed_actors || sums->missed_victims;
}

void trace_sums_free(struct trace_sums *sums)
{
	struct trace_process *process;

	for (size_t i = 0; i < TRACE_BUCKETS; i++)
		while (sums->threads[i])
			drop_thread(sums, &sums->threads[i], 0);
	while ((process = sums->first)) {
		sums->first = process->next;
		free(process);
	}
	free(sums->actors);
	free(sums->victims);
	memset(sums, 0, sizeof(*sums));
}

void trace_bytes_add(struct trace_bytes *sum, const struct trace_process *process,
		     enum trace_call call)
{
	for (size_t i = 0; i < sizeof(sum->v) / sizeof(sum->v[0]); i++)
		sum->v[i] += process->sums.by[call].v[i] - process->shown.by[call].v[i];
}
