# SPDX-License-Identifier: GPL-2.0
#
# The log of User Mode Linux without lockdep's reports of what it does itself: in the
# child of a fork force_flush_all() looks through the mappings with neither their lock
# nor RCU's, twice in the life of a kernel, for each place is reported once. From the
# line of = to the end of the stack; all else passes unchanged.

function let_go() {
	if (held !~ /suspicious RCU usage/ || held !~ /force_flush_all/)
		printf "%s", held
	held = ""
}

/^=============================\r?$/ { let_go() }
held != "" && stack && !/^ \[</ { let_go() }
/^=============================\r?$/ {
	held = $0 "\n"
	stack = 0
	next
}
held != "" {
	held = held $0 "\n"
	if (/^Call Trace:/)
		stack = 1
	next
}
{ print }
END { let_go() }
