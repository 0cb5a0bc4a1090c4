/**
 * What one crash image costs: to build it from a life's journal and give a program its disk, and to keep it.
 * The baseline is the same ten small files written to a fresh memfs volume, which is what would be done without
 * images. The bar is 60 µs, that is 16,700 a second. Measure compiled code: loaders that rename functions slow closures.
 */
import { Buffer } from 'node:buffer';
import { Volume } from 'memfs';
import { applyAll, crashImage } from '../sim/disk/crash-model/crash-image.js';
import { type DiskImage, EMPTY_IMAGE } from '../sim/disk/crash-model/disk-image.js';
import { Journal } from '../sim/disk/crash-model/journal.js';
import type { InodeBirth, MicroOperation } from '../sim/disk/crash-model/micro-operation.js';
import { SECTOR_BYTES, type Sector } from '../sim/disk/crash-model/sector.js';
import { Kernel } from '../sim/disk/kernel/kernel.js';
import { createFileSystem } from '../sim/disk/node-fs/fs-promises.js';
import { eager } from '../sim/scheduler/scheduler.js';
import { VirtualClock } from '../sim/scheduler/virtual-clock.js';
import { type Comparison, type Contender, compare } from './measuring/paired.js';

const FILES = 10;
const FILE_BYTES = 700;
const IMAGES = 200;
const O_RDWR_CREAT = 0o102;

const paths = Array.from({ length: FILES }, (_, index) => `/data/file-${index}`);
const contentOf = (index: number): Buffer => Buffer.alloc(FILE_BYTES, index + 1);

/** What a life left in its journal that wrote `files` and synced nothing. */
const written = (files: readonly { readonly path: string; readonly content: Buffer }[]) => {
  const kernel = new Kernel(EMPTY_IMAGE, () => 0);
  const journal = new Journal();
  kernel.attach(journal);
  kernel.mkdir('/data', 0o777);
  for (const { path, content } of files) {
    const fd = kernel.open(path, O_RDWR_CREAT, 0o666);
    kernel.write(fd, content, 0, content.length, 0);
    kernel.close(fd);
  }
  const births: InodeBirth[] = [];
  const operations: MicroOperation[] = [];
  for (const entry of journal.entries) {
    if (entry.kind === 'birth') births.push(entry);
    else if ('id' in entry) operations.push(entry);
  }
  return { births, operations };
};

const clock = (): number => 0;
const scheduler = eager()(new VirtualClock(0));

const onImages = (): Contender => {
  const { births, operations } = written(paths.map((path, index) => ({ path, content: contentOf(index) })));
  const base = applyAll(EMPTY_IMAGE, births, []);
  let next = 0;
  return {
    name: 'crash image and facade',
    operations: IMAGES,
    run: () => {
      for (let image = 0; image < IMAGES; image++) {
        const gone = next++ % operations.length;
        const disk = crashImage(base, operations, { isLost: (index) => index === gone, fill: 'zero' });
        if (disk === undefined) throw new Error('Filling with zeros always gives an image.');
        createFileSystem(new Kernel(disk, clock), scheduler);
      }
    },
  };
};

const onMemfs = (): Contender => {
  const contents = paths.map((path, index) => [path, contentOf(index)] as const);
  return {
    name: 'memfs volume',
    operations: IMAGES,
    run: () => {
      for (let image = 0; image < IMAGES; image++) {
        const volume = new Volume();
        volume.mkdirSync('/data');
        for (const [path, content] of contents) volume.writeFileSync(path, content);
      }
    },
  };
};

/** Bytes of all sectors that some image of these holds, each counted once however many hold it. */
const sectorBytesOf = (images: readonly DiskImage[]): number => {
  const sectors = new Set<Sector>();
  for (const image of images) {
    for (const inode of image.inodes.values()) {
      if (inode.kind === 'file') for (const sector of inode.sectors) sectors.add(sector);
    }
  }
  return sectors.size * SECTOR_BYTES;
};

/** All images of a large file that lost one sector, a different one in each. */
const imagesOfOneLoss = (sectors: number): readonly DiskImage[] => {
  const { births, operations } = written([
    { path: '/data/log', content: Buffer.alloc(sectors * SECTOR_BYTES, 1) },
  ]);
  const base = applyAll(EMPTY_IMAGE, births, []);
  return operations.flatMap(({ kind }, lost) => {
    if (kind !== 'sector') return [];
    return crashImage(base, operations, { isLost: (index) => index === lost, fill: 'zero' }) ?? [];
  });
};

const MIB = 1024 * 1024;

const tellMemory = (): void => {
  const images = imagesOfOneLoss(512);
  const disk = (512 * SECTOR_BYTES) / MIB;
  const held = sectorBytesOf(images) / MIB;
  console.log(
    `Memory of ${images.length} images of a disk of ${disk} MiB, each without another sector: ` +
      `${held.toFixed(2)} MiB of sectors where copies would take ${(images.length * disk).toFixed(0)} MiB.\n`,
  );
};

export const comparisons = async (): Promise<readonly Comparison[]> => {
  tellMemory();
  return [await compare('a disk with ten small files', onMemfs(), [onImages()])];
};
