import { gzipSync } from 'node:zlib';

/** As the User Guide of AWS CloudTrail has them: one call by a person, one by a service. */
export const cloudTrailEvent = (i: number): Record<string, unknown> => ({
  eventVersion: '1.08',
  userIdentity: { type: 'IAMUser', principalId: 'EXAMPLE6E4XEGITWATV6R', arn: 'arn:aws:iam::123456789012:user/Mary', userName: 'Mary' },
  eventTime: `2023-07-19T21:17:${String(i % 60).padStart(2, '0')}Z`,
  eventSource: 'ec2.amazonaws.com',
  eventName: i % 2 === 0 ? 'StartInstances' : 'StopInstances',
  awsRegion: 'us-east-1',
  sourceIPAddress: i % 3 === 0 ? 'autoscaling.amazonaws.com' : '192.0.2.7',
  userAgent: 'aws-cli/2.13.5 Python/3.11.4 Linux/4.14.255',
  requestParameters: { instancesSet: { items: [{ instanceId: `i-${i}` }] } },
  responseElements: null,
  eventID: `e755e09c-42f9-4c5c-9064-${i}`,
  readOnly: false,
  recipientAccountId: '123456789012',
});
export const cloudTrailEvents = Array.from({ length: 5 }, (_, i) => cloudTrailEvent(i));

const records = JSON.stringify({ Records: cloudTrailEvents });
/** Files of these events, by how they are written. */
export const cloudTrailFiles = [
  ['on one line', records],
  ['for people', `${JSON.stringify({ Records: cloudTrailEvents }, null, 2)}\n`],
  ['packed', gzipSync(records)],
  ['as an array', JSON.stringify(cloudTrailEvents)],
] as const;
