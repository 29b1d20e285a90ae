/** C that programs the controller itself, without a driver. */

/** Two list items of 1,024 bytes each on channel 0 (controllers.md 1.2, 1.3): 8 bursts of 16 beats of 8 bytes each. */
export const MEMCPY_TEXT = `static volatile u32 *regs = (volatile u32 *)0xffff800040000000UL;
static u32 *lli = (u32 *)0xffff000000200000UL;
static u8 *src = (u8 *)0xffff000000300000UL;
static u8 *dst = (u8 *)0xffff000000400000UL;

static void item(u32 *l, u32 from, u32 to, u32 next, u32 last)
{
	l[0] = from;
	l[2] = to;
	l[4] = 127;
	l[6] = next;
	l[8] = 0x45b04;
	l[9] = last ? 0xc0108840 : 0x80108840;
}

int top(void)
{
	int i;

	for (i = 0; i < 2048; i++)
		src[i] = i + i / 256;
	item(lli, 0x80300000, 0x80400000, 0x80200040, 0);
	item(lli + 16, 0x80300400, 0x80400400, 0, 1);
	regs[0x10 / 4] = 1;
	regs[0x120 / 4] = 0xf;
	regs[0x124 / 4] = 0;
	regs[0x128 / 4] = 0x80200000;
	regs[0x12c / 4] = 0;
	regs[0x18 / 4] = 0x101;
	while (regs[0x18 / 4] & 1)
		;
	return 0;
}
`;
