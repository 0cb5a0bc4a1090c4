/** The theme that the reader chose, kept between pages and visits. */
export type Theme = 'light' | 'dark';

const KEY = 'powercut-theme';

/** undefined: as the system has it, also where a browser keeps nothing. */
export const chosenTheme = (): Theme | undefined => {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : undefined;
  } catch {
    return undefined;
  }
};

export const chooseTheme = (theme: Theme): void => {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The choice then holds for this page.
  }
};
