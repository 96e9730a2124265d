package dev.baton.kubernetes;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import org.jspecify.annotations.Nullable;

/** Why a server's certificate was not accepted. */
enum CertificateFault {
    /** Signed by nobody who is trusted. */
    UNKNOWN_AUTHORITY,
    /** Expired, or not valid yet. */
    NOT_NOW,
    /** Made out to another host. */
    OTHER_HOST;

    /** What {@code failure} says, or null when it has to do with no certificate. */
    static @Nullable CertificateFault of(@Nullable Throwable failure) {
        CertificateFault found = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return NOT_NOW;
            }
            if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
                found = UNKNOWN_AUTHORITY;
            } else if (found == null && cause instanceof CertificateException) {
                // The JDK has no class of its own for a name that does not match; what it has for chains is a subclass.
                found = cause.getClass() == CertificateException.class ? OTHER_HOST : UNKNOWN_AUTHORITY;
            }
        }
        return found;
    }
}
