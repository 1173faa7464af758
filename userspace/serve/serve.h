/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The service: a program for one connection, which somebody else has accepted (systemd, inetd).
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

/* Seconds without a request or a turn, and of a turn with its answer; tests change them. */
extern unsigned int serve_idle_seconds, serve_answer_seconds;

/* Runs the command line; returns the exit status. */
int serve_run(int argc, char **argv);

#endif /* SERVE_SERVE_H */
