/**
 * Reference pictures: what a page looked like when someone last looked at it. `POWERCUT_TAKE_PICTURES=1` takes them again.
 *
 * A picture that differs fails. Its differences are then painted red in reports/out/pictures, beside the new picture.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

const REFERENCES = fileURLToPath(new URL('../html/pictures/', import.meta.url));
const SEEN = fileURLToPath(new URL('../out/pictures/', import.meta.url));

/** How far a colour may be off, from 0 to 1, before its pixel counts: less than any two colours of a page are apart. */
const THRESHOLD = 0.05;
/** The share of pixels that may differ, smoothed edges not counted: less than a short word in another colour has. */
const DIFFERING_MAX = 0.0001;

/** Whether pictures are taken instead of compared. */
export const TAKING = process.env.POWERCUT_TAKE_PICTURES === '1';

/** Smaller than the browser's own: no transparency, and no filter, as pages of text have flat grounds. */
const packed = (picture: PNG): Buffer =>
  PNG.sync.write(picture, { colorType: 2, deflateLevel: 9, deflateStrategy: 0, filterType: 0 });

const keep = async (directory: string, name: string, picture: PNG): Promise<string> => {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${name}.png`);
  await writeFile(path, packed(picture));
  return path;
};

/**
 * In words, how a picture differs from its reference in `directory`; undefined where it does not.
 * Takes the reference instead under that variable.
 */
export const differenceOf = async (
  name: string,
  seen: Uint8Array,
  directory = REFERENCES,
): Promise<string | undefined> => {
  const picture = PNG.sync.read(Buffer.from(seen));
  if (TAKING) {
    await keep(directory, name, picture);
    return undefined;
  }
  const reference = PNG.sync.read(await readFile(join(directory, `${name}.png`)));
  const { width, height } = reference;
  if (picture.width !== width || picture.height !== height)
    return `${name} is ${picture.width} x ${picture.height} pixels, its reference ${width} x ${height}`;
  const painted = new PNG({ width, height });
  const differing = pixelmatch(reference.data, picture.data, painted.data, width, height, {
    threshold: THRESHOLD,
  });
  if (differing <= width * height * DIFFERING_MAX) return undefined;
  await keep(SEEN, name, picture);
  const path = await keep(SEEN, `${name}-difference`, painted);
  return `${differing} of ${width * height} pixels of ${name} differ: see ${path}`;
};
