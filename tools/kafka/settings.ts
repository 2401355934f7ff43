/** What is written down for a broker before it starts: its properties, its users, its certificate. */
import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** The one account of the broker's SASL listeners: known to tests, worth nothing. */
export const account = { username: 'flowcase', password: 'not-a-secret' } as const;

/** The number of the one node. */
export const NODE = 1;

/** Loopback ports of one broker, the same over restarts. */
export interface Ports {
  readonly plain: number;
  readonly tls: number;
  readonly sasl: number;
  readonly saslTls: number;
  readonly controller: number;
}

/** Free ports, all open at once so that none is told twice. */
export async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const [plain, tls, sasl, saslTls, controller] = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return { plain, tls, sasl, saslTls, controller };
}

/** Writes the broker's key and certificate into `folder`. Returns the certificate as PEM: what clients must trust. */
export async function writeCertificate(folder: string): Promise<string> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const key = createPrivateKey(made.private).export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(folder, 'broker.pem'), `${String(key)}${made.cert}`, { mode: 0o600 });
  return made.cert;
}

/** server.properties of a single node that is broker and controller (KRaft). */
export function brokerProperties(folder: string, ports: Ports): string {
  const at = (name: string, port: number): string => `${name}://127.0.0.1:${port}`;
  const open = [at('PLAINTEXT', ports.plain), at('SSL', ports.tls), at('SASL_PLAINTEXT', ports.sasl), at('SASL_SSL', ports.saslTls)];
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${account.username}="${account.password}";`;
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': NODE,
    'controller.quorum.voters': `${NODE}@127.0.0.1:${ports.controller}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: [...open, at('CONTROLLER', ports.controller)].join(','),
    'advertised.listeners': open.join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': join(folder, 'broker.pem'),
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': false,
    // a broker that was killed is let in again as soon as it is back
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 500,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'log.cleaner.dedupe.buffer.size': 8 * 2 ** 20,
    'log.retention.check.interval.ms': 1000,
    'num.network.threads': 2,
    'num.io.threads': 2,
  };
  for (const name of ['sasl_plaintext', 'sasl_ssl']) {
    settings[`listener.name.${name}.plain.sasl.jaas.config`] = plain;
    settings[`listener.name.${name}.scram-sha-256.sasl.jaas.config`] = scram;
    settings[`listener.name.${name}.scram-sha-512.sasl.jaas.config`] = scram;
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${String(value)}\n`)
    .join('');
}
