/** C programs with the value that `long test(void)` must return. All of them hold on any LP64 machine with unsigned char. */
export interface CCase {
	name: string;
	/** A C literal's value; compared as a signed 64-bit integer. */
	expected: bigint;
	code: string;
}

const c = (name: string, expected: bigint | number, code: string): CCase => ({
	name,
	expected: BigInt(expected),
	code,
});

export const cases: CCase[] = [
	c("integer promotion of narrow types", 510, `long test(void) { unsigned char a = 255, b = 255; return a + b; }`),
	c(
		"a narrow result wraps when stored",
		254,
		`long test(void) { unsigned char a = 255, b = 255, s = a + b; return s; }`,
	),
	c("plain char is unsigned", 200, `long test(void) { char a = (char)200; return a; }`),
	c("signed char extends", -56, `long test(void) { signed char a = (signed char)200; return a; }`),
	c("short wraps", -32768, `long test(void) { short a = 32767; a++; return a; }`),
	c("unsigned wraps at 32 bits", 4294967295n, `long test(void) { unsigned a = 0; a--; return a; }`),
	c("int to unsigned long sign-extends", -1, `long test(void) { int a = -1; unsigned long b = a; return (long)b; }`),
	c("unsigned to long zero-extends", 4294967295n, `long test(void) { unsigned a = -1; return a; }`),
	c("comparison of int and unsigned is unsigned", 0, `long test(void) { int a = -1; unsigned b = 1; return a < b; }`),
	c("comparison of int and long is signed", 1, `long test(void) { int a = -1; long b = 1; return a < b; }`),
	c("shift left of unsigned drops bits", 0x80000000n, `long test(void) { unsigned a = 3; return a << 31; }`),
	c("arithmetic shift of a negative int", -2, `long test(void) { int a = -8; return a >> 2; }`),
	c("logical shift of unsigned", 0x3ffffffen, `long test(void) { unsigned a = -8; return a >> 2; }`),
	c(
		"64-bit shifts by variables",
		0x4000000000000001n,
		`long test(void) { int i; unsigned long v = 0; for (i = 0; i < 64; i += 62) v |= 1ul << i; return v; }`,
	),
	c("64-bit arithmetic right shift", -1, `long test(void) { long a = -5; int n = 40; return a >> n; }`),
	c(
		"64-bit multiplication wraps",
		-6917529027641081857n,
		`long test(void) { unsigned long a = 0xffffffffffffffff, b = 0x6000000000000001; return a * b; }`,
	),
	c("division truncates to zero", -3, `long test(void) { int a = -7, b = 2; return a / b; }`),
	c("remainder has the dividend's sign", -1, `long test(void) { int a = -7, b = 2; return a % b; }`),
	c("unsigned division", 2147483644n, `long test(void) { unsigned a = -7; return a / 2; }`),
	c("64-bit division of large values", 0x1999999999999999n, `long test(void) { unsigned long a = -1; return a / 10; }`),
	c("64-bit signed remainder", -7, `long test(void) { long a = -1000000000007, b = 1000000000; return a % b; }`),
	c("negation and complement", -6, `long test(void) { long a = 5; return ~a; }`),
	c(
		"logical operators stop early",
		1,
		`static int n; static int f(int x) { n++; return x; } long test(void) { int r = f(0) && f(1); r += f(1) || f(0); return n == 2 && r == 1; }`,
	),
	c(
		"conditional, elvis and comma",
		17,
		`long test(void) { int a = 0, b = 7; int c = a ?: b; int d = a ? 1 : (b++, b + 2); return c + d; }`,
	),
	c("compound assignment on narrow types", 44, `long test(void) { unsigned char a = 200; a += 100; return a; }`),
	c("compound shift keeps the left type", 240, `long test(void) { unsigned char a = 0xff; a <<= 4; return a; }`),
	c("compound with a wider right side", 1, `long test(void) { int a = 10; a /= 6l; return a; }`),
	c(
		"increments, prefix and postfix",
		231,
		`long test(void) { int i = 1; int a = i++; int b = ++i; return a + b * 10 + i * 100 - 100; }`,
	),
	c("bool conversion", 2, `long test(void) { _Bool a = 256, b = (_Bool)0x100000000ul; return a + b; }`),
	c("bool increments to one", 1, `long test(void) { _Bool a = 1; a++; return a; }`),
	c(
		"pointer arithmetic and difference",
		35,
		`long test(void) { int v[8]; int *p = v + 3, *q = &v[6]; *p = 5; v[6] = 7; return (q - p) + *p * q[0] - p[0] + 2; }`,
	),
	c(
		"pointers to pointers",
		9,
		`static void set(int **p, int *q) { *p = q; } long test(void) { int a = 9; int *p = 0; set(&p, &a); return *p; }`,
	),
	c(
		"arrays of arrays",
		12,
		`long test(void) { int m[3][4]; int i, j, n = 0; for (i = 0; i < 3; i++) for (j = 0; j < 4; j++) m[i][j] = 1; for (i = 0; i < 12; i++) n += ((int *)m)[i]; return n; }`,
	),
	c(
		"struct members, nested, through pointers",
		66,
		`struct in { short a; long b; }; struct out { char c; struct in i[2]; } ; long test(void) { struct out o, *p = &o; p->i[1].b = 60; p->i[1].a = 6; return o.i[1].a + p->i[1].b; }`,
	),
	c(
		"struct assignment copies",
		12,
		`struct s { int a; char b[12]; }; long test(void) { struct s x = { 1, "hello" }, y; y = x; x.a = 100; y.b[0] = 11; return y.a + y.b[0]; }`,
	),
	c(
		"structs by value and as results",
		342,
		`struct s { int a, b, c; }; static struct s add(struct s x, struct s y) { x.a += y.a; x.b += y.b; x.c += y.c; return x; } long test(void) { struct s p = { 1, 2, 3 }, q = { 1, 2, 0 }; struct s r = add(p, q); return r.a + r.b * 10 + r.c * 100 + p.a - 1; }`,
	),
	c(
		"a member of a returned struct",
		5,
		`struct s { int a, b; }; static struct s make(int v) { return (struct s){ .b = v }; } long test(void) { return make(5).b + make(6).a; }`,
	),
	c(
		"bit-fields, unsigned and signed",
		1271,
		`struct f { unsigned a : 3; int b : 5; unsigned long c : 40; unsigned char d : 1; }; long test(void) { struct f f = { 0 }; f.a = 15; f.b = -9; f.c = 0x100000004ff; f.d = 3; return f.a * 0 + f.b + f.c + f.d - (f.a == 7 ? 0 : 1000); }`,
	),
	c(
		"bit-fields leave their neighbours alone",
		0xa5n,
		`union u { struct { unsigned a : 4, b : 4, c : 24; } f; unsigned w; }; long test(void) { union u u; u.w = 0xffffffff; u.f.a = 5; u.f.b = 10; u.f.c = 0; return u.w; }`,
	),
	c(
		"bit-field compound assignment wraps",
		1,
		`struct f { unsigned a : 2; }; long test(void) { struct f f = { 3 }; f.a += 2; return f.a; }`,
	),
	c(
		"a bit-field assignment's value is what was stored",
		3,
		`struct f { unsigned a : 2; }; long test(void) { struct f f; return f.a = 7; }`,
	),
	c(
		"unions share memory, little endian",
		0x78,
		`union u { unsigned v; unsigned char b[4]; }; long test(void) { union u u; u.v = 0x12345678; return u.b[0]; }`,
	),
	c(
		"designated initialisers zero the rest",
		11,
		`struct s { int a, b[4], c; }; long test(void) { struct s s = { .b = { [1 ... 2] = 4 }, .c = 3 }; return s.a + s.b[0] + s.b[1] + s.b[2] + s.b[3] + s.c; }`,
	),
	c(
		"static objects with addresses",
		42,
		`static int v[] = { 1, 2, 40 };\nstatic int *p = &v[2];\nstatic struct { const char *s; int *q; } t = { "xy", v + 1 }; long test(void) { return *p + *t.q + (t.s[1] == 'y') - 1; }`,
	),
	c(
		"static locals keep their value",
		3,
		`static int next(void) { static int n; return ++n; } long test(void) { next(); next(); return next(); }`,
	),
	c(
		"function pointers and tables",
		30,
		`static int add(int a, int b) { return a + b; } static int mul(int a, int b) { return a * b; } static int (*const ops[])(int, int) = { add, mul }; long test(void) { int i, n = 0; for (i = 0; i < 2; i++) n += ops[i](4, 5) + (i ? 1 : 0); return n; }`,
	),
	c(
		"callbacks in structs",
		7,
		`struct ops { int (*f)(void *p); }; static int cb(void *p) { return *(int *)p + 1; } static const struct ops ops = { .f = cb }; long test(void) { int v = 6; return ops.f(&v); }`,
	),
	c(
		"container_of",
		77,
		`struct in { int x; }; struct out { long pad; struct in i; int v; }; static int get(struct in *p) { struct out *o = (struct out *)((char *)p - __builtin_offsetof(struct out, i)); return o->v; } long test(void) { struct out o = { .v = 77 }; return get(&o.i); }`,
	),
	c(
		"recursion",
		3628800,
		`static long fact(int n) { return n < 2 ? 1 : n * fact(n - 1); } long test(void) { return fact(10); }`,
	),
	c(
		"mutual recursion",
		1,
		`static int odd(unsigned n); static int even(unsigned n) { return n == 0 ? 1 : odd(n - 1); } static int odd(unsigned n) { return n == 0 ? 0 : even(n - 1); } long test(void) { return even(100); }`,
	),
	c(
		"goto forwards and backwards",
		10,
		`long test(void) { int i = 0; again: if (i >= 10) goto out; i++; goto again; out: return i; }`,
	),
	c(
		"break and continue",
		25,
		`long test(void) { int i, n = 0; for (i = 0; ; i++) { if (i % 2 == 0) continue; if (i > 10) break; n += i; } return n; }`,
	),
	c("do runs at least once", 1, `long test(void) { int n = 0; do n++; while (0); return n; }`),
	c(
		"continue in do goes to the condition",
		5,
		`long test(void) { int n = 0; do { n++; if (n < 5) continue; break; } while (n < 100); return n; }`,
	),
	c(
		"dense switch with fallthrough and default",
		1236,
		`static int f(int x) { int r = 0; switch (x) { case 1: r += 1; case 2: r += 2; break; case 3: r = 30; break; case 4: r = 200; break; default: r = 1000; } return r; } long test(void) { return f(1) + f(2) + f(3) + f(4) + f(-1) + f(77) - 999; }`,
	),
	c(
		"sparse switch, ranges and negative cases",
		421,
		`static int f(int x) { switch (x) { case -5: return 1; case 10 ... 20: return 10; case 100000: return 100; } return 0; } long test(void) { return f(-5) + f(10) + f(20) + 4 * f(100000) + f(21) + f(9); }`,
	),
	c(
		"64-bit switch",
		2,
		`static int f(unsigned long x) { switch (x) { case 0x100000001ul: return 2; case 1: return 1; default: return 0; } } long test(void) { return f(0x100000001ul) + f(0x200000001ul); }`,
	),
	c(
		"statement expressions",
		9,
		`#define max(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })\nlong test(void) { int x = 3; return max(x++, 9) + max(max(-1, -2), x - 4) ; }`,
	),
	c(
		"compound literals have an address",
		6,
		`static int sum(const int *p, int n) { int s = 0; while (n--) s += *p++; return s; } long test(void) { return sum((int[]){ 1, 2, 3 }, 3); }`,
	),
	c(
		"string literals",
		3,
		`static unsigned long len(const char *s) { const char *p = s; while (*p) p++; return p - s; } long test(void) { return len("abc"); }`,
	),
	c("character arrays from strings", 195, `long test(void) { char s[8] = "ab"; return s[0] + s[1] + s[2] + s[7]; }`),
	c(
		"variable arguments",
		4294967303n,
		`#include <stdarg.h>\nstatic long sum(int n, ...) { va_list ap; long s = 0; va_start(ap, n); while (n--) s += va_arg(ap, long); va_end(ap); return s; } long test(void) { return sum(3, 1l, 4294967296l, 6l); }`,
	),
	c(
		"variable arguments of narrow types, handed on",
		1,
		`#include <stdarg.h>\nstatic int inner(va_list ap) { int a = va_arg(ap, int); unsigned b = va_arg(ap, unsigned); char *s = va_arg(ap, char *); return a == -3 && b == 4000000000u && s[0] == 'q'; } static int outer(const char *f, ...) { va_list ap; int r; va_start(ap, f); r = inner(ap); va_end(ap); return r; } long test(void) { return outer("x", -3, 4000000000u, "q"); }`,
	),
	c(
		"cleanup at scope end, in order, and at return",
		21,
		`static int log; static void one(int *p) { log = log * 10 + *p; } static int f(void) { int a __attribute__((cleanup(one))) = 1; int b __attribute__((cleanup(one))) = 2; return log; } long test(void) { int r = f(); return log + r; }`,
	),
	c(
		"cleanup at break and goto",
		17,
		`static int log; static void add(int *p) { log += *p; } long test(void) { int i; for (i = 0; i < 5; i++) { int a __attribute__((cleanup(add))) = i + 1; if (i == 1) continue; if (i == 3) break; } { int b __attribute__((cleanup(add))) = 7; goto out; } out: return log; }`,
	),
	c(
		"bit builtins",
		48,
		`long test(void) { return __builtin_clz(1) + __builtin_ctz(16) + __builtin_ffs(0) + __builtin_popcount(0xff) + __builtin_clzl(1ul << 60) + __builtin_parity(7) + (__builtin_bswap32(0x01000000) == 1) ; }`,
	),
	c(
		"overflow builtins",
		5,
		`long test(void) { int r = 0; unsigned char b = 0; long n = 0; n += __builtin_add_overflow(2147483647, 1, &r); n += r == -2147483647 - 1; n += __builtin_mul_overflow(16, 16, &b); n += b == 0; n += !__builtin_sub_overflow(5, 3, &r) && r == 2; return n; }`,
	),
	c(
		"volatile and addressed locals",
		55,
		`static void inc(int *p) { *p += 5; } long test(void) { volatile int v = 20; int a = 30; inc(&a); return v + a; }`,
	),
	c(
		"64-bit comparisons, unsigned and signed",
		3,
		`long test(void) { unsigned long a = 1ul << 63, b = 1; long x = a, y = b; return (a > b) + (x < y) * 2 + (a == b) * 100; }`,
	),
	c(
		"constants beyond 32 bits in conditions",
		1,
		`long test(void) { unsigned long a = 0xfffffffffffff000; return a >= (unsigned long)-4096 && !(a > 0xffffffffffffffef); }`,
	),
	c("enumerations", 12, `enum e { A = 5, B, C = A + B - 10 }; long test(void) { enum e e = B; return e + A + C; }`),
	c(
		"packed structs are read unaligned",
		0x03020100n,
		`struct __attribute__((packed)) p { char c; unsigned v; }; long test(void) { struct p p; unsigned char *b = (unsigned char *)&p; int i; for (i = 0; i < 5; i++) b[i] = i ? i - 1 : 9; return p.v & 0xffffffff; }`,
	),
	c(
		"many arguments",
		45,
		`static long f(char a, short b, int c, long d, unsigned char e, unsigned f2, long g, int h, int i) { return a + b + c + d + e + f2 + g + h + i; } long test(void) { return f(1, 2, 3, 4, 5, 6, 7, 8, 9); }`,
	),
	c(
		"narrow results are converted",
		44,
		`static unsigned char f(int x) { return x; } long test(void) { return f(300); }`,
	),
	c(
		"sieve",
		168,
		`static unsigned char s[1000]; long test(void) { int i, j, n = 0; for (i = 2; i < 1000; i++) { if (s[i]) continue; n++; for (j = 2 * i; j < 1000; j += i) s[j] = 1; } return n; }`,
	),
	c(
		"crc32",
		0xcbf43926n,
		`long test(void) { const char *p = "123456789"; unsigned crc = ~0u; int k; while (*p) { crc ^= *p++; for (k = 0; k < 8; k++) crc = crc >> 1 ^ (0xedb88320 & -(crc & 1)); } return ~crc & 0xffffffffu; }`,
	),
	c(
		"linked list",
		6,
		`struct node { int v; struct node *next; }; long test(void) { struct node c = { 3, 0 }, b = { 2, &c }, a = { 1, &b }, *p; int n = 0; for (p = &a; p; p = p->next) n += p->v; return n; }`,
	),
];
