/**
 * The shell of a page: one file that needs nothing else and asks the network for nothing.
 *
 * The content security policy allows exactly the style and the script written here, by their hashes: should
 * an escape ever be missed, the browser still runs nothing.
 */
import { createHash } from 'node:crypto';
import type { Html } from './html.js';
import { html, trustedText } from './html.js';

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;

export interface Page {
  readonly title: string;
  readonly style: string;
  readonly script: string;
  readonly body: Html;
}

/** The whole document as text, in UTF-8. */
export const renderDocument = ({ title, style, script, body }: Page): string => {
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trustedText(style)}</style>
</head>
<body>
${body}
<script>${trustedText(script)}</script>
</body>
</html>
`.toString();
};
