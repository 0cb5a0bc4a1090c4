/** The report's script: conveniences only. Without it the page says the same. */

const COPIED_MS = 2000;

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.previousElementSibling?.textContent ?? '');
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, COPIED_MS);
  });
}

// Paper has no disclosure triangles.
const shut: HTMLDetailsElement[] = [];
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('details:not([open])')) {
    details.open = true;
    shut.push(details);
  }
});
addEventListener('afterprint', () => {
  for (const details of shut.splice(0)) details.open = false;
});
