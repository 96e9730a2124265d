package dev.baton.testing.servers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** A test that the fast lane skips, with the reason; see {@link Lane}. */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(FullLane.Condition.class)
public @interface FullLane {
    /** Why it is not for the fast lane: what it takes. */
    String value();

    /** Skips what is annotated, in the fast lane. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return AnnotationSupport.findAnnotation(context.getElement(), FullLane.class)
                    .filter(lane -> Lane.current() == Lane.FAST)
                    .map(lane -> ConditionEvaluationResult.disabled(Lane.SKIPPED + lane.value()))
                    .orElseGet(() -> ConditionEvaluationResult.enabled("for this lane"));
        }
    }
}
