/** Tables of the members of an interface, from its source: name, type, docstring. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../../sources.js';

export interface Member {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: string;
  /** The docstring, on one line. '' where there is none. */
  readonly text: string;
}

const PRINTER = ts.createPrinter({ removeComments: true });

const memberOf = (member: ts.TypeElement, source: ts.SourceFile): Member | undefined => {
  if (member.name === undefined || !ts.isIdentifier(member.name)) return undefined;
  if (ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'deprecated')) return undefined;
  const [comment] = ts.getJSDocCommentsAndTags(member);
  const text = comment === undefined ? '' : (ts.getTextOfJSDocComment(comment.comment) ?? '');
  const type =
    ts.isPropertySignature(member) && member.type !== undefined
      ? PRINTER.printNode(ts.EmitHint.Unspecified, member.type, source)
      : '() => …';
  return {
    name: member.name.text,
    isOptional: member.questionToken !== undefined,
    type: type.replaceAll(/\s+/g, ' '),
    text: text.replaceAll(/\s+/g, ' ').trim(),
  };
};

/** The members that an interface declares itself, in order; those that are deprecated are left out. @throws Error there is none of this name */
export const membersOf = (path: string, name: string): readonly Member[] => {
  const source = ts.createSourceFile(
    path,
    readFileSync(join(ROOT, path), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  );
  if (found === undefined) throw new Error(`${path} has no interface ${name}`);
  return found.members.flatMap((member) => memberOf(member, source) ?? []);
};

/** Longer types are in the API reference. */
const TYPE_CHARACTERS_MAX = 40;

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A table of members. `textOf` may add to the text of one. */
export const memberTable = (
  heading: string,
  members: readonly Member[],
  textOf: (member: Member) => string = ({ text }) => text,
): string =>
  [
    `| ${heading} | type | meaning |`,
    '|---|---|---|',
    ...members.map((member) => {
      const type = member.type.length > TYPE_CHARACTERS_MAX ? '' : `\`${cell(member.type)}\``;
      return `| \`${member.name}${member.isOptional ? '?' : ''}\` | ${type} | ${cell(textOf(member))} |`;
    }),
  ].join('\n');
