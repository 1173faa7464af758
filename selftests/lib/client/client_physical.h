/* SPDX-License-Identifier: GPL-2.0 */
/* The answer to a PHYSICAL request: where all of physical memory is. */
#ifndef _CLIENT_PHYSICAL_H
#define _CLIENT_PHYSICAL_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/memcensus.h>

#define PHYSICAL_ZONES	64
/* Of order 4 in 8 GiB: the VMs have up to 4.5, and a hole below 4 GiB. */
#define PHYSICAL_BLOCKS	131072
#define PHYSICAL_CGROUPS	512
#define PHYSICAL_SYSTEMS	256
#define PHYSICAL_FILES	2048

/**
 * struct physical_zone - one PHYSICAL_ZONE message
 * @known: bit n is set where class n was sent
 * @value: the u64 ones, by enum memcensus_physical_zone
 */
struct physical_zone {
	uint32_t node;
	char name[MEMCENSUS_NAME_LEN];
	uint64_t known;
	uint64_t value[__MEMCENSUS_PZ_MAX];
	uint64_t class[__MEMCENSUS_FC_MAX];
	uint64_t state[__MEMCENSUS_FS_MAX];
	uint64_t blocks[64];
	unsigned int n_blocks;
};

/* A FRAME_CGROUP message; @cgroup 0: none. */
struct physical_cgroup {
	uint64_t cgroup;
	uint64_t known;
	uint64_t class[__MEMCENSUS_FC_MAX];
	bool has_shared;
	uint64_t shared;
	uint64_t pinned;
};

/* What a request has: @order of blocks, 0: none; @cgroups: by cgroup; @files to name, 0: none. */
struct physical_ask {
	unsigned int order;
	bool cgroups;
	unsigned int files;
};

/**
 * struct physical_system - one FRAME_SYSTEM message
 * @known: bit n is set where attribute n was sent
 * @value: the integers, by enum memcensus_frame_system
 */
struct physical_system {
	uint64_t known;
	uint64_t value[__MEMCENSUS_FY_MAX];
	char type[32];
	char source[32];
};

/* The same of one FRAME_FILE message, by enum memcensus_frame_file. */
struct physical_file {
	uint64_t known;
	uint64_t value[__MEMCENSUS_FF_MAX];
	char type[32];
	char path[512];
};

/* One block of FRAME_BLOCKS: its first frame, and its record. */
struct physical_block {
	uint64_t pfn;
	uint64_t record;
};

/* Free frames by the record of a block; of one above 2^11 frames in units of a 2^11th of it. */
static inline uint64_t block_free(uint64_t record)
{
	return record >> MEMCENSUS_BLOCK_FREE_SHIFT & 0xfff;
}

/**
 * struct physical - a whole answer
 * @value: by enum memcensus_physical
 * @class: sum over all zones; the same for @state
 * @order: of @blocks
 * @n_numbers: messages with frame numbers; without them @blocks have no places
 * @wrong: why a message is not of the ABI, or what does not add up, or ""
 */
struct physical {
	uint64_t seq;
	uint64_t value[__MEMCENSUS_PHYSICAL_MAX];
	struct physical_zone zones[PHYSICAL_ZONES];
	unsigned int n_zones;
	struct physical_cgroup cgroups[PHYSICAL_CGROUPS];
	unsigned int n_cgroups;
	struct physical_system systems[PHYSICAL_SYSTEMS];
	unsigned int n_systems;
	unsigned int n_files;
	unsigned int order;
	unsigned int n_blocks;
	unsigned int n_numbers;
	uint64_t known;
	uint64_t class[__MEMCENSUS_FC_MAX];
	uint64_t state[__MEMCENSUS_FS_MAX];
	char wrong[256];
	/* Large: of these only what is filled is touched, as tests count their own memory. */
	struct physical_file files[PHYSICAL_FILES];
	struct physical_block blocks[PHYSICAL_BLOCKS];
};

/* The sum of @class of a zone, or of all zones. */
static inline uint64_t physical_classes(const uint64_t *class)
{
	uint64_t sum = 0;
	unsigned int n;

	for (n = 0; n <= MEMCENSUS_FC_MAX; n++)
		sum += class[n];
	return sum;
}

/* All that the records of a zone say of its frames: what it spans, if each has one class. */
static inline uint64_t physical_zone_bytes(const struct physical_zone *zone)
{
	return zone->value[MEMCENSUS_PZ_HOLES] + zone->value[MEMCENSUS_PZ_OTHER_ZONES] +
	       physical_classes(zone->class);
}

/* 0 or -errno; -EBADMSG: @physical->wrong says why. */
int physical_take_with(struct physical *physical, struct physical_ask ask);

static inline int physical_take(struct physical *physical)
{
	return physical_take_with(physical, (struct physical_ask){ 0 });
}

/*
 * Is each frame of the page cache in the record of one file system? If not, @physical->wrong
 * says which sum differs.
 */
bool physical_files_add_up(struct physical *physical);

#endif /* _CLIENT_PHYSICAL_H */
