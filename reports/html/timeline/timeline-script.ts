/**
 * The timeline's script: draws the rows in view and moves among them. Plain DOM calls with text content only,
 * so that no text of a trace is ever parsed as markup.
 */
import { ROW_PIXELS } from './timeline-style.js';

export const TIMELINE_SCRIPT = `
const { lanes, texts, cells, ways, crashes, rows } = JSON.parse(document.getElementById('trace').textContent);
const ROW = ${ROW_PIXELS};
const steps = document.getElementById('steps');
const board = document.getElementById('rows');
const detail = document.getElementById('detail');

// A band before the first step of each life; items are indexes into rows, or -1 - life for a band.
const items = [];
const bands = [];
rows.forEach((row, index) => {
  if (index === 0 || rows[index - 1][0] !== row[0]) {
    bands.push(items.length);
    items.push(-bands.length);
  }
  items.push(index);
});
const isNarrow = () => steps.clientWidth < 480;
const left = () => isNarrow() ? 46 : 72;
// The disk is the last lane: what a step did to it, not who did it.
const shownLanes = [...lanes, 'disk'];
const laneGap = () => Math.min(64, Math.max(14, (steps.clientWidth * 0.45 - left()) / shownLanes.length));
// Rows drawn above and below those in view. Each frame of a leap lays out all of them.
const BEYOND = 2;
const CHANGES = 10;
const STATES = ['durable', 'volatile', 'lost'];
const PARTS = ['name', 'size', 'permissions'];
const CELLS_SHOWN = 96;
const WORDS_SHOWN = 6;
const laneX = (lane) => left() + laneGap() * (lane + 0.5);
const make = (name, className, text) => {
  const element = document.createElement(name);
  element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};
const shown = (text) => text.replace(/[\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]/g,
  (c) => '\\\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
const bandText = (count) => count === 1 ? 'Power on' : 'Power cut ' + (count - 1) + ', power on';

let selected = 0;
// From whom a step came, through whom, to the lane that took it: a line, and a ring on each lane that it passes.
const drawWay = (way, lane) => {
  if (way.length === 0) return [];
  const line = make('span', 'way');
  const ends = [...way, lane].map(laneX);
  line.style.left = Math.min(...ends) + 'px';
  line.style.width = Math.max(...ends) - Math.min(...ends) + 'px';
  return [line, ...way.map((through) => {
    const ring = make('span', 'by');
    ring.style.left = laneX(through) + 'px';
    return ring;
  })];
};
const drawRow = (position) => {
  const item = items[position];
  const element = make('div', item < 0 ? 'row band' + (item === -1 ? ' first' : '') : 'row');
  element.id = 'row-' + position;
  element.style.top = position * ROW + 'px';
  element.setAttribute('role', 'option');
  element.setAttribute('aria-selected', String(position === selected));
  element.setAttribute('aria-posinset', String(position + 1));
  element.setAttribute('aria-setsize', String(items.length));
  element.dataset.position = String(position);
  if (item < 0) {
    element.textContent = bandText(-item);
    return element;
  }
  const [, step, , lane, operation, label, result, , , way] = rows[item];
  const name = texts[operation];
  const failed = texts[result].startsWith('"');
  const heard = name === 'send' || name === 'acknowledge' || name === 'reject' || name === 'outside';
  const dot = make('span', 'dot' + (failed ? ' failed' : heard ? ' heard' : ''));
  dot.style.left = laneX(lane) + 'px';
  element.append(make('span', 'at', String(step)), ...drawWay(ways[way], lane), dot, make('span', 'what', shown(texts[label])));
  if (rows[item].length > CHANGES) {
    const mark = make('i', 'disk cell ' + STATES[rows[item].at(-1)]);
    mark.style.left = laneX(lanes.length) + 'px';
    element.append(mark);
  }
  return element;
};
// The rows in the document, by position: those that stay in view stay as they are.
const drawn = new Map();
const draw = (anew) => {
  const { scrollTop, clientHeight } = steps;
  const first = Math.max(0, Math.floor(scrollTop / ROW) - BEYOND);
  const last = Math.min(items.length, Math.ceil((scrollTop + clientHeight) / ROW) + BEYOND);
  for (const [position, element] of drawn) {
    if (!anew && position >= first && position < last) continue;
    element.remove();
    drawn.delete(position);
  }
  // From the last to the first, so that each finds the one it stands before: read aloud, they come in their order.
  let next = null;
  for (let position = last - 1; position >= first; position--) {
    let element = drawn.get(position);
    if (element === undefined) {
      element = drawRow(position);
      drawn.set(position, element);
      board.insertBefore(element, next);
    }
    next = element;
  }
  if (selected >= first && selected < last) steps.setAttribute('aria-activedescendant', 'row-' + selected);
  else steps.removeAttribute('aria-activedescendant');
};
// --- the disk ---------------------------------------------------------------------------------------------------
// Files by path: the state of each cell, by part and sector. Made anew from the start of the life: some ms for 50,000 steps.
const diskAt = (item) => {
  const life = item < 0 ? -item - 1 : rows[item][0];
  const files = new Map();
  const fileOf = (path) => {
    const known = files.get(path) ?? { parts: [undefined, undefined, undefined], sectors: new Map() };
    files.set(path, known);
    return known;
  };
  const found = crashes[life - 2]?.found ?? [];
  for (let i = 0; i < found.length; i += 2) {
    const file = fileOf(found[i]);
    file.parts[0] = file.parts[1] = 0;
    for (let sector = 0; sector * 512 < found[i + 1]; sector++) file.sectors.set(sector, 0);
  }
  const apply = (list, from) => {
    for (let i = from; i < list.length; i += 2) {
      const [path, part, sector] = cells[list[i]];
      if (part === 3) fileOf(path).sectors.set(sector, list[i + 1]);
      else fileOf(path).parts[part] = list[i + 1];
    }
  };
  const first = items[bands[life - 1] + 1] ?? 0;
  for (let row = first; row < rows.length && rows[row][0] === life; row++) {
    if (item >= 0 && row > item) break;
    apply(rows[row], CHANGES);
  }
  // A band shows what the power cut before it left of the life that it ended.
  if (item < 0) apply(crashes[life - 1]?.cells ?? [], 0);
  return files;
};
const drawFile = ([path, { parts, sectors }]) => {
  const element = make('div', 'file');
  const line = make('span', 'cells');
  line.setAttribute('aria-hidden', 'true');
  const counts = [0, 0, 0];
  const words = [];
  parts.forEach((state, part) => {
    if (state === undefined) return;
    line.append(make('i', 'cell ' + STATES[state]));
    words.push(PARTS[part] + ' ' + STATES[state]);
  });
  if (words.length > 0 && sectors.size > 0) line.append(make('i', 'cell gap'));
  let drawn = 0;
  for (const [, state] of [...sectors].sort((a, b) => a[0] - b[0])) {
    counts[state] += 1;
    if (drawn++ < CELLS_SHOWN) line.append(make('i', 'cell ' + STATES[state]));
  }
  counts.forEach((count, state) => {
    if (count > 0) words.push(count + (count === 1 ? ' sector ' : ' sectors ') + STATES[state]);
  });
  element.append(make('span', 'path', shown(texts[path])), line, make('span', 'count', words.join(', ')));
  return element;
};
const tellDisk = (item) => {
  const title = item < 0 && item !== -1 ? 'The disk when the power failed' : 'The disk after this step';
  document.getElementById('disk-title').textContent = title;
  const files = item === -1 ? [] : [...diskAt(item)].map(drawFile);
  if (files.length === 0) files.push(make('p', 'count', 'Nothing is on it.'));
  document.getElementById('files').replaceChildren(...files);
};
// What was on its way to the disk when the power failed, and what became of it.
const tellBand = (count) => {
  const list = make('dl', 'fates');
  const add = (term, numbers) => {
    if (numbers.length === 0) return;
    list.append(make('dt', '', term));
    for (const number of numbers.slice(0, WORDS_SHOWN)) list.append(make('dd', '', shown(texts[number])));
    if (numbers.length > WORDS_SHOWN) list.append(make('dd', '', 'and ' + (numbers.length - WORDS_SHOWN) + ' more'));
  };
  const crash = crashes[count - 2];
  add('Lost, as no fsync covered it', crash?.lost ?? []);
  add('Not synced either, but there', crash?.kept ?? []);
  const nothing = count === 1 ? 'The program starts on an empty disk.' : 'Nothing was on its way to the disk: all that had been written is safe.';
  detail.replaceChildren(make('h3', '', bandText(count)), list.childElementCount > 0 ? list : make('p', 'count', nothing));
};
const tell = () => {
  const item = items[selected];
  if (item === undefined) return;
  tellDisk(item);
  if (item < 0) {
    tellBand(-item);
    return;
  }
  const [life, step, timeMs, lane, operation, label, result, file, line, way] = rows[item];
  const list = make('dl', '');
  const add = (term, text) => {
    if (text === '') return;
    list.append(make('dt', '', term), make('dd', '', shown(text)));
  };
  add('step', String(step) + ' of life ' + life);
  add('lane', lanes[lane]);
  add('by way of', ways[way].map((through) => lanes[through]).join(' → '));
  add('operation', texts[operation]);
  add('result', texts[result]);
  add('time', timeMs + ' ms after power on');
  if (line > 0) {
    const place = make('dd', '');
    const path = texts[file];
    const link = make(path.startsWith('/') ? 'a' : 'code', '', shown(path) + ':' + line);
    if (path.startsWith('/')) link.href = 'vscode://file' + encodeURI(path) + ':' + line;
    place.append(link);
    list.append(make('dt', '', 'place'), place);
  }
  detail.replaceChildren(make('h3', '', shown(texts[label])), list);
};
const select = (position) => {
  selected = Math.min(items.length - 1, Math.max(0, position));
  const top = selected * ROW;
  const above = top - steps.scrollTop;
  const room = steps.clientHeight;
  // A row just out of view is brought in; after a leap the row is shown amid what is around it.
  if (above < -2 * ROW || above > room + 2 * ROW) steps.scrollTop = top - room / 2;
  else if (above < 0) steps.scrollTop = top;
  else if (above + ROW > room) steps.scrollTop = top + ROW - room;
  draw(true);
  tell();
};
const page = () => Math.max(1, Math.floor(steps.clientHeight / ROW) - 1);
const MOVES = {
  ArrowDown: () => selected + 1,
  ArrowUp: () => selected - 1,
  PageDown: () => selected + page(),
  PageUp: () => selected - page(),
  Home: () => 0,
  End: () => items.length - 1,
  c: () => bands.find((band) => band > selected) ?? selected,
  C: () => bands.findLast((band) => band < selected) ?? selected,
};
steps.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(MOVES, event.key)) return;
  event.preventDefault();
  select(MOVES[event.key]());
});
steps.addEventListener('click', (event) => {
  const row = event.target.closest('[data-position]');
  if (row !== null) select(Number(row.dataset.position));
});
let drawing = false;
steps.addEventListener('scroll', () => {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => { drawing = false; draw(false); });
});
const layOut = () => {
  const track = board.closest('.track');
  track.classList.toggle('narrow', isNarrow());
  // Slanted names would lie on each other.
  track.classList.toggle('close', laneGap() < 28);
  board.style.height = items.length * ROW + 'px';
  board.style.setProperty('--what', laneX(shownLanes.length) + 4 + 'px');
  document.getElementById('lanes').replaceChildren(...shownLanes.map((lane, index) => {
    const name = make('span', '', shown(lane));
    name.style.left = laneX(index) + 'px';
    return name;
  }));
  board.style.backgroundImage = shownLanes.map(() => 'linear-gradient(var(--line), var(--line))').join(', ');
  board.style.backgroundPosition = shownLanes.map((lane, index) => Math.round(laneX(index)) + 'px 0').join(', ');
  draw(true);
};
addEventListener('resize', layOut);
layOut();
// The last power cut is what the reader came for.
select(bands.length > 1 ? bands[bands.length - 1] : 0);
`;
