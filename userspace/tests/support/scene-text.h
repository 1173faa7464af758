/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scenes that are written as text, in data/golden/SCENE before what commands print of them.
 *
 * "< " at the start of a line begins a message, "<" and a tab continues it. Names are those of
 * the ABI, in lower case; a word that begins with # is the rest of the line a comment.
 *
 *	< answer COMMAND	the messages after it answer one request, the next answer the
 *				next request; the last one is given again
 *	< seq=7 task pid=100 comm="two words" state=walked
 *		figures { rss=500K uss=400K } peers=301,302
 *				attributes of the message, the last of which is the record
 *	< same task pid=101 figures { rss=0 }
 *				the last task that was written in full, but for these
 *	< meminfo MemTotal=100000K, < vmstat oom_kill=1
 *				texts of /proc read with the census, by the names there
 *	< from SCENE		the messages of its first answer, without their end, and its texts
 *	< done			the end; error=-22 text="..." offset=24; interrupted
 *
 * An integer may end with K, M or G, and be a name of its enum, or several with | between. A
 * string has escapes of C: \n, \t, \\, \", \xHH. Of what the ABI does not have: 27=u32:1,
 * 45=u64:1, comm=bytes:"without NUL".
 */
#ifndef READER_SCENE_TEXT_H
#define READER_SCENE_TEXT_H

struct stream;

/*
 * Fills @s, which is new, with the next answer of the scene @name; -1: it has no text. A text
 * that is wrong ends the program, with its line.
 */
int scene_text_fill(struct stream *s, const char *name);

#endif /* READER_SCENE_TEXT_H */
