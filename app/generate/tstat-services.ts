/** One kind of visit: how often, and the payload of both sides (mean and spread of the logarithm of bytes, spread widened by chance). */
export interface Visit {
  readonly weight: number;
  readonly client: readonly [mean: number, spread: number];
  readonly server: readonly [mean: number, spread: number];
  /** Requests on the connection. */
  readonly requests: number;
  /** Mean of the logarithm of how long the connection stays open idle, milliseconds. */
  readonly idle: number;
}

/** A web service as a network sees it. Names end in .example (RFC 2606), addresses are for documentation (RFC 5737). */
export interface Service {
  readonly name: string;
  readonly hosts: readonly string[];
  /** Part of connections without TLS. */
  readonly plain: number;
  /** Mean of the logarithm of the round-trip time to its servers, milliseconds. */
  readonly distance: number;
  readonly visits: readonly Visit[];
}

function visit(weight: number, client: number, server: number, requests: number, idle = 9, spread = 0.09): Visit {
  return { weight, client: [Math.log(client), spread], server: [Math.log(server), spread * 1.4], requests, idle };
}

const service = (name: string, hosts: string, plain: number, distance: number, visits: readonly Visit[]): Service => ({
  name,
  hosts: hosts.split(' ').map((host) => `${host}.example`),
  plain,
  distance: Math.log(distance),
  visits,
});

/** Ten services whose visits resemble each other: sizes alone tell about seven in ten apart. */
export const tstatServices: readonly Service[] = [
  service('google', 'www.google apis.google fonts.google', 0.05, 18, [
    visit(40, 1150, 5600, 2),
    visit(30, 760, 4300, 1, 10),
    visit(20, 2900, 31_000, 5),
    visit(10, 560, 1400, 1, 8),
  ]),
  service('amazon', 'www.amazon images.amazon s3.amazon', 0.08, 32, [
    visit(40, 1900, 12_500, 3),
    visit(25, 900, 62_000, 2),
    visit(25, 4200, 8200, 6, 8),
    visit(10, 560, 1500, 1, 8),
  ]),
  service('instagram', 'www.instagram cdn.instagram', 0.01, 24, [
    visit(45, 1400, 152_000, 4, 10),
    visit(30, 1750, 41_000, 4),
    visit(25, 3400, 3300, 5, 10),
  ]),
  service('facebook', 'www.facebook graph.facebook static.facebook', 0.01, 24, [
    visit(40, 2400, 3700, 4, 11),
    visit(30, 1300, 21_000, 3),
    visit(20, 1750, 38_000, 4),
    visit(10, 7600, 5200, 9, 11),
  ]),
  service('netflix', 'www.netflix api.netflix video.netflix', 0.03, 12, [
    visit(40, 1700, 1_900_000, 6, 9.5, 0.34),
    visit(35, 5600, 14_500, 6),
    visit(25, 830, 9400, 1),
  ]),
  service('ebay', 'www.ebay images.ebay', 0.2, 48, [
    visit(45, 640, 26_000, 2, 8),
    visit(30, 1050, 95_000, 3, 8),
    visit(25, 1950, 11_800, 3),
  ]),
  service('spotify', 'api.spotify audio.spotify', 0.04, 30, [
    visit(45, 690, 380_000, 2, 9.5, 0.24),
    visit(30, 980, 2300, 2, 11),
    visit(25, 2050, 4600, 3, 10),
  ]),
  service('linkedin', 'www.linkedin media.linkedin', 0.02, 38, [
    visit(45, 1550, 6900, 3),
    visit(30, 3000, 17_500, 5, 10),
    visit(25, 870, 51_000, 2),
  ]),
  service('youtube', 'www.youtube thumbs.youtube video.youtube', 0.02, 14, [
    visit(40, 2600, 1_150_000, 5, 9.5, 0.36),
    visit(35, 1020, 14_800, 2),
    visit(25, 1180, 5900, 2),
  ]),
  service('bing', 'www.bing cdn.bing', 0.1, 27, [visit(50, 600, 3100, 1, 9), visit(30, 1650, 9800, 3), visit(20, 790, 33_000, 2)]),
];
