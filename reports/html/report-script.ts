/** The report's script: conveniences only. Without it the page says the same. */

export const REPORT_SCRIPT = `
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
}
// Paper has no disclosure triangles.
const shut = [];
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details:not([open])')) {
    details.open = true;
    shut.push(details);
  }
});
addEventListener('afterprint', () => {
  for (const details of shut.splice(0)) details.open = false;
});
`;
