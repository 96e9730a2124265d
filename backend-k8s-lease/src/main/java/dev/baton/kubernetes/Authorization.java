package dev.baton.kubernetes;

import dev.baton.spi.BackendException;
import dev.baton.spi.Secrets;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.TokenRefreshInterceptor;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * Puts the credential into each request as fabric8 does, whatever its source, after trimming and checking it: the JDK's
 * client refuses a header with a line break in an exception that repeats the header.
 */
final class Authorization extends TokenRefreshInterceptor {
    private static final Pattern SCHEME = Pattern.compile("^(Bearer|Basic)\\s+");

    private final Secrets secrets;

    Authorization(Config config, HttpClient.Factory factory, Secrets secrets) {
        super(config, factory, Instant.now());
        this.secrets = secrets;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        super.before(new Fit(builder), request, tags);
    }

    @Override
    public CompletableFuture<Boolean> afterFailure(BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
        if (!shouldFail(response) && config.getOauthTokenProvider() instanceof ExecPlugin program) {
            program.forget();
        }
        return super.afterFailure(new Fit(builder), response, tags);
    }

    /** A builder whose headers are trimmed. */
    private final class Fit implements BasicBuilder {
        private final BasicBuilder builder;

        Fit(BasicBuilder builder) {
            this.builder = builder;
        }

        @Override
        public BasicBuilder uri(URI uri) {
            builder.uri(uri);
            return this;
        }

        @Override
        public BasicBuilder header(String name, String value) {
            builder.header(name, fit(value));
            return this;
        }

        @Override
        public BasicBuilder setHeader(String name, String value) {
            builder.setHeader(name, fit(value));
            return this;
        }

        private String fit(String value) {
            String trimmed = SCHEME.matcher(value.strip()).replaceFirst("$1 ");
            secrets.learn(SCHEME.matcher(trimmed).replaceFirst(""));
            if (!Credentials.isFit(trimmed)) {
                throw new BackendException(Credentials.unfit("token"));
            }
            return trimmed;
        }
    }
}
