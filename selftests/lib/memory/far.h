/* SPDX-License-Identifier: GPL-2.0 */
/* A directory whose path is as long as one may be: of a file there, it takes long to read. */
#ifndef _FAR_H
#define _FAR_H

/* In a child: creates it and changes to it; ends the process on failure. */
void far_enter(void);

/* After far_enter(): removes it.  What is mapped of its files keeps the path. */
void far_remove(void);

#endif /* _FAR_H */
