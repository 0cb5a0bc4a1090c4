/**
 * The gist of a story: the commands, the crash points, the losses, the broken promise. The steps of the program and further
 * violations are in the whole story.
 */

const LINES_MAX = 8;

/** A step of the program, or one more rule that the same run breaks. */
const isDetail = (line: string): boolean =>
  /^ {4}/.test(line) || /^(Also broken|Broken by the same): /.test(line);

const OPENING = /^The (program starts on an empty disk|disk was prepared: .*)\.$/;
const BROKEN = 'BROKEN: ';
const NOTHING_LOST = 'Nothing is lost: every ';
/** What it finds then is what it had. */
const FINDS = 'The program restarts. ';

/** The lines of the gist, none of them indented. Of a long one only the end, with the violation. */
export const gistOf = (story: string): readonly string[] => {
  const whole = story.split('\n');
  const broken = whole.findIndex((line) => line.startsWith(BROKEN));
  // The violation follows. Later steps of the client are in the whole story.
  const lines = whole
    .slice(0, broken < 0 ? whole.length : broken + 2)
    .filter((line) => !isDetail(line) && !OPENING.test(line))
    .filter((line, at, all) => !(line.startsWith(FINDS) && all[at - 1]?.startsWith(NOTHING_LOST)));
  return lines.length <= LINES_MAX ? lines : ['…', ...lines.slice(1 - LINES_MAX)];
};
