/* preflight_beta.h - the beta distribution: what is known of a probability. Private to
 * ses/. */
#ifndef SES_PREFLIGHT_BETA_H
#define SES_PREFLIGHT_BETA_H

/* The chance that a variable of Beta(a, b), both above 0, is at most x. Abramowitz and
 * Stegun, 26.5.8. */
double ses_beta_below(double a, double b, double x);

/* The x for which that chance is p. */
double ses_beta_quantile(double a, double b, double p);

#endif
