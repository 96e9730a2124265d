package dev.baton.campaign.process;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Leadership;
import dev.baton.campaign.candidate.Settings;
import dev.baton.event.EventSink;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A candidate of this library among code of others that misbehaves: its callbacks, its executor, its event sink and its
 * log. No promise may break for that, but where the work of a term does not stop its claim lapses instead of being handed
 * over.
 */
final class UnrulyContender implements Contender {
    private final Contender careful;
    private final Mischief mischief;

    private UnrulyContender(Contender careful, Mischief mischief) {
        this.careful = careful;
        this.mischief = mischief;
    }

    static Contender open(Settings settings, Appendable events) {
        Mischief mischief = new Mischief(settings.identity().hashCode(), settings.leaseDuration());
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            AppenderBase<ILoggingEvent> appender = mischief.appender();
            appender.setContext(context);
            appender.start();
            context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        }
        return new UnrulyContender(
                BatonContender.open(
                        settings,
                        mischief.around(EventSink.jsonLines(events)),
                        builder ->
                                builder.callbackExecutor(mischief.executor()).onNewLeader(leader -> mischief.strike())),
                mischief);
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
    }
}
