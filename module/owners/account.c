// SPDX-License-Identifier: GPL-2.0
#include "owners/account.h"

u64 census_sums_rss(const struct census_sums *sums)
{
	return sums->rss[CENSUS_ANON] + sums->rss[CENSUS_FILE] +
	       sums->rss[CENSUS_SHMEM] + sums->rss[CENSUS_DEVICE];
}

void census_sums_add(struct census_sums *to, const struct census_sums *from)
{
	const u64 *f = (const u64 *)from;
	u64 *t = (u64 *)to;
	unsigned int i;

	for (i = 0; i < sizeof(*to) / sizeof(u64); i++)
		t[i] += f[i];
}

/* Sets the figures that the walk alone has counted, without owners and shares. */
void census_sums_figures(const struct census_sums *sums, struct census_figures *figures)
{
	census_figure_set(figures, MEMCENSUS_F_RSS, census_sums_rss(sums));
	census_figure_set(figures, MEMCENSUS_F_ANON, sums->rss[CENSUS_ANON]);
	census_figure_set(figures, MEMCENSUS_F_FILE, sums->rss[CENSUS_FILE]);
	census_figure_set(figures, MEMCENSUS_F_SHMEM, sums->rss[CENSUS_SHMEM]);
	census_figure_set(figures, MEMCENSUS_F_DEVICE, sums->rss[CENSUS_DEVICE]);
	census_figure_set(figures, MEMCENSUS_F_THP,
			  sums->thp[CENSUS_ANON] + sums->thp[CENSUS_FILE] +
			  sums->thp[CENSUS_SHMEM]);
	census_figure_set(figures, MEMCENSUS_F_ANON_THP, sums->thp[CENSUS_ANON]);
	census_figure_set(figures, MEMCENSUS_F_SHMEM_THP, sums->thp[CENSUS_SHMEM]);
	census_figure_set(figures, MEMCENSUS_F_FILE_THP, sums->thp[CENSUS_FILE]);
	census_figure_set(figures, MEMCENSUS_F_SPECIAL, sums->special);
	census_figure_set(figures, MEMCENSUS_F_HEAP, sums->heap);
	census_figure_set(figures, MEMCENSUS_F_STACK, sums->stack);
	if (!sums->unknown_swap)
		census_figure_set(figures, MEMCENSUS_F_SWAP, sums->swap);
}

/* Sets those that struct page tells. */
void census_flags_figures(const struct census_sums *sums, struct census_figures *figures)
{
	census_figure_set(figures, MEMCENSUS_F_DIRTY, sums->dirty);
	census_figure_set(figures, MEMCENSUS_F_REFERENCED, sums->referenced);
	census_figure_set(figures, MEMCENSUS_F_KSM, sums->ksm);
	census_figure_set(figures, MEMCENSUS_F_LAZYFREE, sums->lazyfree);
}

/* Converts a share, in 1/2^%CENSUS_SHARE_SHIFT page, to bytes. */
u64 census_share_bytes(census_share share, u64 page_size)
{
	return share * page_size >> CENSUS_SHARE_SHIFT;
}

void census_holdings_add(struct census_holding *to, const struct census_holding *from)
{
	unsigned int kind;

	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		to[kind].pages += from[kind].pages;
		to[kind].exclusive += from[kind].exclusive;
		to[kind].share += from[kind].share;
	}
}

/**
 * census_holdings_figures() - convert holdings to figures
 * @holdings: by kind
 * @hugetlb: sizes of the hugetlb kinds, in base pages
 * @page_size: bytes
 * @owners: all owners were counted; else only what one owner has is set
 * @figures: filled; figures that do not follow are unchanged
 */
void census_holdings_figures(const struct census_holding *holdings, const unsigned int *hugetlb,
			     u64 page_size, bool owners, struct census_figures *figures)
{
	const struct census_holding *anon = &holdings[CENSUS_ANON];
	const struct census_holding *file = &holdings[CENSUS_FILE];
	const struct census_holding *shmem = &holdings[CENSUS_SHMEM];
	const struct census_holding *of_drivers = &holdings[CENSUS_DEVICE];
	const struct census_holding *uncounted = &holdings[CENSUS_DEVICE_UNCOUNTED];
	const struct census_holding *zone = &holdings[CENSUS_ZONE_DEVICE];
	const struct census_holding device = {
		.pages = of_drivers->pages + uncounted->pages + zone->pages,
		.exclusive = of_drivers->exclusive + uncounted->exclusive + zone->exclusive,
		.share = of_drivers->share + uncounted->share + zone->share,
	};
	u64 frames = anon->pages + file->pages + shmem->pages + device.pages;
	u64 exclusive = anon->exclusive + file->exclusive + shmem->exclusive + device.exclusive;
	census_share share = anon->share + file->share + shmem->share + device.share;
	u64 huge_all = 0, huge_exclusive = 0;
	census_share huge_share = 0;
	unsigned int i;

	for (i = 0; i < CENSUS_HUGETLB_SIZES; i++) {
		const struct census_holding *h =
			&holdings[CENSUS_OF_HUGETLB + i];

		huge_all += h->pages * hugetlb[i];
		huge_exclusive += h->exclusive * hugetlb[i];
		huge_share += h->share * hugetlb[i];
	}
	census_figure_set(figures, MEMCENSUS_F_FRAMES, frames * page_size);
	census_figure_set(figures, MEMCENSUS_F_HUGETLB, huge_all * page_size);
	if (!owners)
		return;
	census_figure_set(figures, MEMCENSUS_F_USS, exclusive * page_size);
	census_figure_set(figures, MEMCENSUS_F_SHARED, (frames - exclusive) * page_size);
	census_figure_set(figures, MEMCENSUS_F_PSS, census_share_bytes(share, page_size));
	census_figure_set(figures, MEMCENSUS_F_PSS_ANON,
			  census_share_bytes(anon->share, page_size));
	census_figure_set(figures, MEMCENSUS_F_PSS_FILE,
			  census_share_bytes(file->share, page_size));
	census_figure_set(figures, MEMCENSUS_F_PSS_SHMEM,
			  census_share_bytes(shmem->share, page_size));
	census_figure_set(figures, MEMCENSUS_F_PRIVATE_HUGETLB, huge_exclusive * page_size);
	census_figure_set(figures, MEMCENSUS_F_SHARED_HUGETLB,
			  (huge_all - huge_exclusive) * page_size);
	census_figure_set(figures, MEMCENSUS_F_HUGETLB_PSS,
			  census_share_bytes(huge_share, page_size));
	census_figure_set(figures, MEMCENSUS_F_USS_ANON, anon->exclusive * page_size);
	census_figure_set(figures, MEMCENSUS_F_USS_FILE, file->exclusive * page_size);
	census_figure_set(figures, MEMCENSUS_F_USS_SHMEM, shmem->exclusive * page_size);
	census_figure_set(figures, MEMCENSUS_F_PSS_DEVICE,
			  census_share_bytes(device.share, page_size));
	census_figure_set(figures, MEMCENSUS_F_USS_DEVICE, device.exclusive * page_size);
	census_figure_set(figures, MEMCENSUS_F_USS_ZONE_DEVICE, zone->exclusive * page_size);
}
