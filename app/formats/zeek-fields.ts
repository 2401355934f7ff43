import type { ColumnType } from '../contract/records.ts';
import { once } from '../shared/once.ts';

/** What a field of one of Zeek's logs is. */
export interface ZeekField {
  readonly name: string;
  readonly type: ColumnType;
  readonly title: string;
  readonly shown: boolean;
  /** Its place among the fields of its log. */
  readonly place: number;
}

/**
 * Zeek's logs beside conn.log: name and type of each field (but for ts, uid and the four addresses and ports, which all share), as their records are
 * declared (https://docs.zeek.org/en/master/script-reference/log-files.html). TSV logs say the types themselves; JSON logs do not, and are told apart
 * by these fields. `-` before a name: not shown unless asked for. What stands behind the type is the title.
 */
const declared: Readonly<Record<string, string>> = {
  dns: `proto enum; -trans_id count Number that ties answer to question; rtt interval From question to answer; query string Name that was asked for;
    -qclass count; -qclass_name string; -qtype count; qtype_name string Kind of record asked for (A, AAAA, PTR, ...); -rcode count; rcode_name string How the server answered (NOERROR, NXDOMAIN, ...);
    AA bool The answer is authoritative; TC bool The answer was cut; -RD bool Recursion was wanted; -RA bool Recursion was offered; -Z count;
    answers vector What was answered; TTLs vector How long the answers hold, in seconds; rejected bool The server refused; -opcode count; -opcode_name string; -auth set; -addl set; -original_query string`,
  http: `-trans_depth count Request within its connection, counted from 1; method string; host string Host header; uri string; referrer string; -version string; user_agent string; -origin string;
    request_body_len count Bytes the client sent in the body; response_body_len count Bytes the server sent in the body; status_code count; status_msg string; -info_code count; -info_msg string;
    -tags set; username string; -password string; -proxied set; -orig_fuids vector; -orig_filenames vector; -orig_mime_types vector; -resp_fuids vector; -resp_filenames vector;
    resp_mime_types vector Kinds of content the server sent; -client_header_names vector; -server_header_names vector; -cookie_vars vector; -uri_vars vector; -post_body string; -filename string`,
  ssl: `version string; cipher string; -curve string; server_name string Name the client asked for (SNI); resumed bool; last_alert string; next_protocol string; established bool The handshake came to its end;
    -ssl_history string; -cert_chain_fps vector; -client_cert_chain_fps vector; -cert_chain_fuids vector; -client_cert_chain_fuids vector; subject string; issuer string; -client_subject string; -client_issuer string;
    -sni_matches_cert bool; validation_status string Whether the certificate holds; ja3 string Fingerprint of the client; ja3s string Fingerprint of the server; -ja4 string; -ocsp_status string`,
  x509: `fingerprint string; id string File id of the certificate; -certificate.version count; certificate.serial string; certificate.subject string; certificate.issuer string;
    certificate.not_valid_before time; certificate.not_valid_after time; -certificate.key_alg string; -certificate.sig_alg string; -certificate.key_type string; certificate.key_length count;
    -certificate.exponent string; -certificate.curve string; san.dns vector Names the certificate holds for; -san.uri vector; -san.email vector; -san.ip vector; -basic_constraints.ca bool;
    -basic_constraints.path_len count; -host_cert bool; -client_cert bool`,
  files: `fuid string Id of the file; tx_hosts set Who sent it; rx_hosts set Who received it; conn_uids set Connections that carried it; source string; -depth count; -analyzers set; mime_type string; filename string;
    duration interval; -local_orig bool; is_orig bool; seen_bytes count; total_bytes count; missing_bytes count; -overflow_bytes count; timedout bool; -parent_fuid string; md5 string; sha1 string; sha256 string;
    extracted string; -extracted_cutoff bool; -extracted_size count; -entropy double`,
  weird: `name string What was strange; addl string More about it; notice bool; peer string; source string`,
  notice: `fuid string; -file_mime_type string; -file_desc string; proto enum; note enum Kind of notice; msg string; sub string; src addr; dst addr; p port; n count; -peer_descr string; -actions set; -email_dest set;
    -suppress_for interval; -dropped bool; -remote_location.country_code string; -remote_location.region string; -remote_location.city string; -remote_location.latitude double; -remote_location.longitude double`,
  ssh: `version count; auth_success bool; auth_attempts count; direction enum; client string; server string; cipher_alg string; -mac_alg string; -compression_alg string; -kex_alg string; -host_key_alg string; host_key string;
    -remote_location.country_code string; -remote_location.region string; -remote_location.city string; -remote_location.latitude double; -remote_location.longitude double; hassh string; hasshServer string; hasshVersion string`,
  smtp: `trans_depth count; helo string; mailfrom string; rcptto set; date string; from string; to set; cc set; reply_to string; msg_id string; -in_reply_to string; subject string; -x_originating_ip addr; -first_received string;
    -second_received string; last_reply string; -path vector; user_agent string; tls bool; -fuids vector; -is_webmail bool`,
  ftp: `user string; password string; command string; arg string; mime_type string; file_size count; reply_code count; reply_msg string; data_channel.passive bool; data_channel.orig_h addr; data_channel.resp_h addr; data_channel.resp_p port; fuid string`,
  dhcp: `uids set; client_addr addr; server_addr addr; client_port port; server_port port; mac string; host_name string; client_fqdn string; domain string; requested_addr addr; assigned_addr addr; assigned_ip addr; lease_time interval;
    client_message string; server_message string; msg_types vector; duration interval; trans_id count; msg_orig vector; client_software string; server_software string; circuit_id string; agent_remote_id string; subscriber_id string`,
  rdp: `cookie string; result string; security_protocol string; client_channels vector; keyboard_layout string; client_build string; client_name string; client_dig_product_id string; desktop_width count; desktop_height count;
    requested_color_depth string; cert_type string; cert_count count; cert_permanent bool; encryption_level string; encryption_method string; ssl bool`,
  ntp: `version count; mode count; stratum count; poll interval; precision interval; root_delay interval; root_disp interval; ref_id string; ref_time time; org_time time; rec_time time; xmt_time time; num_exts count`,
  sip: `trans_depth count; method string; uri string; date string; request_from string; request_to string; response_from string; response_to string; reply_to string; call_id string; seq string; subject string; request_path vector;
    response_path vector; user_agent string; status_code count; status_msg string; warning string; request_body_len count; response_body_len count; content_type string`,
  snmp: `duration interval; version string; community string; get_requests count; get_bulk_requests count; get_responses count; set_requests count; display_string string; up_since time`,
  tunnel: `tunnel_type enum; action enum`,
  kerberos: `request_type string; client string; service string; success bool; error_msg string; from time; till time; cipher string; forwardable bool; renewable bool; client_cert_subject string; client_cert_fuid string;
    server_cert_subject string; server_cert_fuid string; auth_ticket string; new_ticket string`,
  ntlm: `username string; hostname string; domainname string; server_nb_computer_name string; server_dns_computer_name string; server_tree_name string; success bool`,
  dce_rpc: `rtt interval; named_pipe string; endpoint string; operation string`,
  smb_files: `fuid string; action enum; path string; name string; size count; prev_name string; times.modified time; times.accessed time; times.created time; times.changed time; data_offset_req count; data_len_req count; data_len_rsp count`,
  smb_mapping: `path string; service string; native_file_system string; share_type string`,
  smb_cmd: `command string; sub_command string; argument string; status string; rtt interval; version string; username string; tree string; tree_service string;
    -referenced_file.ts time; -referenced_file.uid string; -referenced_file.id.orig_h addr; -referenced_file.id.orig_p port; -referenced_file.id.resp_h addr; -referenced_file.id.resp_p port; -referenced_file.fuid string; -referenced_file.action enum;
    -referenced_file.path string; -referenced_file.name string; -referenced_file.size count; -referenced_file.prev_name string; -referenced_file.times.modified time; -referenced_file.times.accessed time; -referenced_file.times.created time; -referenced_file.times.changed time`,
  mysql: `cmd string; arg string; success bool; rows count; response string`,
  postgresql: `user string; database string; application_name string; frontend string; frontend_arg string; success bool; backend string; backend_arg string; rows count`,
  redis: `cmd.name string; cmd.key string; cmd.value string; success bool; reply.value string`,
  ldap: `message_id count; version count; opcode string; result string; diagnostic_message string; object string; argument string`,
  ldap_search: `message_id count; scope string; deref_aliases string; base_object string; result_count count; result string; diagnostic_message string; filter string; attributes vector`,
  quic: `version string; client_initial_dcid string; client_scid string; server_scid string; server_name string; client_protocol string; history string`,
  modbus: `tid count; unit count; func string; pdu_type string; exception string`,
  dnp3: `fc_request string; fc_reply string; iin count`,
  irc: `nick string; user string; command string; value string; addl string; dcc_file_name string; dcc_file_size count; dcc_mime_type string; fuid string`,
  mqtt_connect: `proto_name string; proto_version string; client_id string; connect_status string; will_topic string; will_payload string`,
  mqtt_publish: `from_client bool; retain bool; qos string; status string; topic string; payload string; payload_len count`,
  mqtt_subscribe: `action enum; topics vector; qos_levels vector; granted_qos_level count; ack bool`,
  radius: `username string; mac string; framed_addr addr; remote_ip addr; tunnel_client string; connect_info string; reply_msg string; result string; ttl interval`,
  rfb: `client_major_version string; client_minor_version string; server_major_version string; server_minor_version string; authentication_method string; auth bool; share_flag bool; desktop_name string; width count; height count`,
  socks: `version count; user string; password string; status string; request.host addr; request.name string; request_p port; bound.host addr; bound.name string; bound_p port`,
  syslog: `proto enum; facility string; severity string; message string`,
  pe: `id string; machine string; compile_ts time; os string; subsystem string; is_exe bool; is_64bit bool; uses_aslr bool; uses_dep bool; uses_code_integrity bool; uses_seh bool; has_import_table bool; has_export_table bool;
    has_cert_table bool; has_debug_data bool; section_names vector`,
  ocsp: `id string; hashAlgorithm string; issuerNameHash string; issuerKeyHash string; serialNumber string; certStatus string; revoketime time; revokereason string; thisUpdate time; nextUpdate time`,
  dpd: `proto enum; analyzer string; failure_reason string; packet_segment string`,
  analyzer: `cause string; analyzer_kind string; analyzer_name string; fuid string; failure_reason string; failure_data string`,
  software: `host addr; host_p port; software_type enum; name string; version.major count; version.minor count; version.minor2 count; version.minor3 count; version.addl string; unparsed_version string`,
  known_hosts: `host addr`,
  known_services: `host addr; port_num port; port_proto enum; service set`,
  known_certs: `host addr; port_num port; subject string; issuer_subject string; serial string`,
  intel: `seen.indicator string; seen.indicator_type enum; seen.where enum; seen.node string; matched set; sources set; fuid string; file_mime_type string; file_desc string`,
  signatures: `src_addr addr; src_port port; dst_addr addr; dst_port port; note enum; sig_id string; event_msg string; sub_msg string; sig_count count; host_count count`,
  traceroute: `src addr; dst addr; proto string`,
  capture_loss: `ts_delta interval; peer string; gaps count; acks count; percent_lost double`,
  stats: `peer string; mem count; pkts_proc count; bytes_recv count; pkts_dropped count; pkts_link count; pkt_lag interval; pkts_filtered count; events_proc count; events_queued count; active_tcp_conns count; active_udp_conns count;
    active_icmp_conns count; tcp_conns count; udp_conns count; icmp_conns count; timers count; active_timers count; files count; active_files count; dns_requests count; active_dns_requests count;
    reassem_tcp_size count; reassem_file_size count; reassem_frag_size count; reassem_unknown_size count`,
  reporter: `level enum; message string; location string`,
  packet_filter: `node string; filter string; init bool; success bool; failure_reason string`,
  loaded_scripts: `name string`,
  telemetry: `peer string; metric_type string; name string; labels vector; label_values vector; value double`,
  cluster: `node string; message string`,
  arp: `operation string; src_mac string; dst_mac string; orig_hw string; resp_hw string`,
  unknown_protocols: `analyzer string; protocol_id string; first_bytes string; analyzer_history vector`,
  modbus_register_change: `register count; old_val count; new_val count; delta interval`,
  known_modbus: `host addr; device_type enum`,
  weird_stats: `name string; num_seen count`,
  config: `id string; old_value string; new_value string; location string`,
  netcontrol: `rule_id string; category enum; cmd string; state enum; action string; target enum; entity_type string; entity string; mod string; msg string; priority int; expire interval; location string; plugin string`,
  netcontrol_drop: `rule_id string; expire interval; location string`,
  netcontrol_shunt: `rule_id string; f.src_h addr; f.src_p port; f.dst_h addr; f.dst_p port; expire interval; location string`,
  netcontrol_catch_release: `rule_id string; ip addr; action enum; block_interval interval; watch_interval interval; blocked_until time; watched_until time; num_blocked count; location string; message string; plugin string`,
  openflow: `dpid count; match.in_port count; match.dl_src string; match.dl_dst string; match.dl_vlan count; match.dl_vlan_pcp count; match.dl_type count; match.nw_tos count; match.nw_proto count; match.nw_src subnet; match.nw_dst subnet;
    match.tp_src count; match.tp_dst count; flow_mod.cookie count; flow_mod.table_id count; flow_mod.command enum; flow_mod.idle_timeout count; flow_mod.hard_timeout count; flow_mod.priority count; flow_mod.out_port count;
    flow_mod.out_group count; flow_mod.flags count; flow_mod.actions.out_ports vector`,
  websocket: `host string; uri string; user_agent string; subprotocol string; client_protocols vector; client_extensions vector; server_extensions vector`,
  communication: `peer string; src_name string; connected_peer_desc string; connected_peer_addr addr; connected_peer_port port; level string; message string`,
  app_stats: `ts_delta interval; app string; uniq_hosts count; hits count; bytes count`,
  broker: `ty enum; ev string; peer.address string; peer.bound_port port; message string`,
};

/** Logs that are known by their fields, with the names of these. */
export const zeekLogs = once(
  (): ReadonlyMap<string, ReadonlyMap<string, ZeekField>> =>
    new Map(
      Object.entries(declared).map(([kind, text]) => [kind, new Map(text.split(';').map((one, place) => fieldOf(one.trim(), place)))]),
    ),
);

function fieldOf(text: string, place: number): [string, ZeekField] {
  const [word, type, ...title] = text.split(' ');
  const name = word.replace(/^-/, '');
  const words = title.length === 0 ? `${name}, as the log has it` : title.join(' ');
  return [name, { name, type: type as ColumnType, title: words, shown: name === word, place }];
}

/** A field of the log that a kind is named after; `dns_red` and `dns-internal` have the fields of `dns`. */
export function zeekField(kind: string, name: string): ZeekField | undefined {
  const logs = zeekLogs();
  const fields = logs.get(kind) ?? logs.get(kind.split(/[_-]/, 1)[0] ?? '');
  return fields?.get(name);
}
