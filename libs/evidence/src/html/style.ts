/** The page's whole style: one column, light and dark, cards instead of tables when narrow, A4 when printed. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --paper: #ffffff; --ink: #16191d; --soft: #535b66; --line: #d5dae1; --link: #0b57b0;
  --good: #12683a; --good-back: #e6f4ec; --bad: #a51d1d; --bad-back: #fdeaea; --open: #7a4a00; --open-back: #fcf2df;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #111418; --paper: #1a1e24; --ink: #e8eaed; --soft: #a7b0bb; --line: #353c46; --link: #8ab8ff;
    --good: #7fd6a2; --good-back: #15301f; --bad: #ff9c94; --bad-back: #3a1917; --open: #f0c274; --open-back: #33270f;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; overflow-wrap: anywhere; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.25rem; margin: 1rem 0; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code, pre { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.verdict { border-radius: .5rem; padding: .75rem 1.25rem; margin: 0; border-left: .4rem solid; font-size: 1.0625rem; }
.verdict strong { display: block; }
.verdict.good { background: var(--good-back); border-color: var(--good); }
.verdict.good strong { color: var(--good); }
.verdict.bad { background: var(--bad-back); border-color: var(--bad); }
.verdict.bad strong { color: var(--bad); }
.verdict.open { background: var(--open-back); border-color: var(--open); }
.verdict.open strong { color: var(--open); }
.place, .elapsed, .hint, caption { color: var(--soft); font-size: .875rem; }
.elapsed { display: block; white-space: nowrap; }
dl { margin: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: .75rem 2rem; }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.findings ul { list-style: none; margin: 0; padding: 0; }
.findings li { display: flex; gap: .75rem; padding: .5rem 0; border-top: 1px solid var(--line); }
.findings li:first-child { border-top: 0; }
.findings li > div { min-width: 0; }
.findings p { margin: 0; overflow-wrap: anywhere; }
.mark { flex: none; width: 1.5rem; height: 1.5rem; border-radius: 50%; text-align: center; line-height: 1.5rem; font-weight: 700; }
.proved .mark { background: var(--good-back); color: var(--good); }
.failed .mark { background: var(--bad-back); color: var(--bad); }
.not-proved .mark { background: var(--open-back); color: var(--open); }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); overflow-wrap: break-word; }
th:last-child, td:last-child { overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--soft); font-size: .875rem; font-weight: 600; overflow-wrap: normal; }
th:last-child, td:last-child { padding-right: 0; }
tbody th { font-weight: 600; overflow-wrap: normal; }
time, .what, .number { font-variant-numeric: tabular-nums; }
.what { font-weight: 600; }
.state.now { font-weight: 600; }
article { border-top: 1px solid var(--line); padding: .75rem 0; }
article:target h3 { color: var(--link); }
summary { cursor: pointer; padding: .25rem 0; }
pre { white-space: pre-wrap; background: var(--page); border: 1px solid var(--line); border-radius: .25rem; padding: .75rem; margin: .25rem 0 .5rem; max-height: 30rem; overflow: auto; }
.blocks { padding-left: 1.25rem; }
footer { color: var(--soft); font-size: .875rem; padding-bottom: 2rem; }
@media (max-width: 47.99rem) {
  section { padding: .75rem .875rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, caption, tbody, tr, th, td { display: block; }
  tbody tr { border-top: 1px solid var(--line); padding: .5rem 0; }
  tbody th, tbody td { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); border-top: 0; padding: .125rem 0; }
  tbody th::before, tbody td::before { content: attr(data-name); color: var(--soft); font-size: .875rem; font-weight: 400; }
  tbody td:empty { display: none; }
}
@page { size: A4; margin: 16mm 14mm; }
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; --link: #000000;
    --good: #0d5a31; --good-back: #ffffff; --bad: #8f1515; --bad-back: #ffffff; --open: #6a4000; --open-back: #ffffff;
  }
  html { font-size: 9.5pt; }
  header, main, footer { max-width: none; padding: 0; }
  h1 { font-size: 15pt; } h2 { font-size: 12pt; break-after: avoid; } h3 { break-after: avoid; }
  section { border: 0; border-radius: 0; padding: 0; margin: 6mm 0; }
  .verdict { border: 1px solid; border-left-width: .4rem; }
  .findings li, tr, dl > div, section:has(table) { break-inside: avoid; }
  thead { display: table-header-group; }
  pre { max-height: none; overflow: visible; font-size: 7.5pt; }
  details:not([open]), .hint { display: none; }
  article:not(:has(details[open])), #records-section:not(:has(details[open], .blocks)) { display: none; }
  a { text-decoration: none; }
}
`;
