/** Automatic sabotages that nothing can kill, and why: what they break was redundant. By name. */
export const explained: Readonly<Record<string, string>> = {};
