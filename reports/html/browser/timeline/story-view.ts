/** The story beside the steps: each line selects its step, and the line of the selected step is marked. */
import { printableLine } from '../../../format.js';
import { byId, make } from '../dom.js';
import type { Trace } from './trace.js';

interface Line {
  readonly element: HTMLElement;
  readonly step: number;
}

export class StoryView {
  private readonly lines: readonly Line[];
  private readonly list = byId('story');

  /** @param select called with the number of a step */
  constructor({ data }: Trace, select: (step: number) => void) {
    this.lines = data.story.map(([text, step]) => {
      const words = printableLine(data.texts[text] ?? '');
      const element = make(
        'li',
        words.startsWith(' ') ? 'of-program' : words.startsWith('BROKEN') ? 'bad' : '',
      );
      if (step === 0) element.textContent = words.trim();
      else {
        const button = make('button', '', words.trim());
        button.type = 'button';
        button.addEventListener('click', () => select(step));
        element.append(button);
      }
      return { element, step };
    });
    this.list.replaceChildren(...this.lines.map(({ element }) => element));
  }

  /** Marks the last line about a step up to this one, and brings it into view. */
  mark(step: number): void {
    const at = this.lines.findLastIndex((line) => line.step !== 0 && line.step <= step);
    const exact = this.lines.findIndex((line) => line.step === step);
    const marked = exact === -1 ? at : exact;
    for (const [index, { element }] of this.lines.entries())
      if (index === marked) element.setAttribute('aria-current', 'step');
      else element.removeAttribute('aria-current');
    const element = this.lines[marked]?.element;
    if (element === undefined) return;
    const { list } = this;
    const top = element.offsetTop;
    if (top < list.scrollTop || top + element.offsetHeight > list.scrollTop + list.clientHeight)
      list.scrollTop = top - list.clientHeight / 2;
  }
}
