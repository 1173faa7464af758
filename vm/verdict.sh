# shellcheck shell=bash disable=SC2154 # ./run sets them
# SPDX-License-Identifier: GPL-2.0
#
# Decides the result of a run and prints it. Sourced by ./run; reads ./init's report
# ($tmp/status), the kernel's log ($tmp/console) and QEMU's messages ($tmp/qemu).

# course WORD: prints the value that ./init reported for WORD
course()
{
	sed -n "s/^$1 \{0,1\}//p" "$tmp/status" | head -n 1
}

has()
{
	grep -q "^$1" "$tmp/status"
}

# kernel_log TITLE FILTER...
kernel_log()
{
	echo "--- the kernel's log, $1" >&2
	"${@:2}" <"$tmp/log" >&2 || :
	[ ! -s "$tmp/qemu" ] || cat "$tmp/qemu" >&2
	echo "---" >&2
}

# shown_tasks: of a panic that lists all tasks, what each processor did; of the tasks those of
# programs, and the stacks of those that run or cannot be killed
shown_tasks()
{
	awk '/ task:/ {
			tasks = 1
			stack = /state:[DR]/
			if (stack || !/ppid:[02] /)
				print
			next
		}
		/Kernel Offset/ { tasks = 0 }
		!tasks || stack' | head -n 200
}

# Exits with the command's status, or with one listed in --help.
verdict()
{
	local status splat loaded ended what

	status=$(course exit)
	# What where_it_is() caused is no splat.
	head -c "$(cat "$tmp/in-time" 2>/dev/null || stat -c %s "$tmp/console")" "$tmp/console" |
		tr -d '\r' | awk -f "$here/races.awk" >"$tmp/log"
	grep -v -e '^#' -e '^$' "$here/splats" >"$tmp/patterns"
	splat=$(grep -a -n -m 1 -E -f "$tmp/patterns" "$tmp/log" | cut -d: -f1) || :
	loaded=$(grep -a -n -m 1 -F 'memcensus: ' "$tmp/log" | cut -d: -f1) || :
	ended="the command ended with ${status:-}"
	[ -n "$status" ] || ended="the command did not end"
	has up || ended="the VM did not come up"

	if [ -n "$splat" ]; then
		kernel_log "from the first splat on" awk -v first="$splat" 'NR >= first - 1 && NR < first + 150'
		has up || die "the VM did not come up: the kernel's log holds a splat" 120
		[ "$splat" -gt "${loaded:-0}" ] ||
			die "the VM did not come up clean: its splat is older than the module" 120
		what="the kernel's log holds a splat"
		! grep -aq 'Kernel panic' "$tmp/console" || what="the VM's kernel panicked"
		die "$what; $ended" 122
	elif ! has up; then
		kernel_log "its end" tail -n 40
		die "the VM did not come up${timed_out:+ within $SECONDS s}" 120
	elif [ -n "$timed_out" ]; then
		kernel_log "its end" tail -n 10
		echo "--- where its processors were, when the time had run out" >&2
		tail -c +$(($(cat "$tmp/in-time") + 1)) "$tmp/console" | tr -d '\r' | shown_tasks >&2
		tr -d '\r' <"$tmp/answer" | grep -aE '^CPU#|IP=' >&2 || :
		echo "---" >&2
		die "the time ran out, $SECONDS s; $ended" 121
	elif has module; then
		kernel_log "its end" tail -n 10
		die "the module did not load: $(course module)" 123
	elif ! has exit; then
		kernel_log "its end" tail -n 40
		die "the VM ended before the command did" 125
	fi
	if [ "$status" -gt 128 ] && [ "$status" -le 192 ]; then
		say "the command was killed by signal $((status - 128))"
	fi
	if has unload; then
		kernel_log "its end" tail -n 10
		say "the module did not unload: $(course unload); $ended"
		[ "$status" -ne 0 ] || status=124
	elif ! has 'done'; then
		kernel_log "its end" tail -n 40
		die "the VM ended before its work did; $ended" 125
	fi
	exit "$status"
}
