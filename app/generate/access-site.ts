import type { Random } from '../shared/random.ts';
import { bytesOf } from './tstat-writer.ts';

/** The web site that is visited: pages with what they need, files to fetch, an interface for programs, and those who come. */
export interface Site {
  readonly pages: readonly Page[];
  /** Of a page, by chance: few are read often. */
  readonly pageDeck: Uint16Array;
  readonly downloads: readonly Asset[];
  readonly words: readonly string[];
  readonly entries: readonly Uint8Array[];
  readonly visitors: readonly Uint8Array[];
  readonly bots: readonly Uint8Array[];
  readonly programs: readonly Uint8Array[];
}

export interface Asset {
  /** The request line. */
  readonly request: Uint8Array;
  readonly bytes: number;
}

export interface Page extends Asset {
  readonly path: string;
  /** What a browser says of where it was when it goes on from here. */
  readonly address: Uint8Array;
  readonly assets: readonly Asset[];
}

export const HOST = 'www.example.com';
const DECK = 65_536;

const subjects = [
  'networks',
  'forensics',
  'flows',
  'clusters',
  'logs',
  'packets',
  'timelines',
  'evidence',
  'reports',
  'detectors',
  'beacons',
  'scans',
];
const sections = ['articles', 'guides', 'news', 'products', 'support'];

export function makeSite(random: Random): Site {
  const size = (median: number, spread: number): number => Math.max(40, Math.round(median * Math.exp(spread * random.normal())));
  const get = (path: string): Uint8Array => bytesOf(`GET ${path} HTTP/1.1`);
  const shared = [
    '/css/site.css',
    '/css/print.css',
    '/js/app.js',
    '/js/vendor.js',
    '/images/logo.svg',
    '/favicon.ico',
    '/fonts/inter.woff2',
  ].map((path): Asset => ({ request: get(path), bytes: size(18_000, 1) }));
  const pages = Array.from({ length: 420 }, (_, i): Page => {
    const subject = subjects[i % subjects.length];
    const path = i === 0 ? '/' : `/${sections[i % sections.length]}/${subject}-${Math.floor(i / subjects.length) + 1}.html`;
    const own = Array.from({ length: random.below(6) }, (_, k): Asset => ({
      request: get(`/images/${subject}/${i}-${k + 1}.jpg`),
      bytes: size(42_000, 0.9),
    }));
    return { path, request: get(path), bytes: size(14_000, 0.7), address: bytesOf(`https://${HOST}${path}`), assets: [...shared, ...own] };
  });
  return {
    pages,
    pageDeck: deck(pages.length, 1.1),
    downloads: Array.from({ length: 40 }, (_, i): Asset => ({ request: get(`/downloads/release-${i + 1}.tar.gz`), bytes: size(6e6, 1.6) })),
    words: subjects,
    entries: [
      '-',
      '-',
      '-',
      'https://www.google.com/',
      'https://www.google.com/',
      'https://www.bing.com/',
      'https://duckduckgo.com/',
      'https://news.example.org/links',
      'https://forum.example.net/t/4711',
    ].map(bytesOf),
    visitors: visitorAgents(random),
    bots: bots.map(bytesOf),
    programs: programs.map(bytesOf),
  };
}

/** Indices below `count` by chance, the first the most often (Zipf's law with this exponent). */
export function deck(count: number, exponent: number): Uint16Array {
  const weights = Array.from({ length: count }, (_, i) => 1 / (i + 1) ** exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const cards = new Uint16Array(DECK);
  let at = 0;
  let share = 0;
  for (const [i, weight] of weights.entries()) {
    share += weight / total;
    while (at < DECK && at < share * DECK) cards[at++] = i;
  }
  return cards;
}

const systems = ['Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7', 'X11; Linux x86_64'];

function visitorAgents(random: Random): Uint8Array[] {
  const agents: string[] = [];
  for (let version = 116; version < 126; version++) {
    for (const system of systems) {
      const webkit = `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;
      agents.push(webkit, `${webkit} Edg/${version}.0.2045.${random.below(90)}`);
      agents.push(`Mozilla/5.0 (${system}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`);
    }
    agents.push(`Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Mobile Safari/537.36`);
    const minor = version % 10;
    agents.push(
      `Mozilla/5.0 (iPhone; CPU iPhone OS 17_${minor} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.${minor} Mobile/15E148 Safari/604.1`,
    );
    agents.push(
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.${minor} Safari/605.1.15`,
    );
  }
  return agents.map(bytesOf);
}

const bots = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
  'DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)',
];
const programs = [
  'curl/8.5.0',
  'Go-http-client/1.1',
  'okhttp/4.12.0',
  'python-requests/2.31.0',
  'Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)',
];
