import type { Random } from '../shared/random.ts';
import type { Client } from './tstat-clients.ts';
import { tstatServices } from './tstat-services.ts';
import type { Visitation } from './tstat-traffic.ts';

export const tstatScenarios = ['beacon', 'exfiltration', 'drip'] as const;
export type TstatScenario = (typeof tstatScenarios)[number];

/** A planted incident and what is true of it. It hides in the traffic of a service, so its class is that of the service. */
export interface TstatIncident {
  readonly kind: TstatScenario;
  readonly title: string;
  readonly client: string;
  readonly server: string;
  readonly class: string;
  readonly facts: Readonly<Record<string, number>>;
}

export interface TstatPlanted {
  readonly incident: TstatIncident;
  readonly visit: Visitation;
}

/** Where and when an incident is planted. */
export interface TstatStage {
  readonly start: number;
  readonly days: number;
  /** Connections it may have. */
  readonly budget: number;
  readonly clients: readonly Client[];
  readonly random: Random;
  serverOf(service: number, server: number): string;
}

const SECOND = 1e6;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

interface Plan {
  readonly kind: TstatScenario;
  readonly title: string;
  readonly service: string;
  readonly client: number;
  readonly server: number;
  readonly count: number;
  readonly facts: Readonly<Record<string, number>>;
  visit(i: number): Pick<Visitation, 'clientBytes' | 'serverBytes' | 'requests' | 'idle' | 'closed'>;
}

export function plantTstat(scenario: TstatScenario, stage: TstatStage): readonly TstatPlanted[] {
  const plan = planOf(scenario, stage);
  const service = tstatServices.findIndex(({ name }) => name === plan.service);
  const client = stage.clients[plan.client % stage.clients.length];
  const incident: TstatIncident = {
    kind: plan.kind,
    title: plan.title,
    client: client.text,
    server: stage.serverOf(service, plan.server),
    class: plan.service,
    facts: { ...plan.facts, connections: plan.count },
  };
  return Array.from({ length: plan.count }, (_, i) => ({ incident, visit: { client, service, server: plan.server, ...plan.visit(i) } }));
}

function planOf(scenario: TstatScenario, { start, days, budget, random }: TstatStage): Plan {
  switch (scenario) {
    case 'beacon':
      return {
        kind: 'beacon',
        title: 'A backdoor behind a cloud service calls home every minute',
        service: 'amazon',
        client: 77,
        server: 22,
        count: Math.min(budget, Math.floor(days * 1440)),
        facts: { periodSeconds: 60, jitterSeconds: 3, clientBytes: 517, serverBytes: 1320 },
        visit: (i) => ({
          clientBytes: 517 + random.below(7),
          serverBytes: 1320 + random.below(5),
          requests: 1,
          idle: 40 + random.below(20),
          closed: start + (i + 0.5) * 60 * SECOND + Math.round((random.float() * 2 - 1) * 3 * SECOND),
        }),
      };
    case 'exfiltration':
      return {
        kind: 'exfiltration',
        title: 'Gigabytes leave in the night, uploaded to a cloud disk',
        service: 'google',
        client: 1201,
        server: 21,
        count: Math.min(budget, 24),
        facts: { clientBytes: 180e6 },
        visit: (i) => ({
          clientBytes: 180e6 + random.below(40e6),
          serverBytes: 42_000 + random.below(9000),
          requests: 9,
          idle: 900,
          closed: start + 2 * HOUR + i * 170 * SECOND + random.below(30 * SECOND),
        }),
      };
    case 'drip':
      return {
        kind: 'drip',
        title: 'A little leaves every hour, among pictures',
        service: 'instagram',
        client: 430,
        server: 20,
        count: Math.min(budget, Math.floor(days * 24)),
        facts: { periodSeconds: 3600, clientBytes: 260_000 },
        visit: (i) => ({
          clientBytes: 260_000 + random.below(1000),
          serverBytes: 2100 + random.below(100),
          requests: 2,
          idle: 300,
          closed: Math.min(start + days * DAY - 1, start + (i + 0.25) * HOUR + random.below(90 * SECOND)),
        }),
      };
  }
}
