"""How a report looks: the program's own colours and measures, in light, dark and on paper."""

STYLE = """
:root {
  color-scheme: light dark;
  --bg: #F5F6F8; --surface: #FFFFFF; --raised: #EDF0F4; --text: #17202B; --muted: #4A5666;
  --hairline: #D8DEE6; --accent: #0B6580; --malignant: #A8330D; --abstained: #5F4693;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #11161C; --surface: #181E26; --raised: #212A35; --text: #E8EDF3; --muted: #A9B4C2;
    --hairline: #2C3642; --accent: #58BFDB; --malignant: #FF9B73; --abstained: #C3ADF2;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--bg); color: var(--text);
  font: 14px/1.5 Inter, system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
main, header, footer { max-width: 1240px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 40px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; font-weight: 650; }
h2 { font-size: 18px; margin: 0 0 8px; font-weight: 650; }
h3 { font-size: 14px; margin: 24px 0 4px; font-weight: 650; }
p { margin: 0 0 12px; max-width: 78ch; }
a { color: var(--accent); }
code { font: 12px/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.muted, figcaption, caption { color: var(--muted); font-size: 12.5px; }
.caution { border-left: 3px solid var(--malignant); padding: 4px 12px; }
nav { margin: 16px 0 24px; }
nav a { margin-right: 16px; white-space: nowrap; }
section {
  background: var(--surface); border: 1px solid var(--hairline); border-radius: 8px;
  padding: 20px 24px; margin: 0 0 16px;
}
.scroll { overflow-x: auto; margin: 0 0 12px; }
table { border-collapse: collapse; }
caption { text-align: left; padding-bottom: 4px; }
th, td { padding: 4px 16px 4px 0; text-align: left; border-bottom: 1px solid var(--hairline); white-space: nowrap; }
thead th { color: var(--muted); font-weight: 500; font-size: 12.5px; vertical-align: bottom; }
tbody th { font-weight: 500; }
.value { font-weight: 600; }
.bounds { color: var(--muted); font-size: 12.5px; }
.dense .bounds { display: block; }
.dense thead th { white-space: normal; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 12px; margin: 8px 0 16px; }
.tile { background: var(--raised); border-radius: 8px; padding: 10px 14px; }
.tile .value { display: block; font-size: 24px; line-height: 1.3; font-weight: 650; }
.tile .name { color: var(--muted); font-size: 12.5px; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 8px 32px; }
figure { margin: 0 0 12px; }
.plot svg { width: 100%; height: auto; max-width: 480px; display: block; font-family: inherit; }
.bar { vertical-align: middle; }
.bar .axis { stroke: var(--hairline); stroke-width: 1; }
.bar .range { stroke: var(--accent); stroke-width: 2; }
.bar circle { fill: var(--accent); }
table.confusion td, table.confusion th { text-align: center; padding: 6px 10px; border: 1px solid var(--hairline); }
table.confusion td small { display: block; color: var(--text); font-size: 11px; }
.thumbnails { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 16px; }
.thumbnails img { width: 100%; display: block; background: #3A3A3A; border-radius: 4px; }
footer { padding-bottom: 40px; }
@media print {
  :root {
    --bg: #FFFFFF; --surface: #FFFFFF; --raised: #FFFFFF; --text: #000000; --muted: #444444;
    --hairline: #BBBBBB; --accent: #0B6580; --malignant: #A8330D; --abstained: #5F4693;
  }
  body { font-size: 10.5pt; }
  main, header, footer { max-width: none; padding: 0; }
  section { border: 0; padding: 8px 0; }
  .tile { border: 1px solid var(--hairline); }
  nav { display: none; }
  .scroll { overflow: visible; }
  th, td { padding-right: 8px; font-size: 9pt; }
  figure, tr, .tile { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
"""
"""One style sheet; it names no font or file that would have to be fetched."""
