/** Who acted on a case. */
export interface Who {
  /** The account of the operating system that Flowcase ran under. */
  readonly account: string;
  /** The case's examiner as the act began; "" where the case named none, or the entry is older than Flowcase's keeping of it. */
  readonly examiner: string;
  /** The name of the token by which the act was asked for over the API; absent where it was done at the machine. */
  readonly token?: string;
}

/** "M. Okafor (account mokafor)"; the account alone where no examiner is named, or both are the same; "mokafor (token nightly)" over the API. */
export function whoWords({ account, examiner, token }: Who): string {
  const named = examiner === '' || examiner === account ? account : account === '' ? examiner : null;
  const beside = [...(named === null ? [`account ${account}`] : []), ...(token === undefined ? [] : [`token ${token}`])];
  return beside.length === 0 ? (named ?? examiner) : `${named ?? examiner} (${beside.join(', ')})`;
}
