package dev.baton.kubernetes;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import org.jspecify.annotations.Nullable;

/** Why the client did not accept a server's certificate. */
enum CertificateFault {
    /** No trusted authority signed the certificate. */
    UNKNOWN_AUTHORITY,
    /** The certificate has expired, or is not valid yet. */
    NOT_NOW,
    /** The certificate names another host. */
    OTHER_HOST;

    /** The fault that caused {@code failure}, or null when the cause is not a certificate. */
    static @Nullable CertificateFault of(@Nullable Throwable failure) {
        CertificateFault found = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return NOT_NOW;
            }
            if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
                found = UNKNOWN_AUTHORITY;
            } else if (found == null && cause instanceof CertificateException) {
                // For a host name that does not match, the JDK throws CertificateException itself; for chains, a
                // subclass.
                found = cause.getClass() == CertificateException.class ? OTHER_HOST : UNKNOWN_AUTHORITY;
            }
        }
        return found;
    }
}
