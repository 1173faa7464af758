/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of runtimes of containers: facts by the ID of a container or pod.
 */
#ifndef READER_RUNTIMES_H
#define READER_RUNTIMES_H

#include <stdbool.h>
#include <stdint.h>

/* Facts of a container or pod, as words that may be anything. */
enum fact {
	FACT_CONTAINER,
	FACT_POD,
	FACT_NAMESPACE,
	FACT_IMAGE,
	FACT_UID,
	FACT_RUNTIME,
	FACT_PLACE,	/* of "ctr run": SLICE:PREFIX:ID, for systemd */
	FACTS,
};

/* struct facts - what is known; NULL: unknown; owned */
struct facts {
	char *v[FACTS];
};

void facts_free(struct facts *facts);

/* Sets @fact to a copy of @text, unless it is known, or @text is NULL or "". */
void facts_set(struct facts *facts, enum fact fact, const char *text);

/* Sets those that only @from has. */
void facts_copy(struct facts *to, const struct facts *from);

/*
 * Finds what is known of container @id, which @runtime runs, NULL: any.  False: no runtime of this
 * machine knows it.
 */
bool runtimes_find(struct facts *facts, const char *runtime, const char *id);

/* The same of a container of user @uid, by the files below the home of that user. */
bool runtimes_find_of_user(struct facts *facts, uint32_t uid, const char *id);

/* The same of the pod of Kubernetes with this UID. */
bool runtimes_find_pod(struct facts *facts, const char *uid);

/* Lists of containers are read again when one is missing in them. */
void runtimes_renew(void);
void runtimes_forget(void);

/* See containers_root(). */
void runtimes_root(const char *dir);

#endif /* READER_RUNTIMES_H */
