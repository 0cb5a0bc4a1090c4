/** Access to the page: plain DOM calls with text content only, so that no text of a result is ever parsed as markup. */

/** The element with this id. @throws TypeError when the page lacks it */
export const byId = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (element === null) throw new TypeError(`The page has no element #${id}.`);
  return element;
};

/** A new element. Without a text it is empty. */
export const make = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  text?: string,
): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name);
  element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};
