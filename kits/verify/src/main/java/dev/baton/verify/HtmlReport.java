package dev.baton.verify;

import static dev.baton.verify.picture.SvgTimeline.escaped;

import dev.baton.event.EndReason;
import dev.baton.verify.Finding.Kind;
import dev.baton.verify.picture.SvgTimeline;
import java.util.List;

/** A verdict as one self-contained page of HTML: pictures, terms and findings. */
public final class HtmlReport {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <meta name="color-scheme" content="light dark"><title>baton verify</title>
            <style>
            :root{--ground:#f5f7f9;--card:#fff;--ink:#1f2933;--faint:#5f6b78;--rule:#e3e8ee;--good:#217a54;--bad:#c81e3a;--unsure:#96660a}
            @media (prefers-color-scheme:dark){:root{--ground:#0e1216;--card:#14191f;--ink:#e6ebf0;--faint:#93a0ad;\
            --rule:#2a333d;--good:#4ccb94;--bad:#ff6b81;--unsure:#f0bf4c}}
            *{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);\
            font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
            main{max-width:1280px;margin:0 auto;padding:28px 24px 48px}h1{font-size:22px;margin:0 0 4px}
            h2{font-size:17px;margin:0 0 2px}p{margin:0 0 10px}.faint{color:var(--faint);font-size:13px}
            .card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:18px 20px;margin:18px 0}
            .verdict{border-left:6px solid var(--good)}.verdict.bad{border-left-color:var(--bad)}
            .verdict h1{color:var(--good)}.verdict.bad h1{color:var(--bad)}
            ul.findings{list-style:none;margin:8px 0 0;padding:0}ul.findings li{display:grid;grid-template-columns:84px 1fr;padding:9px 0;border-top:1px solid var(--rule)}
            .tag{font-size:12px;font-weight:600;line-height:23px}.VIOLATION .tag{color:var(--bad)}
            .UNCERTAIN .tag{color:var(--unsure)}.NOTE .tag{color:var(--faint)}.rule{font-weight:600}
            code{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--faint)}
            .scroll{overflow-x:auto}.scroll svg{min-width:860px;display:block}
            table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
            th,td{text-align:left;padding:5px 14px 5px 0;border-top:1px solid var(--rule);white-space:nowrap}
            th{color:var(--faint);font-weight:600;border-top:0}td.n,th.n{text-align:right}details{margin-top:12px}
            summary{cursor:pointer;color:var(--faint);font-size:13px}
            .key{display:flex;flex-wrap:wrap;gap:6px 18px;margin:10px 0 0;font-size:12px;color:var(--faint)}
            .key i{display:inline-block;width:18px;height:10px;border-radius:2px;margin-right:6px}
            </style></head><body><main>
            """;

    private static final String KEY = """
            <div class="key"><span><i style="background:#2f9e6e"></i>leads, with its token</span>\
            <span><i style="background:#e0a526"></i>hands over</span>\
            <span><i style="background:repeating-linear-gradient(45deg,#2f9e6e 0 2px,transparent 2px 5px)"></i>may have led: its log ends</span>\
            <span><i style="border:1px dashed #8a94a0"></i>seen leading, no log</span>\
            <span><i style="background:#c2571a;height:4px;vertical-align:middle"></i>the store does not answer</span>\
            <span><i style="background:#8a94a0;height:4px;vertical-align:middle"></i>paused</span>\
            <span><i style="background:#c81e3a55"></i>two leaders</span>\
            <span><i style="background:#7b879455"></i>no candidate led for longer than the bound</span></div>
            """;

    private static final String DISTURBED =
            "<span><i style=\"background:repeating-linear-gradient(-45deg,#d9730d 0 2px,transparent 2px 5px);"
                    + "border:1px solid #d9730d\"></i>something is done to it</span>";

    private final StringBuilder html = new StringBuilder(32_768).append(HEAD);

    private final Staging staging;

    private HtmlReport(Staging staging) {
        this.staging = staging;
    }

    /** The page. */
    public static String of(Verification verification) {
        return of(verification, Staging.PLAIN);
    }

    /** The page, with its pictures laid out by {@code staging}. */
    public static String of(Verification verification, Staging staging) {
        return new HtmlReport(staging).write(verification);
    }

    private String write(Verification verification) {
        boolean good = verification.isGood();
        html.append("<section class=\"card verdict").append(good ? "" : " bad").append("\"><h1>");
        html.append(escaped(capital(verification.summary()))).append("</h1><p class=\"faint\">");
        html.append(escaped(TextReport.premises(verification.premises()))).append("</p>");
        findings(verification);
        html.append("</section>\n");
        verification.histories().forEach(history -> election(history, verification.premises()));
        return html.append("</main></body></html>\n").toString();
    }

    private void findings(Verification verification) {
        if (verification.findings().isEmpty() && verification.remarks().isEmpty()) {
            return;
        }
        html.append("<ul class=\"findings\">\n");
        for (Finding finding : verification.findings()) {
            html.append("<li class=\"")
                    .append(finding.kind())
                    .append("\"><span class=\"tag\">")
                    .append(tag(finding.kind()));
            html.append("</span><div><span class=\"rule\">")
                    .append(escaped(finding.rule().text()))
                    .append("</span> ");
            html.append(verification.histories().size() > 1 ? escaped(finding.election() + ": ") : "");
            html.append(escaped(finding.text())).append(". ");
            finding.origins().stream()
                    .distinct()
                    .forEach(origin -> html.append("<code>")
                            .append(escaped(origin.toString()))
                            .append("</code> "));
            html.append("</div></li>\n");
        }
        verification
                .remarks()
                .forEach(remark -> html.append("<li class=\"NOTE\"><span class=\"tag\">note</span><div>")
                        .append(escaped(remark))
                        .append(".</div></li>\n"));
        html.append("</ul>");
    }

    private static String tag(Kind kind) {
        return switch (kind) {
            case VIOLATION -> "violation";
            case UNCERTAIN -> "uncertain";
            case NOTE -> "note";
        };
    }

    private void election(ElectionHistory history, Premises premises) {
        html.append("<section class=\"card\"><h2>")
                .append(escaped(history.election().toString()));
        html.append("</h2><p class=\"faint\">")
                .append(Words.count(history.runs().size(), "candidate"))
                .append(", ");
        html.append(Words.count(history.terms().size(), "term")).append(", ");
        html.append(Words.span(history.end() - history.begin())).append(" from ");
        html.append(Words.time(history.wall(history.begin()))).append("; times are UTC</p>\n<div class=\"scroll\">");
        html.append(SvgTimeline.draw(ElectionPicture.of(history, premises, staging)))
                .append("</div>")
                .append(staging.disturbances().isEmpty() ? KEY : KEY.replace("</div>", DISTURBED + "</div>"));
        terms(history);
        html.append("</section>\n");
    }

    private void terms(ElectionHistory history) {
        Clocks clocks = history.clocks();
        html.append("<details><summary>").append(Words.count(history.terms().size(), "term"));
        html.append(
                "</summary><div class=\"scroll\"><table><tr><th>began</th><th class=\"n\">lasted</th><th>leader</th>");
        html.append("<th class=\"n\">token</th><th>ended</th><th>read at</th></tr>\n");
        for (Term term : history.terms()) {
            EndReason reason = term.reason();
            row(List.of(
                    Words.time(term.began().event().at().wall()),
                    Words.span(term.end(clocks) - term.start(clocks)),
                    term.run().name(),
                    Words.token(term.token()),
                    reason == null ? "not said" : reason.text(),
                    term.began().origin().toString()));
        }
        html.append("</table></div></details>");
    }

    private void row(List<String> cells) {
        html.append("<tr>");
        for (int i = 0; i < cells.size(); i++) {
            html.append(i == 1 || i == 3 ? "<td class=\"n\">" : "<td>")
                    .append(escaped(cells.get(i)))
                    .append("</td>");
        }
        html.append("</tr>\n");
    }

    private static String capital(String sentence) {
        return sentence.isEmpty() ? sentence : Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
