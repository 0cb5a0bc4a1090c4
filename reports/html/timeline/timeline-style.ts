/** The look of the timeline: the report's, and the lanes. */
import { BASE, PALETTE } from '../report-style.js';

/** The script places rows by this height. */
export const ROW_PIXELS = 26;

const TIMELINE = `
header .name { font-weight: 600; color: var(--soft); margin-bottom: 0.35rem; }
header .facts { color: var(--soft); margin-top: 0.75rem; }
.whole { display: inline-block; }
.message { max-width: 80ch; margin-top: 0.5rem; }
.changed { color: var(--warn); margin-top: 0.75rem; font-weight: 600; }
.replay { margin-top: 0.75rem; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 0.75rem; }
section { margin-top: 2.5rem; }
.lead { color: var(--soft); margin-bottom: 0.75rem; }
kbd { font: inherit; font-size: 0.8125rem; padding: 0.05rem 0.4rem; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; background: var(--raised); color: var(--text); }
.viewer { display: grid; grid-template-columns: minmax(0, 1fr) 19rem; gap: 1.5rem; align-items: start; }
.track { border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
#lanes { position: relative; height: 5.5rem; overflow: hidden; border-bottom: 1px solid var(--line); background: var(--raised); font-size: 0.75rem; color: var(--soft); }
#lanes span { position: absolute; bottom: 0.3rem; transform: rotate(-42deg); transform-origin: left bottom; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 6.5rem; }
.close #lanes { height: 6.25rem; }
.close #lanes span { bottom: 0; transform: rotate(-90deg) translate(0.35rem, 0.5em); line-height: 1; max-width: 5.7rem; }
#steps { max-height: min(70vh, 44rem); overflow-y: auto; overflow-x: hidden; position: relative; }
#steps:focus-visible { outline-offset: -3px; }
#rows { position: relative; background-repeat: no-repeat; background-size: 1px 100%; }
.row { position: absolute; left: 0; right: 0; height: ${ROW_PIXELS}px; line-height: ${ROW_PIXELS}px; font-size: 0.8125rem; white-space: nowrap; overflow: hidden; contain: strict; cursor: default; }
.row:hover { background: var(--raised); }
.row[aria-selected='true'] { background: var(--good-ground); box-shadow: inset 3px 0 var(--good); }
.row .at { position: absolute; left: 0.75rem; width: 3rem; text-align: right; color: var(--soft); }
.narrow .row .at { left: 0.25rem; width: 2.1rem; }
.row .dot { position: absolute; top: 8px; width: 10px; height: 10px; margin-left: -5px; border-radius: 50%; background: var(--good); border: 2px solid var(--good); }
#steps .way { position: absolute; top: 12px; height: 2px; background: var(--good); opacity: 0.45; }
#steps .by { position: absolute; top: 9px; width: 8px; height: 8px; margin-left: -4px; border-radius: 50%; background: var(--ground); border: 1.5px solid var(--good); }
.row .dot.heard { background: var(--ground); border-color: var(--text); }
.row .dot.failed { background: var(--bad); border-color: var(--bad); border-radius: 2px; }
.row .what { position: absolute; left: var(--what); right: 0.5rem; overflow: hidden; text-overflow: ellipsis; }
.band { background: var(--bad-ground); color: var(--bad); font-weight: 600; text-align: center; }
.band.first { background: var(--raised); color: var(--soft); }
.row.band[aria-selected='true'] { background: var(--bad-ground); box-shadow: inset 3px 0 var(--bad); }
.row .disk { position: absolute; top: 8px; width: 10px; height: 10px; margin-left: -5px; }
.beside { position: sticky; top: 1rem; font-size: 0.875rem; display: grid; gap: 1.5rem; }
#detail { min-height: 11.5rem; }
#detail a { color: inherit; overflow-wrap: anywhere; }
.legend { color: var(--soft); font-size: 0.8125rem; margin-bottom: 0.6rem; }
.legend .cell { margin-left: 0.6rem; } .legend .cell:first-child { margin-left: 0; }
#files { display: grid; gap: 0.75rem; max-height: 30rem; overflow-y: auto; }
.file .path { display: block; font-family: var(--mono, ui-monospace, monospace); font-size: 0.8125rem; overflow-wrap: anywhere; }
.file .cells { display: flex; flex-wrap: wrap; gap: 2px; margin: 0.2rem 0; }
.count { color: var(--soft); font-size: 0.8125rem; }
.cell { display: inline-block; width: 10px; height: 10px; border: 1.5px solid var(--good); background: var(--good); border-radius: 2px; }
.cell.volatile { background: transparent; border-color: var(--warn); border-style: dashed; }
.cell.lost { background: var(--bad); border-color: var(--bad); border-radius: 50%; }
.cell.gap { border-color: transparent; background: transparent; width: 4px; }
#detail h3 { margin-bottom: 0.75rem; }
#detail dl { margin: 0; display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.3rem 1rem; }
#detail dt { color: var(--soft); } #detail dd { margin: 0; }
#detail .fates { grid-template-columns: minmax(0, 1fr); }
@media (max-width: 56rem) {
  .viewer { grid-template-columns: minmax(0, 1fr); }
  .beside { position: static; }
  #steps { max-height: 60vh; }
  #detail { min-height: 0; }
}
@media print { .viewer, kbd, .lead { display: none; } body { max-width: none; padding: 0; } }
`;

export const TIMELINE_STYLE = [PALETTE, BASE, TIMELINE].join('');
