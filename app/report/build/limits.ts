import { heading, keys, list, paragraph, strong, type Section } from '../document.ts';

/** What the report does not say, and what its words mean: the same in every report. */
export function buildLimits(): Section {
  return {
    id: 'limits',
    title: 'Limits and terms',
    blocks: [
      heading('What this report does not say'),
      list([
        'It says what the logs say. What the sensor did not see, or dropped, is not in them; the report cannot tell an absent connection from an unseen one.',
        'Hashes prove that the files are the ones that were imported, and the bytes those that were received. They do not prove that they were genuine before.',
        'Clusters and findings are statistics of behaviour. They point to what is unusual in this evidence; unusual is not malicious, and malicious is not always unusual.',
        'Names, owners and places of addresses were not looked up. An address is not a person.',
        'Times are those of the sensor’s clock, shown in UTC; whether that clock was right is not known here.',
        'Who is named in tags and in the custody log is the name that was set in Flowcase or the account of the machine; it is not authenticated.',
        'Lists may be cut where the report says so. The case file has everything, and every table can be written as CSV.',
      ]),
      heading('Terms'),
      keys([
        ['Originator, responder', 'The host that began a connection, and the host that was contacted (Zeek’s orig_h and resp_h).'],
        ['Uid', 'The identifier that Zeek gave the connection; the same in all of Zeek’s logs.'],
        ['Record, line', 'One logged connection or request; the line is where it stands in the unpacked original, counted from 1.'],
        ['Cluster', 'Connections, requests or hosts whose features are alike, found by k-means or a Gaussian mixture; numbered by size.'],
        ['Feature, recipe', 'A figure computed from a record; a named, fixed list of them.'],
        ['Inertia', 'Sum of squared distances of all rows to their centres, in standardised units: smaller is tighter.'],
        ['Silhouette', 'How much nearer rows are to their own cluster than to the next one, from −1 to 1.'],
        ['Score', 'How strong a finding is by its own measure; comparable within one kind of finding only.'],
        ['Fingerprint', 'SHA-256 over the result of a run: equal fingerprints mean equal results.'],
        ['Custody head', 'Hash of the last entry of the custody log; it stands for the whole log before it.'],
        ['KiB, MiB, GiB', 'Powers of 1024 bytes.'],
        ['\\u{…}, \\t', 'A character of the log that cannot be seen or printed here, by its Unicode number; a tab.'],
      ]),
      paragraph([
        strong('Checking this report. '),
        '“flowcase verify CASE --originals FOLDER” recomputes the custody chain and compares the originals, where they are files, with their hashes; “flowcase report CASE” writes this report again, byte for byte the same.',
      ]),
    ],
  };
}
