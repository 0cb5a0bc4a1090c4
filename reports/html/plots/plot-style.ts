/** The look of the plots: colours by theme, at 3 to 1 or better on their ground, and dashes for who can't tell them apart. */

/** As many lines as look different. */
export const LINE_STYLES = 6;

export const PLOT_STYLE = `
:root { --l0: #a8200d; --l1: #8a5a00; --l2: #5a5c60; --l3: #7a3e9d; --l4: #0b6e63; --l5: #1a56a8; }
@media (prefers-color-scheme: dark) {
  :root { --l0: #ff9d8a; --l1: #e8bd6c; --l2: #b9bbbf; --l3: #cfa8ee; --l4: #7fd6c8; --l5: #8ab8f5; }
}
@media print {
  :root { --l0: #a8200d; --l1: #8a5a00; --l2: #5a5c60; --l3: #7a3e9d; --l4: #0b6e63; --l5: #1a56a8; }
}
.growth { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 27rem); gap: 1rem 2.5rem; align-items: center; margin-top: 0.5rem; }
.growth table { font-size: 0.875rem; }
.growth th, .growth td { padding: 0.35rem 0.75rem 0.35rem 0; }
.growth th:last-child, .growth td:last-child { padding-right: 0.35rem; }
.growth .at { background: var(--raised); }
.plot { height: 15rem; min-width: 0; }
.sample { width: 28px; height: 8px; margin-right: 0.6rem; vertical-align: 0.05em; }
.sample line { stroke-width: 2; }
.l0 line { stroke: var(--l0); } .l1 line { stroke: var(--l1); stroke-dasharray: 8 3; }
.l2 line { stroke: var(--l2); stroke-dasharray: 2 3; } .l3 line { stroke: var(--l3); stroke-dasharray: 8 3 2 3; }
.l4 line { stroke: var(--l4); stroke-dasharray: 4 3; } .l5 line { stroke: var(--l5); }
@media (max-width: 56rem) { .growth { grid-template-columns: minmax(0, 1fr); } }
`;

/** As in the style above. */
export const DASHES = [[], [8, 3], [2, 3], [8, 3, 2, 3], [4, 3], []] as const;
