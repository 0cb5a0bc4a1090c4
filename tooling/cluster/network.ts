/**
 * Hosts on this machine: network namespaces on one bridge, each with an address of its own. A host's cable can be pulled. Needs
 * Linux and the right to make namespaces.
 *
 * Every name holds the id of the process that made it, and no two have one subnet: two of them run beside each other, and the
 * next one removes what one that was killed has left.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Subnets of 254 hosts, all of them unlikely to be in use. */
const SUBNETS = Array.from({ length: 200 }, (_, at) => `10.213.${at + 1}`);

/** Returns what the command printed. */
const ip = (...words: readonly string[]): string =>
  execFileSync('ip', words, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });

/** Linux takes 15 characters: `pc4194304-b` is a bridge, `pc4194304-12` a host and its cable. */
const bridgeOf = (pid: number): string => `pc${pid}-b`;
const hostOf = (pid: number, host: number): string => `pc${pid}-${host}`;
const MADE_BY = /\bpc(\d+)-(?:b|\d+)\b/g;

/** Names in the output of `ip` that a process made that is gone. */
const leftIn = (output: string): readonly string[] =>
  [...output.matchAll(MADE_BY)].filter(([, pid]) => !existsSync(`/proc/${pid}`)).map(([name]) => name);

const removeHost = (namespace: string): void => {
  // Its workers first: they would keep the namespace, and look for a queue that is gone.
  for (const pid of ip('netns', 'pids', namespace).split('\n').filter(Boolean))
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch (thrown) {
      if (!String(thrown).includes('ESRCH')) throw thrown;
    }
  ip('netns', 'del', namespace);
};

const removeLeftovers = (): void => {
  for (const namespace of new Set(leftIn(ip('netns', 'list')))) removeHost(namespace);
  for (const bridge of new Set(leftIn(ip('link', 'show', 'type', 'bridge')))) ip('link', 'del', bridge);
};

/** A subnet that no interface of this machine is in. Processes that begin at one time look from different places. */
const freeSubnet = (): string => {
  const used = ip('-o', '-4', 'addr', 'show');
  const first = process.pid % SUBNETS.length;
  const free = [...SUBNETS.slice(first), ...SUBNETS.slice(0, first)].find((net) => !used.includes(`${net}.`));
  if (free === undefined) throw new Error('Each of the 200 subnets below 10.213 is in use.');
  return free;
};

/** Hosts that a worker runs on. */
export interface Network {
  /** The address of this machine, as the hosts see it. */
  readonly home: string;
  /** Whether hosts are apart: without the right to make namespaces all workers run beside each other. */
  readonly isApart: boolean;
  /** Adds a host. Returns the words that start a command on it. */
  addHost(host: number): readonly string[];
  setCable(host: number, state: 'up' | 'down'): void;
  remove(): void;
}

/** No `ip` on this machine, or no right to use it. Anything else, as a bridge that a killed test left, is a failure. */
const isNotAllowed = (thrown: unknown): boolean => {
  const text = thrown instanceof Error ? thrown.message : '';
  return text.includes('ENOENT') || text.includes('Operation not permitted');
};

/** Hosts apart from each other where this process may make them, and else none. */
export const openNetwork = (): Network => {
  try {
    return new Namespaces();
  } catch (thrown) {
    if (!isNotAllowed(thrown)) throw thrown;
    return {
      home: '127.0.0.1',
      isApart: false,
      addHost: () => [],
      setCable: () => {
        throw new Error('No cable can be pulled: this process may not make network namespaces.');
      },
      remove: () => undefined,
    };
  }
};

class Namespaces implements Network {
  readonly home: string;
  readonly isApart = true;
  private readonly subnet: string;
  private readonly bridge = bridgeOf(process.pid);
  private readonly hosts: number[] = [];

  constructor() {
    removeLeftovers();
    this.subnet = freeSubnet();
    this.home = `${this.subnet}.1`;
    ip('link', 'add', this.bridge, 'type', 'bridge');
    ip('addr', 'add', `${this.home}/24`, 'dev', this.bridge);
    ip('link', 'set', this.bridge, 'up');
  }

  addHost(host: number): readonly string[] {
    const name = hostOf(process.pid, host);
    ip('netns', 'add', name);
    this.hosts.push(host);
    ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('link', 'set', name, 'master', this.bridge);
    ip('link', 'set', name, 'up');
    for (const words of [
      ['addr', 'add', `${this.subnet}.${10 + host}/24`, 'dev', 'eth0'],
      ['link', 'set', 'eth0', 'up'],
      ['link', 'set', 'lo', 'up'],
    ])
      ip('-n', name, ...words);
    return ['ip', 'netns', 'exec', name];
  }

  setCable(host: number, state: 'up' | 'down'): void {
    ip('link', 'set', hostOf(process.pid, host), state);
  }

  remove(): void {
    for (const host of this.hosts) removeHost(hostOf(process.pid, host));
    ip('link', 'del', this.bridge);
  }
}
