package dev.baton.campaign.process;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Leadership;
import dev.baton.campaign.candidate.Settings;
import dev.baton.event.ElectionEvent;
import dev.baton.event.EventSink;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A candidate of this library among code of others that misbehaves: its callbacks, its executor, its event sink and its
 * log. No promise may break for that, but where the work of a term does not stop its claim lapses instead of being handed
 * over.
 *
 * <p>Before its process ends it waits, 20 seconds at most, until its events are recorded. They wait while its sink hangs;
 * without them the last term would seem to have lasted until its claim lapsed.
 */
final class UnrulyContender implements Contender {
    private static final long LONGEST_TO_RECORD_SECONDS = 20;

    private final Contender careful;
    private final Mischief mischief;
    private final CountDownLatch recorded;

    private UnrulyContender(Contender careful, Mischief mischief, CountDownLatch recorded) {
        this.careful = careful;
        this.mischief = mischief;
        this.recorded = recorded;
    }

    static Contender open(Settings settings, Appendable events) {
        Mischief mischief = new Mischief(settings.identity().hashCode(), settings.leaseDuration());
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            AppenderBase<ILoggingEvent> appender = mischief.appender();
            appender.setContext(context);
            appender.start();
            context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        }
        CountDownLatch recorded = new CountDownLatch(1);
        EventSink record = EventSink.jsonLines(events).and(event -> {
            if (event.type() == ElectionEvent.Type.STOPPED) {
                recorded.countDown();
            }
        });
        return new UnrulyContender(
                BatonContender.open(
                        settings,
                        mischief.around(record),
                        builder -> builder.callbackExecutor(mischief.executor())
                                .onLeaderChange(leader -> mischief.strike())),
                mischief,
                recorded);
    }

    @Override
    public void contend(Leadership leadership) {
        careful.contend(new Leadership() {
            @Override
            public void began(@Nullable Long token) {
                leadership.began(token);
                mischief.strike();
            }

            @Override
            public void ended() {
                leadership.ended();
                mischief.strike();
            }
        });
    }

    @Override
    public boolean claimsToLead() {
        return careful.claimsToLead();
    }

    @Override
    public void close() {
        careful.close();
        try {
            recorded.await(LONGEST_TO_RECORD_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
