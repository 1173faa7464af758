/* SPDX-License-Identifier: GPL-2.0 */
/* A child in namespaces of its own. */
#ifndef _NAMESPACES_H
#define _NAMESPACES_H

/* What in_namespaces() returns if the kernel lacks one of the namespaces. */
#define NO_NAMESPACES 77

int in_namespaces(int flags, int (*body)(void));

#endif /* _NAMESPACES_H */
