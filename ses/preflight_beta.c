/* preflight_beta.c - the beta distribution: what is known of a probability. */
#include "ses/preflight_beta.h"

#include <math.h>

#define TERMS_MAX 2000
#define CLOSE_ENOUGH 1e-13
#define ALMOST_NOTHING 1e-300
#define HALVINGS 100

static double not_zero(double number)
{
	return fabs(number) < ALMOST_NOTHING ? ALMOST_NOTHING : number;
}

/* The coefficient of term number of the continued fraction. */
static double coefficient(double a, double b, double x, int number)
{
	double m = number / 2;

	if (number % 2 == 0)
		return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
	return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
}

/* 1 + d1/(1 + d2/(1 + …)), evaluated from the front as Lentz (1976) does. */
static double fraction(double a, double b, double x)
{
	double value = 1, upper = 1, lower = 0;

	for (int number = 1; number <= TERMS_MAX; number++) {
		double term = coefficient(a, b, x, number), change;

		lower = 1 / not_zero(1 + term * lower);
		upper = not_zero(1 + term / upper);
		change = upper * lower;
		value *= change;
		if (number > 1 && fabs(change - 1) < CLOSE_ENOUGH)
			break;
	}
	return value;
}

/* Only for x below the middle of the mass: there the fraction converges fast. */
static double below_near(double a, double b, double x)
{
	int sign;
	double front = lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign) +
		       a * log(x) + b * log1p(-x);

	return exp(front) / (a * fraction(a, b, x));
}

double ses_beta_below(double a, double b, double x)
{
	if (x <= 0)
		return 0;
	if (x >= 1)
		return 1;
	if (x <= (a + 1) / (a + b + 2))
		return fmin(1, below_near(a, b, x));
	return fmax(0, 1 - below_near(b, a, 1 - x));
}

double ses_beta_quantile(double a, double b, double p)
{
	double low = 0, high = 1;

	for (int i = 0; i < HALVINGS; i++) {
		double middle = (low + high) / 2;

		if (ses_beta_below(a, b, middle) < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}
