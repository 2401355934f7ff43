/** A real Kafka broker (one node, KRaft, loopback) for integration tests and benchmarks. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Admin } from '@platformatic/kafka';
import { brokerClassPath } from './jars.ts';
import { javaProgram } from './java.ts';
import { account, brokerProperties, NODE, freePorts, writeCertificate, type Ports } from './settings.ts';

const run = promisify(execFile);

export interface BrokerOptions {
  /** Largest heap of the broker, MiB; 400 unless told. */
  readonly heap?: number;
  /** Properties beside those of settings.ts. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
}

/** A broker that answers. Addresses are `host:port` on loopback and stay the same over restarts. */
export interface Broker {
  /** No TLS, nobody asked for a name. */
  readonly bootstrap: string;
  readonly tls: string;
  /** SASL without TLS, and with it: PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512 for `account`. */
  readonly sasl: string;
  readonly saslTls: string;
  readonly account: typeof account;
  /** What clients must trust, PEM. */
  readonly certificate: string;
  /** The process id; undefined while it is down. */
  readonly pid: number | undefined;
  createTopic(name: string, partitions: number, configs?: Readonly<Record<string, string>>): Promise<void>;
  /** Gives a topic more partitions: `total` of them. */
  addPartitions(name: string, total: number): Promise<void>;
  /** Works with an administrator's client. */
  administer<T>(work: (admin: Admin) => Promise<T>): Promise<T>;
  /** Ends it as a power cut does: SIGKILL. Returns when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same data and ports, killed or running; returns when it answers. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts a broker with nothing in it. @throws Error with the end of its log where it does not answer; `whyNoBroker` tells beforehand */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), 'flowcase-kafka-'));
  const ports = await freePorts();
  const certificate = await writeCertificate(folder);
  const more = Object.entries(options.properties ?? {}).map(([name, value]) => `${name}=${String(value)}\n`);
  writeFileSync(join(folder, 'server.properties'), brokerProperties(folder, ports) + more.join(''));
  const broker = new LocalBroker(folder, ports, certificate, await brokerClassPath(), options.heap ?? 400);
  try {
    await broker.format();
    await broker.restart();
    return broker;
  } catch (error) {
    await broker.stop();
    throw error;
  }
}

class LocalBroker implements Broker {
  readonly account = account;
  readonly certificate: string;
  readonly bootstrap: string;
  readonly tls: string;
  readonly sasl: string;
  readonly saslTls: string;
  readonly #folder: string;
  readonly #java: readonly string[];
  #process: ChildProcess | undefined;
  readonly #endWithUs = (): void => void this.#process?.kill('SIGKILL');

  constructor(folder: string, ports: Ports, certificate: string, classPath: readonly string[], heap: number) {
    this.#folder = folder;
    this.certificate = certificate;
    this.bootstrap = `127.0.0.1:${ports.plain}`;
    this.tls = `127.0.0.1:${ports.tls}`;
    this.sasl = `127.0.0.1:${ports.sasl}`;
    this.saslTls = `127.0.0.1:${ports.saslTls}`;
    const log = ['logFile=' + join(folder, 'broker.log'), 'defaultLogLevel=warn', 'showDateTime=true'];
    this.#java = [
      `-Xmx${heap}m`,
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-Djava.awt.headless=true',
      ...log.map((one) => `-Dorg.slf4j.simpleLogger.${one}`),
      '-cp',
      classPath.join(delimiter),
    ];
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Writes the storage of a new cluster, with the accounts that SCRAM asks for. */
  async format(): Promise<void> {
    const id = randomBytes(16).toString('base64url');
    const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${account.username},password=${account.password}]`,
    ]);
    // as one word each: an id may begin with a dash
    const told = [`--cluster-id=${id}`, `--config=${join(this.#folder, 'server.properties')}`, ...users];
    await run(javaProgram(), [...this.#java, 'kafka.tools.StorageTool', 'format', ...told]);
  }

  async restart(): Promise<void> {
    await this.kill();
    const log = openSync(join(this.#folder, 'broker.out'), 'a');
    const child = spawn(javaProgram(), [...this.#java, 'kafka.Kafka', join(this.#folder, 'server.properties')], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.on('error', () => undefined); // told below: it does not answer
    this.#process = child;
    process.on('exit', this.#endWithUs);
    for (let tries = 0; tries < 300; tries++) {
      if (child.exitCode !== null || child.signalCode !== null) break;
      if (await this.#answers()) return;
      await wait(100);
    }
    throw new Error(`the broker does not answer; the end of its log:\n${this.#logEnd()}`);
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    process.off('exit', this.#endWithUs);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async createTopic(name: string, partitions: number, configs: Readonly<Record<string, string>> = {}): Promise<void> {
    const list = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
    await this.administer((admin) => admin.createTopics({ topics: [name], partitions, replicas: 1, configs: list }));
  }

  async addPartitions(name: string, total: number): Promise<void> {
    await this.administer(async (admin) => {
      const there = (await admin.metadata({ topics: [name] })).topics.get(name)?.partitionsCount ?? 0;
      const assignments = Array.from({ length: total - there }, () => ({ brokerIds: [NODE] }));
      await admin.createPartitions({ topics: [{ name, count: total, assignments }] });
    });
  }

  async administer<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Admin({ clientId: 'flowcase-tests', bootstrapBrokers: [this.bootstrap], retries: 20, retryDelay: 100 });
    try {
      return await work(admin);
    } finally {
      await admin.close();
    }
  }

  async #answers(): Promise<boolean> {
    const admin = new Admin({ clientId: 'flowcase-tests', bootstrapBrokers: [this.bootstrap], retries: 0, connectTimeout: 1000 });
    try {
      return (await admin.metadata({ topics: [] })).brokers.size > 0;
    } catch {
      return false;
    } finally {
      await admin.close().catch(() => undefined);
    }
  }

  #logEnd(): string {
    const files = ['broker.log', 'broker.out'].map((name) => {
      try {
        return readFileSync(join(this.#folder, name), 'utf8').split('\n').slice(-30).join('\n');
      } catch {
        return '';
      }
    });
    return files.join('\n').trim();
  }
}
