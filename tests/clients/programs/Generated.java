// The annotation of jakarta.annotation-api 1.3 on all classes of openapi-generator's `java`, so that they compile without a download.
package javax.annotation;

public @interface Generated {
  String[] value();

  String date() default "";

  String comments() default "";
}
