import type { Random } from '../shared/random.ts';
import type { Asset, Page, Site } from './access-site.ts';
import { dash, type AccessRequest } from './access-writer.ts';
import { bytesOf } from './tstat-writer.ts';

/** Who came, and how far they are. One object is used for visit after visit. */
interface Visit {
  kind: 'person' | 'bot' | 'program';
  client: Uint8Array;
  agent: Uint8Array;
  /** Requests until it ends. */
  left: number;
  page: Page | null;
  /** The next of the page's assets; beyond them a new page is due. */
  asset: number;
  referrer: Uint8Array;
  /** Was here before: much is in its cache. */
  returning: boolean;
}

const MOST_CLIENTS = 120_000;
const methodOf = (method: string, path: string): Uint8Array => bytesOf(`${method} ${path} HTTP/1.1`);
const search = 16;

/**
 * Everyday traffic: people who go from page to page, and whose browsers fetch what the pages need; crawlers; programs that ask an interface. At
 * any moment so many of them are there; each request is the next one of somebody.
 */
export class Visits {
  readonly #site: Site;
  readonly #random: Random;
  readonly #clients: readonly Uint8Array[];
  readonly #there: Visit[];
  #current: Visit;

  /** `perSecond`: requests on average. */
  constructor(site: Site, rows: number, perSecond: number, random: Random) {
    this.#site = site;
    this.#random = random;
    const count = Math.max(12, Math.min(MOST_CLIENTS, Math.round(rows / 22)));
    this.#clients = Array.from({ length: count }, (_, i) => clientOf(i, random));
    const there = Math.max(3, Math.min(4000, Math.round(perSecond * 9)));
    this.#there = Array.from({ length: there }, () => this.#begin(emptyVisit()));
    this.#current = this.#there[0];
  }

  get clients(): number {
    return this.#clients.length;
  }

  /** The next request of somebody; `request` is filled. */
  next(request: AccessRequest): void {
    const random = this.#random;
    // a browser fetches what a page needs in one go
    const goesOn = this.#current.page !== null && this.#current.asset < this.#current.page.assets.length && random.below(8) > 0;
    if (!goesOn) this.#current = this.#there[random.below(this.#there.length)];
    const visit = this.#current;
    request.client = visit.client;
    request.agent = visit.agent;
    request.user = dash;
    if (visit.kind === 'person') this.#person(visit, request);
    else if (visit.kind === 'bot') this.#bot(visit, request);
    else this.#program(visit, request);
    if (--visit.left <= 0) this.#begin(visit);
  }

  #begin(visit: Visit): Visit {
    const random = this.#random;
    const draw = random.below(100);
    visit.kind = draw < 88 ? 'person' : draw < 95 ? 'bot' : 'program';
    visit.page = null;
    visit.asset = 0;
    // few come often
    const index = Math.floor(this.#clients.length * random.float() ** 2.2);
    visit.client = this.#clients[index];
    const { visitors, bots, programs, entries } = this.#site;
    if (visit.kind === 'person') visit.agent = visitors[((index * 2_654_435_761) % 2 ** 32) % visitors.length];
    else if (visit.kind === 'bot') visit.agent = bots[random.below(bots.length)];
    else visit.agent = programs[random.below(programs.length)];
    if (visit.kind === 'bot') visit.client = botClients[random.below(botClients.length)];
    visit.left = Math.min(400, Math.ceil(6 * Math.exp(1.1 * random.normal())) + (visit.kind === 'bot' ? 40 : 4));
    visit.referrer = entries[random.below(entries.length)];
    visit.returning = random.below(3) === 0;
    return visit;
  }

  #person(visit: Visit, request: AccessRequest): void {
    const random = this.#random;
    if (visit.page !== null && visit.asset < visit.page.assets.length) {
      const asset = visit.page.assets[visit.asset++];
      const cached = visit.returning && random.below(4) > 0;
      this.#answer(request, asset, cached ? 304 : 200, cached ? -1 : asset.bytes);
      request.referrer = visit.page.address;
      return;
    }
    request.referrer = visit.page === null ? visit.referrer : visit.page.address;
    const kind = random.below(100);
    if (visit.page !== null && kind < 6) this.#search(request);
    else if (visit.page !== null && kind < 8) this.#download(request);
    else if (visit.page !== null && kind < 10) {
      this.#answer(request, gone[random.below(gone.length)], 404, 1_245);
    } else this.#page(visit, request);
  }

  #page(visit: Visit, request: AccessRequest): void {
    const { pages, pageDeck } = this.#site;
    const random = this.#random;
    const page = pages[pageDeck[random.uint32() >>> 16]];
    const draw = random.below(1000);
    const status = draw < 955 ? 200 : draw < 975 ? 301 : draw < 985 ? 302 : draw < 996 ? 404 : draw < 999 ? 500 : 503;
    this.#answer(request, page, status, status === 200 ? page.bytes + random.below(180) : 240 + random.below(160));
    visit.page = page;
    visit.asset = visit.returning && random.below(2) === 0 ? page.assets.length : 0;
    if (status !== 200) visit.asset = page.assets.length;
  }

  #search(request: AccessRequest): void {
    const random = this.#random;
    const { words } = this.#site;
    const asked = `${words[random.below(words.length)]}+${words[random.below(words.length)]}`;
    request.request = methodOf('GET', `/search?q=${asked}&page=${1 + random.below(search)}`);
    request.status = 200;
    request.bytes = 5200 + random.below(9000);
  }

  #download(request: AccessRequest): void {
    const { downloads } = this.#site;
    const file = downloads[this.#random.below(downloads.length)];
    const whole = this.#random.below(5) > 0;
    this.#answer(request, file, whole ? 200 : 206, whole ? file.bytes : 1 + this.#random.below(file.bytes));
  }

  #bot(visit: Visit, request: AccessRequest): void {
    const random = this.#random;
    const { pages } = this.#site;
    request.referrer = dash;
    if (visit.page === null) this.#answer(request, robots, 200, 312);
    else {
      const page = pages[random.below(pages.length)];
      const draw = random.below(20);
      this.#answer(request, page, draw < 16 ? 200 : draw < 18 ? 304 : 404, draw < 16 ? page.bytes : draw < 18 ? -1 : 1_245);
    }
    visit.page = pages[0];
    visit.asset = pages[0].assets.length;
  }

  #program(visit: Visit, request: AccessRequest): void {
    const random = this.#random;
    request.referrer = dash;
    const kind = random.below(10);
    if (kind < 6) request.request = methodOf('GET', `/api/v1/items/${1 + random.below(40_000)}`);
    else if (kind < 9) request.request = methodOf('GET', `/api/v1/items?since=${1_713_000_000 + random.below(900_000)}&limit=50`);
    else request.request = methodOf('POST', '/api/v1/events');
    request.status = kind === 9 ? 201 : random.below(50) === 0 ? 429 : 200;
    request.bytes = kind === 9 ? 64 : 300 + random.below(4000);
    visit.page = null;
  }

  #answer(request: AccessRequest, asset: Asset, status: number, bytes: number): void {
    request.request = asset.request;
    request.status = status;
    request.bytes = bytes;
  }
}

function emptyVisit(): Visit {
  return { kind: 'person', client: dash, agent: dash, left: 0, page: null, asset: 0, referrer: dash, returning: false };
}

const robots: Asset = { request: methodOf('GET', '/robots.txt'), bytes: 312 };
const gone: readonly Asset[] = ['/old/index.php', '/apple-touch-icon.png', '/.well-known/assetlinks.json', '/blog/2019/'].map((path) => ({
  request: methodOf('GET', path),
  bytes: 1_245,
}));
const botClients = Array.from({ length: 30 }, (_, i) => bytesOf(`192.0.2.${i + 1}`));

/** Addresses for measuring and for documentation only (RFC 2544, RFC 3849). */
function clientOf(index: number, random: Random): Uint8Array {
  if (random.below(12) === 0)
    return bytesOf(`2001:db8:${(index >>> 8).toString(16)}:${random.below(65_536).toString(16)}::${(index & 255) + 1}`);
  const host = (index * 40_503) % 131_072;
  return bytesOf(`198.${18 + (host >>> 16)}.${(host >>> 8) & 255}.${host & 255}`);
}
