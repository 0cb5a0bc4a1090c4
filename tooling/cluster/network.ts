/**
 * Hosts on this machine: network namespaces on one bridge, each with an address of its own. A host's cable can be pulled. Needs
 * Linux and the right to make namespaces.
 */
import { execFileSync } from 'node:child_process';

const BRIDGE = 'powercut0';
const SUBNET = '10.213.77';

const ip = (...words: readonly string[]): void => {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
};

const namespaceOf = (host: number): string => `powercut-host${host}`;
const cableOf = (host: number): string => `pchost${host}`;

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
  readonly home = `${SUBNET}.1`;
  readonly isApart = true;
  private readonly hosts: number[] = [];

  constructor() {
    ip('link', 'add', BRIDGE, 'type', 'bridge');
    ip('addr', 'add', `${this.home}/24`, 'dev', BRIDGE);
    ip('link', 'set', BRIDGE, 'up');
  }

  addHost(host: number): readonly string[] {
    const [namespace, cable] = [namespaceOf(host), cableOf(host)];
    ip('netns', 'add', namespace);
    this.hosts.push(host);
    ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    ip('link', 'set', cable, 'master', BRIDGE);
    ip('link', 'set', cable, 'up');
    for (const words of [
      ['addr', 'add', `${SUBNET}.${10 + host}/24`, 'dev', 'eth0'],
      ['link', 'set', 'eth0', 'up'],
      ['link', 'set', 'lo', 'up'],
    ])
      ip('-n', namespace, ...words);
    return ['ip', 'netns', 'exec', namespace];
  }

  setCable(host: number, state: 'up' | 'down'): void {
    ip('link', 'set', cableOf(host), state);
  }

  remove(): void {
    for (const host of this.hosts) ip('netns', 'del', namespaceOf(host));
    ip('link', 'del', BRIDGE);
  }
}
