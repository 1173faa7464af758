# SPDX-License-Identifier: GPL-2.0
#
# Removes lockdep's reports of a bug of User Mode Linux itself from its log: in the child
# of a fork, force_flush_all() walks the mappings with neither the mmap lock nor RCU. This
# happens twice in a kernel's life, because each place is reported once. Removes from the
# line of = to the end of the stack; all other lines pass unchanged.

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
