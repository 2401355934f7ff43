/** Flowcase runs on Node ≥ 22.12. On Linux x64 npm puts the Node 24 that the project brings first on the path of its scripts. Plain JavaScript: any Node must be able to read this. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return;
  const bundled = process.platform === 'linux' && process.arch === 'x64';
  const help = bundled
    ? 'Run it with "npm start" or "npm run -s flowcase -- ..." after "npm ci": they use the Node 24 that the project brings.'
    : 'Install Node 22.12 or later (https://nodejs.org) and try again.';
  console.error(`Flowcase needs Node 22.12 or later; this is Node ${process.versions.node}. ${help}`);
  process.exit(1);
}
