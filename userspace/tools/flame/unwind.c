// SPDX-License-Identifier: GPL-2.0
/* Unwinds copies of stacks by DWARF, in children without privileges. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <elfutils/libdwfl.h>
#include <elfutils/version.h>
#include <gelf.h>

#include "lib/memory.h"
#include "tools/flame/sandbox.h"
#include "tools/flame/symbols.h"
#include "tools/flame/unwind.h"

/* Children at the same time; that of another process ends the oldest one. */
#define CHILDREN	16

#if defined(__aarch64__)
#define N_REGS		33
#define REG_SP		31
#else
#define N_REGS		17
#define REG_SP		7
#endif

/* Of a trampoline of Python that has no frame pointer; 0: it has one. */
#if defined(__x86_64__)
#define TRAMPOLINE_BYTES	16
#else
#define TRAMPOLINE_BYTES	0
#endif

enum order {
	ORDER_FORGET,
	ORDER_FILE,
	ORDER_UNWIND,
};

/**
 * struct order_file - a file with code; its descriptor comes with it
 * @order: ORDER_FILE; or ORDER_FORGET, with nothing else: all files come again
 * @number: of the object
 * @start: address of a mapping
 * @offset: of @start in the file
 */
struct order_file {
	uint64_t order;
	uint64_t number;
	uint64_t start;
	uint64_t offset;
};

/**
 * struct order_unwind - a stack
 * @order: ORDER_UNWIND
 * @python: code outside of all files may be trampolines of Python
 * @regs: registers, in the order of DWARF
 * @size: bytes in @stack
 * @stack: the copy, from the stack pointer on
 */
struct order_unwind {
	uint64_t order;
	uint64_t python;
	uint64_t regs[N_REGS];
	uint64_t size;
	uint8_t stack[65536];
};

/**
 * struct child - unwinds the stacks of a process
 * @generation: of its mappings that the child knows
 * @python: one of these is Python
 * @sandbox: the running child; its pid 0: none
 * @failed: it died: the process has no more stacks by DWARF
 */
struct child {
	uint32_t pid;
	uint64_t generation;
	bool python;
	struct sandbox sandbox;
	bool failed;
};

/**
 * struct unwinder - makes callchains of copies of stacks
 * @children: one for each of the last processes
 * @next: the next one to replace
 */
struct unwinder {
	struct child children[CHILDREN];
	size_t next;
	struct order_unwind order;
};

/* The rest up to answer_stacks() runs in the child. */

/**
 * struct stack_copy - what libdwfl asks for
 * @order: registers of the frame to begin with, and the stack
 * @begin: address of the stack's copy
 * @outside: the last frame is in no file; @regs are its registers, 0 where unknown
 */
struct stack_copy {
	struct order_unwind order;
	uint64_t begin;
	struct unwound unwound;
	bool outside;
	uint64_t regs[N_REGS];
};

static pid_t next_thread(Dwfl *dwfl, void *context, void **thread)
{
	(void)dwfl;
	(void)context;
	if (*thread)
		return 0;
	*thread = context;
	return 1;
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr addr, Dwarf_Word *word, void *context)
{
	const struct stack_copy *copy = context;

	(void)dwfl;
	if (addr < copy->begin || copy->order.size < sizeof(*word) ||
	    addr - copy->begin > copy->order.size - sizeof(*word))
		return false;
	memcpy(word, copy->order.stack + (addr - copy->begin), sizeof(*word));
	return true;
}

static bool set_registers(Dwfl_Thread *thread, void *context)
{
	const struct stack_copy *copy = context;
	Dwarf_Word words[N_REGS];
	size_t i;

	for (i = 0; i < N_REGS; i++)
		words[i] = copy->order.regs[i];
#if defined(__aarch64__)
	dwfl_thread_state_register_pc(thread, words[32]);
	return dwfl_thread_state_registers(thread, 0, 32, words);
#else
	return dwfl_thread_state_registers(thread, 0, N_REGS, words);
#endif
}

static void keep_registers(struct stack_copy *copy, Dwfl_Frame *state)
{
	size_t i;

	memset(copy->regs, 0, sizeof(copy->regs));
#if _ELFUTILS_PREREQ(0, 188)
	for (i = 0; i < N_REGS; i++)
		if (dwfl_frame_reg(state, (unsigned int)i, &copy->regs[i]))
			copy->regs[i] = 0;
#else
	(void)state;
	(void)i;
#endif
}

static int add_frame(Dwfl_Frame *state, void *context)
{
	struct stack_copy *copy = context;
	Dwarf_Addr pc;

	if (copy->unwound.n == FAULT_DEPTH || !dwfl_frame_pc(state, &pc, NULL))
		return DWARF_CB_ABORT;
	copy->unwound.ips[copy->unwound.n++] = pc;
	copy->outside = !dwfl_addrmodule(dwfl_thread_dwfl(dwfl_frame_thread(state)), pc);
	if (copy->outside)
		keep_registers(copy, state);
	return DWARF_CB_OK;
}

/*
 * Where python3 -X perf calls each function through a trampoline, which has no unwind table:
 * its frame is 16 bytes, the upper ones its return address, in all versions up to now.  With
 * this the unwinding goes on; false: the last frame is no such one.  On arm64 the trampolines
 * have frame pointers, which libdwfl follows.
 */
static bool leave_trampoline(struct stack_copy *copy, Dwfl *dwfl)
{
	const uint64_t sp = copy->regs[REG_SP];
	Dwarf_Word pc;

	if (!TRAMPOLINE_BYTES || !copy->order.python || !copy->outside || !sp ||
	    copy->unwound.n == FAULT_DEPTH ||
	    !read_memory(dwfl, sp + TRAMPOLINE_BYTES - sizeof(pc), &pc, copy) ||
	    !dwfl_addrmodule(dwfl, pc))
		return false;
	memcpy(copy->order.regs, copy->regs, sizeof(copy->regs));
	copy->order.regs[REG_SP] = sp + TRAMPOLINE_BYTES;
	copy->order.regs[N_REGS - 1] = pc;
	return true;
}

static void unwind(struct stack_copy *copy, Dwfl *dwfl)
{
	copy->begin = copy->order.regs[REG_SP];
	do {
		copy->outside = false;
		dwfl_getthread_frames(dwfl, 1, add_frame, copy);
	} while (leave_trampoline(copy, dwfl));
}

static void report_file(Dwfl *dwfl, const struct order_file *order, int fd)
{
	Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	uint64_t addr;
	bool known = elf && symbols_address(elf, order->offset, &addr);
	char name[32];

	elf_end(elf);
	snprintf(name, sizeof(name), "%llu", (unsigned long long)order->number);
	/* The difference of an address of the process and of the ELF file. */
	if (!known || !dwfl_report_elf(dwfl, name, name, fd, order->start - addr, true))
		close(fd);
}

/* Serves orders until the parent closes the socket. */
static void answer_stacks(int socket)
{
	static const Dwfl_Thread_Callbacks threads = {
		.next_thread = next_thread,
		.memory_read = read_memory,
		.set_initial_registers = set_registers,
	};
	static struct stack_copy copy;
	struct order_file file;
	bool attached = false;
	Dwfl *dwfl = NULL;
	ssize_t n;
	int fd;

	elf_version(EV_CURRENT);
	while ((n = sandbox_receive(socket, &copy.order, sizeof(copy.order), &fd)) > 0) {
		memcpy(&file, &copy.order, sizeof(file));
		copy.unwound = (struct unwound){ .n = 0 };

		if (file.order == ORDER_FORGET) {
			/* libdwfl does not take a file at other addresses, or twice. */
			dwfl_end(dwfl);
			dwfl = symbols_dwfl();
			if (!dwfl)
				return;
			dwfl_report_begin(dwfl);
			attached = false;
		} else if (!dwfl) {
			return;
		} else if (file.order == ORDER_FILE && fd >= 0) {
			report_file(dwfl, &file, fd);
		} else if (file.order == ORDER_UNWIND) {
			if (!attached)
				dwfl_report_end(dwfl, NULL, NULL);
			attached = attached || dwfl_attach_state(dwfl, NULL, 1, &threads, &copy);
			if (attached)
				unwind(&copy, dwfl);
			if (!sandbox_send(socket, copy.unwound.ips,
					  (copy.unwound.n ? copy.unwound.n : 1) * sizeof(uint64_t),
					  -1))
				return;
		}
	}
}

/* Whether a file is Python 3, as python3.13 or libpython3.13.so.1.0. */
static bool is_python(const char *path)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;

	return !strncmp(file, "python3.", 8) || !strncmp(file, "libpython3.", 11);
}

/* Sends all files of the process again. */
static bool send_files(struct child *child, const struct code_maps *maps,
		       const struct code_objects *objects)
{
	struct order_file order = { .order = ORDER_FORGET };
	const struct code_map *map;

	if (!sandbox_send(child->sandbox.socket, &order, sizeof(order), -1))
		return false;
	for (map = maps->v; map < maps->v + maps->n; map++) {
		if (objects->v[map->object].fd < 0 || objects->v[map->object].kind != CODE_FILE)
			continue;
		child->python |= is_python(objects->v[map->object].name);
		order = (struct order_file){ ORDER_FILE, map->object, map->start, map->offset };
		if (!sandbox_send(child->sandbox.socket, &order, sizeof(order),
				  objects->v[map->object].fd))
			return false;
	}
	return true;
}

static struct child *child_of(struct unwinder *unwinder, uint32_t pid)
{
	struct child *child;
	struct failure ignored;
	size_t i;

	for (i = 0; i < CHILDREN; i++)
		if (unwinder->children[i].pid == pid)
			return &unwinder->children[i];
	child = &unwinder->children[unwinder->next++ % CHILDREN];
	sandbox_end(&child->sandbox);
	*child = (struct child){ .pid = pid };
	child->failed = sandbox_start(&child->sandbox, answer_stacks, 0, &ignored);
	return child;
}

static bool ask_child(struct unwinder *unwinder, struct child *child, const struct code_maps *maps,
		      const struct code_objects *objects, const struct fault_event *event,
		      struct unwound *unwound)
{
	struct order_unwind *order = &unwinder->order;
	size_t size = event->stack_size;
	ssize_t n;

	if (child->generation != maps->generation &&
	    !send_files(child, maps, objects))
		return false;
	child->generation = maps->generation;
	if (size > sizeof(order->stack))
		size = sizeof(order->stack);
	order->order = ORDER_UNWIND;
	order->python = child->python;
	memcpy(order->regs, event->regs, sizeof(order->regs));
	order->size = size;
	memcpy(order->stack, event->stack, size);
	if (!sandbox_send(child->sandbox.socket, order,
			  offsetof(struct order_unwind, stack) + size, -1))
		return false;
	n = sandbox_receive(child->sandbox.socket, unwound->ips, sizeof(unwound->ips), NULL);
	if (n <= 0)
		return false;
	unwound->n = (size_t)n / sizeof(uint64_t);
	return true;
}

bool unwind_event(struct unwinder *unwinder, const struct code_maps *maps,
		  const struct code_objects *objects, const struct fault_event *event,
		  struct unwound *unwound)
{
	struct child *child;

	if (!event->regs || !event->stack_size)
		return false;
	child = child_of(unwinder, event->pid);
	if (child->failed)
		return false;
	if (!ask_child(unwinder, child, maps, objects, event, unwound)) {
		sandbox_end(&child->sandbox);
		child->failed = true;
		return false;
	}
	/* One frame of 0: nothing could be unwound. */
	return unwound->n && unwound->ips[0];
}

struct unwinder *unwind_begin(void)
{
	return xcalloc(1, sizeof(struct unwinder));
}

void unwind_end(struct unwinder *unwinder)
{
	size_t i;

	for (i = 0; unwinder && i < CHILDREN; i++)
		sandbox_end(&unwinder->children[i].sandbox);
	free(unwinder);
}
