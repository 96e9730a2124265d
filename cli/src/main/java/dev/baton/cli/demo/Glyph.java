package dev.baton.cli.demo;

import dev.baton.cli.command.Terminal;

/** A sign of the timeline, or what stands for it where the locale has only ASCII. */
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
