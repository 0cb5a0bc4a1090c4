/** The look of the pages: quiet, so that the few things that matter stand out. */

/** Colours of both themes; every pair of text and ground is at 4.5 to 1 or better. */
export const PALETTE = `
:root {
  color-scheme: light dark;
  --ground: #fdfdfc; --raised: #f5f5f2; --line: #deddd7; --text: #1b1c1e; --soft: #5a5c60;
  --bad: #a8200d; --bad-ground: #fbe8e4; --good: #0b5e55; --good-ground: #e0f1ee; --warn: #7a4d00;
  --link: #1a56a8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151618; --raised: #1e2023; --line: #36393e; --text: #e7e6e3; --soft: #a3a5a9;
    --bad: #ff9d8a; --bad-ground: #46201a; --good: #7fd6c8; --good-ground: #123a36; --warn: #e8bd6c;
    --link: #8ab8f5;
  }
}
@media print {
  :root {
    color-scheme: light;
    --ground: #fff; --raised: #fff; --line: #bbb; --text: #000; --soft: #444;
    --bad: #a8200d; --bad-ground: #fff; --good: #0b5e55; --good-ground: #fff; --warn: #7a4d00; --link: #000;
  }
}
`;

export const BASE = `
*, *::before, *::after { box-sizing: border-box; }
html { background: var(--ground); color: var(--text); scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 76rem; padding: 2.5rem clamp(1rem, 4vw, 3rem) 5rem;
  font: 400 1rem/1.55 ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif;
  font-variant-numeric: tabular-nums;
  /* Long words are other people's: anywhere but in tables they break rather than push. */
  overflow-wrap: anywhere;
}
table { overflow-wrap: break-word; }
code { font: 0.875em/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; }
h1, h2, h3, h4, p, ol, ul, dl, figure { margin: 0; padding: 0; }
h1 { font-size: clamp(1.6rem, 1.2rem + 2vw, 2.4rem); line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; text-wrap: balance; max-width: 28ch; }
h1.bad { color: var(--bad); }
h2 { font-size: 1.35rem; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; margin-bottom: 0.75rem; }
h3 { font-size: 1.05rem; line-height: 1.4; font-weight: 600; }
h4 { font-size: 1rem; font-weight: 600; }
a { color: var(--link); text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--ground); padding: 0.25rem 0.5rem; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.faint { color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; } .warn { color: var(--warn); }
button {
  font: inherit; font-size: 0.875rem; color: var(--text); background: var(--ground);
  border: 1px solid var(--line); border-radius: 6px; padding: 0.2rem 0.7rem; cursor: pointer;
  flex: none; white-space: nowrap;
}
button:hover { border-color: var(--soft); }
[hidden] { display: none !important; }
.story { padding-left: 1.6rem; max-width: 80ch; }
.story > li { padding-left: 0.25rem; margin-bottom: 0.2rem; }
.story > li::marker { color: var(--soft); font-size: 0.8125rem; }
.story ul { list-style: none; padding: 0.1rem 0 0.2rem; color: var(--soft); font-size: 0.9375rem; }
`;

const LAYOUT = `
header .name { font-weight: 600; color: var(--soft); margin-bottom: 0.35rem; }
header .facts { color: var(--soft); margin-top: 0.75rem; max-width: 72ch; }
nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 1.25rem; }
section { margin-top: 3.5rem; }
.lead { max-width: 70ch; color: var(--soft); margin-bottom: 1rem; }
.note { max-width: 70ch; color: var(--soft); font-size: 0.875rem; margin-top: 0.75rem; }
details { margin-top: 0.75rem; }
summary { cursor: pointer; color: var(--soft); width: fit-content; }
summary:hover { color: var(--text); }
details[open] > summary { margin-bottom: 0.5rem; }
details h3, details h4 { margin: 1rem 0 0.25rem; }
details ul, .faults { padding-left: 1.25rem; }
#coverage > h3 { margin: 1.5rem 0 0.35rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.35rem 1.25rem; max-width: 80ch; }
dt { font-weight: 600; } dd { margin: 0; color: var(--soft); }
.bounds { font-size: 0.875rem; }
@media (max-width: 40rem) { dl { grid-template-columns: minmax(0, 1fr); row-gap: 0; } dd + dt { margin-top: 0.6rem; } }

.scroll {
  overflow-x: auto;
  /* A shadow where there is more to scroll to; a cover that moves with the table hides it at the end. */
  background:
    linear-gradient(to left, var(--ground) 40%, transparent) right / 2.5rem 100% no-repeat local,
    linear-gradient(to left, color-mix(in srgb, var(--text) 22%, transparent), transparent) right / 0.9rem 100% no-repeat scroll;
}
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.5rem 1rem 0.5rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 500; font-size: 0.875rem; color: var(--soft); line-height: 1.3; vertical-align: bottom; white-space: normal; }
.comparison thead th { white-space: nowrap; }
tbody th { position: sticky; left: 0; background: var(--ground); font-weight: 600; max-width: 24rem; overflow: hidden; text-overflow: ellipsis; }
.num { text-align: right; }
@media (max-width: 40rem) { table { font-size: 0.875rem; } th, td { padding-right: 0.7rem; } tbody th { max-width: 9rem; white-space: normal; overflow-wrap: normal; } }
.fraction { margin-right: 0.6rem; }
.share { display: block; width: 4rem; height: 6px; margin-top: 0.3rem; }
.coverage th, .coverage td { vertical-align: top; }
.share .rest { fill: var(--line); } .share .covered { fill: var(--good); }

.map td { padding: 0.35rem 0.6rem; border-left: 1px solid var(--ground); }
.map th[scope="row"] { font-weight: 400; font-size: 0.875rem; max-width: 30rem; }
.heat.h1 { background: color-mix(in srgb, var(--good) 8%, var(--ground)); }
.heat.h2 { background: color-mix(in srgb, var(--good) 14%, var(--ground)); }
.heat.h3 { background: color-mix(in srgb, var(--good) 20%, var(--ground)); }
.heat.h4 { background: color-mix(in srgb, var(--good) 26%, var(--ground)); }
.heat.broken { color: var(--bad); background: var(--bad-ground); font-weight: 600; }

.verdict { font-weight: 500; font-size: 0.9rem; white-space: nowrap; margin-left: 0.5rem; }
.verdict.holds { color: var(--good); } .verdict.violated { color: var(--bad); } .verdict.undecided { color: var(--warn); white-space: normal; }

.legend { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0.4rem 1.5rem; list-style: none; font-size: 0.875rem; color: var(--soft); margin-bottom: 1.75rem; }
.legend li { display: flex; gap: 0.6rem; align-items: baseline; }
.way { padding: 1rem 0; border-top: 1px solid var(--line); }
.rail { display: flex; flex-wrap: wrap; row-gap: 0.5rem; list-style: none; margin-top: 0.6rem; }
.rail li { display: flex; align-items: center; gap: 0.4rem; padding-right: 0.4rem; background: linear-gradient(var(--soft), var(--soft)) center / 100% 1px no-repeat; }
.rail li:last-child { padding-right: 0; }
.step { font-size: 0.8125rem; line-height: 1; padding: 0.4rem 0.5rem; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; max-width: 12rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.step.heard { border-color: var(--text); font-weight: 600; }
.gap { display: inline-flex; flex: none; align-items: center; gap: 0.25rem; min-width: 1.5rem; justify-content: center; font-size: 0.75rem; font-weight: 600; line-height: 1; padding: 0.3rem 0.3rem; border-radius: 999px; border: 1.5px solid; position: relative; }
.gap.violated { color: var(--bad); background: var(--bad-ground); border-color: var(--bad); }
.gap.held { color: var(--good); background: var(--good-ground); border-color: transparent; }
.gap.settled, .gap.known { color: var(--soft); background: var(--ground); border-color: var(--line); }
.gap.untried { color: var(--warn); background: var(--ground); border-style: dashed; }
.steps td { white-space: normal; min-width: 12rem; } .steps td.num { min-width: 3rem; }
.steps { font-size: 0.875rem; }
.site { display: block; color: var(--soft); font-size: 0.8125rem; }

.suite + .suite { margin-top: 2rem; }
.failure { margin-top: 1rem; padding-left: 1.25rem; border-left: 3px solid var(--bad); max-width: 80ch; }
.failure .statement { color: var(--soft); }
.failure .message { margin: 0.5rem 0 0.75rem; }
.replay { display: flex; gap: 0.75rem; align-items: flex-start; justify-content: space-between; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 0.75rem; }

#costs h3 { margin-top: 2rem; }
`;

const PAPER = `
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .skip, button { display: none; }
  section { margin-top: 1.5rem; }
  .scroll { overflow: visible; background: none; }
  .failure, .way, .growth, tr { break-inside: avoid; }
  th, td { white-space: normal; padding-right: 0.5rem; }
}
`;

export const REPORT_STYLE = [PALETTE, BASE, LAYOUT, PAPER].join('');
