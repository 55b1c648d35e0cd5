namespace Appliance.Reports.Page;

/// <summary>How the page looks. Colours are named once, for light, for dark and for paper; everything else uses their names.</summary>
internal static class PageStyle
{
    public static readonly Markup Sheet = Markup.Of($$$"""

        :root{color-scheme:light dark;
        --page:#f7f7f5;--card:#fff;--ink:#14140f;--soft:#55544e;
        --line:#e3e2dc;--base:#a9a8a0;--track:#efeeea;--hover:rgba(20,20,15,.09);
        --in:#1a9e6c;--out:#2a78d6;--generated:#7a6ad0;--consumed:#8f8e86;--dropped:#d4483b;--own:#2a78d6;--mark:#14140f;
        --good:#0a6b0a;--good-back:#e4f3e2;--bad:#b3261e;--bad-back:#fbe6e4;
        --c1:#2a78d6;--c2:#e8813a;--c3:#1a9e6c;--c4:#d9a400;--c5:#d5629b;--c6:#6a58c4;--c7:#7a4b2a;--c0:#9b9a92}
        @media screen and (prefers-color-scheme:dark){:root{
        --page:#0e0e0d;--card:#191918;--ink:#f4f4f0;--soft:#b9b8b0;
        --line:#31312e;--base:#6b6a64;--track:#262624;--hover:rgba(255,255,255,.13);
        --in:#25ad7a;--out:#4a92ea;--generated:#9a8cf0;--consumed:#85847c;--dropped:#ea6a5e;--own:#4a92ea;--mark:#f4f4f0;
        --good:#6fd06a;--good-back:#16301a;--bad:#ff8a80;--bad-back:#3a1a18;
        --c1:#4a92ea;--c2:#e0803c;--c3:#25ad7a;--c4:#cc9c16;--c5:#dd6fa6;--c6:#9080ec;--c7:#b07c55;--c0:#85847c}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--page);color:var(--ink);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;
        font-variant-numeric:tabular-nums}
        main{max-width:72rem;margin:0 auto;padding:2rem 1.25rem 3rem}
        h1,h2,h3,p,ul,figure{margin:0;padding:0}
        ul{list-style:none}
        h1{font-size:2rem;line-height:1.2;letter-spacing:-.01em;overflow-wrap:anywhere}
        h2{font-size:1.15rem;line-height:1.3}
        h3{font-size:.95rem;line-height:1.4}
        small{font-size:.85em;font-weight:400;color:var(--soft)}
        code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.92em}
        i{font-style:normal}
        .kicker{color:var(--soft);font-size:.85rem;font-weight:600;letter-spacing:.06em;text-transform:uppercase}
        .lede,.note{color:var(--soft)}
        .lede{margin-top:.25rem;font-size:1.05rem}
        .note{max-width:52rem;margin:.15rem 0 1rem;font-size:.9rem}
        .verdicts{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:1rem}
        .verdicts a{display:block;text-decoration:none;padding:.3rem .8rem .3rem .65rem;border-radius:99px;font-weight:600;font-size:.9rem}
        .verdicts a:hover{text-decoration:underline}
        .verdicts i{margin-right:.45em}
        .verdicts .good{background:var(--good-back)}
        .verdicts .bad{background:var(--bad-back)}
        .good{color:var(--good)}
        .bad{color:var(--bad)}
        .tiles{display:flex;flex-wrap:wrap;gap:1px;margin:1.5rem 0 1rem;border:1px solid var(--line);
        border-radius:12px;background:var(--line);overflow:hidden}
        .tiles li{display:flex;flex:1 1 22%;flex-direction:column;padding:.85rem 1rem;background:var(--card)}
        .tiles span{font-size:.82rem;color:var(--soft)}
        .tiles b{font-size:1.35rem;line-height:1.3;letter-spacing:-.01em}
        section{margin-top:1rem;padding:1.25rem;border:1px solid var(--line);border-radius:12px;background:var(--card)}
        section>h3{margin-top:.5rem;font-weight:600;color:var(--soft);font-size:.85rem}
        .sum{margin-top:.5rem;overflow-wrap:anywhere}
        .parts{display:flex;gap:2px;height:1.6rem;margin:.3rem 0 .45rem;border-radius:5px;background:var(--track);overflow:hidden}
        .parts i{flex:0 1 0;min-width:4px}
        .legend{display:flex;flex-wrap:wrap;gap:.15rem 1.4rem;font-size:.9rem}
        .swatch{display:inline-block;width:.75em;height:.75em;margin-right:.45em;border-radius:3px}
        i.in,i.fine{background:var(--in)}i.out{background:var(--out)}i.generated{background:var(--generated)}
        i.consumed{background:var(--consumed)}i.dropped{background:var(--dropped)}
        .port{padding-top:1rem;margin-top:1rem;border-top:1px solid var(--line)}
        .note+.port{border-top:0;margin-top:0;padding-top:0}
        .port h3{font-size:1.05rem;overflow-wrap:anywhere}
        .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1rem 2rem}
        figure{min-width:0;margin-top:.75rem}
        figcaption{display:flex;flex-wrap:wrap;gap:0 1rem;margin-bottom:.4rem;font-size:.82rem;color:var(--soft)}
        figcaption b{color:var(--ink)}
        .axes{display:grid;grid-template-columns:3.4rem minmax(0,1fr)}
        svg{display:block;overflow:visible}
        .scale,.plot{width:100%}
        .tick{font-size:11.5px;fill:var(--soft)}
        .middle{text-anchor:middle}.end{text-anchor:end}
        .grid{stroke:var(--line);stroke-width:1;shape-rendering:crispEdges}
        .base{stroke:var(--base);stroke-width:1;shape-rendering:crispEdges;pointer-events:none}
        path.in{fill:var(--in)}path.out{fill:var(--out)}
        .hit{fill:transparent}
        .hit:hover{fill:var(--hover)}
        .length{width:100%;height:.85rem;overflow:hidden;border-radius:4px}
        .track{fill:var(--track)}
        .mark{stroke:var(--mark);stroke-width:2}
        .own{fill:var(--own)}
        .spark{width:100%;height:1.9rem;border-bottom:1px solid var(--base);overflow:hidden}
        .rows{display:grid;gap:.1rem;font-size:.9rem}
        .rows li{display:grid;align-items:center;gap:.1rem 1rem;padding:.3rem 0;border-top:1px solid var(--line)}
        .rows li:first-child{border-top:0}
        .drops{margin-top:1rem}
        .drops li{grid-template-columns:11rem minmax(4rem,1fr) 8rem minmax(0,24rem)}
        .vcpus li{grid-template-columns:4.5rem minmax(4rem,1fr) 9rem minmax(4rem,1fr) minmax(0,19rem)}
        .lengths li{grid-template-columns:9rem minmax(3rem,1fr) 6rem}
        .name{font-weight:600;white-space:nowrap}
        .number{text-align:right;white-space:nowrap}
        .number small{display:inline-block;min-width:4.4em}
        .words{color:var(--soft);font-size:.92em}
        .scroll{overflow-x:auto}
        table{width:100%;border-collapse:collapse;font-size:.9rem}
        th{font-size:.82rem;font-weight:600;color:var(--soft);text-align:left}
        th,td{padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        tr:last-child td{border-bottom:0}
        .right{text-align:right}
        .path{overflow-wrap:anywhere}
        summary{cursor:pointer;font-weight:600;font-size:.9rem}
        footer{margin-top:1.5rem;font-size:.82rem;color:var(--soft)}
        .c0{fill:var(--c0);background:var(--c0)}.c1{fill:var(--c1);background:var(--c1)}.c2{fill:var(--c2);background:var(--c2)}
        .c3{fill:var(--c3);background:var(--c3)}.c4{fill:var(--c4);background:var(--c4)}.c5{fill:var(--c5);background:var(--c5)}
        .c6{fill:var(--c6);background:var(--c6)}.c7{fill:var(--c7);background:var(--c7)}
        @media screen and (max-width:44rem){
        main{padding:1.25rem .75rem 2rem}
        section{padding:1rem .85rem}
        h1{font-size:1.6rem}
        .tiles li{flex-basis:44%}
        .tiles b{font-size:1.15rem}
        .drops li,.vcpus li{grid-template-columns:minmax(0,1fr) auto}
        .drops .length,.vcpus .length,.spark,.words{grid-column:1/-1}
        .drops .number,.vcpus .number{grid-row:1;grid-column:2}
        .lengths li{grid-template-columns:minmax(0,1fr) auto}
        .lengths .length{grid-column:1/-1;grid-row:2}}
        @media print{
        @page{margin:12mm}
        :root{color-scheme:light}
        body{background:none;font-size:10pt}
        main{max-width:none;padding:0}
        section,.tiles{border-color:#bbb}
        section,figure,article,.rows li,tr{break-inside:avoid}
        section{break-inside:auto}
        h2,h3{break-after:avoid}
        *{-webkit-print-color-adjust:exact;print-color-adjust:exact}}

        """);
}
