/**
 * What each package keeps and loses, and the line of its source that makes it so. Each verdict was derived from that source. One that
 * differs is wrong: `npm run packages` counts them.
 */
import type { Suite } from 'powercut';
import atomically, { unwaited as atomicallyUnwaited } from './atomically.suite.js';
import cacache from './cacache.suite.js';
import cacheManagerFsHash from './cache-manager-fs-hash.suite.js';
import conf from './conf.suite.js';
import configstore from './configstore.suite.js';
import croxydb from './croxydb.suite.js';
import dataStore from './data-store.suite.js';
import dirty from './dirty.suite.js';
import diskdb from './diskdb.suite.js';
import editJsonFile from './edit-json-file.suite.js';
import fastWriteAtomic from './fast-write-atomic.suite.js';
import fileSystemCache from './file-system-cache.suite.js';
import flatCache from './flat-cache.suite.js';
import fsBlobStore from './fs-blob-store.suite.js';
import fsExtra from './fs-extra.suite.js';
import fsJetpack, { atomic as fsJetpackAtomic } from './fs-jetpack.suite.js';
import fsWriteStreamAtomic from './fs-write-stream-atomic.suite.js';
import jfs, { single as jfsSingle } from './jfs.suite.js';
import jsonfile from './jsonfile.suite.js';
import keyvFile, { separated as keyvFileSeparated } from './keyv-file.suite.js';
import lokijs from './lokijs.suite.js';
import lowdb from './lowdb.suite.js';
import nconf from './nconf.suite.js';
import nedb, { seald } from './nedb.suite.js';
import nodeJsonDb, { syncing as nodeJsonDbSyncing } from './node-json-db.suite.js';
import nodeLocalstorage from './node-localstorage.suite.js';
import nodePersist from './node-persist.suite.js';
import persistentCache from './persistent-cache.suite.js';
import pino from './pino.suite.js';
import preferences from './preferences.suite.js';
import sessionFileStore from './session-file-store.suite.js';
import simpleJsonDb from './simple-json-db.suite.js';
import sonicBoom, { syncing as sonicBoomSyncing } from './sonic-boom.suite.js';
import steno from './steno.suite.js';
import stormdb from './stormdb.suite.js';
import unstorage from './unstorage.suite.js';
import write from './write.suite.js';
import writeFileAtomic from './write-file-atomic.suite.js';
import writeJsonFile from './write-json-file.suite.js';
import writeYamlFile from './write-yaml-file.suite.js';

/** How a package writes: it decides what a power cut takes. */
export type Way = 'in place' | 'renamed' | 'renamed, synced' | 'appended' | 'appended, synced';

type Broken = 'durability' | 'no-invention' | 'readable' | 'recovers';

export interface Entry {
  /** The package on npm, whose version is that of `packages/package-lock.json`. */
  readonly id: string;
  readonly suite: Suite;
  readonly way: Way;
  /** The line of the package that writes. */
  readonly line: string;
  /** The invariants that a kill of the process breaks, and those that a power cut does. */
  readonly kill: readonly Broken[];
  readonly cut: readonly Broken[];
}

const NONE: readonly Broken[] = [];

const entry = (
  id: string,
  suite: Suite,
  way: Way,
  line: string,
  kill: readonly Broken[],
  ...cut: readonly Broken[]
): Entry => ({ id, suite, way, line, kill, cut });

export const ENTRIES: readonly Entry[] = [
  entry(
    '@seald-io/nedb',
    seald,
    'appended',
    'lib/persistence.js:163',
    NONE,
    'durability',
    'no-invention',
    'recovers',
  ),
  entry('atomically', atomically, 'renamed, synced', 'dist/index.js:90 and :105', NONE, 'durability'),
  entry(
    'atomically',
    atomicallyUnwaited,
    'renamed',
    'dist/index.js:93 and :105',
    NONE,
    'durability',
    'no-invention',
  ),
  entry('cacache', cacache, 'renamed', 'lib/content/write.js:37', NONE, 'durability', 'readable'),
  entry(
    'cache-manager-fs-hash',
    cacheManagerFsHash,
    'in place',
    'src/json-file-store.js:74',
    ['readable'],
    'durability',
    'readable',
  ),
  entry('conf', conf, 'renamed, synced', 'dist/source/index.js:417', NONE, 'durability'),
  entry('configstore', configstore, 'renamed, synced', 'index.js:83', NONE, 'durability'),
  entry(
    'croxydb',
    croxydb,
    'in place',
    'adapters/jsondb.js:34',
    ['readable'],
    'durability',
    'no-invention',
    'readable',
  ),
  entry('data-store', dataStore, 'in place', 'index.js:288', ['durability'], 'durability'),
  entry('dirty', dirty, 'appended', 'lib/dirty/dirty.js:188', NONE, 'durability', 'no-invention', 'recovers'),
  entry(
    'diskdb',
    diskdb,
    'in place',
    'lib/util.js:22',
    ['readable'],
    'durability',
    'no-invention',
    'readable',
  ),
  entry('edit-json-file', editJsonFile, 'in place', 'lib/index.js:207', ['durability'], 'durability'),
  entry('fast-write-atomic', fastWriteAtomic, 'renamed, synced', 'index.js:58 and :71', NONE, 'durability'),
  entry(
    'file-system-cache',
    fileSystemCache,
    'in place',
    'lib/FileSystemCache.js:62',
    ['readable'],
    'durability',
    'readable',
  ),
  entry(
    'flat-cache',
    flatCache,
    'in place',
    'dist/index.cjs:344',
    ['durability'],
    'durability',
    'no-invention',
  ),
  entry(
    'fs-blob-store',
    fsBlobStore,
    'in place',
    'index.js:50',
    ['durability', 'no-invention'],
    'durability',
    'no-invention',
  ),
  entry(
    'fs-extra',
    fsExtra,
    'in place',
    'lib/output-file/index.js:16',
    ['durability', 'no-invention'],
    'durability',
    'no-invention',
  ),
  entry(
    'fs-jetpack',
    fsJetpack,
    'in place',
    'lib/write.js:84',
    ['durability', 'no-invention'],
    'durability',
    'no-invention',
  ),
  entry('fs-jetpack', fsJetpackAtomic, 'renamed', 'lib/write.js:113', NONE, 'durability', 'no-invention'),
  entry(
    'fs-write-stream-atomic',
    fsWriteStreamAtomic,
    'renamed',
    'index.js:49 and :92',
    NONE,
    'durability',
    'no-invention',
  ),
  entry('jfs', jfs, 'renamed', 'Store.js:115 and :118', NONE, 'durability'),
  entry('jfs', jfsSingle, 'renamed', 'Store.js:115 and :118', NONE, 'durability'),
  entry('jsonfile', jsonfile, 'in place', 'index.js:68', ['durability'], 'durability', 'no-invention'),
  entry('keyv-file', keyvFile, 'in place', 'lib/index.js:232', ['durability'], 'durability'),
  entry(
    'keyv-file',
    keyvFileSeparated,
    'in place',
    'lib/separated-file-store.js:81',
    ['durability'],
    'durability',
  ),
  entry(
    'lokijs',
    lokijs,
    'renamed',
    'src/lokijs.js:2438 and :2442',
    NONE,
    'durability',
    'no-invention',
    'recovers',
  ),
  entry('lowdb', lowdb, 'renamed', 'lib/adapters/node/TextFile.js:26', NONE, 'durability', 'recovers'),
  entry(
    'nconf',
    nconf,
    'in place',
    'lib/nconf/stores/file.js:94',
    ['recovers'],
    'durability',
    'no-invention',
    'recovers',
  ),
  entry('nedb', nedb, 'appended', 'lib/persistence.js:200', NONE, 'durability', 'no-invention', 'recovers'),
  entry(
    'node-json-db',
    nodeJsonDb,
    'renamed',
    'dist/adapter/file/AtomicFileAdapter.js:26',
    NONE,
    'durability',
    'no-invention',
    'readable',
  ),
  entry(
    'node-json-db',
    nodeJsonDbSyncing,
    'renamed, synced',
    'dist/adapter/file/AtomicFileAdapter.js:28',
    NONE,
    'durability',
  ),
  entry('node-localstorage', nodeLocalstorage, 'renamed, synced', 'LocalStorage.js:228', NONE, 'durability'),
  entry(
    'node-persist',
    nodePersist,
    'in place',
    'src/local-storage.js:425',
    ['readable'],
    'durability',
    'readable',
  ),
  entry('persistent-cache', persistentCache, 'in place', 'index.js:72', ['durability'], 'durability'),
  entry('pino', pino, 'appended', 'lib/tools.js:272', NONE, 'durability', 'no-invention'),
  entry(
    'preferences',
    preferences,
    'in place',
    'index.js:71',
    ['durability'],
    'durability',
    'no-invention',
    'recovers',
  ),
  entry(
    'session-file-store',
    sessionFileStore,
    'renamed, synced',
    'lib/session-file-helpers.js:229',
    NONE,
    'durability',
  ),
  entry('simple-json-db', simpleJsonDb, 'in place', 'index.js:155', ['durability'], 'durability', 'recovers'),
  entry('sonic-boom', sonicBoom, 'appended', 'index.js:197', NONE, 'durability'),
  entry('sonic-boom', sonicBoomSyncing, 'appended, synced', 'index.js:312', NONE),
  entry('steno', steno, 'renamed', 'lib/index.js:53 and :55', NONE, 'durability', 'no-invention'),
  entry(
    'stormdb',
    stormdb,
    'in place',
    'src/engine/local.js:49',
    ['durability'],
    'durability',
    'no-invention',
    'recovers',
  ),
  entry(
    'unstorage',
    unstorage,
    'in place',
    'drivers/fs-lite.cjs:60',
    ['durability', 'no-invention'],
    'durability',
    'no-invention',
  ),
  entry(
    'write',
    write,
    'in place',
    'index.js:58',
    ['durability', 'no-invention'],
    'durability',
    'no-invention',
  ),
  entry(
    'write-file-atomic',
    writeFileAtomic,
    'renamed, synced',
    'lib/index.js:122 and :144',
    NONE,
    'durability',
  ),
  entry('write-json-file', writeJsonFile, 'renamed, synced', 'index.js:53', NONE, 'durability'),
  entry('write-yaml-file', writeYamlFile, 'renamed, synced', 'index.js:26', NONE, 'durability'),
];
