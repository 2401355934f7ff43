/** What Zeek's conn_state says, after https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html. `failed`: no connection came about. */
export interface ConnState {
  readonly title: string;
  readonly failed: boolean;
}

export const connStates: ReadonlyMap<string, ConnState> = new Map([
  ['S0', { title: 'Attempt seen, no reply', failed: true }],
  ['S1', { title: 'Established, not terminated', failed: false }],
  ['SF', { title: 'Normal establishment and termination', failed: false }],
  ['REJ', { title: 'Attempt rejected', failed: true }],
  ['S2', { title: 'Established, originator closed, no reply from responder', failed: false }],
  ['S3', { title: 'Established, responder closed, no reply from originator', failed: false }],
  ['RSTO', { title: 'Established, originator aborted (RST)', failed: false }],
  ['RSTR', { title: 'Responder aborted (RST)', failed: false }],
  ['RSTOS0', { title: 'Originator sent SYN then RST, no SYN-ACK seen', failed: true }],
  ['RSTRH', { title: 'Responder sent SYN-ACK then RST, no SYN seen', failed: true }],
  ['SH', { title: 'Originator sent SYN then FIN, no SYN-ACK seen (half open)', failed: true }],
  ['SHR', { title: 'Responder sent SYN-ACK then FIN, no SYN seen', failed: true }],
  ['OTH', { title: 'No SYN seen, midstream traffic', failed: false }],
]);
