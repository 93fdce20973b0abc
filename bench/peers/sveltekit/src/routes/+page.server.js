// 50 rows of two UUIDs, made anew for each request: what framework-tracker's SSR page does with 1,000.
export function load() {
	return { rows: Array.from({ length: 50 }, () => ({ id: crypto.randomUUID(), name: crypto.randomUUID() })) };
}
