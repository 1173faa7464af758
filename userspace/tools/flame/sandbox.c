// SPDX-License-Identifier: GPL-2.0
/* Child processes that parse hostile input. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "tools/flame/sandbox.h"

/* The user that owns nothing. */
#define NOBODY		65534

/* Address space beyond what the reader has, for files and what libraries make of them. */
#define MEMORY		(4096UL << 20)
#define MEMORY_DATA	(1024UL << 20)

/* The address sanitizer reserves terabytes. */
#ifdef __SANITIZE_ADDRESS__
#undef MEMORY
#undef MEMORY_DATA
#define MEMORY		RLIM_INFINITY
#define MEMORY_DATA	RLIM_INFINITY
#endif

/* Descriptors of files at the same time: the limit is for the child only. */
#define FILES_MAX	1024

#if defined(__x86_64__)
#define AUDIT_ARCH_HERE	AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define AUDIT_ARCH_HERE	AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define AUDIT_ARCH_HERE	AUDIT_ARCH_RISCV64
#endif

#define ALLOW(name)							\
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1),		\
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* If argument @n, an int, is @a or @b; all these architectures are little-endian. */
#define ALLOW_IF(name, n, a, b)							\
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 5),			\
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n])), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, a, 1, 0),				\
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, b, 0, 1),				\
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),				\
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

/* Other system calls fail: libraries then do without. */
static int filter_calls(void)
{
#ifdef AUDIT_ARCH_HERE
	static const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_HERE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(read), ALLOW(pread64), ALLOW(lseek), ALLOW(fstat), ALLOW(close),
		ALLOW(sendmsg), ALLOW(recvmsg), ALLOW(mmap), ALLOW(munmap), ALLOW(mremap),
		ALLOW(brk), ALLOW(madvise), ALLOW(rt_sigreturn), ALLOW(rt_sigprocmask),
		ALLOW(exit), ALLOW(exit_group), ALLOW(futex), ALLOW(getpid),
		ALLOW(newfstatat), ALLOW(getrandom),
		/* Of itself: others of its user have limits too, and F_SETOWN sends signals. */
		ALLOW_IF(prlimit64, 0, 0, 0), ALLOW_IF(fcntl, 1, F_GETFD, F_GETFL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	const struct sock_fprog program = {
		sizeof(code) / sizeof(code[0]), (struct sock_filter *)code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#else
	return 0;
#endif
}

static int limit(int resource, rlim_t value)
{
	const struct rlimit to = { value, value };

	return setrlimit(resource, &to);
}

/* Ends with @parent; setresuid() forgets it, so it comes after that. */
static bool ends_with(pid_t parent)
{
	return !prctl(PR_SET_PDEATHSIG, SIGKILL) && getppid() == parent;
}

/* A user other than root may have some, which setresuid() does not drop. */
static bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return !syscall(SYS_capset, &header, none);
}

/* Gives up all that parsing does not need; false if any of it fails. */
static bool give_up(int socket, pid_t parent, unsigned int cpu_seconds)
{
	const bool root = !geteuid();

	/* The socket becomes descriptor 0: all others are closed. */
	if (dup2(socket, 0) || close_range(1, ~0U, 0))
		return false;
	/* In a container there may be no right to unshare: the filter holds alone. */
	if (root)
		unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC);
	if (root && (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
		     setresuid(NOBODY, NOBODY, NOBODY)))
		return false;
	return drop_capabilities() && ends_with(parent) &&
	       !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !prctl(PR_SET_DUMPABLE, 0) &&
	       !limit(RLIMIT_CORE, 0) && !limit(RLIMIT_FSIZE, 0) && !limit(RLIMIT_NPROC, 0) &&
	       !limit(RLIMIT_NOFILE, FILES_MAX) && !limit(RLIMIT_AS, MEMORY) &&
	       !limit(RLIMIT_DATA, MEMORY_DATA) &&
	       (!cpu_seconds || !limit(RLIMIT_CPU, cpu_seconds)) && !filter_calls();
}

int sandbox_start(struct sandbox *sandbox, sandbox_fn *fn, unsigned int cpu_seconds,
		  struct failure *why)
{
	const struct timeval limit_of_wait = { .tv_sec = SANDBOX_SECONDS };
	const pid_t parent = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return fail(why, FAIL_SYSTEM, "cannot talk to a child: %s", strerror(errno));
	/* The child may neither read nor answer; it waits for orders without a limit itself. */
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit_of_wait, sizeof(limit_of_wait));
	setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit_of_wait, sizeof(limit_of_wait));
	sandbox->pid = fork();
	if (!sandbox->pid) {
		signal(SIGINT, SIG_IGN);
		signal(SIGPIPE, SIG_IGN);
		if (give_up(pair[1], parent, cpu_seconds))
			fn(0);
		_exit(0);
	}
	close(pair[1]);
	if (sandbox->pid < 0) {
		close(pair[0]);
		sandbox->pid = 0;
		return fail(why, FAIL_SYSTEM, "cannot start a child that reads symbols: %s",
			    strerror(errno));
	}
	sandbox->socket = pair[0];
	return 0;
}

void sandbox_end(struct sandbox *sandbox)
{
	if (!sandbox->pid)
		return;
	close(sandbox->socket);
	kill(sandbox->pid, SIGKILL);
	TEMP_FAILURE_RETRY(waitpid(sandbox->pid, NULL, 0));
	sandbox->pid = 0;
}

bool sandbox_send(int socket, const void *message, size_t size, int fd)
{
	struct iovec part = { (void *)message, size };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = "";
	struct cmsghdr *attached;

	if (fd >= 0) {
		header.msg_control = control;
		header.msg_controllen = sizeof(control);
		attached = CMSG_FIRSTHDR(&header);
		attached->cmsg_level = SOL_SOCKET;
		attached->cmsg_type = SCM_RIGHTS;
		attached->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(attached), &fd, sizeof(fd));
	}
	while (sendmsg(socket, &header, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return false;
	return true;
}

ssize_t sandbox_receive(int socket, void *message, size_t size, int *fd)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct iovec part = { message, size };
	struct msghdr header = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = fd ? control : NULL, .msg_controllen = fd ? sizeof(control) : 0,
	};
	struct cmsghdr *attached;
	ssize_t n;

	n = TEMP_FAILURE_RETRY(recvmsg(socket, &header, MSG_CMSG_CLOEXEC));
	if (fd)
		*fd = -1;
	attached = n > 0 && fd ? CMSG_FIRSTHDR(&header) : NULL;
	if (attached && attached->cmsg_level == SOL_SOCKET && attached->cmsg_type == SCM_RIGHTS &&
	    attached->cmsg_len == CMSG_LEN(sizeof(*fd)))
		memcpy(fd, CMSG_DATA(attached), sizeof(*fd));
	return n > 0 && !(header.msg_flags & MSG_TRUNC) ? n : -1;
}
