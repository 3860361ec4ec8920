"""How the page looks: the program's own colours and measures, in light, dark and on paper."""

STYLE = """
:root {
  color-scheme: light dark;
  --bg: #F5F6F8; --surface: #FFFFFF; --raised: #EDF0F4; --text: #17202B; --muted: #4A5666;
  --hairline: #D8DEE6; --accent: #0B6580; --malignant: #A8330D;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #11161C; --surface: #181E26; --raised: #212A35; --text: #E8EDF3; --muted: #A9B4C2;
    --hairline: #2C3642; --accent: #58BFDB; --malignant: #FF9B73;
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
footer { padding-bottom: 40px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; font-weight: 650; }
h2 { font-size: 18px; margin: 0 0 8px; font-weight: 650; }
p { margin: 0 0 12px; max-width: 78ch; overflow-wrap: anywhere; }
.muted, figcaption { color: var(--muted); font-size: 12.5px; }
.caution { border-left: 3px solid var(--malignant); padding: 4px 12px; }
section {
  background: var(--surface); border: 1px solid var(--hairline); border-radius: 8px;
  padding: 20px 24px; margin: 0 0 16px;
}
.scroll { overflow-x: auto; margin: 0 0 12px; }
table { border-collapse: collapse; }
th, td { padding: 4px 16px 4px 0; text-align: left; border-bottom: 1px solid var(--hairline); }
thead th { color: var(--muted); font-weight: 500; font-size: 12.5px; }
tbody th { font-weight: 500; overflow-wrap: anywhere; }
table.confusion td, table.confusion th { text-align: center; padding: 6px 10px; border: 1px solid var(--hairline); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 12px; }
.tile { background: var(--raised); border-radius: 8px; padding: 10px 14px; }
.tile strong { display: block; font-size: 24px; line-height: 1.3; font-weight: 650; }
.tile span { color: var(--muted); font-size: 12.5px; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 8px 32px; }
figure { margin: 0 0 12px; }
svg { width: 100%; height: auto; max-width: 480px; display: block; font-size: 12px; font-family: inherit; }
svg text { fill: var(--text); }
svg .muted { fill: var(--muted); font-size: 11px; }
svg .bar { fill: var(--accent); }
svg .malignant { fill: var(--malignant); }
svg .pale { opacity: 0.45; }
svg .axis { stroke: var(--hairline); }
svg .mark { stroke: var(--text); stroke-dasharray: 4 3; }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(120px, 1fr)); gap: 16px 12px; }
.sheet a { color: inherit; text-decoration: none; display: block; }
.sheet a:hover .name, .sheet a:focus .name { text-decoration: underline; }
.sheet img, .sheet .none {
  width: 100%; aspect-ratio: 4 / 3; object-fit: cover; display: block; background: #3A3A3A; border-radius: 4px;
}
.sheet span { display: block; font-size: 12px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sheet .name { color: var(--muted); }
@media print {
  :root {
    --bg: #FFFFFF; --surface: #FFFFFF; --raised: #FFFFFF; --text: #000000; --muted: #444444;
    --hairline: #BBBBBB; --accent: #0B6580; --malignant: #A8330D;
  }
  main, header, footer { max-width: none; padding: 0; }
  section { border: 0; padding: 8px 0; }
  .tile { border: 1px solid var(--hairline); }
  figure, tr, .tile, .sheet a { break-inside: avoid; }
}
"""
"""One style sheet; it names no font or file that would have to be fetched."""
