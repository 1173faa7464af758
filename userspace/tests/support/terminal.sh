# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A tmux terminal, for tests that source this. It needs READER_TESTS. It does not
# wait a fixed time for a screen, but checks until it is right or a timeout ends.

# shellcheck source=../../../scripts/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../../scripts/tap.sh"

command -v tmux >/dev/null || { echo "1..0 # SKIP no tmux"; exit 0; }

patience=30
replay=$(readlink -f "$READER_TESTS/replay")
dir=$(mktemp -d)

mux()
{
	TMUX_TMPDIR=$dir tmux -L reader -f /dev/null "$@"
}
# end_terminal [FLAG...]: ends what runs in the panes that tmux lists with these flags, and nothing of
# another test, which may run the same program. A process that loses its terminal gets SIGHUP, and
# SIGCONT when the shell exits. If SIGCONT comes while LeakSanitizer stops the process at its exit,
# it hangs.
end_terminal()
{
	local tty

	mux list-panes "$@" -F '#{pane_tty}' 2>/dev/null | while read -r tty; do
		pkill -KILL -t "${tty#/dev/}"
	done
}
trap 'end_terminal -a; mux kill-server 2>/dev/null; rm -rf "$dir"' EXIT

# One session stays, or the server would end with the last session.
mux new-session -d -s base cat || exit 1

# terminal WxH [NAME=VALUE...]: a new terminal, with a shell whose prompt is '% '
terminal()
{
	local size=$1
	shift
	# (display would speak of the session that stays if there is none.)
	end_terminal -t =top
	mux kill-session -t top 2>/dev/null
	mux -u new-session -d -s top -x "${size%x*}" -y "${size#*x}" \
		"env -u ENV TERM=screen-256color TZ=UTC LC_ALL=C.UTF-8 $* PS1='% ' sh -i" \; \
		set -t top status off || exit 1
	await '^%' || exit 1
}

keys()
{
	mux send-keys -t top "$@"
}

# start ARG...: starts the reader in the shell, which shows its exit status
start()
{
	keys " clear; stty -g >$dir/before; $replay $*; echo status=\$?; stty -g >$dir/after" Enter
}

capture()
{
	mux capture-pane -t top -p "$@"
}

# await PATTERN: waits until it is on the screen
await()
{
	local end=$((SECONDS + patience))
	until capture 2>/dev/null | grep -qE "$1"; do
		if [ $SECONDS -ge $end ]; then
			capture | sed 's/^/# /'
			return 1
		fi
		sleep 0.05
	done
}

# screen NAME [-e]: the screen equals screens/NAME; -e: attributes too
screen()
{
	local name=$1 end=$((SECONDS + patience)) difference
	shift
	if [ -n "${UPDATE:-}" ]; then
		sleep 1.5
		capture "$@" >"screens/$name"
	fi
	until difference=$(capture "$@" | diff -u "screens/$name" -); do
		if [ $SECONDS -ge $end ]; then
			printf '# %s\n' "${difference//$'\n'/$'\n# '}"
			ok 1 "screen $name"
			return
		fi
		sleep 0.05
	done
	ok 0 "screen $name"
}

# left STATUS WHAT: it exited with STATUS, and the terminal is restored
left()
{
	local what=$2
	await "^status=$1\$"
	ok $? "$what: ends with $1"
	await '^% $|^%$'
	[ "$(mux display -t top -p '#{alternate_on} #{cursor_flag}')" = "0 1" ]
	ok $? "$what: its screen is left, the cursor is there"
	[ -s "$dir/after" ] && cmp -s "$dir/before" "$dir/after"
	ok $? "$what: the terminal's settings are as they were"
	rm -f "$dir/after"
}
