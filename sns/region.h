/* region.h - which hosts and which certificate name belong to a region. */
#ifndef SNS_REGION_H
#define SNS_REGION_H

#include <stdbool.h>

#define SNS_HOST_SIZE 128

/*
 * Builds the host of SNS's endpoint, "sns.REGION.SUFFIX", from the partition and region
 * of a topic (the partitions and the shapes of their regions are those that the AWS SDKs
 * ship). False if the partition is not in the table, or the region does not have the
 * shape that partition's regions have: so that no "region" can name an S3 bucket's host.
 * On failure host is untouched.
 */
bool sns_region_host(const char *partition, const char *region, char host[SNS_HOST_SIZE])
	__attribute__((warn_unused_result));

/* The domain of AWS's endpoints in a region, such as "amazonaws.com", whatever the
 * partition; NULL for what has not the shape of a region, as above. Static. */
const char *sns_region_suffix(const char *region);

/*
 * The common name that the signing certificates of a region carry, as AWS's own verifier
 * expects it (SnsHostProvider of the AWS SDK for Java 2). host is what sns_region_host
 * gave for the region. Never NULL. Where the name holds the region's own name it is
 * written into name; otherwise name is untouched.
 */
const char *sns_region_certificate_name(
	const char *region, const char *host, char name[SNS_HOST_SIZE]);

#endif
