/** Buttons that copy the text before them. Without the script there are none. */

const COPIED_MS = 2000;

const copy = async (button: HTMLButtonElement): Promise<void> => {
  const text = button.previousElementSibling?.textContent ?? '';
  // A page that was opened in a way that has no clipboard says so, and the text can be selected.
  const isCopied = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
  button.textContent = isCopied ? 'Copied' : 'Select and copy it';
  setTimeout(() => {
    button.textContent = 'Copy';
  }, COPIED_MS);
};

export const startCopying = (): void => {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', () => void copy(button));
  }
};
