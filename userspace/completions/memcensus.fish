# SPDX-License-Identifier: GPL-2.0
# fish completion for memcensus; the words come from the program, see cli/words.h.

set -g __memcensus_commands (memcensus --words commands 2>/dev/null | cut -f 1)

# The first word that is a command decides how the rest is completed.
function __memcensus_command
	for word in (commandline -opc)[2..-1]
		if contains -- $word $__memcensus_commands
			echo $word
			return
		end
	end
	return 1
end

# COMMAND...: whether the command is one of these
function __memcensus_is
	set -l command (__memcensus_command)
	or set command $__memcensus_commands[1]
	contains -- $command $argv
end

# WORD...: completes the last element of a list
function __memcensus_list
	set -l token (commandline -ct)
	set -l list (string replace -r -- '^(--[^=]*=|-[a-zA-Z](?=[^-]))' '' "$token")
	printf '%s\n' (string replace -r -- '[^,+]*$' '' "$list")$argv
end

function __memcensus_columns
	memcensus --words columns (__memcensus_command) 2>/dev/null | cut -f 1
end

function __memcensus_pids
	__memcensus_list (string match -r -- '[0-9]+$' /proc/*)
end

function __memcensus_cgroups
	memcensus --words cgroups 2>/dev/null
end

# The program after --, and its arguments; before it PIDs.
function __memcensus_program
	set -l words (commandline -opc)
	if set -l i (contains -i -- -- $words)
		set -e words[1..$i]
		complete -C (string join ' ' -- (string escape -- $words) (commandline -ct))
	else
		__memcensus_pids
	end
end

# HOW: prints the options of 'complete' for a value that --words completes so
function __memcensus_by
	switch $argv[1]
		case @column
			printf '%s\n' -x -a '(__memcensus_columns)'
		case @columns
			printf '%s\n' -x -a '(__memcensus_list (__memcensus_columns))'
		case @pids
			printf '%s\n' -x -a '(__memcensus_pids)'
		case @cgroup
			printf '%s\n' -x -a '(__memcensus_cgroups)'
		case @program
			printf '%s\n' -x -a '(__memcensus_program)'
		case @files
			printf '%s\n' -r -F
		case -
			printf '%s\n' -x
		case '*'
			printf '%s\n' -x -a $argv[1]
	end
end

function __memcensus_complete
	set -l lines
	set -l owners
	complete -c memcensus -f
	for line in (memcensus --words commands 2>/dev/null)
		set -l fields (string split \t -- $line)
		complete -c memcensus -n 'not __memcensus_command' -a $fields[1] -d $fields[3]
		test -n "$fields[2]" -a "$fields[2]" != -
		and complete -c memcensus -n "__memcensus_is $fields[1]; and __memcensus_command" \
			(__memcensus_by $fields[2])
	end
	# A line that several commands have becomes one option.
	for command in $__memcensus_commands
		for line in (memcensus --words options $command 2>/dev/null)
			if set -l i (contains -i -- $line $lines)
				set owners[$i] "$owners[$i] $command"
			else
				set -a lines $line
				set -a owners $command
			end
		end
	end
	for i in (seq (count $lines))
		set -l fields (string split \t -- $lines[$i])
		set -l option -l (string sub -s 3 -- $fields[1]) -d $fields[4]
		test -n "$fields[2]"; and set -a option -s (string sub -s 2 -- $fields[2])
		test -n "$fields[3]"; and set -a option (__memcensus_by $fields[3])
		complete -c memcensus -n "__memcensus_is $owners[$i]" $option
	end
end

__memcensus_complete
