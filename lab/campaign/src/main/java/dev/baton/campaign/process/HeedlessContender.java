package dev.baton.campaign.process;

import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Leadership;
import dev.baton.campaign.candidate.Settings;
import org.jspecify.annotations.Nullable;

/** A contender with a mistake planted: once it has led, it takes itself for the leader for good. A campaign must notice. */
final class HeedlessContender implements Contender {
    private final Contender careful;
    private volatile boolean hasLed;

    private HeedlessContender(Contender careful) {
        this.careful = careful;
    }

    static Contender open(Settings settings, Appendable events) {
        return new HeedlessContender(BatonContender.open(settings, events));
    }

    @Override
    public void contend(Leadership leadership) {
        careful.contend(new Leadership() {
            @Override
            public void began(@Nullable Long token) {
                leadership.began(token);
                hasLed = true;
            }

            @Override
            public void ended() {
                // This is the mistake.
            }
        });
    }

    @Override
    public boolean claimsToLead() {
        return hasLed;
    }

    @Override
    public void close() {
        careful.close();
    }
}
