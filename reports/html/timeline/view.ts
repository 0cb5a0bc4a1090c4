/** The frame of a timeline, which its script fills: the steps in their lanes, the story beside them, source, disk and state below. */
import type { Html } from '../html.js';
import { html } from '../html.js';

const button = (key: string, label: string, text: string): Html =>
  html`<button type="button" data-key="${key}" aria-label="${label}" title="${label} (${key})">${text}</button>`;

/** One for a page: its parts have ids. */
export const timelineView: Html = html`<div id="viewer">
<h2 class="sr">Every step</h2>
<div class="bar" role="toolbar" aria-label="Steps">${button('C', 'Power cut before', '«')}${button('k', 'Step back', '‹')}${button('j', 'Step forward', '›')}${button('c', 'Next power cut', '»')}<span id="position" role="status"></span>
<span class="keys" id="keys"><kbd>j</kbd> <kbd>k</kbd> or arrows step, <kbd>c</kbd> <kbd>Shift</kbd>+<kbd>c</kbd> go to power cuts, <kbd>Home</kbd> <kbd>End</kbd> in the list</span></div>
<div class="track"><div id="lanes" aria-hidden="true"></div><div id="steps" role="listbox" tabindex="0" aria-label="Steps" aria-describedby="keys"><div id="rows" role="presentation"></div></div></div>
<section class="panel told" aria-labelledby="story-title"><h3 id="story-title">The story</h3><ol id="story" tabindex="0" aria-labelledby="story-title"></ol></section>
<section class="panel" aria-labelledby="source-title"><h3 id="source-title">Source</h3><div id="source"></div></section>
<section class="panel" id="disk" aria-labelledby="disk-title"><h3 id="disk-title">The disk after this step</h3><p class="key"><i class="cell durable"></i> durable <i class="cell volatile"></i> volatile <i class="cell lost"></i> lost</p><div id="files"></div></section>
<section class="panel" aria-label="The selected step"><div id="detail" aria-live="polite"></div><div id="state" hidden><h3>The state shown</h3><div id="observed"></div></div></section>
</div>`;
