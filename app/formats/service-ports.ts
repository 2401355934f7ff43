/**
 * Ports that tools write by the names of their services, as /etc/services has them (https://www.iana.org/assignments/service-names-port-numbers): Argus does so
 * unless it is told otherwise (ra -n), Check Point and others in their tables.
 */
const ports: ReadonlyMap<string, number> = new Map(
  (
    'ftp-data:20 ftp:21 ssh:22 telnet:23 smtp:25 time:37 nicname:43 whois:43 tacacs:49 domain:53 dns:53 domain-udp:53 domain-tcp:53 bootps:67 bootpc:68 tftp:69 gopher:70 finger:79 http:80 www:80 ' +
    'kerberos:88 pop3:110 pop-3:110 sunrpc:111 auth:113 ident:113 nntp:119 ntp:123 ntp-udp:123 epmap:135 loc-srv:135 netbios-ns:137 nbname:137 netbios-dgm:138 nbdatagram:138 netbios-ssn:139 nbsession:139 ' +
    'imap:143 imap2:143 snmp:161 snmptrap:162 snmp-trap:162 bgp:179 irc:194 ldap:389 https:443 microsoft-ds:445 kpasswd:464 smtps:465 submissions:465 isakmp:500 ike:500 exec:512 login:513 shell:514 syslog:514 ' +
    'printer:515 route:520 dhcpv6-client:546 dhcpv6-server:547 rtsp:554 submission:587 ipp:631 ldaps:636 rsync:873 ftps-data:989 ftps:990 telnets:992 imaps:993 pop3s:995 socks:1080 openvpn:1194 ms-sql-s:1433 ' +
    'ms-sql-m:1434 l2tp:1701 pptp:1723 radius:1812 radius-acct:1813 ssdp:1900 nfs:2049 mysql:3306 ms-wbt-server:3389 teredo:3544 ipsec-nat-t:4500 upnp:5000 sip:5060 sips:5061 sip-tls:5061 xmpp-client:5222 ' +
    'mdns:5353 llmnr:5355 postgresql:5432 amqp:5672 rfb:5900 vnc:5900 x11:6000 redis:6379 ircd:6667 http-alt:8080 webcache:8080 http-proxy:8080 https-alt:8443 mongodb:27017'
  )
    .split(' ')
    .map((one) => one.split(':') as [string, string])
    .map(([name, port]) => [name, Number(port)]),
);

/** The port of a service by its name, in any case; undefined where it is not known. */
export const portOfService = (name: string): number | undefined => (name.length > 20 ? undefined : ports.get(name.toLowerCase()));
