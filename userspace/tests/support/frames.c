// SPDX-License-Identifier: GPL-2.0
/* A program whose main() has a name, which flame-test finds in it and in its debug file. */
int main(int argc, char **argv)
{
	(void)argv;
	return argc == 0;
}
