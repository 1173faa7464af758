// SPDX-License-Identifier: GPL-2.0
/* Functions with frames: built with frame pointers and without. */
static __attribute__((noinline)) int sum(const int *v, int n)
{
	int sums[16] = { 0 }, i;

	for (i = 0; i < n; i++)
		sums[i % 16] += v[i] + (i ? sum(v, i - 1) : 0);
	return sums[0] + sums[n % 16];
}

static __attribute__((noinline)) int fill(int n)
{
	int v[32], i;

	for (i = 0; i < 32; i++)
		v[i] = i * n;
	return sum(v, 8) + v[n % 32];
}

int main(int argc, char **argv)
{
	(void)argv;
	return fill(argc) == 0;
}
