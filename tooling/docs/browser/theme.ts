/** Sets the theme that the reader chose, before anything is painted. */
import { chosenTheme } from './chosen-theme.js';

const theme = chosenTheme();
if (theme !== undefined) document.documentElement.dataset.theme = theme;
document.documentElement.classList.add('js');
