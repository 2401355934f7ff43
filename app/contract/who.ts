/** Who acted on a case. */
export interface Who {
  /** The account of the operating system that Flowcase ran under. */
  readonly account: string;
  /** The case's examiner as the act began; "" where the case named none, or the entry is older than Flowcase's keeping of it. */
  readonly examiner: string;
}

/** "M. Okafor (account mokafor)"; the account alone where no examiner is named, or both are the same. */
export function whoWords({ account, examiner }: Who): string {
  if (examiner === '' || examiner === account) return account;
  return account === '' ? examiner : `${examiner} (account ${account})`;
}
