import { describe, expect, it } from 'vitest';
import { commandsOf, snippetsOf } from './snippets.js';

describe('snippetsOf', () => {
  it('are its fenced blocks, with language, title and place', () => {
    const markdown = [
      '# A',
      '```ts title="a.ts"',
      'const a = 1;',
      '',
      '```',
      'text',
      '  ```sh',
      '  ls',
      '  ```',
    ];
    expect(snippetsOf('A.md', markdown.join('\n'))).toEqual([
      { document: 'A.md', line: 2, language: 'ts', title: 'a.ts', text: 'const a = 1;\n\n' },
      { document: 'A.md', line: 7, language: 'sh', title: undefined, text: 'ls\n' },
    ]);
  });

  it('must end', () => {
    expect(() => snippetsOf('A.md', 'x\n```ts\nconst a = 1;')).toThrow('A.md:2: the fence is never closed');
  });
});

describe('commandsOf', () => {
  it('are its lines, without comments, continued where they say so', () => {
    const text = '# first\nnpm start\n\npowercut run \\\n  --seed 7   # exit code 1, as it finds something\n';
    expect(commandsOf(text)).toEqual([
      { line: 'npm start', exitCode: 0 },
      { line: 'powercut run --seed 7   # exit code 1, as it finds something', exitCode: 1 },
    ]);
  });
});
