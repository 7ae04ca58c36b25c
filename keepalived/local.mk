# SPDX-License-Identifier: GPL-2.0-or-later
# Everything but main() is in a library, so that tests can link it.
noinst_LIBRARIES += keepalived/libkeepalived.a
sbin_PROGRAMS += keepalived/keepalived

keepalived_libkeepalived_a_SOURCES = \
	keepalived/conf/bfd.c \
	keepalived/conf/bfd.h \
	keepalived/conf/changes.c \
	keepalived/conf/changes.h \
	keepalived/conf/checker.c \
	keepalived/conf/checker_dns.c \
	keepalived/conf/checker_http.c \
	keepalived/conf/checker_http.h \
	keepalived/conf/checker_misc.c \
	keepalived/conf/checker_regex.c \
	keepalived/conf/checker_rows.h \
	keepalived/conf/checker_smtp.c \
	keepalived/conf/checker_track.c \
	keepalived/conf/checker_udp.c \
	keepalived/conf/codecs.c \
	keepalived/conf/conf.c \
	keepalived/conf/conf.h \
	keepalived/conf/entry.c \
	keepalived/conf/entry.h \
	keepalived/conf/global.c \
	keepalived/conf/global.h \
	keepalived/conf/global_firewall.c \
	keepalived/conf/global_lvs.c \
	keepalived/conf/global_tables.h \
	keepalived/conf/global_values.c \
	keepalived/conf/guesses.c \
	keepalived/conf/inspect.c \
	keepalived/conf/inspect.h \
	keepalived/conf/interfaces.c \
	keepalived/conf/interfaces.h \
	keepalived/conf/iproute.c \
	keepalived/conf/iproute.h \
	keepalived/conf/keywords.c \
	keepalived/conf/keywords.h \
	keepalived/conf/keywords_json.c \
	keepalived/conf/load.c \
	keepalived/conf/load.h \
	keepalived/conf/load_errors.c \
	keepalived/conf/load_files.c \
	keepalived/conf/load_interfaces.c \
	keepalived/conf/load_iproute.c \
	keepalived/conf/load_iproute.h \
	keepalived/conf/load_pack.c \
	keepalived/conf/load_scripts.c \
	keepalived/conf/load_scripts.h \
	keepalived/conf/lvs.c \
	keepalived/conf/lvs.h \
	keepalived/conf/lvs_group.c \
	keepalived/conf/lvs_method.c \
	keepalived/conf/lvs_rows.h \
	keepalived/conf/lvs_server.c \
	keepalived/conf/lvs_values.c \
	keepalived/conf/route.c \
	keepalived/conf/route.h \
	keepalived/conf/route_encap.c \
	keepalived/conf/route_metric.c \
	keepalived/conf/route_nexthop.c \
	keepalived/conf/route_options.c \
	keepalived/conf/route_tables.h \
	keepalived/conf/rule.c \
	keepalived/conf/rule_options.c \
	keepalived/conf/rules.h \
	keepalived/conf/rules_auth.c \
	keepalived/conf/rules_checker.c \
	keepalived/conf/rules_family.c \
	keepalived/conf/rules_lvs.c \
	keepalived/conf/rules_group.c \
	keepalived/conf/rules_lvs.h \
	keepalived/conf/rules_strict.c \
	keepalived/conf/rules_twins.c \
	keepalived/conf/rules_vips.c \
	keepalived/conf/rules_vmac.c \
	keepalived/conf/rules_vrrp.c \
	keepalived/conf/rules_vrrp.c \
	keepalived/conf/rules_vrrp.h \
	keepalived/conf/static.c \
	keepalived/conf/tables.h \
	keepalived/conf/track.c \
	keepalived/conf/track.h \
	keepalived/conf/values.h \
	keepalived/conf/vrrp.c \
	keepalived/conf/vrrp.h \
	keepalived/conf/vrrp_addresses.c \
	keepalived/conf/vrrp_group.c \
	keepalived/conf/vrrp_hmac.c \
	keepalived/conf/vrrp_tables.h \
	keepalived/conf/vrrp_track.c \
	keepalived/conf/vrrp_unicast.c \
	keepalived/conf/vrrp_values.c \
	keepalived/conf/vrrp_vmac.c \
	keepalived/core/child.c \
	keepalived/core/child.h \
	keepalived/core/child_main.h \
	keepalived/core/exit.h \
	keepalived/core/forked.c \
	keepalived/core/forked.h \
	keepalived/core/generation.c \
	keepalived/core/generation.h \
	keepalived/core/loader.c \
	keepalived/core/loader.h \
	keepalived/core/mail.c \
	keepalived/core/mail.h \
	keepalived/core/msgs.h \
	keepalived/core/netns.c \
	keepalived/core/netns.h \
	keepalived/core/options.c \
	keepalived/core/options.h \
	keepalived/core/parent.c \
	keepalived/core/parent.h \
	keepalived/core/parent_reload.c \
	keepalived/core/parent_start.c \
	keepalived/core/parent_state.h \
	keepalived/core/parent_stop.c \
	keepalived/core/paths.h \
	keepalived/core/pidfile.c \
	keepalived/core/pidfile.h \
	keepalived/core/process.c \
	keepalived/core/process.h \
	keepalived/core/run_table.c \
	keepalived/core/run_table.h \
	keepalived/core/script.c \
	keepalived/core/script.h \
	keepalived/core/sdnotify.h \
	keepalived/core/status.c \
	keepalived/core/status.h \
	keepalived/core/version.c \
	keepalived/core/version.h \
	keepalived/kern/fw.c \
	keepalived/kern/fw.h \
	keepalived/kern/fw_ipt.c \
	keepalived/kern/fw_ipt.h \
	keepalived/kern/fw_nft.c \
	keepalived/kern/fw_nft.h \
	keepalived/kern/fw_rules.c \
	keepalived/kern/fw_rules.h \
	keepalived/kern/ipvs.c \
	keepalived/kern/ipvs.h \
	keepalived/kern/ipvs_types.c \
	keepalived/kern/ipvs_types.h \
	keepalived/kern/module.h \
	keepalived/kern/netlink.c \
	keepalived/kern/netlink.h \
	keepalived/kern/pkt.c \
	keepalived/kern/pkt.h \
	keepalived/kern/pkt_base.c \
	keepalived/kern/pkt_base.h \
	keepalived/kern/pkt_frame.c \
	keepalived/kern/rtnl.c \
	keepalived/kern/rtnl.h \
	keepalived/kern/rtnl_table.c \
	keepalived/kern/rtnl_table.h \
	keepalived/kern/sysctl.c \
	keepalived/kern/sysctl.h \
	keepalived/vrrp/announce.c \
	keepalived/vrrp/announce.h \
	keepalived/vrrp/announcer.c \
	keepalived/vrrp/announcer.h \
	keepalived/vrrp/auth.c \
	keepalived/vrrp/auth.h \
	keepalived/vrrp/child.c \
	keepalived/vrrp/child.h \
	keepalived/vrrp/deny.c \
	keepalived/vrrp/deny.h \
	keepalived/vrrp/fsm.c \
	keepalived/vrrp/fsm.h \
	keepalived/vrrp/group.c \
	keepalived/vrrp/group.h \
	keepalived/vrrp/groups.c \
	keepalived/vrrp/groups.h \
	keepalived/vrrp/guard.c \
	keepalived/vrrp/guard.h \
	keepalived/vrrp/iface.c \
	keepalived/vrrp/iface.h \
	keepalived/vrrp/instance.c \
	keepalived/vrrp/instance.h \
	keepalived/vrrp/octets.h \
	keepalived/vrrp/prio.c \
	keepalived/vrrp/prio.h \
	keepalived/vrrp/promote.c \
	keepalived/vrrp/promote.h \
	keepalived/vrrp/receive.c \
	keepalived/vrrp/receive.h \
	keepalived/vrrp/run.c \
	keepalived/vrrp/run.h \
	keepalived/vrrp/say.c \
	keepalived/vrrp/say.h \
	keepalived/vrrp/scripts.c \
	keepalived/vrrp/scripts.h \
	keepalived/vrrp/send.c \
	keepalived/vrrp/send.h \
	keepalived/vrrp/tell.c \
	keepalived/vrrp/tell.h \
	keepalived/vrrp/track.c \
	keepalived/vrrp/track.h \
	keepalived/vrrp/vips.c \
	keepalived/vrrp/vips.h \
	keepalived/vrrp/wire.c \
	keepalived/vrrp/wire.h \
	keepalived/check/apply.c \
	keepalived/check/apply.h \
	keepalived/check/checker.c \
	keepalived/check/checker.h \
	keepalived/check/child.c \
	keepalived/check/child.h \
	keepalived/check/http.c \
	keepalived/check/lvs.c \
	keepalived/check/lvs.h \
	keepalived/check/misc.c \
	keepalived/check/report.c \
	keepalived/check/report.h \
	keepalived/check/service.c \
	keepalived/check/service.h \
	keepalived/check/services.c \
	keepalived/check/table.c \
	keepalived/check/table.h \
	keepalived/check/tcp.c \
	keepalived/check/verdict.c \
	keepalived/check/verdict.h

if WITH_MAIL
keepalived_libkeepalived_a_SOURCES += keepalived/core/mail_curl.c
else
keepalived_libkeepalived_a_SOURCES += keepalived/core/mail_none.c
endif
if WITH_SYSTEMD
keepalived_libkeepalived_a_SOURCES += keepalived/core/sdnotify_systemd.c
else
keepalived_libkeepalived_a_SOURCES += keepalived/core/sdnotify_none.c
endif
if WITH_KMOD
keepalived_libkeepalived_a_SOURCES += keepalived/kern/module_kmod.c
else
keepalived_libkeepalived_a_SOURCES += keepalived/kern/module_none.c
endif
if WITH_IPTABLES
keepalived_libkeepalived_a_SOURCES += \
	keepalived/kern/fw_ipset.c keepalived/kern/fw_ipset.h keepalived/kern/fw_ipt_libiptc.c
else
keepalived_libkeepalived_a_SOURCES += keepalived/kern/fw_ipt_none.c
endif
if WITH_NFTABLES
keepalived_libkeepalived_a_SOURCES += keepalived/kern/fw_nft_libnftables.c
else
keepalived_libkeepalived_a_SOURCES += keepalived/kern/fw_nft_none.c
endif
EXTRA_DIST += \
	keepalived/kern/fw_ipset.c keepalived/kern/fw_ipset.h \
	keepalived/kern/fw_ipt_libiptc.c keepalived/kern/fw_ipt_none.c \
	keepalived/kern/fw_nft_libnftables.c keepalived/kern/fw_nft_none.c \
	keepalived/core/mail_curl.c keepalived/core/mail_none.c \
	keepalived/core/sdnotify_systemd.c keepalived/core/sdnotify_none.c \
	keepalived/kern/module_kmod.c keepalived/kern/module_none.c

keepalived_keepalived_SOURCES = keepalived/main.c genhash/genhash.c genhash/genhash.h
keepalived_keepalived_LDADD = keepalived/libkeepalived.a lib/libbase.a $(DAEMON_LIBS) $(BASE_LIBS)
