// SPDX-License-Identifier: GPL-2.0
/* Only for kernels without huge pages: nothing else frees a table of a mapping. */
#include <linux/mm.h>
#include <linux/pgtable.h>

#include "base/compat.h"
#include "floor.h"

typedef void (*take_table)(struct floor *f, const pte_t *pte, unsigned int nr);

static void take_ptes(struct floor *f, const pte_t *pte, unsigned int nr)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < nr; i++)
		sum += pte_val(READ_ONCE(pte[i]));
	f->sum += sum;
}

static void take_pages(struct floor *f, const pte_t *pte, unsigned int nr)
{
	u64 sum = 0;
	unsigned int i, pages = 0;

	for (i = 0; i < nr; i++) {
		pte_t entry = READ_ONCE(pte[i]);

		if (!pte_present(entry) || pte_special(entry))
			continue;
		pages++;
		sum += census_page_flags(pte_page(entry));
	}
	f->pages += pages;
	f->sum += sum;
}

static __always_inline void walk_vma(struct floor *f,
				     struct vm_area_struct *vma,
				     take_table take)
{
	unsigned long addr, next;

	for (addr = vma->vm_start; addr < vma->vm_end; addr = next) {
		pgd_t *pgd = pgd_offset(vma->vm_mm, addr);
		p4d_t *p4d;
		pud_t *pud;
		pmd_t *pmd;
		pte_t *pte;
		spinlock_t *ptl;
		unsigned int nr;

		next = pgd_addr_end(addr, vma->vm_end);
		if (pgd_none(*pgd) || pgd_bad(*pgd))
			continue;
		p4d = p4d_offset(pgd, addr);
		if (p4d_none(*p4d) || p4d_bad(*p4d))
			continue;
		pud = pud_offset(p4d, addr);
		next = pud_addr_end(addr, vma->vm_end);
		if (pud_none(*pud) || pud_bad(*pud))
			continue;
		pmd = pmd_offset(pud, addr);
		next = pmd_addr_end(addr, vma->vm_end);
		if (pmd_none(*pmd) || pmd_bad(*pmd))
			continue;
		nr = (next - addr) >> PAGE_SHIFT;
		/* Newer kernels do not export pte_offset_map_lock(). */
		ptl = pte_lockptr(vma->vm_mm, pmd);
		pte = pte_offset_kernel(pmd, addr);
		spin_lock(ptl);
		take(f, pte, nr);
		spin_unlock(ptl);
		f->ptes += nr;
	}
}

void floor_pte(struct floor *f, struct vm_area_struct *vma)
{
	walk_vma(f, vma, take_ptes);
}

void floor_touch(struct floor *f, struct vm_area_struct *vma)
{
	walk_vma(f, vma, take_pages);
}
