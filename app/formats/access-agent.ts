import { createRequire } from 'node:module';
import { once } from '../shared/once.ts';

/** What a client says it is. Null where the agent does not tell. */
export interface Agent {
  readonly name: string | null;
  readonly os: string | null;
  readonly kind: AgentKind | null;
}

/** What an agent may be; nobody has to tell the truth in it. */
export type AgentKind = 'browser' | 'app' | 'tool' | 'bot' | 'scanner';

/** Longer agents are taken by their beginning: what they are stands there, and every pattern has an end. */
const LONGEST = 512;

/** Programs that look for weak spots, by the word they put into the agent. */
const scanners: readonly (readonly [word: string, name: string])[] = [
  ['nikto', 'Nikto'],
  ['sqlmap', 'sqlmap'],
  ['acunetix', 'Acunetix'],
  ['masscan', 'masscan'],
  ['zgrab', 'zgrab'],
  ['nmap', 'Nmap'],
  ['nuclei', 'Nuclei'],
  ['wpscan', 'WPScan'],
  ['gobuster', 'gobuster'],
  ['dirbuster', 'DirBuster'],
  ['dirb ', 'DIRB'],
  ['feroxbuster', 'feroxbuster'],
  ['fuzz faster u fool', 'ffuf'],
  ['ffuf', 'ffuf'],
  ['wfuzz', 'Wfuzz'],
  ['openvas', 'OpenVAS'],
  ['nessus', 'Nessus'],
  ['qualys', 'Qualys'],
  ['netsparker', 'Netsparker'],
  ['burpcollaborator', 'Burp'],
  ['arachni', 'Arachni'],
  ['w3af', 'w3af'],
  ['skipfish', 'skipfish'],
  ['havij', 'Havij'],
  ['jndi:', 'Log4Shell probe'],
  ['whatweb', 'WhatWeb'],
  ['jorgee', 'Jorgee'],
  ['morfeus', 'Morfeus'],
  ['zmeu', 'ZmEu'],
  ['l9explore', 'l9explore'],
  ['censysinspect', 'Censys'],
  ['expanse', 'Expanse'],
  ['internet-measurement', 'internet-measurement'],
  ['hydra', 'Hydra'],
  ['slowloris', 'Slowloris'],
];

const botWord = /bot\b|bot[/;_-]|crawl|spider|slurp|archiver|externalhit|monitor|uptime|feedfetcher|scrapy|preview/i;
/** A word and a version. */
const product = /([A-Za-z0-9][A-Za-z0-9 ._!&-]{0,60}?)\/v?\d/;
const words = /[A-Za-z][A-Za-z0-9._-]{1,40}/;

/** Loaded with the first browser: logs of connections have none. */
const bowser = once(() => createRequire(import.meta.url)('bowser') as typeof import('bowser'));

/** Reads a User-Agent: scanners, tools and bots by their own names, browsers and systems by Bowser. */
export function agentOf(text: string): Agent {
  const agent = text.slice(0, LONGEST);
  const lower = agent.toLowerCase();
  const scanner = scanners.find(([word]) => lower.includes(word));
  if (scanner !== undefined) return { name: scanner[1], os: null, kind: 'scanner' };
  const isBrowserLike = /^(?:mozilla|opera)\//i.test(agent);
  if (!isBrowserLike) return plainAgent(agent);
  const { browser, os, platform } = bowser().parse(agent);
  const system = os.name ?? null;
  if (platform.type === 'bot' || botWord.test(agent)) return { name: botName(agent) ?? browser.name ?? null, os: system, kind: 'bot' };
  const name = browser.name === undefined || browser.name === '' || /^mozilla/i.test(browser.name) ? null : browser.name;
  if (name === null && system === null) {
    const compatible = /\((?:compatible; ?)?([^;)]*)/.exec(agent)?.[1] ?? '';
    const own = product.exec(compatible)?.[1] ?? null;
    return { name: own, os: null, kind: own === null ? null : 'tool' };
  }
  return { name, os: system, kind: 'browser' };
}

/** `curl/7.68.0`, `Apache-HttpClient/4.5 (Java/11)`, `Wget` */
function plainAgent(agent: string): Agent {
  const name = (product.exec(agent)?.[1] ?? words.exec(agent)?.[0])?.trim() ?? null;
  if (name === null) return { name, os: null, kind: null };
  if (botWord.test(agent)) return { name: botName(agent) ?? name, os: null, kind: 'bot' };
  // what phones run beside browsers says what it was built with
  const app = /\b(?:CFNetwork|Dalvik|okhttp|Darwin)\b/.test(agent) && !/^(?:okhttp|Dalvik)/.test(agent);
  return { name, os: systemOf(agent), kind: app || agent.startsWith('Dalvik') ? 'app' : 'tool' };
}

const systems: readonly (readonly [RegExp, string])[] = [
  [/android/i, 'Android'],
  [/iphone|ipad|\bios\b/i, 'iOS'],
  [/darwin|mac ?os/i, 'macOS'],
  [/windows/i, 'Windows'],
  [/linux/i, 'Linux'],
];

function systemOf(agent: string): string | null {
  return systems.find(([pattern]) => pattern.test(agent))?.[1] ?? null;
}

/** The word of the agent that says bot: `Googlebot`, `AhrefsBot`, `Baiduspider`. */
function botName(agent: string): string | null {
  for (const part of agent.split(/[ ;()+,]/, 100)) {
    const word = part.split('/', 1)[0];
    if (word.length <= 60 && !word.startsWith('http') && !word.includes('@') && botWord.test(`${word}/`)) return word;
  }
  return null;
}
