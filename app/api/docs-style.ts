/** The look of the product for the documentation: its tokens (renderer/src/tokens.css; a test holds them against it), and what this page needs. */

export const lightTokens = {
  '--bg': '#ffffff',
  '--bg-rail': '#f5f6f7',
  '--bg-hover': '#f0f2f4',
  '--bg-selected': '#e3edfb',
  '--line': '#e2e5e9',
  '--line-strong': '#b9c0c8',
  '--text': '#16191d',
  '--text-2': '#4b545e',
  '--text-3': '#68727d',
  '--accent': '#1f5fbf',
  '--critical': '#a51c30',
  '--high': '#b45309',
  '--low': '#4b6b8a',
  '--ok': '#2e6b3e',
} as const;
export const darkTokens: Readonly<Record<keyof typeof lightTokens, string>> = {
  '--bg': '#14171b',
  '--bg-rail': '#0f1215',
  '--bg-hover': '#20252b',
  '--bg-selected': '#1d3354',
  '--line': '#2a3037',
  '--line-strong': '#4a535d',
  '--text': '#e8ebee',
  '--text-2': '#aeb7c0',
  '--text-3': '#8b95a0',
  '--accent': '#6aa5f5',
  '--critical': '#ff8a94',
  '--high': '#f2a65a',
  '--low': '#9db7d1',
  '--ok': '#7cc894',
};

const declarations = (tokens: Readonly<Record<string, string>>): string =>
  Object.entries(tokens)
    .map(([name, value]) => `${name}:${value}`)
    .join(';');

/** The style sheet of /docs. */
export const docsStyle = `
:root{color-scheme:light;${declarations(lightTokens)};--sans:'Inter Variable',Inter,system-ui,sans-serif;--mono:'JetBrains Mono',ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace}
@media (prefers-color-scheme:dark){:root{color-scheme:dark;${declarations(darkTokens)}}}
*,*::before,*::after{box-sizing:border-box}
html{scroll-padding-top:16px}
body{margin:0;background:var(--bg);color:var(--text);font:13px/20px var(--sans)}
h1,h2,h3,p,ul,pre{margin:0;padding:0}
h1{font-size:20px;line-height:28px;font-weight:600}
h2{margin-top:40px;padding-top:16px;border-top:1px solid var(--line-strong);font-size:16px;line-height:24px;font-weight:600}
h3{font-size:13px;font-weight:600}
ul{list-style:none}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
code,pre{font-family:var(--mono);font-size:12px;font-variant-ligatures:none}
pre{padding:8px 12px;border-radius:4px;background:var(--bg-rail);line-height:18px;white-space:pre-wrap;overflow-wrap:anywhere}
.page{display:grid;grid-template-columns:272px minmax(0,1fr);min-height:100vh}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:16px 12px;background:var(--bg-rail);border-right:1px solid var(--line);font-size:12px;line-height:16px}
nav strong{display:block;margin:14px 0 4px;color:var(--text-2);font-weight:600}
nav a{display:flex;gap:8px;padding:3px 6px;border-radius:4px;color:var(--text);overflow-wrap:anywhere}
nav a:hover{background:var(--bg-hover);text-decoration:none}
main{max-width:980px;padding:24px 32px 96px}
main>p,main>ul{margin-top:8px;max-width:72ch}
main>pre{margin-top:8px}
summary{width:fit-content;color:var(--text-2);font-size:12px;cursor:default}
details[open]>summary{margin-bottom:4px}
.method{flex:none;width:46px;color:var(--text-3);font:600 11px/16px var(--mono)}
.get{color:var(--accent)}.post,.put,.patch{color:var(--ok)}.delete{color:var(--critical)}
section{display:grid;gap:8px;margin-top:24px;padding-top:16px;border-top:1px solid var(--line)}
section>h3{display:flex;flex-wrap:wrap;gap:10px;align-items:baseline;font-family:var(--mono)}
section>h3 .method{width:auto;font-size:12px}
.scope{margin-left:auto;color:var(--text-3);font:12px/16px var(--sans)}
.scope.write{color:var(--high)}
.hint{color:var(--text-2)}
.label{margin-top:4px;color:var(--text-2);font-size:12px;line-height:16px}
table{width:100%;border-collapse:collapse;font-size:12px;line-height:16px}
th,td{padding:5px 8px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{color:var(--text-2);font-weight:400}
td:first-child{width:26%;font-family:var(--mono)}
td:nth-child(2){width:30%;color:var(--text-2)}
.needed::after{content:' *';color:var(--critical)}
@media (max-width:760px){.page{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line)}main{padding:16px}}
@media print{nav{display:none}.page{display:block}}
`;
