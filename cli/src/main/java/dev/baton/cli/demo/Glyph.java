package dev.baton.cli.demo;

import dev.baton.cli.command.Terminal;

/** A sign of the timeline, with an ASCII form for other locales. */
enum Glyph {
    JOINS("·", "."),
    LEADS("▲", "^"),
    HANDS_OVER("▽", "v"),
    ENDED("◌", "o"),
    KILLED("✖", "x"),
    STOPPED("‖", "="),
    CONTINUED("▶", ">"),
    ASKED("◇", "?"),
    WROTE("✎", "w"),
    REFUSED("⛨", "#"),
    TROUBLE("!", "!"),
    KEPT("✔", "ok"),
    BROKEN("✘", "BROKEN"),
    RULE("─", "-"),
    DONE("━", "="),
    TO_DO("╌", ".");

    private final String sign;
    private final String plain;

    Glyph(String sign, String plain) {
        this.sign = sign;
        this.plain = plain;
    }

    String in(Terminal terminal) {
        return terminal.unicode() ? sign : plain;
    }
}
