/** System fonts and colours of enough contrast (WCAG AA) in light and dark. Code scrolls in its box, never the page. */
export const style = `
:root { color-scheme: light dark; --text: #1b1f24; --dim: #57606a; --back: #fff; --box: #f3f5f7; --line: #d0d7de; --link: #0a58b5; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --dim: #9aa5b1; --back: #0f1318; --box: #1a2027; --line: #333d48; --link: #7ab7ff; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--text); background: var(--back); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main, footer { max-width: 70rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--back); padding: .25rem .5rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; background: var(--back); }
summary { cursor: pointer; padding: .6rem .8rem; }
summary .what { color: var(--dim); }
details > div { padding: 0 .8rem .8rem; }
code { font: .9em ui-monospace, monospace; background: var(--box); padding: .1em .3em; border-radius: .25rem; }
summary code { font-weight: 600; }
pre { font: .85rem/1.45 ui-monospace, monospace; background: var(--box); padding: .75rem; border-radius: .4rem; overflow-x: auto; overflow-wrap: normal; margin: .5rem 0; }
dl { margin: .5rem 0; display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .3rem 1rem; }
dd { margin: 0; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin: 0 0 .5rem 1rem; } }
.tag { color: var(--dim); font-size: .9rem; }
footer { padding: 2rem 1rem; color: var(--dim); }
`;
