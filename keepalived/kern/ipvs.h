/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port to the kernel's virtual server table (generic netlink family "IPVS", linux/ip_vs.h).
 *
 * Behind a table of operations, so that a test hands in a set in memory (test/unit/fake_ipvs.h).
 * The kernel handles each request inside the send call, so nothing here waits for anything but
 * the kernel's own work; a lost acknowledgement costs IPVS_TIMEOUT, once.
 */
#ifndef KERN_IPVS_H
#define KERN_IPVS_H

#include "keepalived/kern/ipvs_types.h"
#include "lib/clock.h"

#define IPVS_TIMEOUT MSEC(2000) /* longest wait for the kernel's answers to one call */

struct ipvs {
	const struct ipvs_ops *ops;
};

/* Called for each service, directly followed by its destinations. Values last for the call. */
struct ipvs_visitor {
	void (*service)(void *arg, const struct ipvs_service *);
	void (*dest)(void *arg, const struct ipvs_service *, const struct ipvs_dest *);
	void *arg;
};

struct ipvs_info {
	uint32_t version;    /* as IP_VS_VERSION_CODE: 0x010201 is 1.2.1 */
	uint32_t conn_table; /* size of the connection table */
	struct ipvs_timeouts timeouts;
};

struct ipvs_ops {
	/*
	 * Carries out the changes in order; a change that fails does not stop those after it.
	 * Sets every change's error. Returns how many failed; with a broken socket -errno, and
	 * the changes that were not sent or not answered carry an error as well.
	 */
	int (*apply)(struct ipvs *, struct ipvs_change *, size_t n);
	int (*dump)(struct ipvs *, const struct ipvs_visitor *); /* 0 or -errno */
	int (*info)(struct ipvs *, struct ipvs_info *);          /* 0 or -errno */
	/* Another receive buffer from now on, in bytes, beyond rmem_max with force; 0: as opened.
	 * NULL: there is none. */
	void (*set_buffer)(struct ipvs *, unsigned rcvbuf, bool force);
	void (*close)(struct ipvs *);
};

/*
 * In the caller's network namespace; needs CAP_NET_ADMIN for everything but closing.
 * 0, -ENOENT when the kernel has no IPVS (module ip_vs not loaded), or another -errno.
 */
int ipvs_open(struct ipvs **);

static inline int ipvs_apply(struct ipvs *ipvs, struct ipvs_change *changes, size_t n)
{
	return ipvs->ops->apply(ipvs, changes, n);
}

static inline int ipvs_dump(struct ipvs *ipvs, const struct ipvs_visitor *visitor)
{
	return ipvs->ops->dump(ipvs, visitor);
}

static inline int ipvs_info(struct ipvs *ipvs, struct ipvs_info *info)
{
	return ipvs->ops->info(ipvs, info);
}

static inline void ipvs_set_buffer(struct ipvs *ipvs, unsigned rcvbuf, bool force)
{
	if (ipvs->ops->set_buffer)
		ipvs->ops->set_buffer(ipvs, rcvbuf, force);
}

static inline void ipvs_close(struct ipvs *ipvs) /* NULL is allowed */
{
	if (ipvs)
		ipvs->ops->close(ipvs);
}

#endif
